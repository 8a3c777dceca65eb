"""Speed, side by side and as ratios: `make bench` prints a table. Nothing here runs in the tests."""

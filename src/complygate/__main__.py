"""`python -m complygate` is `complygate`."""

from complygate.cli import main

main()

"""Results that are kept between scans, by the content of all that they rest on.

`store` is the folder and whom it believes, `digests` what keys are made of, `scans` a whole scan's results.
"""

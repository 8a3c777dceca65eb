"""The verdict and the exit codes: the one place that knows them.

`exit_codes` is the published table, `verdict` decides. They are imported by name, since the command line
needs the table before it needs anything else.
"""

"""Where a policy comes from: git sources made local, the lock, and whose signature is believed.

`address` reads what was asked for, `mirror` brings git objects onto this machine, `objects` reads them by
id, `trust` looks at signatures, `lock` holds what was pinned, `opener` puts them together. GitPython is
imported in `mirror` alone. Nothing is imported here: a scan by a built-in policy opens no source. May
import `policy`, `discover` and what lies below.
"""

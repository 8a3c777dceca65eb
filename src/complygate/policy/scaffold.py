"""The skeleton of a new rule."""

from __future__ import annotations

import re

from complygate.errors import UsageError

_TEMPLATE = """\
title: {title}
severity: medium
tags: []
applies_to: {kind}
# Which nodes are judged, as a JSONPath; without it the whole is.
# select: $.spec.containers[*]
check:
  # True complies. `self` is the judged node; guard what may be absent: self.?a.?b.orValue(false)
  cel: 'true'
message: "{title}: {{resource}} does not"
why: Say what goes wrong for whom when this is not met.
fix: Say what to write instead.
references: []
examples:
  pass:
    - |
      # a file that complies
  fail:
    - |
      # a file that does not; mark each line that must be reported with: # expect
"""


def scaffold(kind: str, title: str) -> tuple[str, str]:
    """Return the id and the file's text for a rule on `kind` that states `title`.

    Raises:
        UsageError: no id can be made of them.
    """
    family = kind.partition("/")[0]
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    if not name or not re.fullmatch(r"[a-z0-9-]+", family):
        raise UsageError(
            f"cannot name a rule on {kind!r} that says {title!r}", hint="kubernetes/Pod 'A title'"
        )
    return f"{family}/{name}", _TEMPLATE.format(title=title, kind=kind)

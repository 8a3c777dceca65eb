"""The skeleton of a new rule."""

from __future__ import annotations

import json
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
  # True when the node complies. `self` is the node; guard what may be absent: self.?a.?b.orValue(false)
  cel: 'true'
# Where to point, relative to the node:
# at: metadata.name
message: {message}
why: What goes wrong, and for whom, when this is not met.
fix: What to write instead.
references: []
# Each example is a file's text: `- |`, and the text in the lines below. In a failing one, each line that must
# be reported ends in "# expect".
examples:
  pass: []
  fail: []
"""


def scaffold(kind: str, title: str) -> tuple[str, str]:
    """Return the id and the file's text for a rule on `kind` that states `title`.

    The text is a rule that loads, judges nothing yet, and is not proven: `complygate policy test` and
    `complygate policy lint` say so.

    Args:
        kind: what the rule applies to: `kubernetes/Pod`. Its first part is the first part of the id.
        title: the requirement: "Containers run as a non-root user". The rest of the id is made of it.

    Raises:
        UsageError: no id can be made of them.
    """
    family = kind.partition("/")[0]
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    if not name or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", family):
        raise UsageError(
            f"cannot name a rule on {kind!r} that says {title!r}", hint="kubernetes/Pod 'A title'"
        )
    # A JSON string is a YAML one as well, whatever the title holds.
    message = "{resource} does not meet: " + title.replace("{", "{{").replace("}", "}}")
    return f"{family}/{name}", _TEMPLATE.format(
        title=_quoted(title), kind=_quoted(kind), message=_quoted(message)
    )


def _quoted(text: str) -> str:
    """Return `text` as a YAML scalar that is read as this text: not as null, a number or a comment."""
    plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*([ /][A-Za-z0-9_.-]+)+", text)
    return text if plain else json.dumps(text, ensure_ascii=False)

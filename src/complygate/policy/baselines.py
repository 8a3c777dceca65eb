"""The baseline's file: one entry a line, in an order that stays, so that a reviewer sees what goes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from complygate.model.baseline import Entry
from complygate.policy.files import Mistakes, check
from complygate.syntax import json as json_syntax

if TYPE_CHECKING:
    from collections.abc import Iterable

VERSION = "complygate/baseline-v1"
MAX_ENTRIES = 100_000


def read(text: str, shown: str) -> tuple[Entry, ...]:
    """Return the entries in the `text` of a baseline.

    Args:
        text: the file's text.
        shown: its path, for messages.

    Raises:
        PolicyError: it is no baseline; every mistake is in it.
    """
    mistakes = Mistakes()
    file = check(text, shown, shown, "baseline", mistakes, parse=json_syntax.parse_text)
    mistakes.stop()
    assert file is not None  # noqa: S101 - there would be mistakes
    written = file.data["entries"]
    if len(written) > MAX_ENTRIES:
        mistakes.add(file.place("/entries"), f"entries: more than {MAX_ENTRIES}")
        mistakes.stop()
    entries: dict[str, Entry] = {}
    for number, one in enumerate(written):
        place = file.place(f"/entries/{number}")
        if one["fingerprint"] in entries:
            mistakes.add(place, f"entries.{number}: there is an entry of this fingerprint already")
        entries[one["fingerprint"]] = Entry(**one, line=place.line)
    mistakes.stop()
    return tuple(entries.values())


def text_of(entries: Iterable[Entry]) -> str:
    """Return the text of the baseline that holds `entries`."""
    lines = ",\n".join(f"    {_line(entry)}" for entry in sorted(entries, key=lambda one: one.order))
    listed = f"[\n{lines}\n  ]" if lines else "[]"
    return f'{{\n  "schema": "{VERSION}",\n  "entries": {listed}\n}}\n'


def _line(entry: Entry) -> str:
    shown = {
        "path": entry.path,
        "rule": entry.rule,
        "resource": entry.resource,
        "count": entry.count,
        "fingerprint": entry.fingerprint,
    }
    return json.dumps(shown, ensure_ascii=False)

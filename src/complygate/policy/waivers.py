"""Waiver files, of a policy set and of a repository: turned into waivers, and what no schema can say."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from complygate.model.waiver import Waiver
from complygate.policy.files import Mistakes, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.policy.files import File

SCHEMA = "waiver"


def build(file: File, mistakes: Mistakes) -> Iterator[Waiver]:
    """Yield the waivers in `file`, in its order; what is wrong goes to `mistakes`."""
    for number, entry in enumerate(file.data["waivers"]):
        waiver = _waiver(file, f"/waivers/{number}", entry, mistakes)
        if waiver is not None:
            yield waiver


def read(text: str, shown: str, mistakes: Mistakes) -> tuple[Waiver, ...]:
    """Return the waivers in the `text` of a repository's file; what is wrong goes to `mistakes`.

    Args:
        text: the file's text, with plain line ends.
        shown: the file's path from the repository's top level.
        mistakes: gets what is wrong.

    Raises:
        PolicyError: so much is wrong that the rest is not looked at.
    """
    file = check(text, shown, shown, SCHEMA, mistakes)
    for number, entry in enumerate(file.data["waivers"] if file else ()):
        if "repositories" in entry and file:
            place = file.place(f"/waivers/{number}/repositories", key=True)
            mistakes.add(
                place, f"waivers.{number}.repositories: is for waivers of a policy set", "leave it out"
            )
    return tuple(replace(one, in_repository=True) for one in build(file, mistakes)) if file else ()


def _waiver(file: File, pointer: str, entry: dict[str, Any], mistakes: Mistakes) -> Waiver | None:
    before = len(mistakes.found)
    created, expires = (_day(file, pointer, entry, key, mistakes) for key in ("created", "expires"))
    if not entry.keys() & {"paths", "resource", "fingerprint"}:
        mistakes.add(
            file.place(pointer),
            f"{_trail(pointer)}: names no place",
            "say what is excused: paths, resource or fingerprint",
        )
    if created and expires and expires < created:
        mistakes.add(
            file.place(f"{pointer}/expires"),
            f"{_trail(pointer)}.expires: {expires} is before the day on which it was created",
        )
    if created is None or expires is None or len(mistakes.found) > before:
        return None
    return Waiver(
        rule=entry["rule"].strip(),
        reason=entry["reason"].strip(),
        approver=entry["approver"].strip(),
        created=created,
        expires=expires,
        place=file.place(pointer),
        paths=tuple(entry.get("paths", ())),
        resource=entry.get("resource", ""),
        fingerprint=entry.get("fingerprint", ""),
        repositories=tuple(entry.get("repositories", ())),
    )


def _day(file: File, pointer: str, entry: dict[str, Any], key: str, mistakes: Mistakes) -> dt.date | None:
    try:
        return dt.date.fromisoformat(entry[key])
    except ValueError:
        place = file.place(f"{pointer}/{key}")
        mistakes.add(place, f"{_trail(pointer)}.{key}: {entry[key]} is not a day of the calendar")
        return None


def _trail(pointer: str) -> str:
    return pointer.strip("/").replace("/", ".")

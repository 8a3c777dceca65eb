"""A control file, turned into controls."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from complygate.errors import Place
from complygate.model.policy import Control

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.policy.files import File, Mistakes

PlaceOf: TypeAlias = Callable[[], Place]
"""Finds a place when a mistake needs it: there are hundreds of controls, and seldom a mistake."""


def build(file: File, mistakes: Mistakes) -> Iterator[tuple[Control, PlaceOf]]:
    """Yield the controls in `file`, each with what finds its place; what is wrong goes to `mistakes`."""
    data = file.data
    if data["id"] != file.name:
        mistakes.add(file.place("/id"), f'id: is "{data["id"]}", and the file is called "{file.name}"')
    seen: set[str] = set()
    for i, entry in enumerate(data["controls"]):
        number = entry["id"]
        if number in seen:
            mistakes.add(file.place(f"/controls/{i}/id"), f'controls: "{number}" is there already')
        seen.add(number)
        control = Control(
            id=f"{data['id']}/{number}",
            title=entry["title"],
            framework=data["id"],
            framework_title=data["title"],
            framework_version=data.get("version", ""),
            url=entry.get("url", data.get("url", "")),
        )
        yield control, partial(file.place, f"/controls/{i}/id")

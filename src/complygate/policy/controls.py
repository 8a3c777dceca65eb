"""A control file, turned into controls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.model.policy import Control

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.errors import Place
    from complygate.policy.files import File, Mistakes


def build(file: File, mistakes: Mistakes) -> Iterator[tuple[Control, Place]]:
    """Yield the controls in `file`, each with its place; what is wrong goes to `mistakes`."""
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
        yield control, file.place(f"/controls/{i}/id")

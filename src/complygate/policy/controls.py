"""A control file, turned into controls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.model.policy import Control

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.policy.files import File, Mistakes


def build(file: File, mistakes: Mistakes) -> Iterator[Control]:
    """Yield the controls in `file`; what is wrong goes to `mistakes`."""
    data = file.data
    if data["id"] != file.name:
        mistakes.add(file.place("/id"), f"id: is {data['id']}, and the file is called {file.name}")
    seen: set[str] = set()
    for i, control in enumerate(data["controls"]):
        number = control["id"]
        if number in seen:
            mistakes.add(file.place(f"/controls/{i}/id"), f"controls: {number} stands here again")
        seen.add(number)
        yield Control(
            id=f"{data['id']}/{number}",
            title=control["title"],
            framework=data["id"],
            framework_title=data["title"],
            framework_version=str(data.get("version", "")),
            url=control.get("url", data.get("url", "")),
        )

"""Files beside a rule file that its check names: `check: {rego: {file: NAME.rego}}`.

They are read with the rule: all that can change a verdict is in its check, and so in the policy's digest.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from complygate.policy.files import read_text

if TYPE_CHECKING:
    from pathlib import Path

    from complygate.policy.files import File, Mistakes

_ONE, _SEVERAL = "file", "libraries"


def read_beside(file: File, root: Path, shown: str, mistakes: Mistakes) -> Any:
    """Return what stands under the engine's key of a rule's check, with the files that it names.

    Each name becomes a map of `name` and `text`.

    Args:
        file: the rule file.
        root: the set's `rules/` folder, which the files must be in.
        shown: that folder's path in messages.
        mistakes: gets what is wrong.
    """
    engine, check = next(iter(file.data["check"].items()))
    if engine != "rego" or not isinstance(check, dict):
        return check
    read = dict(check)
    reader = _Reader(file, root, shown, mistakes)
    if isinstance(check.get(_ONE), str):
        read[_ONE] = reader.read(check[_ONE], f"/check/{engine}/{_ONE}")
    if isinstance(check.get(_SEVERAL), list):
        read[_SEVERAL] = [
            reader.read(name, f"/check/{engine}/{_SEVERAL}/{i}") if isinstance(name, str) else name
            for i, name in enumerate(check[_SEVERAL])
        ]
    return read


class _Reader:
    def __init__(self, file: File, root: Path, shown: str, mistakes: Mistakes) -> None:
        self._file, self._root, self._shown, self._mistakes = file, root, shown, mistakes

    def read(self, name: str, pointer: str) -> Any:
        """Return the file `name`, relative to the rule file's folder."""
        below = self._below(name)
        place = self._file.place(pointer)
        if below is None:
            self._mistakes.add(place, f"{name}: is not a path inside {self._shown}")
            return name
        path = self._root / below
        if not path.exists():
            self._mistakes.add(place, f"{name}: there is no such file", "it stands beside the rule file")
            return name
        if not path.resolve().is_relative_to(self._root.resolve()):
            self._mistakes.add(place, f"{name}: leads out of {self._shown}")
            return name
        text = read_text(path, f"{self._shown}/{below}", self._mistakes)
        return {"name": name, "text": text or ""}

    def _below(self, name: str) -> str | None:
        """Return the path below `rules/` that `name` means; None where it leads out."""
        if not name or "\\" in name or "\0" in name or PurePosixPath(name).is_absolute():
            return None
        parts = list(PurePosixPath(self._file.name).parent.parts)
        for part in PurePosixPath(name).parts:
            if part == ".." and not parts:
                return None
            if part == "..":
                parts.pop()
            else:
                parts.append(part)
        return "/".join(parts)

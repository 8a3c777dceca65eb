"""Whether a resource is other than in the commit that is compared with: touch it, mend it.

It is the same if its lines, from the first to the last, stand in that commit's file as they are now. One that
only moved within its file is the same, and one of which a comment changed is not.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from complygate.model.excuses import Excuses
    from complygate.model.finding import Finding

_MOST = 100
"""How many places with the same lines are looked at."""
_BETWEEN = "---"
"""What stands between documents of YAML, and here also for the beginning and the end of a file."""


def touched(
    excuses: Excuses,
    extents: Mapping[str, tuple[int, int]],
    lines_of: Callable[[str], Sequence[str]],
) -> Callable[[Finding], bool]:
    """Return what tells whether a finding's resource was touched.

    Args:
        excuses: gives the files of the commit that is compared with.
        extents: first and last line of the resource, by the finding's fingerprint; else it is the whole file.
        lines_of: gives the lines of a file of the tree.
    """

    @cache
    def text_of(path: str) -> str | None:
        text = excuses.text_before(excuses.renamed.get(path, path))
        return None if text is None else text.replace("\r\n", "\n").replace("\r", "\n")

    @cache  # many findings are about one resource
    def same(path: str, extent: tuple[int, int] | None) -> bool:
        before = text_of(path)
        if before is None:
            return False
        if extent is None:
            return "\n".join(lines_of(path)) == before
        return _stands(lines_of(path), extent[0] - 1, extent[1], before)

    return lambda finding: not same(finding.region.path, extents.get(finding.fingerprint))


def _stands(lines: Sequence[str], first: int, end: int, before: str) -> bool:
    """Tell whether lines[first:end] stand in the text `before`, and are all of the resource there."""
    block = lines[first:end]
    if not block:
        return False
    text, wanted = f"\n{before}\n", "\n".join(["", *block, ""])
    around, old = _around(lines, first, end), before.split("\n")
    at = -1
    for _ in range(_MOST):
        at = text.find(wanted, at + 1)
        if at < 0:
            return False
        start = text.count("\n", 0, at)
        # A bracket closes the resource; else lines that were taken off its end leave no trace in it.
        if block[-1].strip().startswith(("}", "]")) or _around(old, start, start + len(block)) == around:
            return True
    return False


def _around(lines: Sequence[str], first: int, end: int) -> tuple[str, str]:
    """Return the nearest lines before and after a stretch that hold something."""
    ahead = next((line for line in (lines[i] for i in range(first - 1, -1, -1)) if line.strip()), _BETWEEN)
    behind = next((line for line in (lines[i] for i in range(end, len(lines))) if line.strip()), _BETWEEN)
    return _plain(ahead), _plain(behind)


def _plain(line: str) -> str:
    return _BETWEEN if line.startswith((_BETWEEN, "...")) else line

"""What a `uses:` of GitHub Actions names: repository, path, ref, and the version that is meant."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_REFERENCE = re.compile(r"([^/@\s]+)/([^/@\s]+)((?:/[^@\s]*)?)@(\S+)")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_VERSION = re.compile(r"v?[0-9]{1,6}(?:\.[0-9]{1,6}){0,2}")
_LINE = re.compile(r"(?m)^[ \t]*(?:-[ \t]+)?[\"']?uses[\"']?[ \t]*:[ \t]*[\"']?([^\s\"'#,}]+)[\"']?(.*)$")
_COMMENT = re.compile(r"\s#[ \t]*(.*)")
_SPOKEN = re.compile(
    r"(?:(?:tag|ref|version|pin)\s*[:=@]\s*)?(v?[0-9]{1,6}(?:\.[0-9]{1,6}){0,2})(?![0-9A-Za-z.-])"
)


class Comments:
    """The comments behind the `uses` of one file, handed out in the file's order."""

    def __init__(self, text: str) -> None:
        """Find them in `text`. A value that is written over several lines is not looked for."""
        self._left: dict[str, deque[str]] = defaultdict(deque)
        for line in _LINE.finditer(text):
            comment = _COMMENT.search(line[2])
            self._left[line[1]].append(comment[1].strip() if comment else "")

    def take(self, uses: str) -> str:
        """Return the comment behind the next place that says `uses`, or an empty text."""
        left = self._left.get(uses)
        return left.popleft() if left else ""


def reference(uses: str, comment: str) -> dict[str, Any] | None:
    """Return what `uses` names, or None for an action of the same tree, an image, and what no one can read.

    Args:
        uses: the value: `actions/cache/save@v4`.
        comment: the comment behind it, where pinned actions carry their version.

    Returns:
        `uses` and `comment` as given; `repository` and `action` (with the path), in lower case since
        GitHub does not tell case apart; `ref`; `commit`, whether the ref is a full commit id; `version`, as
        the tag or the comment has it, without the v, and `number`, by which versions can be compared: both
        null where the version is not known. A tag such as `v4` moves with each release, so it counts as its
        highest.
    """
    found = _REFERENCE.fullmatch(uses)
    if found is None:
        return None
    owner, name, path, ref = found.groups()
    repository = f"{owner}/{name}".lower()
    commit = _COMMIT.fullmatch(ref) is not None
    version = _spoken(comment) if commit else _tagged(ref)
    return {
        "uses": uses,
        "repository": repository,
        "action": repository + path.lower().rstrip("/"),
        "ref": ref,
        "commit": commit,
        "comment": comment,
        "version": version or None,
        "number": _number(version) if version else None,
    }


def disagreeing(uses: Iterable[dict[str, Any]]) -> None:
    """Note in each of `uses`, as `others`, which other versions its commit is said to be in the same file."""
    said: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    pinned = [use for use in uses if use["commit"] and use["version"]]
    for use in pinned:
        said[use["repository"], use["ref"]].setdefault(use["number"], use["version"])
    for use in pinned:
        versions = said[use["repository"], use["ref"]]
        use["others"] = [text for number, text in sorted(versions.items()) if number != use["number"]]


def _tagged(ref: str) -> str:
    return ref.removeprefix("v") if _VERSION.fullmatch(ref) else ""


def _spoken(comment: str) -> str:
    """Return the version that a comment begins with, if it is a whole one: `# v4` may be any release of 4."""
    found = _SPOKEN.match(comment)
    version = found[1].removeprefix("v") if found else ""
    return version if version.count(".") == _DOTS else ""


def _number(version: str) -> int:
    parts = [int(part) for part in version.split(".")]
    number = 0
    for part in (*parts, *[_STEP - 1] * (_DOTS + 1 - len(parts))):
        number = number * _STEP + part
    return number


_DOTS = 2
_STEP = 1_000_000

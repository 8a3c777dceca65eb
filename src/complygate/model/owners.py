"""Who owns a file by CODEOWNERS.

As GitHub, GitLab and Bitbucket match: the last rule that fits decides, in GitLab's sections of each section.
https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
https://docs.gitlab.com/user/project/codeowners/reference/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.model.glob import is_quick, matches

if TYPE_CHECKING:
    from collections.abc import Mapping

PATHS = ("CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS", ".bitbucket/CODEOWNERS")
"""Where one of the platforms looks."""


class UnclearError(Exception):
    """A rule's pattern is one that platforms read differently, or that takes too long to match."""


def owners_of(path: str, codeowners: Mapping[str, Any]) -> frozenset[str]:
    """Return who owns the file at `path`, in lower case, without owners that nobody waits for.

    Args:
        path: from the repository's top level.
        codeowners: the data of the file, as `syntax.codeowners` gives it.

    Raises:
        UnclearError: it cannot be told.
    """
    optional = {section["name"] for section in codeowners["sections"] if section["optional"]}
    decided: dict[str | None, list[str]] = {}
    for rule in codeowners["rules"]:
        if fits(rule["pattern"], path):
            decided[rule["section"]] = rule["owners"]
    found = (owner for section, owners in decided.items() if section not in optional for owner in owners)
    return frozenset(owner.lower() for owner in found)


def fits(pattern: str, path: str) -> bool:
    """Tell whether `pattern` fits the file at `path`.

    Raises:
        UnclearError: platforms read it differently, or it takes too long to match.
    """
    plain = pattern.replace("\\ ", " ").replace("\\#", "#")
    if not set(plain).isdisjoint("[]!\\") or not is_quick(plain):
        raise UnclearError(pattern)
    anchored = "/" in plain.rstrip("/")
    name = plain.lstrip("/")
    if not anchored:
        name = f"**/{name}"
    if plain.endswith("/"):
        return matches(f"{name}**/*", path)  # a folder, and not a file of that name
    # A folder's name means all that is in it; `docs/*` means the files in it, and not those further down.
    last = name.rpartition("/")[2]
    return matches(name, path) or (last not in {"*", "**"} and matches(f"{name}/**", path))

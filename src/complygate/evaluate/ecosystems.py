"""Which package ecosystems a tree uses, by the names of its files: what update tools have to look at.

The names are Dependabot's:
https://docs.github.com/en/code-security/dependabot/working-with-dependabot/dependabot-options-reference
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAMES = {
    "package.json": "npm",
    "go.mod": "gomod",
    "Cargo.toml": "cargo",
    "Gemfile": "bundler",
    "composer.json": "composer",
    "pom.xml": "maven",
    "build.gradle": "gradle",
    "build.gradle.kts": "gradle",
    "requirements.txt": "pip",
    "Pipfile": "pip",
    "poetry.lock": "pip",
    "uv.lock": "uv",
    "mix.exs": "mix",
    "pubspec.yaml": "pub",
    "Dockerfile": "docker",
}
_ENDINGS = {".csproj": "nuget", ".fsproj": "nuget"}
_WORKFLOW = re.compile(r"\.github/workflows/[^/]+\.ya?ml")
_ALSO = {"npm": ["npm", "bun"], "pip": ["pip", "uv"], "uv": ["uv", "pip"]}
"""Names under which an ecosystem is looked at as well."""
# What lies there is somebody else's, or there to be looked at.
_APART = re.compile(
    r"(?i)(?:^|/)(?:tests?|testdata|test-data|fixtures?|__fixtures__|specs?|e2e|mocks?|examples?|samples?|docs?|"
    r"templates?|benchmarks?|vendor|third_party|node_modules|\.(?!github/workflows/)[^/]+)/"
)
_MOST_FOLDERS = 20


def of(paths: Iterable[str]) -> list[dict[str, Any]]:
    """Return `[{name, names, folders}]` for the ecosystems in use, in order of their names.

    Args:
        paths: the tree's files.

    Returns:
        `names` are the words of Dependabot that cover it, `folders` the first places of its manifests, "/"
        for the top.
    """
    found: dict[str, list[str]] = {}
    for path in paths:
        folder, _, file = path.rpartition("/")
        name = _NAMES.get(file) or _ENDINGS.get(file[file.rfind(".") :] if "." in file else "")
        if name is None and file.endswith(("ml", "ML")) and _WORKFLOW.fullmatch(path):
            name, folder = "github-actions", ""
        if name is not None and not _APART.search(path):
            folders = found.setdefault(name, [])
            if f"/{folder}" not in folders and len(folders) < _MOST_FOLDERS:
                folders.append(f"/{folder}")
    return [
        {"name": name, "names": _ALSO.get(name, [name]), "folders": found[name]} for name in sorted(found)
    ]

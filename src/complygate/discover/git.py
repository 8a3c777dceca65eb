"""What git knows of the scanned tree, asked in a way that the tree has no say in.

The tree is untrusted, and so is its `.git` where somebody unpacked it. The work tree and the git directory
are named to git (`worktree` finds them), so no setting leads elsewhere. Only plumbing that runs no filter and
no hook is called; the settings that could name a program or hide a file are overridden on the command line;
nothing is fetched. System and user configuration is not read, so that every machine gets the same answer.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from complygate.discover.worktree import find
from complygate.model.remote import public_url
from complygate.model.report import Provenance

_SAFE = (
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.hooksPath=/dev/null",
    "core.excludesFile=/dev/null",
    # Names that differ in case are two files: were they one, an untracked file could pass for a tracked one.
    "core.ignoreCase=false",
    "submodule.recurse=false",
    # In a CI container the checkout often belongs to another user; nothing that we call runs its code.
    "safe.directory=*",
)
_TIMEOUT_SECONDS = 60


@cache
def _program() -> str | None:
    # A relative entry of PATH would be looked up in the scanned folder, where git is started.
    entries = os.environ.get("PATH", os.defpath).split(os.pathsep)
    found = shutil.which("git", path=os.pathsep.join(filter(os.path.isabs, entries)))
    return found if found and Path(found).is_absolute() else None


def _environment() -> dict[str, str]:
    # GIT_DIR and its like would make git answer for another tree (they are set inside hooks).
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        # A missing object would be fetched by whatever program the repository's settings name.
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        # Objects are those of their ids, whatever refs/replace says.
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C.UTF-8",
    }


def run(folder: Path, *arguments: str) -> str | None:
    """Return what `git ARGUMENTS` prints in `folder`, or None when it fails or cannot be asked."""
    program, work_tree = _program(), find(folder)
    if program is None or work_tree is None or work_tree.directory is None:
        return None
    settings = [word for setting in _SAFE for word in ("-c", setting)]
    settings += ["--no-pager", f"--git-dir={work_tree.directory}", f"--work-tree={work_tree.top}"]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program; arguments are ours
            [program, *settings, *arguments],
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    # ls-files succeeds without the entries of a sparse index that it cannot read; it does say so.
    failed = done.returncode != 0 or any(line.startswith(b"error: ") for line in done.stderr.splitlines())
    return None if failed else os.fsdecode(done.stdout)


def listed(folder: Path) -> tuple[list[str], list[str]] | None:
    """Return the files below `folder` that git tracks or would track, and what it ignores.

    None means that git cannot be asked, or says what cannot be: a prepared index may hold any name.

    A tracked file is listed even when an ignore pattern matches it: a pull request must not be able to
    hide a file by adding it together with a pattern. Ignored folders end in "/".
    """
    known = run(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if known is None:  # perhaps after a minute, over an ignore file made to do harm: ask no more
        return None
    ignored = run(folder, "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory")
    if ignored is None:
        return None
    paths = _split(known), _split(ignored)
    return None if any(_leads_out(path) for path in paths[0]) else paths


def _split(text: str) -> list[str]:
    return sorted(set(filter(None, text.split("\0"))))


def _leads_out(path: str) -> bool:
    """Tell whether `path` is none that git would write into an index."""
    return path.startswith("/") or not {"", ".", ".."}.isdisjoint(path.rstrip("/").split("/"))


def provenance(folder: Path) -> Provenance:
    """Return the commit, branch and remote of the work tree that holds `folder`, as far as git knows them."""
    commit = (run(folder, "rev-parse", "--verify", "--quiet", "HEAD") or "").strip()
    if not commit:
        return Provenance()
    branch = (run(folder, "symbolic-ref", "--quiet", "--short", "HEAD") or "").strip()
    remote = (run(folder, "config", "--local", "--get", "remote.origin.url") or "").strip()
    return Provenance(repository=public_url(remote), commit=commit, branch=branch)

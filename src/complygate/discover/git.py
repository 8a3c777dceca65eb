"""What git knows of the scanned tree, asked in a way that the tree has no say in.

The tree is untrusted, and so is its `.git/config` where somebody unpacked it. Only plumbing that runs no
filter and no hook is called; the settings that could name a program are overridden on the command line;
system and user configuration is not read, so that every machine gets the same answer.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from complygate.model.report import Provenance

if TYPE_CHECKING:
    from pathlib import Path

_SAFE = (
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.hooksPath=/dev/null",
    "core.excludesFile=/dev/null",
    "safe.bareRepository=explicit",
    # In a CI container the checkout often belongs to another user; nothing that we call runs its code.
    "safe.directory=*",
)
_TIMEOUT_SECONDS = 60


@cache
def _program() -> str | None:
    return shutil.which("git")


def _environment() -> dict[str, str]:
    # GIT_DIR and its like would make git answer for another tree (they are set inside hooks).
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C.UTF-8",
    }


def run(folder: Path, *arguments: str) -> str | None:
    """Return what `git ARGUMENTS` prints in `folder`, or None when it fails or there is no git."""
    program = _program()
    if program is None:
        return None
    settings = [word for setting in _SAFE for word in ("-c", setting)]
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
    return os.fsdecode(done.stdout) if done.returncode == 0 else None


def toplevel(folder: Path) -> str | None:
    """Return the root of the work tree that holds `folder`, or None."""
    out = run(folder, "rev-parse", "--show-toplevel")
    return out.rstrip("\n") if out else None


def listed(folder: Path) -> tuple[list[str], list[str]] | None:
    """Return the files below `folder` that git tracks or would track, and what it ignores; None without git.

    A tracked file is listed even when an ignore pattern matches it: a pull request must not be able to
    hide a file by adding it together with a pattern. Ignored folders end in "/".
    """
    known = run(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    ignored = run(folder, "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory")
    if known is None or ignored is None:
        return None
    return _split(known), _split(ignored)


def _split(text: str) -> list[str]:
    return sorted(set(filter(None, text.split("\0"))))


def provenance(folder: Path) -> Provenance:
    """Return the commit, branch and remote of the work tree that holds `folder`, as far as git knows them."""
    commit = (run(folder, "rev-parse", "--verify", "--quiet", "HEAD") or "").strip()
    if not commit:
        return Provenance()
    branch = (run(folder, "symbolic-ref", "--quiet", "--short", "HEAD") or "").strip()
    remote = (run(folder, "config", "--local", "--get", "remote.origin.url") or "").strip()
    return Provenance(repository=_public_url(remote), commit=commit, branch=branch)


def _public_url(remote: str) -> str:
    """Return `remote` as an http or https URL without user and password; "" when it is a local path."""
    if "://" not in remote:
        # scp-like: git@host:owner/name.git
        host, colon, path = remote.partition(":")
        if not colon or "/" in host or len(host) == 1:
            return ""
        return f"https://{host.rpartition('@')[2]}/{path.lstrip('/')}"
    parts = urlsplit(remote)
    if parts.scheme not in {"http", "https", "ssh", "git"} or not parts.hostname:
        return ""
    scheme = parts.scheme if parts.scheme in {"http", "https"} else "https"
    port = f":{parts.port}" if parts.port and scheme == parts.scheme else ""
    return urlunsplit((scheme, f"{parts.hostname}{port}", parts.path, "", ""))

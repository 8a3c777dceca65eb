"""Git objects from elsewhere, in bare repositories of our own. The one module that imports GitPython.

Nothing of the scanned repository has a say: a bare repository is made anew for each object that is wanted,
without templates (so without hooks), filled with one ref's objects, and then only read by object id. Its
settings are none but git's own, and for https and ssh the user's (credential helpers, proxies, certificates);
the machine's are left out, as everywhere.

GitPython's known vulnerabilities let a URL or a ref pass for an option, or for a program (`ext::`). So
nothing is given to it that `address` has not checked; its own `check_unsafe_protocols` looks again; URLs and
refs come after `--`; and no option is anybody's but ours, as `check_unsafe_options` (what
`allow_unsafe_options=False` means) confirms.
"""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from complygate.errors import UsageError
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.sources.address import Address

_TIMEOUT = None if sys.platform == "win32" else 120
_KEPT = {
    "GIT_ASKPASS", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT",
    "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_CERT", "GIT_SSL_KEY",
}  # fmt: skip
"""Variables that say how to reach a remote: whoever starts the program sets them, never the scanned tree."""
_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "fetch.recurseSubmodules=false",
    "fetch.fsckObjects=true",
    "gc.auto=0",
    "http.followRedirects=false",
    "maintenance.auto=false",
    "protocol.allow=never",
    "protocol.version=2",
    "submodule.recurse=false",
    "transfer.bundleURI=false",
)
_FETCH = ["--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--depth=1", "--quiet"]
_REFRESH = "GIT_PYTHON_REFRESH"
_UNSAFE = ["--upload-pack", "--receive-pack", "--exec", "--config", "-c", "-u"]


class UnreachableError(Exception):
    """The remote did not answer."""


@dataclass(frozen=True, slots=True)
class Found:
    """A ref of a remote: the object that it leads to, and its full name ("" for a commit id)."""

    oid: str
    name: str


class Mirror:
    """One bare repository, of which objects are read by id."""

    def __init__(self, git: Any) -> None:
        """Ask `git`, which keeps one process for all objects."""
        self._git = git

    def get(self, oid: str, limit: int) -> tuple[str, bytes] | None:
        """Return kind and content of an object; None where it is not there or larger than `limit`."""
        try:
            _, _, size = self._git.get_object_header(oid)
            if size > limit:
                return None
            _, kind, _, data = self._git.get_object_data(oid)
        except (ValueError, OSError):
            return None
        return kind.decode() if isinstance(kind, bytes) else str(kind), data


@contextlib.contextmanager
def reading(folder: Path) -> Iterator[Mirror]:
    """Yield what reads objects of the bare repository `folder`."""
    with _git(folder, None) as git:
        yield Mirror(git)


def kept(cache: Path, oid: str) -> Path:
    """Return where the mirror of the object `oid` is kept."""
    return cache / f"{oid}.git"


def listed(address: Address, scratch: Path) -> dict[str, str]:
    """Return the ids of the remote's refs by name, `HEAD` included; of annotated tags, the tag's own.

    Raises:
        UnreachableError: the remote did not answer.
    """
    with _git(scratch, address) as git:
        _checked(address)
        text = _call(git.ls_remote, "--", address.url)
    pairs = (line.split("\t", 1) for line in text.splitlines() if "\t" in line)
    return {name: oid for oid, name in pairs if not name.endswith("^{}")}


def fetch(address: Address, found: Found, cache: Path) -> Path:
    """Return the bare repository that holds what `found` leads to; it is fetched if it is not there.

    Raises:
        UnreachableError: the remote did not give it.
    """
    target = kept(cache, found.oid)
    if target.is_dir():
        return target
    partial = Path(tempfile.mkdtemp(dir=cache, prefix=".fetch-"))
    try:
        with _git(partial, address) as git:
            _checked(address)
            _call(git.init, "--quiet", "--bare", "--template=")
            _call(git.fetch, *_FETCH, "--", address.url, found.name or found.oid)
            if Mirror(git).get(found.oid, sys.maxsize) is None:
                raise UnreachableError("the ref moved while it was fetched")
        with contextlib.suppress(OSError):  # another scan was faster
            partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return target


def _checked(address: Address) -> None:
    from git import Git  # noqa: PLC0415

    Git.check_unsafe_protocols(address.url)
    Git.check_unsafe_options(options=list(_FETCH), unsafe_options=_UNSAFE)
    if address.url.startswith("-") or address.ref.startswith("-"):
        raise UsageError("a git source must not start with a hyphen")


def _call(command: Any, *arguments: str) -> str:
    from git.exc import GitCommandError  # noqa: PLC0415

    try:
        return str(command(*arguments, kill_after_timeout=_TIMEOUT))
    except GitCommandError as error:
        raise UnreachableError(_reason(str(error.stderr))) from None


def _reason(stderr: str) -> str:
    """Return git's last word, without addresses, which may hold credentials."""
    lines = [
        line for line in stderr.replace("stderr: '", "").splitlines() if "fatal" in line or "error" in line
    ]
    words = (lines[0] if lines else "git failed").strip(" '").split()
    return " ".join("(address)" if "://" in word else word for word in words)[:200]


@contextlib.contextmanager
def _git(folder: Path, address: Address | None) -> Iterator[Any]:
    """Yield GitPython's command object for `folder`, with nothing of the caller's git environment.

    GitPython hands the process's environment on and can only add to it, so what a hook or CI left there
    (GIT_DIR and its like) is taken out for the time.
    """
    scheme = address.scheme if address else "none"
    with _without_git_variables(scheme):
        git = _command(folder)
        git.update_environment(**_environment(folder, scheme), **_secrets(address))
        allowed = [f"protocol.{scheme}.allow=always"] if address else []
        git.set_persistent_git_options(c=[*_SETTINGS, *allowed])
        try:
            yield git
        finally:
            git.clear_cache()


def _secrets(address: Address | None) -> dict[str, str]:
    """Return the variables that tell git the credentials; arguments are seen by every user of the machine."""
    if address is None or not address.credentials:
        return {}
    token = base64.b64encode(address.credentials.encode()).decode()
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{address.url}.extraHeader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {token}",
    }


def _environment(folder: Path, scheme: str) -> dict[str, str]:
    fixed = {
        "GIT_DIR": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": scheme,
        "GIT_PROTOCOL_FROM_USER": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
    }
    if scheme in {"https", "ssh"}:
        return fixed
    return fixed | {"GIT_CONFIG_GLOBAL": os.devnull}


@contextlib.contextmanager
def _without_git_variables(scheme: str) -> Iterator[None]:
    remote = scheme in {"https", "ssh"}
    kept_names = _KEPT if remote else set()
    taken = {n: v for n, v in os.environ.items() if n.startswith("GIT_") and n not in kept_names}
    for name in taken:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(taken)


def _command(folder: Path) -> Any:
    entries = os.environ.get("PATH", os.defpath).split(os.pathsep)
    found = shutil.which("git", path=os.pathsep.join(filter(os.path.isabs, entries)))
    if found is None:
        raise UsageError("git is not installed, and the policy's source needs it", hint="install git")
    os.environ[_REFRESH] = "quiet"  # or the import itself looks for git
    try:
        import git  # noqa: PLC0415 - heavy, and only git sources need it
    finally:
        os.environ.pop(_REFRESH, None)

    if found != git.Git.GIT_PYTHON_GIT_EXECUTABLE:
        git.refresh(found)
    return git.Git(str(folder))

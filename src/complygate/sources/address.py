"""`git+https://HOST/PATH@REF#SUBDIR`, taken apart with care: its words become arguments of git."""

from __future__ import annotations

import posixpath
import re
from dataclasses import field, replace
from urllib.parse import unquote, urlsplit

from complygate.errors import UsageError
from complygate.values import dataclass

_PREFIX = "git+"
SCHEMES = ("https", "ssh", "file")
# git check-ref-format, and narrower: what has a meaning in a revision (`^`, `~`, `:`, `@{`) names no ref.
_REF = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./+-]*")
_OBJECT_ID = re.compile(r"[0-9a-f]{40}")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:]+")
_FORM = "write git+https://HOST/PATH@REF#SUBDIR; ssh and file work alike"


def is_git(source: str) -> bool:
    """Tell whether `source` asks for a git source."""
    return source.startswith(_PREFIX)


@dataclass(frozen=True, slots=True)
class Address:
    """A git source.

    Attributes:
        url: what git is given as an argument, which everybody on the machine can see: without secrets.
        public: the URL as messages and reports show it, without the user.
        scheme: `https`, `ssh` or `file`.
        ref: a branch, a tag, a full ref or a full commit id; "" is the default branch.
        subdir: the set's folder in the repository; "" is its root.
        credentials: `user:password` for https, or "". They are never shown.
    """

    url: str
    public: str
    scheme: str
    ref: str
    subdir: str
    credentials: str = field(default="", repr=False)

    def __str__(self) -> str:
        """Return the source as messages, reports and the lock name it."""
        at = f"@{self.ref}" if self.ref else ""
        return f"{_PREFIX}{self.public}{at}{f'#{self.subdir}' if self.subdir else ''}"

    @property
    def is_commit(self) -> bool:
        """Whether the ref is a full commit id."""
        return _OBJECT_ID.fullmatch(self.ref) is not None

    def beside(self, relative: str) -> Address:
        """Return the folder that `relative` leads to from this one, in the same repository at the same ref.

        Raises:
            UsageError: it leads out of the repository.
        """
        joined = posixpath.normpath(posixpath.join(self.subdir or ".", relative))
        if posixpath.isabs(relative) or joined == ".." or joined.startswith("../"):
            raise UsageError(f"{relative}: leads out of the policy's repository", hint=_FORM)
        return replace(self, subdir="" if joined == "." else _checked_subdir(joined, relative))


def parse(source: str) -> Address:
    """Return the address that `source` writes.

    Raises:
        UsageError: it is none, or one that must not be given to git.
    """
    body, _, subdir = source.removeprefix(_PREFIX).partition("#")
    if not is_git(source) or not body.isprintable() or re.search(r"[\s\\]", body):
        raise UsageError(f"{_hidden(source)}: is not a git source", hint=_FORM)
    slash = body.rfind("/")
    head, at, ref = _at_ref(body, slash)
    if at and not ref:
        raise UsageError(f"{_hidden(source)}: the ref after @ is empty", hint=_FORM)
    url, public, scheme, credentials = _checked_url(head)
    folder = _checked_subdir(subdir.strip("/"), subdir)
    return Address(url, public, scheme, _checked_ref(ref), folder, credentials)


def _at_ref(body: str, slash: int) -> tuple[str, str, str]:
    """Return the URL and the ref; the first @ of the path starts the ref, which may hold slashes."""
    start = body.find("/", body.find("://") + 3)
    at = body.find("@", start) if start >= 0 else body.rfind("@", slash)
    return (body, "", "") if at < 0 else (body[:at], "@", body[at + 1 :])


def _checked_url(url: str) -> tuple[str, str, str, str]:
    """Return what git is given, what is shown, the scheme and the credentials."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UsageError("the git source's URL is broken", hint=_FORM) from None
    shown = f"{_PREFIX}{parts.scheme}"
    # `ext::` and other helpers run programs; plain http and git:// let anybody on the way change the policy.
    if parts.scheme not in SCHEMES or "::" in url.split("://", 1)[0]:
        raise UsageError(f"{shown}: only {', '.join(SCHEMES)} are allowed", hint=_FORM)
    host = parts.hostname or ""
    local = parts.scheme == "file"
    if (parts.netloc if local else not host) or (host and not _HOST.fullmatch(host)):
        raise UsageError("the git source's host is wrong", hint=_FORM)
    # ssh takes a user that starts with a hyphen for an option.
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if user.startswith("-") or parts.query or (password and parts.scheme == "ssh"):
        raise UsageError("the git source's URL has a part that is not allowed", hint=_FORM)
    path = unquote(parts.path)
    if {"..", "."} & set(path.split("/")) or path in {"", "/"} or path.startswith("/-"):
        raise UsageError("the git source's path is wrong", hint="write the whole path, without . and ..")
    name = f"[{host}]" if ":" in host else host
    public = f"{parts.scheme}://{name}{f':{port}' if port else ''}{parts.path}"
    if parts.scheme == "https":
        return public, public, "https", f"{user}:{password}" if user or password else ""
    return url, public, parts.scheme, ""


def _checked_ref(ref: str) -> str:
    bad = ".." in ref or "//" in ref or ref.endswith(("/", ".", ".lock")) or "/." in ref
    if ref and (bad or not _REF.fullmatch(ref)):
        raise UsageError(f"{ref!r}: is not a ref", hint="name a branch, a tag or a full commit id")
    return ref


def _checked_subdir(subdir: str, shown: str) -> str:
    parts = subdir.split("/") if subdir else []
    wrong = any(part in {"", ".", ".."} or part.startswith("-") for part in parts)
    if wrong or not subdir.isprintable() or re.search(r"[\\:@]", subdir):
        raise UsageError(f"{shown!r}: is not a folder in a repository", hint=_FORM)
    return subdir


def _hidden(source: str) -> str:
    """Return `source` without what may be a user and a password."""
    return re.sub(r"//[^/]*@", "//", source)

"""Git objects read by id, each held against its id; so the folder that they are kept in is not believed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from complygate.errors import PolicyError
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    class Objects(Protocol):
        """What gives an object by its id."""

        def get(self, oid: str, limit: int) -> tuple[str, bytes] | None:
            """Return kind and content; None where it is not there or larger than `limit`."""


MAX_FILE = 4 * 1024 * 1024
MAX_FILES = 10_000
MAX_TOTAL = 64 * 1024 * 1024
_MAX_DEPTH = 32
_MAX_META = 1024 * 1024
_FOLDER, _FILES = "40000", ("100644", "100755", "100664")
_KINDS = {"120000": "a symbolic link", "160000": "a submodule"}


@dataclass(frozen=True, slots=True)
class Tag:
    """An annotated tag: what it says of itself.

    Attributes:
        target: the object's id.
        kind: the object's kind.
        name: the name that it was made under, which a ref of another name does not change.
        raw: the object, for its signature.
    """

    target: str
    kind: str
    name: str
    raw: bytes


def read(objects: Objects, oid: str, kind: str, limit: int = _MAX_META) -> bytes:
    """Return the object `oid`.

    Raises:
        PolicyError: it is not there, too large, of another kind, or not what its id says.
    """
    found = objects.get(oid, limit)
    if found is None:
        raise PolicyError(f"git object {oid}: is missing, or larger than {limit} bytes")
    actual, data = found
    if actual != kind:
        raise PolicyError(f"git object {oid}: is a {actual}, not a {kind}")
    named = hashlib.sha1(f"{kind} {len(data)}\0".encode() + data, usedforsecurity=False).hexdigest()
    if named != oid:
        raise PolicyError(f"git object {oid}: its content is not what its id says", hint="empty the cache")
    return data


def tag(raw: bytes) -> Tag:
    """Return what a tag object says.

    Raises:
        PolicyError: it is not one that git writes.
    """
    head = raw.split(b"\n\n", 1)[0].decode("utf-8", "replace").split("\n")
    words = [line.split(" ", 1) for line in head[:3]]
    if [word[0] for word in words] != ["object", "type", "tag"] or any(len(word) != 2 for word in words):  # noqa: PLR2004 - a key and a value
        raise PolicyError("the tag object is malformed")
    target, kind, name = (word[1] for word in words)
    return Tag(target, kind, name, raw)


def root_of(commit: bytes) -> str:
    """Return the id of a commit's tree.

    Raises:
        PolicyError: it is not a commit that git writes.
    """
    key, _, oid = commit.split(b"\n", 1)[0].decode("ascii", "replace").partition(" ")
    if key != "tree":
        raise PolicyError("the commit object is malformed")
    return oid


def files(objects: Objects, commit: str, subdir: str) -> dict[str, bytes]:
    """Return the files below `subdir` of a commit, by path.

    Raises:
        PolicyError: there is no such folder, or there is something in it that is not followed (a link, a
            submodule), a name that no file may have, or more than the limits allow.
    """
    tree = root_of(read(objects, commit, "commit"))
    for part in filter(None, subdir.split("/")):
        inside = {name: (mode, oid) for mode, name, oid in _entries(read(objects, tree, "tree"))}
        mode, tree = inside.get(part, ("", ""))
        if mode != _FOLDER:
            raise PolicyError(
                f"{subdir}: is no folder in commit {commit}", hint="write #SUBDIR as it is there"
            )
    found: dict[str, bytes] = {}
    total = 0
    for count, (path, oid) in enumerate(_walk(objects, tree, ""), 1):
        if oid:
            found[path] = read(objects, oid, "blob", MAX_FILE)
            total += len(found[path])
        # Folders count: a few trees that name one another twice stand for millions.
        if total > MAX_TOTAL or count > MAX_FILES:
            message = f"holds more than {MAX_FILES} files and folders, or {MAX_TOTAL} bytes"
            raise PolicyError(message, hint="name the set's own folder with #SUBDIR")
    if len({path.casefold() for path in found}) != len(found):
        raise PolicyError("holds names that differ in case only, which are one file on some machines")
    return found


def minimum_file(objects: Objects, commit: str, subdir: str, name: str) -> bytes | None:
    """Return the file `name` of `subdir` of a commit, or None where there is none.

    Raises:
        PolicyError: an object is not what its id says.
    """
    tree = root_of(read(objects, commit, "commit"))
    for part in filter(None, subdir.split("/")):
        inside = {entry: oid for mode, entry, oid in _entries(read(objects, tree, "tree")) if mode == _FOLDER}
        if part not in inside:
            return None
        tree = inside[part]
    oid = next((o for m, n, o in _entries(read(objects, tree, "tree")) if n == name and m in _FILES), None)
    return read(objects, oid, "blob", _MAX_META) if oid else None


def digest(found: dict[str, bytes]) -> str:
    """Return "sha256:…" over paths and contents: git's own ids are SHA-1."""
    lines = (f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in sorted(found.items()))
    return f"sha256:{hashlib.sha256(''.join(lines).encode()).hexdigest()}"


def _walk(objects: Objects, tree: str, prefix: str) -> Iterator[tuple[str, str]]:
    """Yield path and id of each file, and of each folder the path with "" before what is in it."""
    if prefix.count("/") > _MAX_DEPTH:
        raise PolicyError(f"{prefix}: folders are nested more than {_MAX_DEPTH} deep")
    for mode, name, oid in _entries(read(objects, tree, "tree")):
        if mode == _FOLDER:
            yield f"{prefix}{name}/", ""
            yield from _walk(objects, oid, f"{prefix}{name}/")
        elif mode in _FILES:
            yield prefix + name, oid
        else:  # left out, it might be a rule that nobody misses
            what = _KINDS.get(mode, "no file")
            hint = "replace it by a file, or name a folder without it with #SUBDIR"
            raise PolicyError(f"{prefix}{name}: is {what}, which is not followed in a policy", hint=hint)


def _entries(data: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield mode, name and id of a tree's entries."""
    at = 0
    while at < len(data):
        space, end = data.find(b" ", at), data.find(b"\0", at)
        if not at < space < end or end + 21 > len(data):
            raise PolicyError("a tree object is malformed")
        name = data[space + 1 : end].decode("utf-8", "surrogateescape")
        if name.casefold() in {"", ".", "..", ".git"} or not name.isprintable() or set(name) & set("/\\:"):
            raise PolicyError(f"{name!r}: is a name that no file of a policy may have")
        yield data[at:space].decode("ascii", "replace"), name, data[end + 1 : end + 21].hex()
        at = end + 21

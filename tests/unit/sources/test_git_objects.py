"""Git objects as an attacker's server may send them: a value, or a mistake with words; nothing else."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.errors import PolicyError
from complygate.sources import objects


class Fake:
    """Objects by id, each under the id that git would give it."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[str, bytes]] = {}

    def add(self, kind: str, data: bytes) -> str:
        whole = f"{kind} {len(data)}\0".encode() + data
        oid = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
        self.held[oid] = (kind, data)
        return oid

    def get(self, oid: str, limit: int) -> tuple[str, bytes] | None:
        found = self.held.get(oid)
        return found if found and len(found[1]) <= limit else None

    def commit(self, *entries: tuple[str, str, str]) -> str:
        data = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(oid) for mode, name, oid in entries)
        return self.add("commit", f"tree {self.add('tree', data)}\n\n".encode())


def test_files_of_a_folder() -> None:
    fake = Fake()
    blob = fake.add("blob", b"x")
    inner = fake.add("tree", b"100644 a.yaml\0" + bytes.fromhex(blob))
    commit = fake.commit(("40000", "sub", inner), ("100644", "top", blob))
    assert objects.files(fake, commit, "") == {"sub/a.yaml": b"x", "top": b"x"}
    assert objects.files(fake, commit, "sub") == {"a.yaml": b"x"}
    with pytest.raises(PolicyError, match="is no folder"):
        objects.files(fake, commit, "top")


@pytest.mark.parametrize(
    "name", [".", "..", ".git", ".GIT", "a/b", "a\\b", "C:x", "a\nb", "\x1b[31m", "a\u202eb"]
)  # fmt: skip
def test_names_that_no_file_may_have(name: str) -> None:
    fake = Fake()
    commit = fake.commit(("100644", name, fake.add("blob", b"x")))
    with pytest.raises(PolicyError, match="a name that no file of a policy may have"):
        objects.files(fake, commit, "")


def test_what_is_too_much() -> None:
    fake = Fake()
    blob = fake.add("blob", b"x")
    with pytest.raises(PolicyError, match="differ in case only"):
        objects.files(fake, fake.commit(("100644", "a", blob), ("100644", "A", blob)), "")
    tree = fake.add("tree", b"")
    for _ in range(40):
        tree = fake.add("tree", b"40000 d\0" + bytes.fromhex(tree))
    with pytest.raises(PolicyError, match="nested more than"):
        objects.files(fake, fake.add("commit", f"tree {tree}\n\n".encode()), "")
    many = fake.commit(*((("100644"), f"f{number}", blob) for number in range(objects.MAX_FILES + 1)))
    with pytest.raises(PolicyError, match="holds more than"):
        objects.files(fake, many, "")
    large = fake.commit(("100644", "a", fake.add("blob", b"x" * (objects.MAX_FILE + 1))))
    with pytest.raises(PolicyError, match="larger than"):
        objects.files(fake, large, "")


def test_a_folder_that_doubles_at_each_step_ends_in_bounded_time() -> None:
    """Twenty small trees, each naming the next one twice: a million files."""
    fake = Fake()
    tree = fake.add("tree", b"100644 f\0" + bytes.fromhex(fake.add("blob", b"x")))
    for _ in range(20):
        tree = fake.add("tree", b"".join(b"40000 %s\0" % name + bytes.fromhex(tree) for name in (b"a", b"b")))
    with pytest.raises(PolicyError, match="holds more than"):
        objects.files(fake, fake.add("commit", f"tree {tree}\n\n".encode()), "")


def test_a_folder_of_folders_without_files_that_doubles() -> None:
    fake = Fake()
    tree = fake.add("tree", b"")
    for _ in range(25):
        tree = fake.add("tree", b"".join(b"40000 %s\0" % name + bytes.fromhex(tree) for name in (b"a", b"b")))
    with pytest.raises(PolicyError, match="holds more than"):
        objects.files(fake, fake.add("commit", f"tree {tree}\n\n".encode()), "")


@given(kind=st.sampled_from(["tree", "commit"]), data=st.binary(max_size=200))
def test_whatever_an_object_holds(kind: str, data: bytes) -> None:
    fake = Fake()
    oid = fake.add(kind, data)
    commit = oid if kind == "commit" else fake.add("commit", f"tree {oid}\n\n".encode())
    try:
        found = objects.files(fake, commit, "")
    except PolicyError:
        return
    assert found == {}  # an empty tree: nothing else is at hand


def test_an_object_under_another_ones_id() -> None:
    fake = Fake()
    good = fake.commit(("100644", "a", fake.add("blob", b"x")))
    for oid, (kind, data) in list(fake.held.items()):
        fake.held[oid] = (kind, data + b" ")
        with pytest.raises(PolicyError, match="not what its id says"):
            objects.files(fake, good, "")
        fake.held[oid] = (kind, data)
    assert objects.files(fake, good, "") == {"a": b"x"}


@given(st.dictionaries(st.text(max_size=5), st.binary(max_size=5), max_size=4), st.data())
def test_the_digest_tells_any_two_sets_apart(found: dict[str, bytes], data: st.DataObject) -> None:
    other = data.draw(st.dictionaries(st.text(max_size=5), st.binary(max_size=5), max_size=4))
    assert (objects.digest(found) == objects.digest(other)) == (found == other)

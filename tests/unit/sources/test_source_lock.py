"""The lock file: what is written is what is read, and what is wrong has a place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.errors import PolicyError, UsageError
from complygate.sources.lock import Pin, read_lock, write_lock

OID = st.text("0123456789abcdef", min_size=40, max_size=40)
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), min_size=1, max_size=30
)
PINS = st.lists(
    st.builds(
        Pin,
        source=WORDS.map(lambda text: f"git+https://example.com/{text}"),
        commit=OID,
        digest=st.text("0123456789abcdef", min_size=64, max_size=64).map("sha256:{}".format),
        minimum_serial=st.integers(0, 10**12),
        tag_object=st.just("") | OID,
        signer=st.just("") | st.sampled_from(["alice@example.com", "no", "1", "null", "- x", "a: b", "#c"]),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda pin: pin.source,
)


@given(PINS)
def test_what_is_written_is_what_is_read(tmp_path: Path, pins: list[Pin]) -> None:
    file = tmp_path / "complygate.lock"
    write_lock(file, pins)
    found = read_lock(file).pins
    assert [_plain(pin) for pin in found.values()] == [_plain(pin) for pin in pins]
    assert [path.name for path in tmp_path.iterdir()] == ["complygate.lock"]


def _plain(pin: Pin) -> tuple[object, ...]:
    return (pin.source, pin.commit, pin.digest, pin.minimum_serial, pin.tag_object, pin.signer)


GOOD = """\
version: 1
sources:
- source: git+https://example.com/a
  commit: {commit}
  digest: sha256:{digest}
  minimum_serial: 1
""".format(commit="a" * 40, digest="b" * 64)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("version: 1", "version: 2", 1),
        ("sources:", "source:", 2),
        (f"commit: {'a' * 40}", "commit: main", 4),
        (f"commit: {'a' * 40}", "commit: aaaa", 4),
        (f"sha256:{'b' * 64}", "md5:x", 5),
        ("minimum_serial: 1", "minimum_serial: -1", 6),
        ("minimum_serial: 1", "minimum_serial: one", 6),
        ("minimum_serial: 1", "serial: 1", 6),
        ("minimum_serial: 1", "minimum_serial: 1\n  minimum_serial: 0", 7),
        ("version: 1", "version: 1\n- x", 2),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int) -> None:
    file = tmp_path / "complygate.lock"
    file.write_text(GOOD)
    assert len(read_lock(file).pins) == 1
    file.write_text(GOOD.replace(old, new))
    with pytest.raises(PolicyError) as error:
        read_lock(file)
    places = [one.place.line for one in (error.value, *error.value.others) if one.place]
    assert line in places


def test_a_source_pinned_twice(tmp_path: Path) -> None:
    file = tmp_path / "complygate.lock"
    file.write_text(GOOD + GOOD.split("sources:\n")[1])
    with pytest.raises(PolicyError, match="is pinned twice") as error:
        read_lock(file)
    assert error.value.place
    assert error.value.place.line == 7


def test_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such lock"):
        read_lock(tmp_path / "complygate.lock")
    with pytest.raises(UsageError, match="cannot be written"):
        write_lock(tmp_path / "no/complygate.lock", [])

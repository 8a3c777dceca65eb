"""`complygate.lock`: which commit and which content a git source stood for when somebody looked at it.

YAML, as everything else of a policy is: a person reviews it, and mistakes in it have places.
"""

from __future__ import annotations

import os
from pathlib import Path

from complygate.errors import Place, PolicyError, UsageError
from complygate.policy.files import Mistakes, read
from complygate.values import dataclass

LOCK = "complygate.lock"
_HEAD = "# Written by `complygate policy lock`; review it as you would the policy itself.\nversion: 1\n"


@dataclass(frozen=True, slots=True)
class Pin:
    """One source, as it is pinned.

    Attributes:
        source: the source, as `Address` writes it: without credentials.
        commit: the commit's id.
        digest: of the set's files.
        minimum_serial: the least `serial` that the set may have.
        tag_object: the annotated tag's id, or "".
        signer: who must have signed it, or "".
        place: where the pin stands.
    """

    source: str
    commit: str
    digest: str
    minimum_serial: int = 0
    tag_object: str = ""
    signer: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file.

    Attributes:
        file: the file, for messages.
        pins: its sources.
    """

    file: str
    pins: dict[str, Pin]


def read_lock(file: Path) -> Lock:
    """Return the lock in `file`.

    Raises:
        UsageError: it is not there.
        PolicyError: it is wrong; the error names file and line.
    """
    if not file.is_file():
        raise UsageError(f"{file}: there is no such lock", hint="write one with complygate policy lock")
    mistakes = Mistakes()
    found = read(file, str(file), LOCK, "lock", mistakes)
    mistakes.stop()
    if found is None:
        raise PolicyError("cannot be read", place=Place(str(file)))
    pins: dict[str, Pin] = {}
    for index, entry in enumerate(found.data["sources"]):
        place = found.place(f"/sources/{index}")
        if entry["source"] in pins:
            raise PolicyError(f"{entry['source']}: is pinned twice", place=place)
        pins[entry["source"]] = Pin(**entry, place=place)
    return Lock(str(file), pins)


def write_lock(file: Path, pins: list[Pin]) -> None:
    """Write `pins` to `file`, whole or not at all.

    Raises:
        UsageError: it cannot be written.
    """
    import yaml  # noqa: PLC0415 - heavy, and only this writes

    entries = []
    for pin in pins:
        entry: dict[str, object] = {"source": pin.source, "commit": pin.commit}
        entry |= {"tag_object": pin.tag_object} if pin.tag_object else {}
        entry |= {"digest": pin.digest, "minimum_serial": pin.minimum_serial}
        entry |= {"signer": pin.signer} if pin.signer else {}
        entries.append(entry)
    text = _HEAD + yaml.safe_dump({"sources": entries}, sort_keys=False, allow_unicode=True, width=1000)
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        partial.write_text(text, encoding="utf-8", newline="\n")
        partial.replace(file)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise UsageError(f"{file}: cannot be written: {error.strerror}") from error

"""Checkov's checks as rules, known without importing checkov.

`catalogue.json` is written by `tools/checkov_catalogue.py` from checkov's package, and from the table of
severities that the package lacks. A rule is made when somebody asks for it: a policy takes some of a
thousand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from complygate.errors import CheckError
from complygate.model.nearest import nearest
from complygate.model.rule import Rule, Severity

NAME = "checkov"
_DATA = Path(__file__).with_name("catalogue.json")
_ALSO = {"terraform": ("terraform_plan",), "kubernetes": ("helm", "kustomize")}
"""Frameworks that have no checks of their own: their files are judged by those of another."""
_Made = TypeVar("_Made")
_SHOWN = 6
"""How many of the things that a check looks at its text names."""


class Known(NamedTuple):
    """What the catalogue holds of one check: a line of `catalogue.json`.

    Attributes:
        id: `CKV_AWS_20`.
        severity: ours.
        reason: name of the reason for the severity.
        categories: what checkov files it under: `general-security`.
        own_frameworks: the frameworks that have the check.
        secret: 1 if what it points at must not be shown.
        name: what checkov calls it.
        entities: what it looks at; ["*"] for all that a provider has.
        names: what single frameworks call it instead.
    """

    id: str
    severity: str
    reason: str
    categories: list[str]
    own_frameworks: list[str]
    secret: int
    name: str
    entities: list[str]
    names: dict[str, str] = {}  # noqa: RUF012 - never changed; a class of its own would cost each start

    @property
    def frameworks(self) -> tuple[str, ...]:
        """The frameworks whose files it judges, those included that borrow their checks from another."""
        return tuple(name for own in self.own_frameworks for name in (own, *_ALSO.get(own, ())))


@cache
def _head() -> dict[str, Any]:
    """Return what stands before the checks: the version, and the reasons by name."""
    data: dict[str, Any] = json.loads(_text()[0].rstrip().removesuffix(",") + "}")
    return data


@cache
def _text() -> tuple[str, str]:
    head, mark, checks = _DATA.read_text("utf-8").partition('"checks": [\n')
    assert mark, "catalogue.json is not as its tool writes it"  # noqa: S101 - tests hold it to the tool
    return head, checks


@cache
def known() -> Mapping[str, Known]:
    """Return every check by its id, in natural order; each line of the file is read when it is asked for."""
    lines = (line for line in _text()[1].split("\n") if line.startswith('["'))
    by_id = {line[2 : line.index('"', 2)]: line for line in lines}
    return _Lazy({name: name for name in by_id}, lambda name: Known(*json.loads(by_id[name].rstrip(","))))


def version() -> str:
    """Return the version of checkov that the catalogue was made from."""
    return str(_head()["checkov"])


def asked(check: Any) -> tuple[str, ...]:
    """Return the ids of checks that a rule's `check: {checkov: …}` names.

    Raises:
        CheckError: it is not a list of ids of the catalogue's checks.
    """
    if not isinstance(check, list) or not check:
        raise CheckError("must be a list of ids of checks", pointer="/checkov", hint="checkov: [CKV_K8S_16]")
    for number, name in enumerate(check):
        if not isinstance(name, str) or name not in known():
            raise _unknown(name, f"/checkov/{number}")
    if len(set(check)) < len(check):
        raise CheckError("names a check twice", pointer="/checkov")
    return tuple(check)


def _unknown(name: Any, pointer: str) -> CheckError:
    if not isinstance(name, str):
        return CheckError("must be the id of a check, such as CKV_K8S_16", pointer=pointer)
    shown = "".join(char if char.isprintable() else "?" for char in name[:40])
    hint = nearest(name[:40], known()) or "`complygate rules list --engine checkov` names all"
    return CheckError(f'there is no check "{shown}"', pointer=pointer, hint=hint)


@cache
def catalogue() -> Mapping[str, Rule]:
    """Return a rule for each check by the rule's id, `checkov/CKV_K8S_16`; made when it is asked for."""
    return _Lazy({f"{NAME}/{name}": name for name in known()}, _rule)


class _Lazy(Mapping[str, _Made]):
    """A map whose values are made of their sources when somebody asks for them."""

    def __init__(self, sources: Mapping[str, str], make: Callable[[str], _Made]) -> None:
        self._sources = sources
        self._make = make
        self._made: dict[str, _Made] = {}

    def __getitem__(self, key: str) -> _Made:
        """Return the value of `key`."""
        if key not in self._made:
            self._made[key] = self._make(self._sources[key])
        return self._made[key]

    def __contains__(self, key: object) -> bool:
        """Tell whether there is such a key, without making its value."""
        return key in self._sources

    def __iter__(self) -> Iterator[str]:
        """Yield the keys."""
        return iter(self._sources)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._sources)


def _rule(name: str) -> Rule:
    check = known()[name]
    frameworks = [name.replace("_", "-") for name in check.frameworks]
    secret = ["secret"] if check.secret else []
    return Rule(
        id=f"{NAME}/{name}",
        title=_title(check),
        severity=Severity(check.severity),
        applies_to=(),
        engine=NAME,
        check=[check.id],
        message=_message(check),
        why=_why(check),
        fix=_fix(check),
        tags=tuple(dict.fromkeys([*frameworks, *check.categories, *secret])),
        aliases=(check.id,),
        built_in=True,
    )


def _title(check: Known) -> str:
    """Return the check's name; the secrets' names only say what was found."""
    return f"No {check.name} in files" if check.own_frameworks == ["secrets"] else check.name


def _why(check: Known) -> str:
    reason: str = _head()["reasons"][check.reason]
    others: dict[str, list[str]] = {}
    for framework, name in check.names.items():
        others.setdefault(name.rstrip("."), []).append(framework)
    return " ".join([reason, *(f"In {_listed(fs)} files: {name}." for name, fs in others.items())])


def _fix(check: Known) -> str:
    if check.own_frameworks == ["secrets"]:
        return (
            "Withdraw the credential where it was issued, since whoever has a copy of the repository has it. "
            "Keep the new one in a store for secrets."
        )
    things = [f"`{entity}`" for entity in check.entities if entity != "*"]
    more = f" and {len(things) - _SHOWN} more" if len(things) > _SHOWN else ""
    of = f" It looks at {', '.join(things[:_SHOWN])}{more}." if things else ""
    name = check.name.rstrip(".")
    asks = f"Change this until Checkov's check {check.id} passes: {name}."
    return f"{asks}{of} Its package holds no longer guideline."


def _message(check: Known) -> str:
    """Return Checkov's own words, or ours where a report must not quote the file."""
    if not check.secret:
        return "{detail}"
    found = f"{check.name} found" if check.own_frameworks == ["secrets"] else check.name
    return found.replace("{", "{{").replace("}", "}}")


def _listed(frameworks: Iterable[str]) -> str:
    *most, last = (name.replace("_", " ") for name in frameworks)
    return f"{', '.join(most)} and {last}" if most else last

"""The table of severities of Checkov's checks, tools/checkov_severities.yaml, read and checked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

TABLE = Path(__file__).with_name("checkov_severities.yaml")
_SEVERITIES = ("info", "low", "medium", "high", "critical")


@dataclass(frozen=True)
class Severities:
    """The table.

    Attributes:
        defaults: severity by category, or by `category/framework`.
        groups: (severity, ids) by the group's name.
        reasons: the reason of each default and group, by its name.
        secret: ids of checks that point at a credential.
        repeated: ids that stand in more than one group.
    """

    defaults: Mapping[str, str]
    groups: Mapping[str, tuple[str, tuple[str, ...]]]
    reasons: Mapping[str, str]
    secret: frozenset[str]
    repeated: tuple[str, ...]

    def of(self, check: str, frameworks: Sequence[str], categories: Sequence[str]) -> tuple[str, str]:
        """Return the severity of a check and the name of the default or group that gives it.

        Raises:
            KeyError: neither a group nor a default does.
        """
        for name, (severity, ids) in self.groups.items():
            if check in ids:
                return severity, name
        fitting = list(self._defaults(frameworks, categories))
        if not fitting:
            raise KeyError(check)
        name = max(fitting, key=lambda key: _SEVERITIES.index(self.defaults[key]))
        return self.defaults[name], name

    def _defaults(self, frameworks: Sequence[str], categories: Sequence[str]) -> Iterator[str]:
        for category in categories:
            own = [key for f in frameworks if (key := f"{category}/{f}") in self.defaults]
            yield from own
            if category in self.defaults and len(own) < len(frameworks):
                yield category

    def is_secret(self, check: str, frameworks: Sequence[str], categories: Sequence[str]) -> bool:
        """Tell whether what the check points at must not be shown."""
        return check in self.secret or "secrets" in {*frameworks, *categories}

    def mistakes(self, checks: Mapping[str, tuple[Sequence[str], Sequence[str]]]) -> list[str]:
        """Return what is wrong between the table and the checks of the package, as sentences.

        Args:
            checks: frameworks and categories of each check, by id.
        """
        named = {check for _, ids in self.groups.values() for check in ids} | self.secret
        found = [
            f"{check}: is named, and checkov has no such check" for check in sorted(named - checks.keys())
        ]
        found += [f"{check}: stands in more than one group" for check in self.repeated]
        used = set()
        for check, (frameworks, categories) in checks.items():
            try:
                used.add(self.of(check, frameworks, categories)[1])
            except KeyError:
                found.append(f"{check}: has no severity: no group names it, and {categories} has no default")
        return found + [f"{name}: no check has it" for name in sorted(self.reasons.keys() - used)]


def read(path: Path) -> Severities:
    """Return the table in the file at `path`.

    Raises:
        ValueError: the file does not have the form of such a table.
    """
    data = yaml.load(path.read_text("utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader that refuses doubles
    entries = {**data["defaults"], **data["groups"]}
    for name, entry in entries.items():
        if entry["severity"] not in _SEVERITIES or not entry["reason"].endswith("."):
            raise ValueError(f"{name}: wants a severity, and a reason that is a sentence")
    groups = {
        name: (entry["severity"], tuple(_ids(entry["checks"]))) for name, entry in data["groups"].items()
    }
    counts = Counter(check for _, ids in groups.values() for check in ids)
    return Severities(
        defaults={name: entry["severity"] for name, entry in data["defaults"].items()},
        groups=groups,
        reasons={name: entry["reason"] for name, entry in entries.items()},
        secret=frozenset(_ids(data["secret"])),
        repeated=tuple(sorted(check for check, count in counts.items() if count > 1)),
    )


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice in a map, which YAML forbids and the library overlooks."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        """Return the map at `node`."""
        keys = [key.value for key, _ in node.value]
        for key, count in Counter(keys).items():
            if count > 1:
                raise ValueError(f"line {node.start_mark.line + 1}: {key} stands here twice")
        return super().construct_mapping(node, deep=deep)


def _ids(checks: Mapping[str, Sequence[int]]) -> Iterator[str]:
    """Yield CKV_AWS_20 for {CKV_AWS: [20]}."""
    for prefix, numbers in checks.items():
        yield from (f"{prefix}_{number}" for number in numbers)

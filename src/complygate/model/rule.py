"""A rule: one check, one YAML file, as data."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from complygate.errors import Place

PLACEHOLDERS = ("self", "view", "document", "params", "value", "detail", "key", "resource", "path")
"""What a placeholder in a message may start with."""
QUOTING = frozenset({"self", "view", "document", "value", "detail"})
"""Those of them that show what a file says; the others name a place, or quote the policy."""

SECRET_TAG = "secret"  # noqa: S105 - a tag's name
"""The tag of rules that point at what may be a secret."""
REDACTED = "[redacted]"
"""What reports show instead of it."""


class Severity(StrEnum):
    """How bad a violation is. Ordered by `rank`."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """4 for critical down to 0 for info."""
        return 4 - list(Severity).index(self)


class RulePlaces(Protocol):
    """Where parts of a rule's file stand, by the JSON pointer of the part."""

    def __getitem__(self, pointer: str) -> Place:
        """Return the place of the value at `pointer`, or of the nearest that should hold it."""

    def key(self, pointer: str) -> Place:
        """Return the place of the key that introduces the value at `pointer`."""

    def inside(self, pointer: str, line: int, column: int) -> Place:
        """Return the place of a line and column, from 1, of the text of the scalar at `pointer`."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sample input that proves a rule.

    Attributes:
        text: the file's text. Lines that must be reported end with an `# expect` comment.
        path: the file's name; the rule's kind gives the default.
        expect: lines that must be reported, for files in which `# expect` cannot be written (JSON).
        files: further files of the sample, by path, for rules that read several.
        params: values of parameters that the sample is judged with; the rule's defaults serve for the rest.
        place: where the example stands in the rule file.
    """

    text: str
    path: str = ""
    expect: tuple[int, ...] = ()
    files: Mapping[str, str] | None = None
    params: Mapping[str, Any] | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One check, as written in its file.

    Attributes:
        id: its path below `rules/` without the ending: `kubernetes/run-as-non-root`.
        title: the requirement, as a statement that a compliant file meets.
        severity: how bad a violation is, unless a policy says otherwise.
        applies_to: kinds, views or globs of kinds; () for an engine that judges the whole tree.
        engine: the key under `check`: `schema`, `cel`, ...
        check: what stands under that key; only the engine knows its form.
        message: text of a finding, with `{self.name}`-like placeholders.
        why: why it matters. Markdown.
        fix: how to comply. Markdown.
        select: RFC 9535 JSONPath of the nodes to judge; "$" is the whole.
        reads: for a rule on `repository`: the kinds, or globs of kinds, that it reads from
            `repo.documents`. A kind named in full is always there, as an empty list where the tree has none.
        at: where to point, relative to the judged node: `securityContext`, `metadata.name` or a JSON
            pointer; "" points at the node, or where the engine says.
        unknown_complies: a value that cannot be known from the files complies, instead of being a problem:
            for rules against what is written out, such as a password (`unknown: complies`).
        tags: free words for selection.
        controls: ids of the controls that it gives evidence for.
        references: absolute URLs.
        aliases: former ids and other tools' ids; ignores and waivers written for them still hold. One that
            means something else in another format names its own: `CKV_K8S_13@kubernetes`.
        differs: by another tool's name, where that tool judges otherwise, who is right, and why. Markdown.
        equivalent: by the name of a mutant (`complygate policy test --mutants`), why no example can tell it
            from the rule.
        params: default parameters; a policy may give others of the same names.
        tighter: for a parameter: which way makes the rule stricter, `fewer` or `more` items of a list, a
            `lower` or `higher` number, `true` or `false`, or that a value is `given` at all. A
            lower layer may change only those, and only so.
        since: the version that brought it.
        deprecated: why and since when it is on its way out; "" while it is current.
        replaced_by: id of the successor, or "".
        passing: examples that must give nothing.
        failing: examples that must be reported at each `# expect`.
        place: the rule file.
        places: where parts of the rule file stand, for messages about them; None for a rule without a file.
        built_in: it came with the program, whose tests have compiled it.
        level: the level that it has until a policy gives one: `warn`; "" for `enforce`.
        severity_from_tool: the rule leaves the severity to the tool whose results it judges; `severity` then
            serves selection, and results that have none.
    """

    id: str
    title: str
    severity: Severity
    applies_to: tuple[str, ...]
    engine: str
    check: Any
    message: str
    why: str
    fix: str
    select: str = "$"
    reads: tuple[str, ...] = ()
    at: str = ""
    unknown_complies: bool = False
    tags: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    params: Mapping[str, Any] | None = None
    since: str = ""
    deprecated: str = ""
    replaced_by: str = ""
    passing: Sequence[Example] = ()
    failing: Sequence[Example] = ()
    place: Place | None = None
    places: RulePlaces | None = None
    built_in: bool = False
    severity_from_tool: bool = False
    level: str = ""
    tighter: Mapping[str, str] | None = None
    differs: Mapping[str, str] | None = None
    equivalent: Mapping[str, str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The id and the aliases, each without the format that it is for."""
        return (self.id, *(alias.partition("@")[0] for alias in self.aliases))

    def names_in(self, kind: str) -> tuple[str, ...]:
        """Return the id, and the aliases that hold for what is in a document of `kind`."""
        split = (alias.partition("@") for alias in self.aliases)
        here = kind.partition("/")[0]
        return (self.id, *(name for name, _, where in split if where in {"", here}))

    @property
    def is_secret(self) -> bool:
        """Whether its findings point at what may be a secret: then nothing of the file's text is reported."""
        return SECRET_TAG in self.tags

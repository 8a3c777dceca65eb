"""The three plug points: what a module must offer, and how it is found.

A format, an engine or a reporter is one module in the folder of that name. It satisfies the Protocol
below by defining its names; nothing registers it. `tests/contract/` tries every module it finds.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import ModuleType
    from typing import TextIO

    from complygate.model.document import Document
    from complygate.model.folder import PolicyFolder
    from complygate.model.mutant import Mutant
    from complygate.model.outcome import Outcome, Subject
    from complygate.model.problem import Problem
    from complygate.model.remark import Answer, Task
    from complygate.model.report import Report
    from complygate.model.rule import Rule
    from complygate.model.source import Source


class Format(Protocol):
    """Recognises files of one family and turns them into documents.

    `claims` looks at the path first and at the text only if it must. It returns the group that the file
    belongs to, or None: files of one group are read together, once all are known. A format whose files
    stand alone returns the file's own path.
    """

    NAME: str
    """The family's name in coverage: `kubernetes`."""
    KINDS: tuple[str, ...]
    """The kinds and views it can give; `kubernetes/*` where the set is open."""
    ORDER: int
    """Who is asked first: 10 for formats sure by path, 50 by content, 90 for those that take the rest."""
    ENDINGS: frozenset[str] | None
    """The endings of names (`Source.suffix`) among which it has files; None where it looks at every file."""
    EXAMPLE_PATHS: Mapping[str, str]
    """For rule examples: the file name that makes a text this kind, by glob of kinds."""

    def claims(self, source: Source) -> str | None:
        """Return the group of `source`, or None when it is not of this family."""

    def read(self, sources: Sequence[Source]) -> Iterator[Document | Problem]:
        """Yield what a group's files hold. Never raises for what stands in a file."""


class Check(Protocol):
    """A compiled rule."""

    def evaluate(self, subject: Subject) -> Sequence[Outcome]:
        """Judge one node. Never raises: what goes wrong inside is a `Fault`."""


class Engine(Protocol):
    """Compiles what stands under its key in a rule's `check`; the check then judges node by node."""

    NAME: str
    """The key: `cel`."""

    def compile(self, check: Any, params: Mapping[str, Any]) -> Check:
        """Return the compiled check.

        Raises:
            complygate.errors.CheckError: the check is not well-formed.
        """


class TreeEngine(Protocol):
    """A tool that judges the whole tree at once, for all the rules that ask something of it.

    A module of `engines/` is either this or an `Engine`: it has `ask` and `run`, or it has `compile`.
    """

    NAME: str
    """The key: `checkov`."""

    def ask(self, check: Any, params: Mapping[str, Any]) -> Any:
        """Return what a rule asks, in whatever form `run` wants it.

        Raises:
            complygate.errors.CheckError: the check is not well-formed.
        """

    def run(self, task: Task) -> Answer:
        """Judge the tree. Never raises for what stands in it: what goes wrong is a problem in the answer."""


class Catalogue(Protocol):
    """What an engine offers beside, when its tool brings checks of its own: rules ready to be selected."""

    def catalogue(self) -> Mapping[str, Rule]:
        """Return a rule for each check of the tool by id, `checkov/CKV_K8S_16`; `CKV_K8S_16` is an alias."""


class Keeping(Protocol):
    """What an engine offers beside, when its run is worth keeping the results of a whole scan for."""

    def state(self) -> str:
        """Return what its results rest on beside files and installed packages: programs of the machine."""


class Mutator(Protocol):
    """What an engine offers beside, to show that a rule's examples notice when its check is another."""

    def mutate(self, check: Any) -> Iterator[Mutant]:
        """Yield checks that differ from `check`, which compiles, in one thing. Not every one need compile."""


class Adopter(Protocol):
    """What an engine offers beside, when policies in its language are written for other programs too."""

    def adopt(self, folder: PolicyFolder) -> tuple[Rule, ...]:
        """Return a rule for each check in the folder.

        Raises:
            complygate.errors.PolicyError: files are wrong; every mistake is in it.
        """


class Reporter(Protocol):
    """Renders a report."""

    NAME: str
    """The word after `--format`."""
    SUFFIX: str
    """The usual ending of its file: `.sarif`."""
    PROFILES: tuple[str, ...]
    """The variants it offers, the default first; () for none."""

    def render(self, report: Report, out: TextIO, *, profile: str = "", color: bool = False) -> None:
        """Write `report` to `out`. The same report gives the same text."""


@cache
def names(package: str) -> tuple[str, ...]:
    """Return the names of the plug-in modules in `package` (such as "complygate.formats"), in order.

    Modules whose name starts with "_" are helpers of the package, not plug-ins.
    """
    path = importlib.import_module(package).__path__
    return tuple(sorted(m.name for m in pkgutil.iter_modules(path) if not m.name.startswith("_")))


@cache
def load(package: str, name: str) -> ModuleType:
    """Import and return one plug-in module of `package`."""
    return importlib.import_module(f"{package}.{name}")


@cache
def formats() -> tuple[Format, ...]:
    """Return every format, in the order in which they are asked."""
    found = [cast("Format", load("complygate.formats", name)) for name in names("complygate.formats")]
    return tuple(sorted(found, key=lambda f: (f.ORDER, f.NAME)))


@lru_cache(maxsize=256)
def formats_for(ending: str) -> tuple[Format, ...]:
    """Return the formats that have files with this `ending`, in the order in which they are asked."""
    return tuple(form for form in formats() if form.ENDINGS is None or ending in form.ENDINGS)


def engine(name: str) -> Engine:
    """Return the engine called `name`, which judges node by node.

    Raises:
        KeyError: there is none, or it judges whole trees.
    """
    if tree_engine(name) is not None:
        raise KeyError(name)
    return cast("Engine", load("complygate.engines", name))


def tree_engine(name: str) -> TreeEngine | None:
    """Return the engine called `name` if it judges whole trees, and None if it judges node by node.

    Raises:
        KeyError: there is no engine of this name.
    """
    if name not in names("complygate.engines"):
        raise KeyError(name)
    found = load("complygate.engines", name)
    return cast("TreeEngine", found) if hasattr(found, "ask") else None


def catalogue(name: str) -> Mapping[str, Rule] | None:
    """Return the rules that the engine called `name` offers for its tool's checks, or None if it has none.

    Raises:
        KeyError: there is no engine of this name.
    """
    if name not in names("complygate.engines"):
        raise KeyError(name)
    found = load("complygate.engines", name)
    return cast("Catalogue", found).catalogue() if hasattr(found, "catalogue") else None


def catalogues() -> Mapping[str, Mapping[str, Rule]]:
    """Return every catalogue, by the engine's name. Loads every engine."""
    found = {name: catalogue(name) for name in names("complygate.engines")}
    return {name: rules for name, rules in found.items() if rules is not None}


def state_of(name: str) -> str | None:
    """Return what results of the engine called `name` rest on, or None where they are not worth keeping.

    Raises:
        KeyError: there is no engine of this name.
    """
    if name not in names("complygate.engines"):
        raise KeyError(name)
    found = load("complygate.engines", name)
    return cast("Keeping", found).state() if hasattr(found, "state") else None


def mutants(name: str, check: Any) -> Iterator[Mutant]:
    """Yield what the engine called `name` makes of `check` by changing one thing; nothing if it cannot."""
    found = load("complygate.engines", name)
    if hasattr(found, "mutate"):
        yield from cast("Mutator", found).mutate(check)


def adopter(name: str) -> Adopter:
    """Return the engine called `name`, which adopts folders of policies.

    Raises:
        KeyError: there is none, or it does not.
    """
    if name not in names("complygate.engines") or not hasattr(load("complygate.engines", name), "adopt"):
        raise KeyError(name)
    return cast("Adopter", load("complygate.engines", name))


def reporter(name: str) -> Reporter:
    """Return the reporter called `name`.

    Raises:
        KeyError: there is none.
    """
    if name not in names("complygate.reporters"):
        raise KeyError(name)
    return cast("Reporter", load("complygate.reporters", name))

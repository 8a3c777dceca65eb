"""Policy folders written for Conftest, taken as they are: each rule definition becomes a rule of its own.

https://www.conftest.dev: rules called `deny`, `violation` and `warn`, with whatever follows after an
underscore, in the chosen namespaces; `exception` rules by their names; data and helper packages beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.engines.rego.described import describe
from complygate.engines.rego.module import Definition, Form, Module, parse
from complygate.engines.rego.own import bad_form, compose
from complygate.engines.rego.program import EvaluationError, Named, Program
from complygate.engines.rego.sure import literals_of
from complygate.errors import CheckError, Place, PolicyError
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from complygate.model.folder import PolicyFolder
    from complygate.model.rule import Rule

_TESTS = "_test.rego"
_EXCEPTION = "exception"
_MOST_TRIED = 200
_DEFAULT = "main"
"""The namespace that Conftest takes when none is named."""

programs: dict[str, Adopted] = {}
"""What was adopted, by the digest that the rules' checks name."""


@dataclass(frozen=True)
class Adopted:
    """A folder that was compiled.

    Attributes:
        program: the program.
        literals: scalars that its modules name.
        exceptions: the files that hold exceptions, by the address that the rules are asked for at.
    """

    program: Program
    literals: tuple[Any, ...]
    exceptions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Clause:
    """One definition that objects.

    Attributes:
        file: the path of its file below the folder.
        module: its module.
        definition: the definition.
        entry: the address that it is asked by.
    """

    file: str
    module: Module
    definition: Definition
    entry: str


def adopt(folder: PolicyFolder) -> tuple[Rule, ...]:
    """Return a rule for each definition in `folder` that objects, in order of file and line.

    Raises:
        PolicyError: files are wrong, or none of their rules would ever object; every mistake is in it.
    """
    modules = _modules(folder)
    namespaces = _namespaces(folder, modules)
    clauses = list(_clauses(modules, namespaces))
    if not clauses:
        raise _nothing(folder, modules, namespaces)
    digest = _compile(folder, modules, clauses, namespaces)
    return tuple(describe(folder, clauses, digest))


def _modules(folder: PolicyFolder) -> dict[str, Module]:
    found: dict[str, Module] = {}
    errors: list[PolicyError] = []
    for file, text in sorted(folder.files.items()):
        if file.endswith(_TESTS):
            continue
        try:
            found[file] = _module(file, text)
        except CheckError as error:
            errors.append(placed(folder, error))
    if errors:
        raise PolicyError.all_of(errors)
    return found


def _module(file: str, text: str) -> Module:
    try:
        module = parse(text)
    except CheckError as error:
        raise _in(error, file) from None
    if not module.path:
        raise CheckError("no package is declared", line=1, column=1, hint="begin: `package main`", file=file)
    for definition in module.definitions:
        if wrong := bad_form(definition):
            raise _in(module.source.error(definition.start, *wrong), file)
    return module


def placed(folder: PolicyFolder, error: CheckError) -> PolicyError:
    """Return `error` with its place in a file of the folder; without a file, where the folder is named."""
    place = Place(f"{folder.shown}/{error.file}" if folder.shown else error.file, error.line, error.column)
    return PolicyError(error.message, place=place if error.file else folder.place, hint=error.hint)


def _namespaces(folder: PolicyFolder, modules: Mapping[str, Module]) -> frozenset[str]:
    judging = {m.package for m in modules.values() if any(d.violates or d.warns for d in m.definitions)}
    if folder.namespaces:
        return frozenset(judging if "*" in folder.namespaces else folder.namespaces)
    return frozenset({_DEFAULT} if _DEFAULT in judging else judging)


def _nothing(folder: PolicyFolder, modules: Mapping[str, Module], wanted: frozenset[str]) -> PolicyError:
    judging = sorted(
        {m.package for m in modules.values() if any(d.violates or d.warns for d in m.definitions)}
    )
    hint = f"there are such rules in {', '.join(judging)}" if judging else "see docs/rules-rego.md"
    named = f" in {', '.join(sorted(wanted))}" if wanted else ""
    message = f"{folder.shown or '.'}: no rule called deny, violation or warn{named}: nothing would be judged"
    return PolicyError(message, place=folder.place, hint=hint)


def _clauses(modules: Mapping[str, Module], namespaces: frozenset[str]) -> Iterator[Clause]:
    """Yield what objects. Sets are told apart by definition; of other rules, all definitions are one."""
    seen: set[str] = set()
    for number, (file, module) in enumerate(modules.items()):
        for index, definition in enumerate(module.definitions):
            if module.package not in namespaces or not (definition.violates or definition.warns):
                continue
            split = definition.form is Form.SET
            name = f"complygate_{number}_{index}" if split else definition.name
            entry = "/".join((*module.path, name))
            if entry not in seen:
                seen.add(entry)
                yield Clause(file, module, definition, entry)


def _compile(
    folder: PolicyFolder,
    modules: Mapping[str, Module],
    clauses: list[Clause],
    namespaces: frozenset[str],
) -> str:
    """Compile the folder and return its digest."""
    files = list(modules)
    renamed: dict[int, dict[int, str]] = {}
    for clause in clauses:
        if clause.definition.form is Form.SET:
            index = clause.module.definitions.index(clause.definition)
            renamed.setdefault(files.index(clause.file), {})[index] = clause.entry.rpartition("/")[2]
    try:
        named = compose(
            list(modules.items()), renamed, _DEFAULT, lambda number, error: _in(error, files[number])
        )
        exceptions = _exceptions(folder, modules, namespaces)
        program = Program(named, folder.data, [c.entry for c in clauses] + sorted(exceptions))
        if error := _mistake(program):
            raise placed(folder, error if error.file else _located(error, named, folder, clauses))
    except CheckError as error:
        raise placed(folder, error) from None
    except EvaluationError as error:
        raise PolicyError(f"{folder.shown}: {error}", place=folder.place) from None
    programs[program.digest] = Adopted(program, literals_of(modules.values()), exceptions)
    return program.digest


def _mistake(program: Program) -> CheckError | None:
    try:
        _ = program.plan
    except CheckError as error:
        return error
    return None


def _located(
    error: CheckError, named: Sequence[Named], folder: PolicyFolder, clauses: Sequence[Clause]
) -> CheckError:
    """Return an error that the interpreter gives no place with the file without which there is none."""
    for guilty in named[:_MOST_TRIED]:
        others = [module for module in named if module is not guilty]
        entries = [clause.entry for clause in clauses if clause.file != guilty.file]
        if entries and _mistake(Program(others, folder.data, entries)) is None:
            hint = error.hint or "rewrite what is unusual in this file, or leave it out by `ignore`"
            return CheckError(error.message, line=1, column=1, hint=hint, file=guilty.file)
    return error


def _in(error: CheckError, file: str) -> CheckError:
    error.file = file
    return error


def _exceptions(
    folder: PolicyFolder, modules: Mapping[str, Module], namespaces: frozenset[str]
) -> dict[str, str]:
    """Return the files that hold `exception` rules, by the rules' addresses."""
    found: dict[str, list[str]] = {}
    for file, module in sorted(modules.items()):
        if module.package in namespaces and any(d.name == _EXCEPTION for d in module.definitions):
            shown = f"{folder.shown}/{file}" if folder.shown else file
            found.setdefault("/".join((*module.path, _EXCEPTION)), []).append(shown)
    return {address: ", ".join(files) for address, files in found.items()}

"""A rule's own Rego: from what stands under `check: {rego: …}` to a compiled check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.engines.rego import builtins, dialect
from complygate.engines.rego.annotations import annotation_of
from complygate.engines.rego.check import RegoCheck
from complygate.engines.rego.module import Definition, Form, Module, parse
from complygate.engines.rego.program import EvaluationError, Named, Program
from complygate.engines.rego.sure import literals_of
from complygate.errors import CheckError
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PACKAGE = "rule"
"""The package of a text that declares none."""
ENTRY = "complygate_{kind}_{number}"


@dataclass(frozen=True, slots=True)
class Written:
    """A Rego text as it stands in a rule.

    Attributes:
        pointer: where in the check it stands: `/rego`, `/rego/text`, `/rego/file`.
        text: the text.
        file: the name of its file, or "" where it stands in the rule itself.
    """

    pointer: str
    text: str
    file: str = ""


def texts_of(check: Any) -> tuple[Written, tuple[Written, ...]]:
    """Return the Rego text of a check, and its libraries.

    Raises:
        CheckError: the check is no text, and no map with `text` or `file`, the files read.
    """
    if isinstance(check, str):
        return Written("/rego", check), ()
    if not isinstance(check, dict) or not check:
        message = f"a Rego check is a text, or a map with a file, not {type(check).__name__}"
        raise CheckError(message, pointer="/rego")
    for key in check:
        if key not in {"text", "file", "libraries"}:
            hint = "there are file, libraries and text"
            raise CheckError(f"{key!r}: no such key", pointer="/rego", hint=hint)
    if ("text" in check) == ("file" in check):
        raise CheckError("give either a file or a text", pointer="/rego")
    libraries = check.get("libraries", [])
    if not isinstance(libraries, list):
        raise CheckError("libraries is a list of files", pointer="/rego/libraries")
    main = _file(check["file"], "/rego/file") if "file" in check else _text(check["text"])
    return main, tuple(_file(entry, f"/rego/libraries/{i}") for i, entry in enumerate(libraries))


def _text(text: Any) -> Written:
    if not isinstance(text, str):
        raise CheckError(f"the text is a string, not {type(text).__name__}", pointer="/rego/text")
    return Written("/rego/text", text)


def _file(entry: Any, pointer: str) -> Written:
    """Return the file that `entry` is, which the policy set's loader has put in the place of its name."""
    if isinstance(entry, dict) and isinstance(entry.get("name"), str) and isinstance(entry.get("text"), str):
        return Written(pointer, entry["text"], entry["name"])
    raise CheckError("names no file that could be read", pointer=pointer)


def build(check: Any, params: Mapping[str, Any]) -> RegoCheck:
    """Return the compiled check.

    Raises:
        CheckError: it is not Rego, calls what it may not, or objects to nothing; or the interpreter is
            missing.
    """
    main, libraries = texts_of(check)
    written = (main, *libraries)
    modules = [_parse(text) for text in written]
    beyond = any(dialect.looks_beyond(module) for module in modules)
    entries = _entries(modules[0], main)
    named = compose(
        [(text.file, module) for text, module in zip(written, modules, strict=True)],
        {
            0: {
                index: name
                for index, name in entries.items()
                if modules[0].definitions[index].form is Form.SET
            }
        },
        PACKAGE,
        lambda number, error: located(error, written[number]),
        beyond=beyond,
    )
    path = "/".join(modules[0].path or (PACKAGE,))
    names = list(dict.fromkeys(f"{path}/{name}" for name in entries.values()))
    try:
        program = Program(named, {"params": dict(params)}, names)
    except EvaluationError as error:
        raise CheckError(f"params: {error}", pointer="/rego") from None
    try:
        _ = program.plan
    except CheckError as error:
        number = next((i for i, text in enumerate(written) if text.file == error.file), 0)
        raise located(error, written[number]) from None
    return RegoCheck(program, names, literals_of(modules), beyond=beyond)


def _parse(written: Written) -> Module:
    try:
        return parse(written.text.replace("\r\n", "\n"))
    except CheckError as error:
        raise located(error, written) from None


def located(error: CheckError, written: Written) -> CheckError:
    """Return `error` with the place of the text that it is in."""
    error.pointer = written.pointer
    error.file = written.file
    return error


def compose(
    modules: Sequence[tuple[str, Module]],
    renamed: Mapping[int, Mapping[int, str]],
    package: str,
    locate: Callable[[int, CheckError], CheckError],
    *,
    beyond: bool = False,
) -> list[Named]:
    """Return `modules` checked for what they call and turned into what the interpreter reads.

    Args:
        modules: each with its file's name.
        renamed: names for definitions, by the module's index and their own.
        package: the package of a module that declares none.
        locate: makes, of a module's index and an error in it, the error to raise.
        beyond: whether the input holds more than the node.

    Raises:
        CheckError: a module calls what it may not.
    """
    functions = _names(modules, functions=True)
    rules = _names(modules, functions=False)
    out: list[Named] = []
    for number, (file, module) in enumerate(modules):
        known = functions.get(module.path, frozenset())
        try:
            builtins.check(module, known)
            annotations = {
                i: annotation_of(d, module).data for i, d in enumerate(module.definitions) if d.comments
            }
        except CheckError as error:
            raise locate(number, error) from None
        names = renamed.get(number, {})
        others = rules.get(module.path, frozenset())
        translated = dialect.translate(module, known, others, annotations, names, package, beyond=beyond)
        out.append(Named(file, translated))
    return out


def _names(
    modules: Sequence[tuple[str, Module]], *, functions: bool
) -> dict[tuple[str, ...], frozenset[str]]:
    """Return the names of the functions, or of the other rules, of each package."""
    found: dict[tuple[str, ...], frozenset[str]] = {}
    for _, module in modules:
        own = {d.name for d in module.definitions if (d.form is Form.FUNCTION) == functions and d.name}
        found[module.path] = found.get(module.path, frozenset()) | own
    return found


def _entries(module: Module, written: Written) -> dict[int, str]:
    """Return the name under which each definition that objects is asked for, by its index.

    Raises:
        CheckError: there is none, or one of a form that cannot object.
    """
    found: dict[int, str] = {}
    for index, definition in enumerate(module.definitions):
        wrong = _wrong(definition)
        if wrong:
            raise located(module.source.error(definition.start, *wrong), written)
        if definition.violates:
            one = definition.form is Form.SET
            found[index] = ENTRY.format(kind="deny", number=index) if one else definition.name
    if not found:
        message = "no rule called deny or violation: nothing would ever be reported"
        hint = 'write `deny contains "what is wrong" if { … }`'
        raise located(CheckError(message, line=1, column=1, hint=hint), written)
    return found


def _wrong(definition: Definition) -> tuple[str, str] | None:
    """Return what is wrong with a definition, and a hint; None if nothing is."""
    if definition.warns:
        return f"{definition.name}: a rule has one level, and the policy gives it", "call it deny"
    return bad_form(definition)


def bad_form(definition: Definition) -> tuple[str, str] | None:
    """Return why a definition with a name that objects never would, and a hint; None if it may."""
    if definition.form is Form.OBJECT and (definition.violates or definition.warns):
        name = definition.name
        return f"{name}[…] makes a map, and not a set of results", f"write `{name} contains … if {{ … }}`"
    return None

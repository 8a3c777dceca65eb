"""What a schema cannot say about a rule file: paths, placeholders, kinds, and names of other things."""

from __future__ import annotations

import re
import string
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from complygate.errors import Place
from complygate.model import plugins
from complygate.model import pointer as ptr
from complygate.model.document import REPOSITORY
from complygate.model.glob import matches
from complygate.model.nearest import nearest
from complygate.policy.rule_engine import check_engine, placeholders

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from complygate.model.policy import Control
    from complygate.model.rule import Rule
    from complygate.policy.files import File, Mistakes

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)+")
_SIMPLE_PATH = re.compile(r"\$(\.[A-Za-z_][A-Za-z0-9_]*|\.\*|\[\*\]|\[(0|[1-9][0-9]{0,8})\])*")
"""Paths that are RFC 9535's beyond doubt: then the library need not be loaded to say so."""
_FIELD = re.compile(r"([a-z]+)((?:\.[^.\[\]{}]+|\[[^\[\]{}'\"]+\])*)")
_BRACES = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[{}]")


def check_file(file: File, mistakes: Mistakes) -> None:
    """Add what is wrong in `file`, taken by itself."""
    data = file.data
    if not _ID.fullmatch(file.name):
        example = "kubernetes/run-as-non-root.yaml"
        hint = f"a folder and a name, in lower case with hyphens: {example}"
        mistakes.add(Place(file.shown, 1, 1), f"{file.name}: is not a path that a rule may have", hint)
    elif data.get("id", file.name) != file.name:
        mistakes.add(file.place("/id"), f'id: is "{data["id"]}", and the path says "{file.name}"')
    check_engine(file, next(iter(data["check"])), mistakes)
    _check_select(file, mistakes)
    _check_message(file, mistakes)
    _check_tighter(file, mistakes)
    for at in _bad_paths(data.get("examples", {})):
        place = file.place(at, key=at.rpartition("/")[0].endswith("/files"))
        mistakes.add(place, "examples: must be a path inside the example's own tree")
    for at in _empty_examples(data.get("examples", {})):
        mistakes.add(file.place(at), "examples: has neither text nor files")


def _check_select(file: File, mistakes: Mistakes) -> None:
    path = file.data.get("select", "$")
    if _SIMPLE_PATH.fullmatch(path):
        return
    import jsonpath_rfc9535  # noqa: PLC0415 - 17 ms, saved where the path is simple

    try:
        jsonpath_rfc9535.compile(path)
    except jsonpath_rfc9535.JSONPathError as error:
        offset = error.token.index if error.token is not None and error.token.index >= 0 else 0
        message = str(error).partition(", line")[0]
        place = file.inside("/select", *_line_and_column(path, offset))
        mistakes.add(place, f"select: not a JSONPath of RFC 9535: {message}")
    except RecursionError:
        mistakes.add(file.place("/select"), "select: is nested too deep")


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")


def _check_message(file: File, mistakes: Mistakes) -> None:
    text = file.data["message"]
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        place = file.inside("/message", *_line_and_column(text, _lone_brace(text)))
        mistakes.add(place, "message: a brace stands alone", "write {{ or }} for one that is to be seen")
        return
    start, roots = 0, placeholders(next(iter(file.data["check"])))
    for _, field, form, conversion in parts:
        if field is None:
            continue
        start = text.find("{" + field, start)
        wrong, hint = _wrong_field(field, form, conversion, roots, file.data.get("params", {}))
        if wrong:
            place = file.inside("/message", *_line_and_column(text, max(start, 0)))
            mistakes.add(place, f"message: {wrong}", hint)
        start += 1


_FITTING: dict[str, tuple[type, ...]] = {
    "fewer": (list,), "more": (list,), "lower": (int, float), "higher": (int, float), "true": (bool,),
    "false": (bool,), "given": (list, dict, str),
}  # fmt: skip


def _check_tighter(file: File, mistakes: Mistakes) -> None:
    """Add ways for parameters that there are not, or whose values cannot go that way."""
    params = file.data.get("params", {})
    for name, way in file.data.get("tighter", {}).items():
        place = file.place(ptr.join("/tighter", name), key=True)
        if name not in params:
            mistakes.add(place, f'tighter: there is no parameter "{name}"', nearest(name, params))
        elif way == "given" and params[name]:
            mistakes.add(place, f"tighter.{name}: given is for a parameter that is empty by default")
        elif type(params[name]) not in _FITTING[str(way).lower()]:
            mistakes.add(place, f"tighter.{name}: {str(way).lower()} does not fit the parameter's default")


def _lone_brace(text: str) -> int:
    """Return where the first brace in `text` stands that is neither a placeholder's nor doubled."""
    return next((m.start() for m in _BRACES.finditer(text) if len(m[0]) == 1), max(text.find("{"), 0))


def _wrong_field(
    field: str, form: str | None, conversion: str | None, roots: tuple[str, ...], params: Mapping[str, Any]
) -> tuple[str, str]:
    """Return what is wrong with a placeholder, and a hint; both "" if nothing is."""
    found = _FIELD.fullmatch(field)
    root = re.split(r"[.\[]", field)[0]
    if root not in roots:
        return f"unknown placeholder {{{field}}}", nearest(root, roots)
    if not found or form or conversion:
        example = "write {self.name} or {self.ports[0]}" if "self" in roots else "write {detail}"
        return f"malformed placeholder {{{field}}}", example
    name = re.split(r"[.\[\]]", field)[1] if found[2] else ""
    if root == "params" and name not in params:
        return f'placeholder {{{field}}}: there is no parameter "{name}"', nearest(name, params)
    return "", ""


def _bad_paths(examples: dict[str, Any]) -> Iterator[str]:
    """Yield the pointers of paths that lead out of an example's tree."""
    for pointer, example in _maps(examples):
        if _leads_out(example.get("path", "")):
            yield f"{pointer}/path"
        for path in example.get("files", {}):
            if _leads_out(path):
                yield f"{pointer}/files/{path.replace('~', '~0').replace('/', '~1')}"


def _leads_out(path: str) -> bool:
    parts = PurePosixPath(path)
    return parts.is_absolute() or ".." in parts.parts or "\\" in path or "\0" in path


def _empty_examples(examples: dict[str, Any]) -> Iterator[str]:
    for pointer, example in _maps(examples):
        if "text" not in example and not example.get("files"):
            yield pointer


def _maps(examples: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for word, entries in examples.items():
        for i, entry in enumerate(entries):
            if isinstance(entry, dict):
                yield f"/examples/{word}/{i}", entry


def check_names(
    own: Mapping[str, Rule], rules: Mapping[str, Rule], controls: Mapping[str, Control], mistakes: Mistakes
) -> None:
    """Add what is wrong between rules, or between a rule and the controls.

    Args:
        own: the set's own rules. Two of them must not share an alias; one may share it with a built-in
            rule, since both may stand for the same check of another tool.
        rules: those and the built-in ones.
        controls: every control that a rule may name.
        mistakes: gets what is wrong.
    """
    owners: dict[str, str] = {name: name for name in rules}
    for rule in own.values():
        for i, alias in enumerate(rule.aliases):
            owner = owners.setdefault(alias, rule.id)
            if owner != rule.id:
                mistakes.add(at(rule, f"/aliases/{i}"), f'aliases: "{alias}" is a name of {owner} already')
        for i, control in enumerate(rule.controls):
            if control not in controls:
                message = f'controls: there is no control "{control}"'
                mistakes.add(at(rule, f"/controls/{i}"), message, nearest(control, controls))
        if rule.replaced_by and rule.replaced_by not in rules:
            message = f'replaced_by: there is no rule "{rule.replaced_by}"'
            mistakes.add(at(rule, "/replaced_by"), message, nearest(rule.replaced_by, rules))


def at(rule: Rule, pointer: str) -> Place | None:
    """Return where the value at `pointer` of the rule's file stands."""
    return rule.places[pointer] if rule.places else rule.place


def check_kinds(rules: Iterable[Rule], mistakes: Mistakes) -> None:
    """Add the kinds that rules name and no format gives. Loads every format."""
    known = [kind for form in plugins.formats() for kind in form.KINDS] + [REPOSITORY]
    for rule in rules:
        for key, kinds in (("applies_to", rule.applies_to), ("reads", rule.reads)):
            for i, kind in enumerate(kinds):
                if not any(matches(kind, name) or matches(name, kind) for name in known):
                    hint = _kind_hint(kind, known)
                elif _begins_small(kind, known):
                    hint = f"kinds of {kind.partition('/')[0]} begin with a capital letter"
                else:
                    continue
                mistakes.add(at(rule, f"/{key}/{i}"), f'{key}: no format gives the kind "{kind}"', hint)


def _begins_small(kind: str, known: list[str]) -> bool:
    """Tell whether `kind` begins with a small letter in an open family, all of whose known kinds do not.

    Of `kubernetes/*` any name may be a kind, so `kubernetes/pod` would be taken, and never be met.
    """
    family, _, name = kind.partition("/")
    named = [other.partition("/")[2] for other in known if other.startswith(f"{family}/")]
    capital = [other[:1].isupper() for other in named if other != "*"]
    return name[:1].islower() and "*" in named and bool(capital) and all(capital)


def _kind_hint(kind: str, known: list[str]) -> str:
    """Name the nearest kind; where only the family is wrong, the kind with the right one."""
    family, slash, rest = kind.partition("/")
    families = {name.partition("/")[0] for name in known}
    if family in families:
        return nearest(kind, [name for name in known if name.startswith(f"{family}/")])
    hint = nearest(family, families)
    return hint.replace('"?', f'{slash}{rest}"?')

"""Write what the docs say of rules, policies, keys and options, from those themselves.

    python tools/reference.py            rewrite docs/
    python tools/reference.py --check    only tell whether it is up to date

A table stands between `<!-- keys: SCHEMA POINTER -->`, `<!-- rules -->` or `<!-- commands -->`, and
`<!-- end -->`. The pages of single rules and policies are written whole (`pages.py`).
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from complygate import policy
from complygate.cli.main import command

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a file, it has only its own folder

from tools import pages, rule_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
SCHEMAS = ROOT / "src/complygate/policy/schemas"
_TABLE = re.compile(r"(<!-- keys: (\w+)(?: (\S+))? -->\n).*?(<!-- end -->)", re.DOTALL)
_RULES = re.compile(r"(<!-- rules -->\n).*?(<!-- end -->)", re.DOTALL)
_COMMANDS = re.compile(r"(<!-- commands -->\n).*?(<!-- end -->)", re.DOTALL)

_SHORT = 30
"""A longer description of a value's form is for messages; the table has the key's own description."""


def main() -> int:
    """Return 1 when `--check` finds a page that is not up to date, else 0."""
    changes = list(_stale())
    if "--check" in sys.argv:
        for page, _ in changes:
            print(f"{page.relative_to(ROOT)}: run `python tools/reference.py`")
        return int(bool(changes))
    for page, text in changes:
        if text is None:
            page.unlink()
        else:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text, "utf-8")
    return 0


def _stale() -> Iterator[tuple[Path, str | None]]:
    """Yield each page that is not up to date, with the text that it should have, or None to remove it."""
    for page in sorted((ROOT / "docs").glob("*.md")):
        text = page.read_text("utf-8")
        if (new := filled(text)) != text:
            yield page, new
    yield from pages.stale(ROOT / "docs", pages.written())


def filled(text: str) -> str:
    """Return `text` with every table as it should be now."""
    text = _RULES.sub(lambda m: f"{m[1]}\n{rules()}\n\n{m[2]}", text)
    text = _COMMANDS.sub(lambda m: f"{m[1]}\n{commands()}\n\n{m[2]}", text)
    return _TABLE.sub(lambda m: f"{m[1]}\n{table(m[2], m[3] or '')}\n\n{m[4]}", text)


def rules() -> str:
    """Return the table of the groups of built-in rules."""
    return rule_pages.groups(policy.load_set("builtin:", base=ROOT).rules.values())


def commands() -> str:
    """Return a section for each command, with its help and a table of its options."""
    root = click.Context(command, info_name="complygate")
    return "\n\n".join(_section(context) for context in _leaves(command, root))


def _leaves(group: click.Group, parent: click.Context) -> Iterator[click.Context]:
    for name in group.list_commands(parent):
        inner = group.get_command(parent, name)
        context = click.Context(inner, parent=parent, info_name=name) if inner else parent
        if isinstance(inner, click.Group):
            yield from _leaves(inner, context)
        elif inner is not None:
            yield context


def _section(context: click.Context) -> str:
    usage = [piece for piece in context.command.collect_usage_pieces(context) if piece != "[OPTIONS]"]
    lines = [
        f"### `{' '.join([context.command_path, *usage])}`",
        "",
        inspect.cleandoc(context.command.help or ""),
    ]
    options = [param for param in context.command.params if isinstance(param, click.Option)]
    if options:
        lines += ["", "| option | |", "|---|---|", *(_option(option) for option in options)]
    return "\n".join(lines)


def _option(option: click.Option) -> str:
    value = option.metavar or (
        "|".join(option.type.choices) if isinstance(option.type, click.Choice) else option.type.name.upper()
    )
    names = list(option.opts)
    names[-1] += "" if option.is_flag else f" {value}"
    default = f" Default: `{option.default}`." if option.show_default else ""
    text = re.sub(r"\s+\[default: (.*)\]$", r" Default: \1.", option.help or "What is printed.")
    cells = (", ".join(f"`{name}`" for name in names), text + default)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def table(name: str, pointer: str) -> str:
    """Return the table of the keys of the map at `pointer` in the schema `name`."""
    schema: Any = json.loads((SCHEMAS / f"{name}-v1.schema.json").read_text("utf-8"))
    part = schema
    for token in pointer.strip("/").split("/") if pointer else []:
        part = part[token]
    rows = ["| key | value | |", "|---|---|---|", *_rows(schema, part, "")]
    return "\n".join(rows)


def _rows(schema: Any, part: Any, prefix: str) -> Iterator[str]:
    """Yield a row for each key, and below it those of the map or maps that are its value."""
    for key, value in part["properties"].items():
        inner = {**value}
        if "$ref" in inner:
            inner |= schema["$defs"][inner.pop("$ref").rpartition("/")[2]]
        need = ", required" if key in part.get("required", []) else ""
        description = str(inner.get("description", "")).replace("|", "\\|")
        yield f"| `{prefix}{key}` | {_type(schema, inner)}{need} | {description} |"
        for below, deeper in _below(schema, inner):
            yield from _rows(schema, deeper, f"{prefix}{key}{below}.")


def _below(schema: Any, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the maps with keys of their own inside `value`, with what stands between."""
    options = [value, *value.get("anyOf", [])]
    for option in options:
        target = schema["$defs"][option["$ref"].rpartition("/")[2]] if "$ref" in option else option
        if "properties" in target:
            yield "", target
        if isinstance(items := target.get("items"), dict):
            yield from (("[]" + below, deeper) for below, deeper in _below(schema, items))


def _type(schema: Any, value: Any) -> str:
    """Say in words what the value of a key may be."""
    if "$ref" in value:
        return _type(schema, schema["$defs"][value["$ref"].rpartition("/")[2]])
    if "anyOf" in value:
        return ", or ".join(_type(schema, option) for option in value["anyOf"])
    if "enum" in value or "const" in value:
        return ", ".join(f"`{str(word).lower()}`" for word in value.get("enum", [value.get("const")]))
    if value["type"] == "array":
        return f"list: {_type(schema, value['items'])}"
    title = str(value.get("title", ""))
    words = {"object": "map", "string": "string", "integer": "number", "boolean": "`true`, `false`"}
    return title if 0 < len(title) < _SHORT else words[value["type"]]


if __name__ == "__main__":
    sys.exit(main())

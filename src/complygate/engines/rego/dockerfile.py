"""A Dockerfile as Conftest gives it to policies: a list of commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PAIRS = frozenset({"ENV", "LABEL"})


def as_commands(dockerfile: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Return the commands, and where each of them stands in the document's data, by its pointer."""
    commands: list[dict[str, Any]] = []
    places: dict[str, str] = {}
    for pointer, command in _commands(dockerfile):
        places[f"/{len(commands)}"] = pointer
        commands.append(command)
    return commands, places


def _commands(dockerfile: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for i, instruction in enumerate(dockerfile.get("instructions", ())):
        yield f"/instructions/{i}", _command(instruction, 0)
    for number, stage in enumerate(dockerfile.get("stages", ())):
        yield f"/stages/{number}/base", _from(stage, number)
        for i, instruction in enumerate(stage.get("instructions", ())):
            yield f"/stages/{number}/instructions/{i}", _command(instruction, number)


def _from(stage: Mapping[str, Any], number: int) -> dict[str, Any]:
    value = [str(stage.get("base", {}).get("raw", ""))]
    if stage.get("name"):
        value += ["AS", str(stage["name"])]
    flags = [f"--platform={stage['platform']}"] if stage.get("platform") else []
    return _made("from", value, flags, number)


def _command(instruction: Mapping[str, Any], stage: int) -> dict[str, Any]:
    word = str(instruction.get("instruction", ""))
    flags = [f"--{name}={value}" for name, value in instruction.get("flags", {}).items()]
    trigger = instruction.get("trigger")
    made = _made(word.lower(), _value(word, instruction), flags, stage)
    made["JSON"] = instruction.get("form") == "exec"
    if isinstance(trigger, dict):
        made["SubCmd"] = str(trigger.get("instruction", ""))
        made["Value"] = _value(made["SubCmd"], trigger)
    return made


def _value(word: str, instruction: Mapping[str, Any]) -> list[str]:
    if word in _PAIRS and instruction.get("keys"):
        return [part for key, value in instruction["keys"].items() for part in (key, str(value), "=")]
    if instruction.get("form") == "shell" and instruction.get("command"):
        return [str(instruction["command"])]
    return [str(arg) for arg in instruction.get("args", ())] or [str(instruction.get("value", ""))]


def _made(word: str, value: list[str], flags: list[str], stage: int) -> dict[str, Any]:
    return {"Cmd": word, "SubCmd": "", "JSON": False, "Flags": flags, "Value": value, "Stage": stage}

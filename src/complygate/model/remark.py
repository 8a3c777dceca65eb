"""What is asked of a tool that judges a whole tree at once, and what it may answer.

A node engine (CEL, JSON Schema, Rego) is shown one value and answers with JSON pointers. A tree engine
(Checkov, imported SARIF) has read the files in its own way: it answers in paths, lines and the names that
the tool gives to things, and `findings.remarks` turns that into the same exact places.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from complygate.model.problem import Problem
    from complygate.model.report import Notice
    from complygate.model.rule import Severity
    from complygate.model.source import Files
    from complygate.model.tree import Span


TOOL_SECONDS = 600
"""How long a tool may take for a whole tree, unless the user says otherwise."""


@dataclass(frozen=True, slots=True)
class Skip:
    """The tool's own suppression of a remark. Whether it counts is the policy's to say.

    Attributes:
        how: what it is, in the tool's words: `checkov:skip`, `SARIF suppression`.
        reason: the reason that it gives, or "".
        path: the file that it stands in, relative to the root, where that is known; else "".
        line: its line, or 0.
    """

    how: str
    reason: str = ""
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Remark:
    """What a tool objects to at one place.

    Attributes:
        rule: id of the rule that asked.
        path: the file, relative to the root. It need not exist; whoever places the remark looks.
        span: the stretch that the tool names, as exact as the tool is, or None for the file as a whole. A
            tool that knows only lines gives columns of 0.
        keys: the values that the tool looked at, surest first, each as the tokens that lead to it from the
            block: ("versioning", "0", "enabled"). Indices of blocks that the tool makes up are passed over.
        resource: what the tool calls the thing: `aws_s3_bucket.logs`; or "".
        detail: the tool's words about it, for `{detail}` in a message.
        check: the tool's own id of what it looked for: `CKV_AWS_20`.
        severity: the tool's own severity, for rules that leave it to the tool; or None.
        skip: the tool's own suppression, or None.
        fingerprints: names that the tool gave to the result, to be kept in what is passed on.
        held: the stretch begins with what a block holds, and not with the block's key.
    """

    rule: str
    path: str
    span: Span | None = None
    keys: tuple[tuple[str, ...], ...] = ()
    resource: str = ""
    detail: str = ""
    check: str = ""
    severity: Severity | None = None
    skip: Skip | None = None
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    held: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """What a tree engine is to do.

    Attributes:
        files: the tree; the engine reads no file of the tree that is not in it.
        asked: what `ask` made of each rule's check, by the rule's id, in order of id.
        jobs: how many processes may run side by side; at least 1.
        cache: a folder of the user's for results, or None to keep none.
        imports: the files of results that the user gave, for engines that judge such.
        prefix: the root's path below the repository's top, ending in "/", or "": tools may count from there.
        seconds: how long the tool may take altogether. What it does not get to is a problem.
    """

    files: Files
    asked: Mapping[str, Any]
    jobs: int = 1
    cache: Path | None = None
    imports: tuple[Path, ...] = ()
    prefix: str = ""
    seconds: float = TOOL_SECONDS


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it. What could not be decided is a problem; there is no other way to leave it out.

    Attributes:
        remarks: what the tool objects to.
        problems: what it could not decide. Paths are relative to the root.
        notices: what a person should know, such as a configuration in the tree that was not obeyed.
        judged: how many things each rule judged, by the rule's id; 0 may be left out.
    """

    remarks: Sequence[Remark] = ()
    problems: Sequence[Problem] = ()
    notices: Sequence[Notice] = ()
    judged: Mapping[str, int] = field(default_factory=dict)

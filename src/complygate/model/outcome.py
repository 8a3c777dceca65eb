"""What an engine is asked, and what it may answer."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complygate.model.document import Unknown


@dataclass(frozen=True, slots=True)
class Subject:
    """One node that a rule judges.

    Attributes:
        node: the selected value: `self` in an expression.
        view: the root of what the rule applies to: the view's data, or the document's.
        document: the whole document's data.
        repo: the repository: files, catalog and codeowners, and for rules that apply to `repository` the
            documents of the kinds that they read.
        unknowns: values that cannot be known, by pointer relative to `node`.
        outer_unknowns: the same by pointer relative to `view`, for engines that look beyond the node.
        document_unknowns: the same by pointer relative to `document`. None when nobody says, and then an
            engine has to take the document for unknown where the view holds unknown values.
        kind: the kind of what the rule applies to; "" when nobody says.
        name: the name of that, or of the document; "" when it has none.
        plain: node, view and document are known to hold nothing that a native library might choke on, as
            `Tree.plain` says; else an engine has to look.
    """

    node: Any
    view: Any
    document: Any
    repo: Mapping[str, Any] = field(default_factory=dict)
    unknowns: Mapping[str, Unknown] = field(default_factory=dict)
    outer_unknowns: Mapping[str, Unknown] = field(default_factory=dict)
    document_unknowns: Mapping[str, Unknown] | None = None
    kind: str = ""
    plain: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Violation:
    """The node does not comply.

    Attributes:
        pointer: the offending place, relative to the node.
        detail: the engine's own words, for `{detail}` in a message; or "".
        line: the line of the file that the check itself names, where it gives no pointer; else 0.
        excuse: why the policy's author lets it pass all the same, or "". It is shown as waived.
    """

    pointer: str = ""
    detail: str = ""
    line: int = 0
    excuse: str = ""


@dataclass(frozen=True, slots=True)
class Undetermined:
    """The answer depends on a value that cannot be known.

    Attributes:
        pointer: that value, relative to the node.
        reason: why it cannot be known.
    """

    pointer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Fault:
    """The engine could not give an answer: an expression that raised, a budget that ran out.

    Attributes:
        message: the engine's own words, in one line.
    """

    message: str


Outcome = Violation | Undetermined | Fault
"""An engine returns a sequence of these for a subject; an empty one means that the node complies."""

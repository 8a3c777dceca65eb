"""Rules in Rego, the language of Open Policy Agent, evaluated by rego-cpp in a process of its own.

`check: {rego: "deny contains …"}`, or `{rego: {file: NAME.rego}}` beside the rule; and policy directories
written for Conftest. See `docs/rules-rego.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complygate.engines.rego.adopted import AdoptedCheck
from complygate.engines.rego.conftest import adopt
from complygate.engines.rego.own import build

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complygate.engines.rego.check import RegoCheck

__all__ = ["NAME", "adopt", "compile"]

NAME = "rego"


def compile(  # noqa: A001 - the plug point's name
    check: Any, params: Mapping[str, Any]
) -> RegoCheck | AdoptedCheck:
    """Return the check for `check`: a text, a map with `file`, `text` and `libraries`, or what `adopt` made.

    Raises:
        CheckError: it is not Rego, calls what it may not, or objects to nothing; or the interpreter is
            missing.
    """
    if isinstance(check, dict) and "modules" in check:
        return AdoptedCheck(check)
    return build(check, params)

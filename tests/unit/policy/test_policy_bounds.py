"""However wrong a set is, the answer is short, and comes soon."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.policy.sets import RULE, Files, mistakes, policy_, rule

MANY = range(20_000)


def case(name: str, files: Files) -> Any:
    return pytest.param(files, id=name)


# Looked up and placed one by one, the last of these took minutes.
@pytest.mark.parametrize(
    "files",
    [
        case("keys", {"rules/t/r.yaml": RULE + "".join(f"wrong{i}: a\n" for i in MANY)}),
        case("kinds", rule("kubernetes/Pod", f"[{', '.join(f'githb-actions/{i}' for i in MANY)}]")),
        case("ids", policy_("[t/r]", f"[{', '.join(f'kubernetes/{i}' for i in MANY)}]")),
        case("placeholders", rule("{self.name}", "{slef.a} " * len(MANY))),
        case("files", {f"rules/t/r-{i}.yaml": "a" for i in range(300)}),
    ],
)
def test_after_a_hundred_mistakes_no_more_are_looked_for(tmp_path: Path, files: Files) -> None:
    found = mistakes(tmp_path, files)
    assert len(found) == 101
    assert found[-1] == ("stopped after 100 mistakes", "mend these first")


def test_a_hundred_mistakes_less_one_are_all(tmp_path: Path) -> None:
    found = mistakes(tmp_path, {"rules/t/r.yaml": RULE + "".join(f"wrong{i}: a\n" for i in range(99))})
    assert len(found) == 99
    assert all(message.endswith("unknown key") for message, _ in found)


@pytest.mark.parametrize(
    "files",
    [
        case("key", {"rules/t/r.yaml": f"{RULE}? {'a' * 500_000}\n: 1\n"}),
        case("kind", rule("kubernetes/Pod", "a/" * 100_000)),
        case("id", policy_("t/r", "t" * 100_000)),
        case("place", rule("message:", f"at: {'a.' * 100_000}\nmessage:")),
        case("placeholder", rule("{self.name}", f"{{{'a' * 100_000}}}")),
        case("glob", policy_("t/r", f"{'**/' * 3000}x")),
        case("path", rule("$.spec.containers[*]", "$" + "[?@" * 5000)),
    ],
)
def test_a_message_quotes_no_long_text_in_full(tmp_path: Path, files: Files) -> None:
    ((message, hint),) = mistakes(tmp_path, files)
    assert len(message) < 500
    assert len(hint) < 500

"""Who owns a file, by the examples of the platforms' own pages."""

from __future__ import annotations

import pytest

from complygate.model.owners import UnclearError, owners_of
from complygate.syntax import codeowners


def owners(text: str, path: str) -> set[str]:
    return set(owners_of(path, codeowners.parse_text("CODEOWNERS", text).data))


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("*", "a/b/c.yaml", True),
        ("*.js", "a/b.js", True),
        ("*.js", "a/b.ts", False),
        ("/build/logs/", "build/logs/a/b", True),
        ("/build/logs/", "x/build/logs/a", False),
        ("docs/*", "docs/getting-started.md", True),
        ("docs/*", "docs/build-app/troubleshooting.md", False),
        ("apps/", "x/apps/y/z", True),
        ("/docs/", "docs/a", True),
        ("/docs/", "docs/a/b", True),
        ("/docs/", "docs", False),
        ("/scripts", "scripts/a/b", True),
        ("**/logs", "build/logs/x", True),
        ("/apps/github", "apps/github", True),
        (".complygate/waivers", ".complygate/waivers/a.yaml", True),
        (".complygate/waivers/*.yaml", ".complygate/waivers/a.yaml", True),
        ("complygate", ".complygate/waivers/a.yaml", False),
        ("a\\ b/", "a b/c", True),
    ],
)
def test_patterns_mean_what_the_platforms_say(pattern: str, path: str, fits: bool) -> None:
    assert owners(f"{pattern} @Org/Team\n", path) == ({"@org/team"} if fits else set())


def test_the_last_rule_decides_and_may_take_owners_away() -> None:
    text = "* @a\n/deploy/ @b @c\n/deploy/x\n"
    assert owners(text, "README.md") == {"@a"}
    assert owners(text, "deploy/y") == {"@b", "@c"}
    assert owners(text, "deploy/x") == set()


def test_each_section_decides_for_itself_and_optional_ones_do_not() -> None:
    text = "[Security] @sec\n*\n[Docs]\n*.md @docs\n^[Nice]\n* @nice\n"
    assert owners(text, "README.md") == {"@sec", "@docs"}
    assert owners(text, "main.go") == {"@sec"}


@pytest.mark.parametrize("pattern", ["[ab].md", "!x", "*a*b*c*d", "**/**/**/x", "a\\*b"])
def test_what_cannot_be_told_for_sure_is_not_guessed(pattern: str) -> None:
    with pytest.raises(UnclearError):
        owners(f"* @a\n/x/{pattern} @b\n" if pattern[0] != "!" else f"* @a\n{pattern} @b\n", "x")

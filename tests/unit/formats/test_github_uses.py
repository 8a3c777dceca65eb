"""What the view of a `uses` says: who is meant, at which version, and what its comment claims."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from complygate.formats import github_actions
from complygate.formats._github_uses import reference
from complygate.model.document import Document, View
from complygate.model.source import Files, Source

COMMIT = "1bd1e32a3bdc45362d1e726936510720a7c30a57"
OTHER = "11bd71901bbe5b1630ceea73d27597364c9af683"


def uses(text: str, path: str = ".github/workflows/ci.yml") -> list[View]:
    source = Source(path, dedent(text), Files(Path("/nowhere"), frozenset({path})))
    (document,) = github_actions.read([source])
    assert isinstance(document, Document)
    return [view for view in document.views if view.kind == "github-actions/use"]


def test_a_reference_is_taken_apart() -> None:
    found = reference("Actions/Cache/save/@v4.2", "")
    assert found is not None
    assert (found["repository"], found["action"], found["ref"]) == (
        "actions/cache",
        "actions/cache/save",
        "v4.2",
    )
    assert (found["commit"], found["version"]) == (False, "4.2")


@pytest.mark.parametrize(
    "uses", ["./.github/actions/a", "$/a", "docker://alpine:3", "actions/checkout", "", "a b/c@d"]
)
def test_what_is_no_repository_has_no_view(uses: str) -> None:
    assert reference(uses, "") is None


@pytest.mark.parametrize(
    ("ref", "comment", "version"),
    [
        ("v4.2.2", "", "4.2.2"),
        ("4", "", "4"),
        ("main", "", None),
        ("v1.2.3-rc.1", "", None),
        ("v4.2.2.1", "", None),
        ("main", "v4.2.2", None),
        (COMMIT, "v4.2.2", "4.2.2"),
        (COMMIT, "4.2.2 and why", "4.2.2"),
        (COMMIT, "tag=v4.2.2", "4.2.2"),
        (COMMIT, "v4.2", None),
        (COMMIT, "v4.2.2-rc.1", None),
        (COMMIT, "pinned because of v4.2.2", None),
        (COMMIT, "", None),
        (COMMIT[:10], "v4.2.2", None),
    ],
)
def test_the_version_is_what_the_tag_or_the_comment_behind_a_commit_says(
    ref: str, comment: str, version: str | None
) -> None:
    found: Any = reference(f"a/b@{ref}", comment)
    assert found["version"] == version
    assert (found["number"] is None) == (version is None)


def test_numbers_order_versions_and_a_short_tag_counts_as_its_highest() -> None:
    refs = ["v3", "v4.0.0", "v4.1.9", "v4.1.10", "v4.1", "v4.2.0", "v4", "v5.0.0"]
    numbers = [found["number"] for ref in refs if (found := reference(f"a/b@{ref}", ""))]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == len(refs)


def test_each_use_has_its_own_comment_and_place() -> None:
    views = uses(
        f"""\
        on: push
        jobs:
          a:
            runs-on: x
            steps:
              - uses: actions/cache@{COMMIT}
              - name: Again
                "uses": 'actions/cache@{COMMIT}'  # v4.2.0
              - {{uses: actions/cache@{COMMIT}}} # v4.1.0
              - uses: ./local # v1.0.0
          b:
            uses: example/flows/.github/workflows/x.yml@v1  # later
        """
    )
    assert [(view.base, view.data["comment"]) for view in views] == [
        ("/jobs/a/steps/0/uses", ""),
        ("/jobs/a/steps/1/uses", "v4.2.0"),
        ("/jobs/a/steps/2/uses", ""),
        ("/jobs/b/uses", "later"),
    ]
    assert views[3].data["action"] == "example/flows/.github/workflows/x.yml"


def test_versions_that_disagree_about_a_commit_are_told() -> None:
    views = uses(
        f"""\
        runs:
          using: composite
          steps:
            - uses: actions/cache/save@{COMMIT} # v4.2.0
            - uses: Actions/cache/restore@{COMMIT} # v4.1.0
            - uses: actions/cache@{COMMIT} # v4.2.0
            - uses: actions/checkout@{OTHER} # v4.2.2
            - uses: actions/checkout@v4.1.0
            - uses: actions/cache@{COMMIT} # v4
        """,
        "action.yml",
    )
    assert [view.data.get("others") for view in views] == [["4.1.0"], ["4.2.0"], ["4.1.0"], [], None, None]


def test_a_uses_that_is_no_text_has_no_view() -> None:
    assert uses("jobs: {a: {steps: [{uses: 1}, {uses: [a/b@c]}, x]}}") == []

"""A framework that fails on some files: the others are judged all the same, and it ends."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from complygate.engines.checkov.isolate import LATE, SECONDS, TRIES, judge
from complygate.engines.checkov.process import Batch, Result, too_long

ROOT = Path("/nowhere")


def batch(count: int) -> Batch:
    return Batch("kubernetes", ("CKV_K8S_16",), tuple(f"{n // 4}/{n}.yaml" for n in range(count)), SECONDS)


class Runner:
    """Fails on batches that hold one of `bad`."""

    def __init__(self, bad: set[str], failure: str = "crashed") -> None:
        self.bad = bad
        self.failure = failure
        self.runs = 0

    def __call__(self, part: Batch, root: Path) -> Result:  # noqa: ARG002 - the runner's form
        self.runs += 1
        return Result(failure=self.failure) if self.bad & set(part.paths) else Result()


@given(st.integers(1, 200), st.sets(st.integers(0, 199), max_size=5))
def test_only_the_files_that_it_fails_on_are_without_an_answer(count: int, bad: set[int]) -> None:
    whole = batch(count)
    runner = Runner({whole.paths[n] for n in bad if n < count})
    parts = list(judge(whole, ROOT, runner))
    assert [path for part, _ in parts for path in part.paths] == list(whole.paths)
    assert {path for part, result in parts if result.failure for path in part.paths} == runner.bad
    assert runner.runs <= TRIES


def test_where_every_file_fails_it_ends_and_each_file_is_named() -> None:
    whole = batch(1000)
    runner = Runner(set(whole.paths))
    parts = list(judge(whole, ROOT, runner))
    assert runner.runs == TRIES
    assert all(result.failure for _, result in parts)
    assert [path for part, _ in parts for path in part.paths] == list(whole.paths)


def test_what_takes_too_long_is_tried_a_few_times_only() -> None:
    whole = batch(1000)
    runner = Runner(set(whole.paths), too_long(SECONDS))
    parts = list(judge(whole, ROOT, runner))
    assert runner.runs == LATE
    assert [path for part, _ in parts for path in part.paths] == list(whole.paths)

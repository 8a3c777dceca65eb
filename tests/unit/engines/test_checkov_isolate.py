"""A framework that fails on some files: the others are judged all the same, and it ends."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from complygate.engines.checkov.isolate import LATE, SECONDS, TRIES, Limits, judge
from complygate.engines.checkov.process import Batch, Result, over, too_long

PLENTY = 1e9


def batch(count: int, framework: str = "kubernetes") -> Batch:
    return Batch(framework, ("CKV_K8S_16",), tuple(f"{n // 4}/{n}.yaml" for n in range(count)), SECONDS)


class Runner:
    """Fails on batches that hold one of `bad`; each batch takes `each` seconds, or what it is given."""

    def __init__(self, bad: set[str], failure: str = "crashed", each: float = 0.0) -> None:
        self.bad = bad
        self.failure = failure
        self.each = each
        self.now = 0.0
        self.asked: list[Batch] = []
        self._lock = threading.Lock()

    def __call__(self, part: Batch) -> Result:
        with self._lock:
            self.asked.append(part)
            self.now += min(self.each, part.seconds)
        if self.each > part.seconds:
            return Result(failure=too_long(part.seconds))
        return Result(failure=self.failure) if self.bad & set(part.paths) else Result()

    def limits(self, seconds: float = PLENTY, jobs: int = 1) -> Limits:
        return Limits(jobs, seconds, lambda: self.now)


def unanswered(parts: list[tuple[Batch, Result]]) -> set[str]:
    return {path for part, result in parts if result.failure for path in part.paths}


def paths_of(parts: list[tuple[Batch, Result]]) -> list[str]:
    return sorted(path for part, _ in parts for path in part.paths)


@given(st.integers(1, 200), st.sets(st.integers(0, 199), max_size=5), st.integers(1, 3))
def test_only_the_files_that_it_fails_on_are_without_an_answer(count: int, bad: set[int], jobs: int) -> None:
    whole = batch(count)
    runner = Runner({whole.paths[n] for n in bad if n < count})
    parts = judge([whole], runner, runner.limits(jobs=jobs))
    assert paths_of(parts) == sorted(whole.paths)
    assert unanswered(parts) == runner.bad
    assert len(runner.asked) <= TRIES


def test_where_every_file_fails_it_ends_and_each_file_is_named() -> None:
    whole = batch(1000)
    runner = Runner(set(whole.paths))
    parts = judge([whole], runner, runner.limits())
    assert len(runner.asked) == TRIES
    assert all(result.failure for _, result in parts)
    assert paths_of(parts) == sorted(whole.paths)


def test_what_takes_too_long_is_tried_a_few_times_only() -> None:
    whole = batch(1000)
    runner = Runner(set(whole.paths), too_long(SECONDS))
    parts = judge([whole], runner, runner.limits())
    assert len(runner.asked) == LATE
    assert paths_of(parts) == sorted(whole.paths)


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=6),
    st.floats(0.1, 1000.0),
    st.integers(10, 900),
    st.sets(st.integers(0, 59), max_size=8),
)
def test_all_frameworks_together_end_in_their_time(
    sizes: list[int], each: float, seconds: int, bad: set[int]
) -> None:
    whole = [batch(size, f"framework{n}") for n, size in enumerate(sizes)]
    runner = Runner({f"{n // 4}/{n}.yaml" for n in bad}, each=each)
    parts = judge(whole, runner, runner.limits(seconds))
    assert runner.now <= seconds
    for one in whole:
        mine = [(part, result) for part, result in parts if part.framework == one.framework]
        assert paths_of(mine) == sorted(one.paths)
        # What was not reached is said once, however many parts it had come to.
        assert sum(result.failure == over(seconds) for _, result in mine) <= 1


def test_a_framework_that_hangs_leaves_time_for_the_others() -> None:
    hanging, quick = batch(40, "terraform"), [batch(1, name) for name in ("arm", "bicep", "helm")]

    class Hangs(Runner):
        def __call__(self, part: Batch) -> Result:
            self.each = PLENTY if part.framework == "terraform" else 1.0
            return super().__call__(part)

    runner = Hangs(set())
    parts = judge([hanging, *quick], runner, runner.limits(60))
    assert {part.framework for part, result in parts if not result.failure} == {"arm", "bicep", "helm"}
    assert unanswered(parts) == set(hanging.paths)
    # All had their first try before the one that failed got its second.
    assert [part.framework for part in runner.asked[:4]] == ["terraform", "arm", "bicep", "helm"]
    assert runner.now <= 60

"""The interpreter's process: stopped, killed, starved, missing; and what it can see."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from complygate.engines import rego
from complygate.engines.rego import process, program
from complygate.engines.rego.process import Interpreter, StoppedError, interpreter
from complygate.errors import CheckError
from complygate.model.outcome import Fault, Outcome, Subject, Violation
from complygate.model.plugins import Check

ENDLESS = 'deny contains "x" if regex.match("(a+)+$", input.a)'
HOSTILE = {"a": "a" * 60 + "!"}


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    interpreter.close()
    yield
    interpreter.close()


def judge(check: Check, node: Any) -> list[Outcome]:
    return list(check.evaluate(Subject(node, node, node)))


def test_an_endless_evaluation_is_a_fault_and_the_next_one_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Interpreter.ask, "__defaults__", (0.5,))
    check = rego.compile(ENDLESS, {})
    first = interpreter.pid
    [found] = judge(check, HOSTILE)
    assert isinstance(found, Fault)
    assert "takes more than 0.5 seconds" in found.message
    assert judge(check, {"a": "aaa"}) == [Violation("/a", "x")]
    assert interpreter.pid not in {None, first}


def test_a_rule_that_is_stopped_again_and_again_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Interpreter.ask, "__defaults__", (0.2,))
    check = rego.compile(ENDLESS, {})
    said = [judge(check, {**HOSTILE, "n": number}) for number in range(program.MAX_STOPPED + 2)]
    faults = [found[0] for found in said]
    assert all(isinstance(fault, Fault) for fault in faults)
    assert "is not tried after" in str(faults[-1])
    other = rego.compile('deny contains "y" if input.a', {})
    assert judge(other, {"a": 1}) == [Violation("/a", "y")]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal")
def test_a_killed_process_is_a_fault_and_never_silence() -> None:
    check = rego.compile(ENDLESS, {})
    assert interpreter.pid is not None
    killer = threading.Timer(0.3, os.kill, (interpreter.pid, signal.SIGKILL))
    killer.start()
    found = judge(check, HOSTILE)
    killer.join()
    assert found == [Fault("the interpreter crashed, or ran out of memory")]
    assert judge(check, {"a": "b"}) == []


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not tell what is held")
def test_a_flood_of_memory_is_a_fault() -> None:
    check = rego.compile('deny contains "x" if count(numbers.range(1, 100000000)) == input.a', {})
    assert judge(check, {"a": 1}) == [Fault("the interpreter crashed, or ran out of memory")]


def test_what_is_printed_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    check = rego.compile('deny contains "x" if { print("loud"); trace("louder") }', {})
    assert judge(check, {}) == [Violation("", "x")]
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="the system does not show environments")
def test_the_process_has_no_environment_and_does_not_stand_in_the_tree(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("A_SECRET", "of-this-process")
    rego.compile('deny contains "x" if input.a', {})
    folder = Path(f"/proc/{interpreter.pid}")
    assert b"A_SECRET" not in (folder / "environ").read_bytes()
    assert (folder / "cwd").resolve() != Path.cwd()


def test_a_package_of_the_interpreters_name_in_the_tree_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "regopy").mkdir()
    (tmp_path / "regopy/__init__.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))  # as `python -m complygate` does
    process.installed.cache_clear()
    assert not Path(process.installed()).is_relative_to(tmp_path)
    process.installed.cache_clear()


def test_without_the_interpreter_a_rule_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.machinery.PathFinder.find_spec", lambda *_: None)
    process.installed.cache_clear()
    with pytest.raises(CheckError, match="regopy, which is not installed") as caught:
        rego.compile('deny contains "x" if input.a', {})
    assert "pip install regopy" in caught.value.hint
    process.installed.cache_clear()


def test_modules_that_the_process_has_forgotten_are_loaded_again() -> None:
    first = rego.compile('deny contains "first" if input.a', {})
    others = [rego.compile(f'deny contains "{number}" if input.a', {}) for number in range(205)]
    assert judge(first, {"a": 1}) == [Violation("/a", "first")]
    assert judge(others[0], {"a": 1}) == [Violation("/a", "0")]


def test_two_threads_do_not_get_each_others_answers() -> None:
    checks = [rego.compile(f'deny contains sprintf("{n} %v", [input.a]) if input.a', {}) for n in range(2)]
    wrong: list[Any] = []

    def work(number: int) -> None:
        for a in range(1, 60):
            found = judge(checks[number], {"a": a})
            if found != [Violation("/a", f"{number} {a}")]:
                wrong.append(found)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_closed_interpreter_answers_nothing() -> None:
    alone = Interpreter()
    with pytest.raises(StoppedError):
        alone.ask("not JSON")
    assert alone.pid is None

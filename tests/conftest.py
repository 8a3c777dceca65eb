"""Every test runs cut off: no network, no user's configuration, no CI variables."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "steady",
    deadline=None,  # a slow machine is no failure
    derandomize=True,  # the same cases on every machine; `make fuzz` explores
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile(
    "explore", parent=settings.get_profile("steady"), derandomize=False, max_examples=2000
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

_SCRUBBED = (
    "CI", "GITHUB_", "GITLAB_", "TF_", "COMPLYGATE_", "GIT_", "XDG_", "NO_COLOR", "FORCE_COLOR", "TERM",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in list(os.environ):
        if name.startswith(_SCRUBBED):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def refuse(self: socket.socket, address: object) -> None:
        if self.family == socket.AF_UNIX:
            return connect(self, address)  # type: ignore[arg-type]
        raise AssertionError(f"a test reached for the network: {address!r}")

    monkeypatch.setattr(socket.socket, "connect", refuse)


Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """Run real git in `tmp_path`, or in the folder given as `cwd`."""

    def run(*arguments: str, cwd: Path = tmp_path) -> str:
        settings_ = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
        done = subprocess.run(
            ["git", *settings_, *arguments], cwd=cwd, check=True, capture_output=True, text=True
        )
        return done.stdout

    return run

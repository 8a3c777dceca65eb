"""Policies over https and ssh, for real: git's own server and client on this machine's loopback."""

from __future__ import annotations

import base64
import getpass
import json
import os
import shlex
import shutil
import socket
import socketserver
import ssl
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from tests.acceptance.conftest import POD, Run, policy_set, write
from tests.conftest import Git

USER, PASSWORD = "ci", "pa:s%s/wörd"
NAMES = ("json", "sarif", "markdown", "text")
QUOTED = "ci:pa%3As%25s%2Fw%C3%B6rd"


@pytest.fixture
def failing(repo: Path) -> Path:
    write(repo, "pod.yaml", POD.format(flag="false"))
    return repo


@pytest.fixture
def served(tmp_path: Path, git: Git) -> Path:
    """A folder with a bare policy repository, `security/policies.git`, with the tag v1."""
    work = policy_set(tmp_path / "work")
    git("init", "-q", cwd=work)
    git("add", ".", cwd=work)
    git("commit", "-q", "-m", "one", cwd=work)
    git("tag", "-a", "v1", "-m", "v1", cwd=work)
    bare = tmp_path / "served/security/policies.git"
    git("clone", "-q", "--bare", str(work), str(bare))
    return tmp_path / "served"


@dataclass
class Server:
    """A git server.

    Attributes:
        port: where it listens, on 127.0.0.1.
        ca: the certificate that clients must believe.
        asked: the paths that were asked for.
        authorization: what a client must send, or "".
        moved: answer with a redirect to this address, or "".
    """

    port: int
    ca: Path
    asked: list[str] = field(default_factory=list)
    authorization: str = ""
    moved: str = ""

    def at(self, user: str = "") -> str:
        return f"git+https://{user}{'@' if user else ''}127.0.0.1:{self.port}/security/policies.git@v1"


@pytest.fixture
def https(served: Path, tmp_path: Path) -> Iterator[Server]:
    """`git http-backend` behind TLS, with a certificate made here."""
    backend = Path(
        subprocess.run(["git", "--exec-path"], capture_output=True, check=True).stdout.decode().strip()
    )
    if not (backend / "git-http-backend").exists() or shutil.which("openssl") is None:
        pytest.skip("git http-backend or openssl is not installed")
    key, ca = tmp_path / "tls.key", tmp_path / "tls.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", str(key), "-out", str(ca), "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    server = Server(0, ca)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *words: object) -> None:
            """Print nothing."""

        def do_GET(self) -> None:
            server.asked.append(self.path)
            if server.moved:
                self._answer(302, [("Location", server.moved + self.path)])
            elif server.authorization and self.headers.get("Authorization") != server.authorization:
                self._answer(401, [("WWW-Authenticate", 'Basic realm="git"')])
            else:
                self._backend()

        do_POST = do_GET  # noqa: N815 - http.server's names

        def _backend(self) -> None:
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            environment = {
                "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(served), "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type") or "", "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding") or "",
                "GIT_PROTOCOL": self.headers.get("Git-Protocol") or "", "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
            }  # fmt: skip
            done = subprocess.run(
                ["git", "http-backend"], input=body, env=environment, capture_output=True, check=False
            )
            head, _, content = done.stdout.partition(b"\r\n\r\n")
            headers = [line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line]
            status = next((int(v.split()[0]) for k, v in headers if k == "Status"), 200)
            self._answer(status, [(k, v) for k, v in headers if k != "Status"], content)

        def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes = b"") -> None:
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    class Threads(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, *about: object) -> None:
            """A client that does not believe the certificate hangs up: that is no failure of the server."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ca, key)
    with Threads(("127.0.0.1", 0), Handler) as listening:
        listening.socket = context.wrap_socket(
            listening.socket, server_side=True, do_handshake_on_connect=False
        )
        server.port = listening.server_address[1]
        thread = threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server
        listening.shutdown()
        thread.join()


def spying_git(folder: Path) -> tuple[str, Path]:
    """Return a PATH whose git, and all that git starts, note their arguments; and where they note them."""
    log = folder / "arguments"
    real = shutil.which("git")
    script = write(
        folder, "spy/git", f'#!/bin/sh\nprintf "%s\\n" "$*" >>{shlex.quote(str(log))}\nexec {real} "$@"\n'
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return f"{script.parent}{os.pathsep}{os.environ['PATH']}", log


class TestHttps:
    def test_it_judges_with_a_ca_of_ones_own(self, run: Run, failing: Path, https: Server) -> None:
        result = run("scan", failing, "-p", https.at(), "-f", "json", GIT_SSL_CAINFO=str(https.ca))
        assert result.code == 1, result.err
        assert json.loads(result.out)["policy"]["origin"]["url"] == https.at()[4:-3]
        assert any("git-upload-pack" in path for path in https.asked)

    def test_the_ca_of_the_users_git_configuration(self, run: Run, failing: Path, https: Server) -> None:
        write(Path(os.environ["HOME"]), ".gitconfig", f"[http]\n\tsslCAInfo = {https.ca}\n")
        assert run("scan", failing, "-p", https.at()).code == 1

    def test_a_certificate_that_nobody_believes(self, run: Run, failing: Path, https: Server) -> None:
        """Not even where the scanned repository says that certificates do not matter."""
        subprocess.run(["git", "init", "-q"], cwd=failing, check=True)
        subprocess.run(["git", "config", "http.sslVerify", "false"], cwd=failing, check=True)
        result = run("scan", ".", "-p", https.at(), cwd=failing, GIT_SSL_NO_VERIFY="1")
        assert (result.code, result.out) == (3, "")
        assert "undecided, nothing was judged" in result.err
        assert https.asked == []

    def test_credentials_reach_the_server_and_nobody_else(
        self, run: Run, failing: Path, https: Server, tmp_path: Path
    ) -> None:
        token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        https.authorization = f"Basic {token}"
        path, log = spying_git(tmp_path)
        environment = {"GIT_SSL_CAINFO": str(https.ca), "PATH": path, "GIT_TRACE": str(tmp_path / "trace")}
        lock = tmp_path / "complygate.lock"
        outputs = [word for name in NAMES for word in ("-o", f"{name}={tmp_path}/r.{name}")]
        source = https.at(QUOTED)
        written = run("policy", "lock", "--lock", lock, COMPLYGATE_POLICY=source, **environment)  # type: ignore[arg-type]
        assert written.code == 0, written.err
        result = run("scan", failing, *outputs, COMPLYGATE_POLICY=source, **environment)  # type: ignore[arg-type]
        assert result.code == 1, result.err
        said = [written.out, written.err, result.out, result.err, log.read_text(), lock.read_text()]
        said += [(tmp_path / f"r.{name}").read_text() for name in NAMES]
        kept = (Path(os.environ["HOME"]) / ".cache").rglob("*")
        said += [file.read_bytes().decode("latin-1") for file in kept if file.is_file()]
        assert "fetch" in log.read_text()
        for secret in (PASSWORD, QUOTED, "pa%3As", token):
            assert not [text for text in said if secret in text], secret

    def test_wrong_credentials_are_in_no_message(self, run: Run, failing: Path, https: Server) -> None:
        https.authorization = "Basic other"
        result = run("scan", failing, "-p", https.at(QUOTED), GIT_SSL_CAINFO=str(https.ca))
        assert (result.code, result.out) == (3, "")
        assert f"127.0.0.1:{https.port}/security/policies.git@v1: cannot be reached" in result.err
        assert "pa" not in result.err.replace("path", "")

    def test_redirects_are_not_followed(self, run: Run, failing: Path, https: Server) -> None:
        https.moved = "https://127.0.0.1:1"
        assert run("scan", failing, "-p", https.at(), GIT_SSL_CAINFO=str(https.ca)).code == 3


SSH = """\
#!{python}
import json, subprocess, sys
with open({log!r}, "a") as log:
    print(json.dumps(sys.argv[1:]), file=log)
command = sys.argv[-1].replace("'/security", "'{served}/security")
sys.exit(subprocess.run(["sh", "-c", command], check=False).returncode)
"""


class TestSsh:
    """A stand-in for ssh that notes what it is given, and runs the other end on this machine."""

    @pytest.fixture
    def log(self, served: Path, tmp_path: Path) -> Path:
        log = tmp_path / "ssh-log"
        script = write(tmp_path, "fake-ssh", SSH.format(python=sys.executable, log=str(log), served=served))
        script.chmod(0o755)
        return log

    @pytest.mark.parametrize("variable", ["GIT_SSH_COMMAND", "GIT_SSH"])
    def test_what_ssh_is_given(
        self, run: Run, failing: Path, log: Path, tmp_path: Path, variable: str
    ) -> None:
        source = "git+ssh://git@git.example.com:2222/security/policies.git@v1"
        how = {variable: str(tmp_path / "fake-ssh"), "GIT_SSH_VARIANT": "ssh", "GIT_DIR": "/nonexistent"}
        result = run("scan", failing, "-p", source, "-f", "json", **how)  # type: ignore[arg-type]
        assert result.code == 1, result.err
        origin = json.loads(result.out)["policy"]["origin"]
        assert origin["url"] == "ssh://git.example.com:2222/security/policies.git"
        calls = [json.loads(line) for line in log.read_text().splitlines()]
        assert calls
        for arguments in calls:
            assert arguments[-1] == "git-upload-pack '/security/policies.git'"
            assert "git@git.example.com" in arguments
            assert arguments[arguments.index("-p") + 1] == "2222"

    def test_the_users_configuration_names_the_program(
        self, run: Run, failing: Path, log: Path, tmp_path: Path
    ) -> None:
        write(Path(os.environ["HOME"]), ".gitconfig", f"[core]\n\tsshCommand = {tmp_path}/fake-ssh\n")
        assert run("scan", failing, "-p", "git+ssh://git@git.example.com/security/policies.git@v1").code == 1
        assert log.exists()

    def test_the_scanned_repository_does_not(
        self, run: Run, failing: Path, log: Path, tmp_path: Path
    ) -> None:
        subprocess.run(["git", "init", "-q"], cwd=failing, check=True)
        subprocess.run(
            ["git", "config", "core.sshCommand", str(tmp_path / "fake-ssh")], cwd=failing, check=True
        )
        source = "git+ssh://git@127.0.0.1:1/security/policies.git@v1"
        assert run("scan", ".", "-p", source, cwd=failing).code == 3
        assert not log.exists()

    def test_a_password_in_an_ssh_address_is_refused_and_not_shown(self, run: Run, failing: Path) -> None:
        result = run("scan", failing, "-p", "git+ssh://git:hunter22@git.example.com/x.git")
        assert (result.code, "hunter22" in result.err) == (2, False)


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[tuple[int, str]]:
    """A real sshd on the loopback that lets this user in with one key; its port, and the client's command."""
    folders = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/usr/local/sbin"])
    program = shutil.which("sshd", path=folders)
    if program is None or shutil.which("ssh") is None:
        pytest.skip("sshd or ssh is not installed")
    for name in ("host", "user"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)], check=True
        )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    settings = write(
        tmp_path, "sshd_config",
        f"ListenAddress 127.0.0.1:{port}\nHostKey {tmp_path}/host\nAuthorizedKeysFile {tmp_path}/user.pub\n"
        "StrictModes no\nUsePAM no\nPidFile none\nPasswordAuthentication no\nPermitRootLogin yes\n",
    )  # fmt: skip
    known = write(tmp_path, "known", f"[127.0.0.1]:{port} {(tmp_path / 'host.pub').read_text()}")
    server = subprocess.Popen(
        [program, "-D", "-e", "-f", str(settings)], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert server.stderr is not None
    try:
        said = b""
        while b"listening" not in said:
            line = server.stderr.readline()
            if not line:
                pytest.skip(f"sshd does not start here: {said.decode().strip()}")
            said += line
        options = f"-F none -i {tmp_path}/user -o IdentitiesOnly=yes -o UserKnownHostsFile={known}"
        yield port, f"ssh {options} -o StrictHostKeyChecking=yes -o BatchMode=yes"
    finally:
        server.kill()
        server.wait()
        server.stderr.close()


def test_a_real_ssh_server(run: Run, failing: Path, served: Path, sshd: tuple[int, str]) -> None:
    port, command = sshd
    source = f"git+ssh://{getpass.getuser()}@127.0.0.1:{port}{served}/security/policies.git@v1"
    assert run("scan", failing, "-p", source, GIT_SSH_COMMAND=command).code == 1
    stranger = command.replace("/user ", "/host ")
    result = run("scan", failing, "-p", source, "--no-cache", GIT_SSH_COMMAND=stranger)
    assert (result.code, "undecided, nothing was judged" in result.err) == (3, True)

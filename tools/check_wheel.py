"""Build the distributions, install the wheel where nothing of the checkout is at hand, and try it.

The build is isolated, as the packaging index's users have it, so it fetches the build backend: this needs
the network, and is part of `make check` instead of `make test`. In the project's own environment it could not
run: the backend and checkov ask for different versions of `packaging`.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
_FOLDERS = ("rules", "policies", "controls")
_POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.0
      securityContext: {privileged: true}
"""
_ASK = """\
from pathlib import Path
import complygate
from complygate import policy
from complygate.policy import ahead
print(Path(complygate.__file__).parent)
print(policy.load("builtin:strict", base=Path("/")).digest)
print(ahead.known(policy.builtin_root(), "builtin") is not None)
"""
"""Where the program is, what it judges by, and whether the record of the built-in rules fits."""


def main() -> int:
    """Return 0 when the wheel holds what it should and the installed program works, else 1."""
    with tempfile.TemporaryDirectory(prefix="complygate-wheel-") as name:
        folder = Path(name).resolve()
        # Without a word of what to build: the source distribution, and the wheel from it.
        wheel, direct = build(folder / "dist"), build(folder / "direct", "--wheel")
        faults = list(different(wheel, direct))
        faults += [f"lacks {name}" for name in sorted(expected() - packed(wheel).keys())]
        if not faults:
            faults = list(tried(install(wheel, folder / "venv"), folder))
    for fault in faults:
        print(f"{wheel.name}: {fault}")
    if not faults:
        print(f"{wheel.name}: {len(expected())} data files; built, installed and tried")
    return int(bool(faults))


def build(out: Path, *options: str) -> Path:
    """Build into `out` and return the wheel."""
    command = [sys.executable, "-m", "build", *options, "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = out.glob("*.whl")
    return wheel


def different(one: Path, other: Path) -> Iterator[str]:
    """Yield the files in which two wheels differ."""
    first, second = packed(one), packed(other)
    for name in sorted(first.keys() | second.keys()):
        if first.get(name) != second.get(name):
            yield f"{name} is not the same from the source distribution as from the checkout"


def expected() -> set[str]:
    """Return the names, in the wheel, of every file of the built-in set and of every schema."""
    names = {"complygate/_builtin/policyset.yaml", "complygate/policy/built_in.json", "complygate/py.typed"}
    for folder in _FOLDERS:
        files = (ROOT / folder).rglob("*.yaml")
        names |= {f"complygate/_builtin/{file.relative_to(ROOT).as_posix()}" for file in files}
    schemas = (ROOT / "src").rglob("*.schema.json")
    return names | {file.relative_to(ROOT / "src").as_posix() for file in schemas}


def packed(wheel: Path) -> dict[str, str]:
    """Return the digest of each file in `wheel`, by name."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}


def install(wheel: Path, folder: Path) -> Path:
    """Install `wheel` without its dependencies into a new environment; return the folder of its programs."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    programs = folder / "bin"
    options = ["--quiet", "--no-deps", "--no-index", "--disable-pip-version-check"]
    python = str(programs / "python")
    command = [sys.executable, "-m", "pip", "--python", python, "install", *options, str(wheel)]
    subprocess.run(command, check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    # A path in a .pth file is only searched: .pth files over there, such as the editable one, are not read.
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return programs


def tried(programs: Path, folder: Path) -> Iterator[str]:
    """Yield what the installed program does wrong."""
    place, digest, fits = run([str(programs / "python"), "-c", _ASK], folder).stdout.split()
    here = run([sys.executable, "-c", _ASK], ROOT).stdout.split()[1]
    if not Path(place).is_relative_to(programs.parent):
        yield f"runs {place} instead of what was installed"
    if digest != here:
        yield f"judges by {digest}, and the checkout by {here}"
    if fits != "True":
        yield "reads the built-in rules from their files: the record of them does not fit"
    program = str(programs / "complygate")
    count = len(run([program, "rules", "list"], folder).stdout.splitlines())
    known = len(list((ROOT / "rules").rglob("*.yaml")))
    if count != known:
        yield f"lists {count} of {known} rules"
    tree = folder / "tree"
    tree.mkdir()
    (tree / "pod.yaml").write_text(_POD, "utf-8")
    done = run([program, "scan", str(tree)], folder, code=1)
    if "kubernetes/privileged" not in done.stdout:
        yield f"does not find a privileged pod: {done.stdout}"


def run(command: list[str], cwd: Path, *, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command that must end with `code`."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode != code:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}, not {code}:\n{done.stdout}{done.stderr}")
    return done


if __name__ == "__main__":
    sys.exit(main())

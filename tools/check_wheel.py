"""Build the wheel, install it where nothing of the checkout is at hand, and try it.

The build is isolated, as the packaging index's users have it, so it fetches the build backend: this needs
the network, and is part of `make check` instead of `make test`.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Return 0 when the wheel holds what it should and the installed program works, else 1."""
    with tempfile.TemporaryDirectory(prefix="complygate-wheel-") as folder:
        wheel = build(Path(folder, "dist"))
        missing = sorted(expected() - packed(wheel))
        for name in missing:
            print(f"{wheel.name}: lacks {name}")
        if missing:
            return 1
        program = install(wheel, Path(folder, "venv"))
        listed = subprocess.run(
            [program, "rules", "list"], cwd=folder, check=True, capture_output=True, text=True
        )
        count = len(listed.stdout.splitlines())
        known = len(list((ROOT / "rules").rglob("*.yaml")))
        print(f"{wheel.name}: {len(expected())} data files, {count} of {known} rules load")
        return int(count != known)


def build(out: Path) -> Path:
    """Build the wheel into `out` and return it."""
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = out.glob("*.whl")
    return wheel


def expected() -> set[str]:
    """Return the names, in the wheel, of every file of the built-in set and of every schema."""
    names = {"complygate/_builtin/policyset.yaml"}
    for folder in ("rules", "policies", "controls"):
        files = (ROOT / folder).rglob("*.yaml")
        names |= {f"complygate/_builtin/{file.relative_to(ROOT).as_posix()}" for file in files}
    schemas = (ROOT / "src").rglob("*.schema.json")
    return names | {file.relative_to(ROOT / "src").as_posix() for file in schemas}


def packed(wheel: Path) -> set[str]:
    """Return the names in `wheel`."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def install(wheel: Path, folder: Path) -> str:
    """Install `wheel` without its dependencies into a new environment and return the program's path."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = str(folder / "bin/python")
    options = ["--quiet", "--no-deps", "--no-index", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "--python", python, "install", *options, str(wheel)]
    subprocess.run(command, check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    # A path in a .pth file is only searched: .pth files over there, such as the editable one, are not read.
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return str(folder / "bin/complygate")


if __name__ == "__main__":
    sys.exit(main())

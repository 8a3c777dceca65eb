"""Check SARIF files with Microsoft's validator and the SARIF 2.1.0 JSON Schema.

    python tools/validate_sarif.py [--scan FOLDER] [FILE]...

Errors and warnings fail. The only notes let through are SARIF2009, for rule ids with a slash, and SARIF2003,
for a scanned tree without a git remote. The validator comes from npm, at the version that
`package-lock.json` pins; without Node.js the check is skipped, but in CI that is a failure.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema

ROOT = Path(__file__).resolve().parent.parent
PLATFORM = {"linux": "linux", "darwin": "darwin", "win32": "win32"}.get(sys.platform, "linux")
MULTITOOL = ROOT / "node_modules" / "@microsoft" / f"sarif-multitool-{PLATFORM}"
CONFIG = ROOT / "tools" / "sarif-strict.xml"
PROFILES = ("full", "github")


def main() -> int:
    """Validate what the command line names; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--scan", type=Path, action="append", default=[], help="a folder to scan and validate"
    )
    parser.add_argument("files", type=Path, nargs="*")
    arguments = parser.parse_args()
    if not _install():
        said = "SARIF validation: Node.js and npm are not installed"
        if os.environ.get("CI"):
            print(f"{said}; they are needed in CI", file=sys.stderr)
            return 1
        print(f"{said}: skipped")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        scanned = [path for target in arguments.scan for path in _scan(target, Path(folder))]
        results = [_check(path, Path(folder)) for path in (*arguments.files, *scanned)]
    if not results:
        print("SARIF validation: no file given", file=sys.stderr)
        return 1
    return 0 if all(results) else 1


def _install() -> bool:
    """Install the validator unless it is there; return False where npm is missing."""
    wanted = json.loads((ROOT / "package.json").read_text("utf-8"))["devDependencies"]
    installed = MULTITOOL / "package.json"
    if installed.exists():
        version = json.loads(installed.read_text("utf-8"))["version"]
        if version == wanted["@microsoft/sarif-multitool"]:
            return True
    npm = shutil.which("npm")
    if npm is None:
        return False
    subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=ROOT, check=True
    )
    return True


def _scan(target: Path, folder: Path) -> list[Path]:
    """Scan a folder with each profile and return the SARIF files."""
    made = []
    for profile in PROFILES:
        path = folder / f"{target.name}-{profile}.sarif"
        command = [str(Path(sys.executable).parent / "complygate"), "scan", str(target)]
        done = subprocess.run(
            [*command, "--format", "sarif", "--sarif-profile", profile],
            check=False,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        if done.returncode not in {0, 1, 3}:
            sys.exit(f"complygate scan {target} ended with {done.returncode}")
        path.write_text(done.stdout, "utf-8")
        made.append(path)
    return made


def _check(path: Path, folder: Path) -> bool:
    """Print what is wrong with one file, or that nothing is; return whether it is sound."""
    log = json.loads(path.read_text("utf-8"))
    faults = _schema_faults(log)
    counts: Counter[str] = Counter()
    for level, rule, text in _validator_results(path, folder / "validation.sarif"):
        counts[f"{level} {rule}"] += 1
        if level != "note" or rule not in _allowed_notes(log):
            faults.append(f"{level} {rule}: {text}")
    for fault in faults:
        print(f"{path}: {fault}")
    noted = ", ".join(f"{count} {what}" for what, count in sorted(counts.items())) or "no notes"
    print(f"{path.name}: {'FAULTY' if faults else 'valid'} ({noted})")
    return not faults


def _allowed_notes(log: dict[str, Any]) -> set[str]:
    has_remote = all(run.get("versionControlProvenance") for run in log["runs"])
    return {"SARIF2009"} if has_remote else {"SARIF2009", "SARIF2003"}


def _schema_faults(log: dict[str, Any]) -> list[str]:
    schema = json.loads((MULTITOOL / "sarif-2.1.0.json").read_text("utf-8-sig"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    return [f"schema: {error.json_path}: {error.message[:300]}" for error in validator.iter_errors(log)]


def _validator_results(path: Path, output: Path) -> list[tuple[str, str, str]]:
    """Run the validator and return (level, rule, text) of each of its results and failures."""
    binary = MULTITOOL / ("Sarif.Multitool.exe" if PLATFORM == "win32" else "Sarif.Multitool")
    binary.chmod(binary.stat().st_mode | stat.S_IXUSR)  # npm ran no install script
    # The binary itself: through npx a shell would take the ";" of the kinds for the end of the command.
    command = [str(binary), "validate", str(path), "--rule-kind", "Sarif;Ghas", "-c", str(CONFIG)]
    command += ["-o", str(output), "--log", "ForceOverwrite", "--level", "Error;Warning;Note", "--quiet"]
    output.unlink(missing_ok=True)
    environment = os.environ | {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL)
    if not output.exists():
        return [("error", "validator", "wrote no result")]
    run = json.loads(output.read_text("utf-8-sig"))["runs"][0]
    rules = run["tool"]["driver"].get("rules", [])
    found = [(_level(item, rules), item["ruleId"], _words(item, rules)) for item in run.get("results", [])]
    return found + _failures(run)


def _level(item: dict[str, Any], rules: list[dict[str, Any]]) -> str:
    rule = rules[item["ruleIndex"]] if "ruleIndex" in item else {}
    return str(item.get("level") or rule.get("defaultConfiguration", {}).get("level") or "warning")


def _words(item: dict[str, Any], rules: list[dict[str, Any]]) -> str:
    message = item["message"]
    strings = rules[item["ruleIndex"]].get("messageStrings", {}) if "ruleIndex" in item else {}
    template = message.get("text") or strings.get(message.get("id"), {}).get("text", "")
    for number, argument in enumerate(message.get("arguments", [])):
        template = template.replace(f"{{{number}}}", argument)
    return str(template)[:400]


def _failures(run: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return what the validator could not check: it skips files that are too large, and rules that crash."""
    found = []
    for invocation in run.get("invocations", []):
        for key in ("toolExecutionNotifications", "toolConfigurationNotifications"):
            for note in invocation.get(key, []):
                name = note.get("descriptor", {}).get("id", "")
                # WRN999 says that the configuration switched a rule off.
                if not name.startswith(("WRN999", "MSG")):
                    found.append((note.get("level", "warning"), name, note["message"].get("text", "")[:400]))
    return found


if __name__ == "__main__":
    sys.exit(main())

"""The `complygate` command, and what becomes of errors."""

from __future__ import annotations

import gc
import importlib
import io
import os
import sys
from typing import TYPE_CHECKING

import click

from complygate import __version__
from complygate.errors import ComplygateError, PolicyError, UndecidedError
from complygate.gate.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMANDS = {
    "scan": "complygate.cli.scan:scan",
    "gate": "complygate.cli.gate:gate",
    "explain": "complygate.cli.rules:explain",
    "rules": "complygate.cli.rules:rules",
    "policy": "complygate.cli.policy:policy",
    "report": "complygate.cli.report:report",
    "cache": "complygate.cli.caches:cache",
    "waiver": "complygate.cli.waiver:waiver",
    "baseline": "complygate.cli.baseline:baseline",
    "attest": "complygate.cli.attest:attest",
    "verify": "complygate.cli.verify:verify",
}
"""Commands by name, imported when called, so that `--version` stays light."""

_ISSUES = "https://github.com/complygate/complygate/issues"


class _LazyGroup(click.Group):
    """A group whose commands are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        target = _COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, _, name = target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="complygate")
def command() -> None:
    """Scan a repository against a policy set, and pass or block.

    Exit codes: 0 pass, 1 fail, 2 usage or policy error, 3 undecided, 4 internal error, 130 interrupted.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code.

    Args:
        arguments: the words after the program's name; `sys.argv` by default.
    """
    # Reports are UTF-8 whatever the console's code page is, and no character of a scanned file may stop one.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    # Trees of values hold no cycles: looking for them at every 700 new objects, as by default, is a tenth of
    # a scan. The interpreter looks once more before it ends, where all memory is given back in any case: what
    # is frozen, it passes over.
    gc.set_threshold(100_000)
    code = run(arguments)
    gc.freeze()
    sys.exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        code = command.main(list(arguments) if arguments is not None else None, standalone_mode=False)
    except SystemExit:
        # Click's answer to a reader that went away (`| head`). What was not read is no verdict; nor is
        # there anybody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.INTERNAL)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return int(ExitCode.INTERRUPTED)
    except (click.ClickException, ComplygateError) as error:
        _show(error)
        return int(ExitCode.UNDECIDED if isinstance(error, UndecidedError) else ExitCode.USAGE)
    except Exception:  # noqa: BLE001 - the last resort: a crash is exit 4 and never looks like a verdict
        _show_crash()
        return int(ExitCode.INTERNAL)
    return int(code or 0)


def _show(error: click.ClickException | ComplygateError) -> None:
    if isinstance(error, click.ClickException):
        error.show()
        return
    from complygate.model.remote import without_secrets  # noqa: PLC0415 - only an error needs it
    from complygate.reporters._plain import visible  # noqa: PLC0415 - only an error needs it

    errors = [error, *error.others] if isinstance(error, PolicyError) else [error]
    for one in errors:
        # Words of a file stand in it, and no file may steer a terminal.
        click.echo(f"error: {visible(without_secrets(str(one)))}", err=True)
        if one.hint:
            click.echo(f"  help: {visible(without_secrets(one.hint))}", err=True)
    if len(errors) > 1:
        click.echo(f"{len(errors)} errors; nothing was judged", err=True)


def _show_crash() -> None:
    import platform  # noqa: PLC0415 - only a crash needs it
    import traceback  # noqa: PLC0415

    click.echo(traceback.format_exc(), err=True)
    click.echo(
        f"internal error: this is a bug in complygate, and nothing was decided.\n"
        f"  help: report it at {_ISSUES} with the text above and this line:\n"
        f"  complygate {__version__}, Python {platform.python_version()}, {platform.platform()}",
        err=True,
    )

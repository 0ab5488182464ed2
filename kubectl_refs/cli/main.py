"""The command line: words in, one call out, errors in kubectl's form. No logic of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from kubectl_refs import __version__
from kubectl_refs.cli.command import Commands, Group
from kubectl_refs.cli.connection import Invocation
from kubectl_refs.cli.options import connection_options
from kubectl_refs.process.errors import INTERRUPTED, OK, USAGE, RefsError, reason_of
from kubectl_refs.process.program import name_from
from kubectl_refs.process.streams import abandon_output

COMMANDS = (
    *("why", "check", "grants", "graph", "can-i", "who-can", "fix", "diff", "watch", "policy"),
    *("explain", "help", "kinds", "options", "completion", "version"),
)


@click.group(
    cls=Group,
    commands=Commands(COMMANDS),
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=False,
)
@click.version_option(__version__, "--version", message="%(version)s", help="Print the version of this program.")
@connection_options
@click.pass_context
def refs(ctx: click.Context, /, **connection: Any) -> None:
    """Explain the references of Gateway API objects: which are allowed, which are not, why, and how to fix them.

    A reference to another namespace works only if a ReferenceGrant in that namespace permits it. If none does, this
    program names the grant that comes closest and the field that differs, and prints the change that fixes it.
    """
    ctx.obj = Invocation(connection)


def main(argv: Sequence[str]) -> int:
    """Run the program and return its exit status; any error is one line on standard error."""
    try:
        status = _status(argv)
        # Flushing at interpreter exit would fail with an exit status of its own.
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) has seen enough.
        abandon_output()
        return OK
    except OSError as error:
        # Errors in reading are handled by the readers, so this is an answer that could not be written.
        abandon_output()
        _print_error(f"error: {reason_of(error)}")
        return USAGE


def _status(argv: Sequence[str]) -> int:
    program = name_from(argv[0])
    try:
        # Not refs.main, which ends the process with 1, the status of a refusal, when a pipe closes.
        with refs.make_context(program, [*argv[1:]] or ["--help"]) as ctx:
            return _run(ctx)
    except RefsError as error:
        for line in (error.line, *error.more):
            _print_error(line)
        return error.status
    except RecursionError:
        # The possible depth of JSON depends on Python's version; a server may store more than any code can follow.
        _print_error("error: an object that was read is nested too deeply")
        return USAGE
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        _print_error(f"error: {_kubectl_wording(error)}")
        if isinstance(error, click.UsageError):
            path = error.ctx.command_path if error.ctx else program
            _print_error(f"See '{path} --help' for usage.")
        return USAGE


def _run(ctx: click.Context) -> int:
    """Run the command, then report the servers' warnings (before the command's error, if it ends with one) and the
    files that could not be read."""
    try:
        status: int = refs.invoke(ctx)
    except RefsError:
        _warn(ctx.find_object(Invocation))
        raise
    _warn(run := ctx.find_object(Invocation))
    if run is not None and run.unread:
        for error in run.unread:
            _print_error(error.line)
        held = "this file" if len(run.unread) == 1 else f"these {len(run.unread)} files"
        _print_error(f"error: the answer is without what {held} may hold")
        return USAGE
    if run is None or not run.strict or not run.warnings:
        return status
    _print_error(f"error: {len(run.warnings)} warning{'s' if len(run.warnings) > 1 else ''} received")
    return USAGE


def _warn(run: Invocation | None) -> None:
    """Report the servers' warnings on standard error as kubectl does (cli-runtime printers/warningprinter.go)."""
    if run is None or not run.warnings or sys.stderr is None:
        return
    # Imported here: start-up time.
    from kubectl_refs.core.text.escaping import safe
    from kubectl_refs.render.text.style import style_for

    painted = style_for(sys.stderr, os.environ, now=0, color=run.color).color
    head = "\x1b[33;1mWarning:\x1b[0m" if painted else "Warning:"
    for warning in run.warnings:
        click.echo(f"{head} {safe(warning)}", err=True, color=painted)


def _kubectl_wording(error: click.ClickException) -> str:
    """click's error in the words of kubectl's flag library."""
    if isinstance(error, click.BadParameter) and error.param is not None:
        flag = "/".join(error.param.opts)
        return f'invalid argument for "{flag}" flag: {error.message}'
    if isinstance(error, click.UsageError) and error.message.startswith("Got unexpected extra argument"):
        return f"extra arguments: [{error.message.partition('(')[2].removesuffix(')')}]"
    return error.format_message()


def _print_error(line: str) -> None:
    # Imported here: start-up time. The line may quote a server.
    from kubectl_refs.core.text.escaping import safe

    if sys.stderr is not None:
        click.echo(safe(line), err=True)

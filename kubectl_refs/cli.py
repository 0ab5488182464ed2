"""The command line: words in, one call out, errors in kubectl's form. No logic of its own."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from kubectl_refs import __version__
from kubectl_refs.commands.can_i import can_i_command
from kubectl_refs.commands.check import check_command
from kubectl_refs.commands.completion import completion_command
from kubectl_refs.commands.fix import fix_command
from kubectl_refs.commands.grants import grants_command
from kubectl_refs.commands.kinds import kinds_command
from kubectl_refs.commands.options import options_command
from kubectl_refs.commands.version import version_command
from kubectl_refs.commands.who_can import who_can_command
from kubectl_refs.commands.why import why_command
from kubectl_refs.errors import INTERRUPTED, OK, USAGE, RefsError
from kubectl_refs.options import Run, connection_options
from kubectl_refs.pflag import normalised
from kubectl_refs.program import name_from

_CONTEXT_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=_CONTEXT_SETTINGS, no_args_is_help=False)
@click.version_option(__version__, "--version", message="%(version)s")
@connection_options
@click.pass_context
def refs(ctx: click.Context, /, **connection: Any) -> None:
    """Explain the references of Gateway API objects: what permits them, what does not, and what would.

    A reference into another namespace works only if a ReferenceGrant there permits it. Where none does, this
    command names the grant that almost does and the field that differs, and prints the change that is missing.
    """
    ctx.obj = Run(connection)


refs.add_command(why_command)
refs.add_command(check_command)
refs.add_command(grants_command)
refs.add_command(can_i_command)
refs.add_command(who_can_command)
refs.add_command(fix_command)
refs.add_command(kinds_command)
refs.add_command(options_command)
refs.add_command(completion_command)
refs.add_command(version_command)


def main(argv: Sequence[str]) -> int:
    """Run the program and return its exit status; whatever goes wrong is one line on standard error."""
    program = name_from(argv[0])
    _name(refs, program)
    if sys.stdout is None:
        # Started with standard output closed: nobody wants the text, but the exit status still counts.
        sys.stdout = io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        # A locale without a character must not cost the answer; only a real text stream can be told so.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        # Not refs.main: it would end the process with 1, the status of a refusal, when a pipe closes.
        with refs.make_context(program, normalised(argv[1:], refs) or ["--help"]) as ctx:
            status: int = refs.invoke(ctx)
            return _strict(ctx.find_object(Run)) or status
    except RefsError as error:
        for line in (error.line, *error.more):
            _complain(line)
        return error.status
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        _complain(f"error: {_reworded(error)}")
        if isinstance(error, click.UsageError):
            path = error.ctx.command_path if error.ctx else program
            _complain(f"See '{path} --help' for usage.")
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) has seen enough.
        _abandon_output()
        return OK
    except OSError as error:
        # Whatever is read, its reader accounts for; what is left is an answer that could not be written.
        _abandon_output()
        _complain(f"error: {(error.strerror or str(error)).lower()}")
        return USAGE


def _strict(run: Run | None) -> int:
    """The status of --warnings-as-errors, OK where there is nothing to complain of."""
    if run is None or not run.strict or not run.warnings:
        return OK
    _complain(f"error: {run.warnings} warning{'s' if run.warnings > 1 else ''} received")
    return USAGE


def _abandon_output() -> None:
    """Keep the interpreter from complaining, when it ends, of what could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _name(command: click.Command, program: str) -> None:
    """Write the program's own name into the examples of a command and those below it."""
    if command.help:
        command.help = command.help.replace("{program}", program)
    command.epilog = f'\b\nUse "{program} options" for a list of global command-line options (applies to all commands).'
    if isinstance(command, click.Group):
        for each in command.commands.values():
            _name(each, program)


def _reworded(error: click.ClickException) -> str:
    """click's complaint in the words of kubectl's flag library."""
    if isinstance(error, click.NoSuchOption):
        return f"unknown {_flag(error.option_name, 'flag: ', 'shorthand flag: ')}"
    if isinstance(error, click.BadOptionUsage) and "requires an argument" in error.message:
        return f"flag needs an argument: {_flag(error.option_name)}"
    if isinstance(error, click.BadParameter) and error.param is not None:
        flag = "/".join(error.param.opts)
        return f'invalid argument for "{flag}" flag: {error.message}'
    if isinstance(error, click.UsageError) and error.message.startswith("No such command"):
        word = error.message.split("'")[1]
        return f'unknown command "{word}" for "{error.ctx.command_path if error.ctx else "kubectl refs"}"'
    return error.format_message()


def _flag(name: str, long: str = "", short: str = "") -> str:
    """A flag as pflag writes it, after the words for a long or a short one."""
    return f"{long}{name}" if name.startswith("--") else f"{short}'{name[1:]}' in {name}"


def _complain(line: str) -> None:
    # Imported here: start-up time. The line may quote a server.
    from kubectl_refs.render.style import safe

    if sys.stderr is not None:
        click.echo(safe(line), err=True)

"""The command line: words in, one call out, errors in kubectl's form. No logic of its own."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from kubectl_refs import __version__
from kubectl_refs.options import connection_options, file_options, output_options
from kubectl_refs.program import name_from

INTERRUPTED = 130
USAGE = 2

_CONTEXT_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=_CONTEXT_SETTINGS, no_args_is_help=True)
@click.version_option(__version__, "--version", message="%(version)s")
@connection_options
@click.pass_context
def refs(ctx: click.Context, /, **connection: str | None) -> None:
    """Explain the references of Gateway API objects: what permits them, what does not, and what would.

    A reference into another namespace works only if a ReferenceGrant there permits it. Where none does, this
    command names the grant that almost does and the field that differs, and prints the change that is missing.
    """
    ctx.obj = connection


@refs.command("why")
@click.argument("arguments", nargs=-1, metavar="(TYPE/NAME ... | TYPE NAME ...)")
@connection_options
@file_options
@output_options
@click.pass_context
def why_command(
    ctx: click.Context,
    /,
    arguments: Sequence[str],
    files: Sequence[str],
    recursive: bool,
    format_: str | None,
    query: str | None,
    color: str,
    exit_zero: bool,
    **connection: str | None,
) -> int:
    """Explain every reference that an object holds.

    For each reference: whether it is allowed, by which grant or rule; if not, which field of which grant differs,
    what that does to traffic, what the controllers report, and the fix as a command to copy. Nothing is written to
    the cluster.

    Exit status: 0 all references are allowed, 1 some are refused or broken, 2 the question could not be asked, 3
    some could not be told.

    \b
    Examples:
      # Why is ResolvedRefs False on this route?
      {program} why httproute/frontend-routes -n frontend
    \b
      # Several objects, every field of every grant compared
      {program} why httproutes web api -o wide
    \b
      # Manifests instead of a cluster
      {program} why -f deploy/ -R
      helm template ./chart | {program} why -f -
    \b
      # The name of every reference that is refused
      {program} why httproute/web --query "references[?verdict=='refused'].to.name"
    """
    from kubectl_refs.output import Output
    from kubectl_refs.question import Place
    from kubectl_refs.why import why

    merged = {name: connection[name] or (ctx.obj or {}).get(name) for name in connection}
    place = Place(files=files, recursive=recursive, **merged)
    return why(place, arguments, Output.parse(format_, query), color=color, exit_zero=exit_zero)


def main(argv: Sequence[str]) -> int:
    """Run the program and return its exit status; whatever goes wrong is one line on standard error."""
    from kubectl_refs.errors import RefsError

    program = name_from(argv[0])
    _name(refs, program)
    for stream in (sys.stdout, sys.stderr):
        # A locale without a character must not cost the answer; only a real text stream can be told so.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        result: Any = refs.main(list(argv[1:]), prog_name=program, standalone_mode=False)
        return result if isinstance(result, int) else 0
    except RefsError as error:
        _complain(error.line)
        return error.status
    except click.exceptions.NoArgsIsHelpError as error:
        _complain(error.format_message())
        return 0
    except click.ClickException as error:
        _complain(f"error: {_reworded(error)}")
        if isinstance(error, click.UsageError):
            path = error.ctx.command_path if error.ctx else program
            _complain(f"See '{path} --help' for usage.")
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) has seen enough; the interpreter must not complain at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _name(command: click.Command, program: str) -> None:
    """Write the program's own name into the examples of a command and those below it."""
    if command.help:
        command.help = command.help.replace("{program}", program)
    if isinstance(command, click.Group):
        for each in command.commands.values():
            _name(each, program)


def _reworded(error: click.ClickException) -> str:
    """click's complaint in the words of kubectl's flag library."""
    if isinstance(error, click.NoSuchOption):
        dashes = "unknown flag" if error.option_name.startswith("--") else "unknown shorthand flag"
        return f"{dashes}: {error.option_name}"
    if isinstance(error, click.BadOptionUsage) and "requires an argument" in error.message:
        return f"flag needs an argument: {error.option_name}"
    if isinstance(error, click.BadParameter) and error.param is not None:
        flag = "/".join(error.param.opts)
        return f'invalid argument for "{flag}" flag: {error.message}'
    if isinstance(error, click.UsageError) and error.message.startswith("No such command"):
        word = error.message.split("'")[1]
        return f'unknown command "{word}" for "{error.ctx.command_path if error.ctx else "kubectl refs"}"'
    return error.format_message()


def _complain(line: str) -> None:
    click.echo(line, err=True)

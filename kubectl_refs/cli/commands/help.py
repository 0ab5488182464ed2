"""`kubectl refs help` on the command line."""

from __future__ import annotations

from collections.abc import Sequence

import click

from kubectl_refs.cli.command import Command
from kubectl_refs.process.errors import OK


def _names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    group = ctx.find_root().command
    assert isinstance(group, click.Group)
    return [name for name, command in group.commands.items() if not command.hidden and name.startswith(incomplete)]


@click.command("help", cls=Command, hidden=True)
@click.argument("words", nargs=-1, metavar="[command]", shell_complete=_names)
@click.pass_context
def help_command(ctx: click.Context, /, words: Sequence[str]) -> int:
    """Help about any command.

    Simply type {program} help [command] for full details.
    """
    root = ctx.find_root()
    group = root.command
    assert isinstance(group, click.Group)
    command = group.resolve_command(root, [words[0]])[1] if words else None
    asked = click.Context(command, info_name=words[0], parent=root) if command else root
    click.echo(asked.get_help())
    return OK

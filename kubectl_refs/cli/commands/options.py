"""`kubectl refs options` on the command line."""

from __future__ import annotations

import sys

import click

from kubectl_refs.cli.command import Command
from kubectl_refs.process.errors import OK


@click.command("options", cls=Command, hidden=True)
def options_command() -> int:
    """Print the list of flags inherited by all commands."""
    # Imported here: start-up time.
    from kubectl_refs.cli.help import listing

    sys.stdout.write(listing())
    return OK

"""`kubectl refs options` on the command line."""

from __future__ import annotations

import sys

import click

from kubectl_refs.errors import OK
from kubectl_refs.global_flags import listing


@click.command("options")
def options_command() -> int:
    """Print the list of flags inherited by all commands."""
    sys.stdout.write(listing())
    return OK

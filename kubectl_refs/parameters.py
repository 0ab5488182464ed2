"""What the parameters of commands are made of: their types, and where their completions come from."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    ParamType = click.ParamType[Any]
else:
    # click before 8.4 has no type parameter here.
    ParamType = click.ParamType

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(written: str) -> float | None:
    """A duration as Go writes it, such as 30s or 1m30s, in seconds; None for anything else."""
    sign, digits = (-1, written[1:]) if written.startswith("-") else (1, written.removeprefix("+"))
    if digits == "0":
        return 0.0
    parts = re.findall(r"(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)", digits)
    if not parts or "".join(map("".join, parts)) != digits:
        return None
    return sign * sum(float(number) * _UNITS[unit] for number, unit in parts)


class Int(ParamType):
    """A whole number; the complaint about another word is that of kubectl's flag library."""

    name = "int"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return int(str(value))
        except ValueError:
            flags = ", ".join(param.opts) if param else ""
            raise click.UsageError(
                f'invalid argument "{value}" for "{flags}" flag: strconv.ParseInt: parsing "{value}": invalid syntax',
                ctx,
            ) from None


Complete = Callable[[click.Context, click.Parameter, str], list[str]]


def completing(source: str) -> Complete:
    """The `shell_complete` of a parameter: the values that a function of candidates.py, named here, knows.

    The function is given the words before the one to complete and that itself if the parameter takes several.
    """

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
        # Imported here: start-up time.
        from kubectl_refs import candidates

        several = (ctx.params.get(param.name or "") or (), incomplete) if param.nargs == -1 else ()
        return [value for value in getattr(candidates, source)(ctx, *several) if value.startswith(incomplete)]

    return complete

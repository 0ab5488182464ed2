"""The types of commands' parameters, and the sources of their completions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from kubectl_refs.cli.durations import seconds

if TYPE_CHECKING:
    ParamType = click.ParamType[Any]
else:
    # click before 8.4 has no type parameter here.
    ParamType = click.ParamType


def invalid(value: str, problem: str, param: click.Parameter | None, ctx: click.Context | None) -> click.UsageError:
    """The error of kubectl's flag library about the value of a flag."""
    return click.UsageError(
        f'invalid argument "{value}" for "{", ".join(param.opts if param else ())}" flag: {problem}', ctx
    )


class Duration(ParamType):
    """A duration as kubectl's flags accept it, such as 30s or 1m30s, in seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        found = seconds(str(value))
        if found is None or found < 0:
            raise invalid(str(value), f'time: invalid duration "{value}"', param, ctx)
        return found


class Int(ParamType):
    """A whole number of `bits` bits, in decimal or another of Go's notations; kubectl's error for anything else."""

    name = "int"

    def __init__(self, bits: int, *, decimal: bool = False) -> None:
        self._limit = 1 << (bits - 1)
        self._decimal = decimal

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value)
        found = self._parsed(text)
        if found is not None and -self._limit <= found < self._limit:
            return found
        problem = "invalid syntax" if found is None else "value out of range"
        raise invalid(text, f'strconv.ParseInt: parsing "{text}": {problem}', param, ctx)

    def _parsed(self, text: str) -> int | None:
        if re.fullmatch(r"[+-]?[0-9]+", text):
            octal = not self._decimal and re.fullmatch(r"[+-]?0[0-7]+", text)
            return int(text, 8 if octal else 10)
        if self._decimal or not re.fullmatch(
            r"[+-]?0[xXoObB]_?[0-9a-fA-F]+(_[0-9a-fA-F]+)*|[+-]?[0-9]+(_[0-9]+)+", text
        ):
            return None
        try:
            return int(text, 0)
        except ValueError:
            return None


Complete = Callable[[click.Context, click.Parameter, str], list[str]]


def among(values: Sequence[str]) -> Complete:
    """The `shell_complete` of a parameter with few values, each of which may be given once."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
        given = ctx.params.get(param.name or "") or () if param.nargs == -1 else ()
        return [value for value in values if value.startswith(incomplete) and value not in given]

    return complete


def completing(source: str) -> Complete:
    """The `shell_complete` of a parameter: the values from the function of candidates.py named `source`.

    If the parameter takes several words, the function is given the words before the incomplete one, and that word.
    """

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
        # Imported here: start-up time.
        from kubectl_refs.cli import candidates

        several = (ctx.params.get(param.name or "") or (), incomplete) if param.nargs == -1 else ()
        return [value for value in getattr(candidates, source)(ctx, *several) if value.startswith(incomplete)]

    return complete

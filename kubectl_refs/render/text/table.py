"""Tables as kubectl prints them, and what becomes of one on a terminal that is too narrow for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.escaping import safe
from kubectl_refs.render.text.style import Style, Tone

NONE = "<none>"
"""kubectl's word for an empty cell."""

Cell = str | tuple[str, Tone]


@dataclass(frozen=True, slots=True)
class Narrow:
    """What a row becomes where the terminal has no room for the whole table.

    First the `spare` columns, by their headers, are left out, which `-o wide` shows. If that is not enough each row is a
    block: `head` makes its first line of the cells, and the cells behind the first `headed` ones follow, a line each.
    """

    head: Callable[[Sequence[str]], str]
    headed: int = 1
    flows: bool = False
    """Whether the first line may go on below where it is too long: one that is to be pasted stays whole."""
    spare: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    """Columns whose cells are to be copied: one that has no room beside its header stands whole on the next line."""


def plain(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell[0]


def table_lines(headers: Sequence[str], rows: Iterable[Sequence[Cell]], style: Style) -> list[str]:
    """Upper-case headers, three spaces between columns, no rules; every cell escaped, and painted where it has a tone."""
    # Imported here: only tables pay for it.
    from tabulate import DataRow, TableFormat, tabulate

    gap = DataRow("", "   ", "")
    form = TableFormat(None, None, None, None, gap, gap, 0, None)
    # The headers go in as a row: tabulate would widen a column by its header, and read "00123" as a number.
    grid = [*([headers] if headers else []), *([_painted(cell, style) for cell in row] for row in rows)]
    return [line.rstrip() for line in tabulate(grid, tablefmt=form, disable_numparse=True).split("\n")]


def _painted(cell: Cell, style: Style) -> str:
    return safe(cell) if isinstance(cell, str) else style.paint(safe(cell[0]), cell[1])


def fitting(
    headers: Sequence[str], rows: Sequence[Sequence[Cell]], spare: Sequence[str], width: int
) -> tuple[Sequence[str], Sequence[Sequence[Cell]]] | None:
    """The table without as many of its spare columns as it takes to fit a width; None where it does not fit at all."""
    for dropped in range(len(spare) + 1):
        kept = [index for index, header in enumerate(headers) if header not in spare[:dropped]]
        sizes = [max(len(headers[index]), *(len(safe(plain(row[index]))) for row in rows)) for index in kept]
        if sum(sizes) + 3 * (len(kept) - 1) <= width:
            return [headers[index] for index in kept], [[row[index] for index in kept] for row in rows]
    return None

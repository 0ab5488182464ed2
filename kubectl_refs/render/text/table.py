"""Tables as kubectl prints them, and their layout on a terminal that is too narrow for them."""

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
    """The layout of rows if the terminal has no room for the whole table.

    First the `spare` columns (given by header), which `-o wide` shows, are left out. If that is not enough, each row is
    a block: `head` makes its first line of the cells, and the cells after the first `headed` ones follow, one a line.
    """

    head: Callable[[Sequence[str]], str]
    headed: int = 1
    flows: bool = False
    """Whether the first line may be wrapped if it is too long; a line to be pasted stays whole."""
    spare: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    """Columns with cells to copy: a cell that has no room beside its header goes on the next line, unwrapped."""


def plain(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell[0]


def table_lines(headers: Sequence[str], rows: Iterable[Sequence[Cell]], style: Style) -> list[str]:
    """The lines of a table: three spaces between columns, no rules; cells are escaped, and coloured if they have a tone."""
    # Imported here, so that only tables pay for it.
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
    """The table with as many spare columns left out as a width requires; None if it does not fit without all of them."""
    for dropped in range(len(spare) + 1):
        kept = [index for index, header in enumerate(headers) if header not in spare[:dropped]]
        sizes = [max(len(headers[index]), *(len(safe(plain(row[index]))) for row in rows)) for index in kept]
        if sum(sizes) + 3 * (len(kept) - 1) <= width:
            return [headers[index] for index in kept], [[row[index] for index in kept] for row in rows]
    return None

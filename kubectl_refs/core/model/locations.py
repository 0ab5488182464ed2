"""Where in manifests something stands."""

from __future__ import annotations

from collections.abc import Callable

from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.records import dataclass

STDIN = "STDIN"
"""kubectl's name for standard input where it names files."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file: its line and which of its documents, both counted from 1.

    They are None where all that is known is the file that a renderer made an object of, whose lines are others. `file` is
    a path, unless it is `remote`: an address, or what kustomize fetches.
    """

    file: str
    line: int | None = None
    document: int | None = None
    remote: bool = False

    @property
    def path(self) -> str | None:
        """The path of the file, for what shows files by it; None for standard input and what is remote."""
        return None if self.remote or self.file == STDIN else self.file

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


Locate = Callable[[ObjectKey, str], Location | None]
"""Finds where a field of an object stands, or what would hold it; None for an object of a cluster."""

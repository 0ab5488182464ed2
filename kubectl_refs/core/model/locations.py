"""Places in manifests."""

from __future__ import annotations

from collections.abc import Callable

from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.records import dataclass

STDIN = "STDIN"
"""kubectl's name for standard input where it names files."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file: its line and which of its documents, both counted from 1.

    Both are None where only the file from which a renderer made the object is known: the rendered lines differ from the
    file's. `file` is a path, unless the location is `remote`: a URL, or something that kustomize fetches.
    """

    file: str
    line: int | None = None
    document: int | None = None
    remote: bool = False

    @property
    def path(self) -> str | None:
        """The path of the file, for formats that show a file by its path; None for standard input and remote files."""
        return None if self.remote or self.file == STDIN else self.file

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


Locate = Callable[[ObjectKey, str], Location | None]
"""Finds the place of a field of an object, or of what would hold the field; None for an object of a cluster."""

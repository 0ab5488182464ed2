"""ReferenceGrants that permit a reference, and those that almost do."""

from __future__ import annotations

from dataclasses import field
from typing import NamedTuple

from kubectl_refs.core.model.hints import NUMBERS, Hint
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.records import dataclass


class GrantName(NamedTuple):
    """Which grant it is. Names are compared and looked up by the million, as a tuple's are without code of their own."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class GrantMatch:
    """A pair of entries, counted from 0, of one grant that permits a reference."""

    grant: GrantName
    from_: int
    to: int


NOT_A_STRING = ", not a string"
"""What ends the words for a value that should be a string; no object can be called so."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a grant that keeps it from permitting a reference, or of a reference that keeps it from its target.

    `path` is the field in the grant or in the referrer (`spec.from[0].namespace`); `found` is None for a field that is absent; `note`
    adds what is known about the found value, such as that no namespace of that name exists. `number` says that what is
    found is one, as a port is that is written without quotes.
    """

    path: str
    wanted: str
    found: str | None
    hint: Hint
    note: str = ""
    number: bool = False

    def __str__(self) -> str:
        """`spec.from[0].namespace is "fronted", expected "frontend"`."""
        found = self.found or ""
        if self.found is None:
            found = "missing"
        elif not (self.number or found.endswith(NOT_A_STRING)):
            found = f'"{found}"'
        wanted = self.wanted if self.hint in NUMBERS else f'"{self.wanted}"'
        return f"{self.path} is {found}, expected {wanted}"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """The nearest pair of entries of one grant that does not permit a reference, with every differing field.

    `distance` orders near misses: it grows with how unlikely it is that this reference was meant.
    """

    grant: GrantName
    from_: int
    to: int
    differences: tuple[Difference, ...]
    distance: float
    source: JSON = field(default_factory=dict, compare=False, repr=False)
    """The whole grant, for excerpts and tables of evidence; not part of the JSON."""
    sound: bool = field(default=False, compare=False)
    """Whether what it names instead is there and no sign of a slip: it is for others, as it is. Known of the nearest alone."""

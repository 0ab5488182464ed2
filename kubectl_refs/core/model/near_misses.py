"""ReferenceGrants that permit a reference, and those that almost do."""

from __future__ import annotations

from dataclasses import field
from typing import NamedTuple

from kubectl_refs.core.model.hints import NUMBERS, Hint
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.records import dataclass


class GrantName(NamedTuple):
    """The identity of a grant. Names are compared and looked up by the million: tuples do so without Python code."""

    namespace: str
    name: str

    @classmethod
    def of(cls, grant: ObjectKey) -> GrantName:
        """The identity of the grant that has a key."""
        return cls(grant.namespace, grant.name)

    @property
    def key(self) -> ObjectKey:
        return ObjectKey(*REFERENCE_GRANT, self.namespace, self.name)

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class GrantMatch:
    """A pair of entries of one grant, counted from 0, that permits a reference."""

    grant: GrantName
    from_: int
    to: int


NOT_A_STRING = ", not a string"
"""Ends the description of a value that should be a string; no object can have such a name."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that keeps a grant from permitting a reference, or a field that keeps a reference from its target.

    `path` is the field in the grant or in the referrer (`spec.from[0].namespace`). `found` is None for an absent
    field. `note` adds what is known about the found value, such as that no namespace of that name exists. `number`
    says that the found value is a number, such as a port written without quotes.
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
        if self.hint is Hint.TOO_MANY:
            return f"{self.path} has {found} entries, expected {self.wanted} at most"
        if self.found is None:
            found = "missing"
        elif not (self.number or found.endswith(NOT_A_STRING)):
            found = f'"{found}"'
        wanted = self.wanted if self.hint in NUMBERS else f'"{self.wanted}"'
        return f"{self.path} is {found}, expected {wanted}"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """The nearest pair of entries of a grant that does not permit a reference, with every field that differs.

    `distance` orders near misses: the less likely it is that this reference was meant, the greater it is.
    """

    grant: GrantName
    from_: int
    to: int
    differences: tuple[Difference, ...]
    distance: float
    source: JSON = field(default_factory=dict, compare=False, repr=False)
    """The whole grant, for excerpts and tables of evidence; not part of the JSON."""
    sound: bool = field(default=False, compare=False)
    """Whether the grant is meant for others: what it names exists and is no slip. Set for the nearest one only."""

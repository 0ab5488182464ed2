"""Whether anything serves an object: the whole way from a client to the pods, not only the references."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.records import dataclass


class Serves(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Serving:
    """One part of that way: a listener that an object depends on, or (`backends`) what its requests are sent to.

    `parent` is the Gateway, ListenerSet or Service of a parentRef; None where an object has none. `backend` is a
    Service behind a route; None where a controller speaks of all of them, or where a `rule`, named by its path, has
    none. `because` is a sentence without its full stop. `explain` is the object to look at next; None where there is
    nothing more to see. `by_verdict` says that the verdict on the parentRef says it already.
    """

    object: ObjectKey
    serves: Serves
    because: str
    parent: ObjectKey | None = None
    listener: str | None = None
    backends: bool = False
    backend: ObjectKey | None = None
    rule: str = ""
    explain: ObjectKey | None = None
    by_verdict: bool = False
    perhaps: str = ""
    """What may be wrong with the Gateway, whose class is not among the manifests; a sentence without its full stop."""
    fix: Fix | None = None
    """The change of that Gateway that was probably meant."""


def perhaps_wrong(rows: Iterable[Serving]) -> tuple[Serving, ...]:
    """One row for each Gateway that may be wrong: its own, or that of a route to it."""
    return tuple({row.fix.object: row for row in rows if row.perhaps and row.fix is not None}.values())


def unserved(rows: Iterable[Serving]) -> tuple[Serving, ...]:
    """For each object that nothing serves, the first row that says why, unless the verdict on a parentRef says it."""
    rows = [row for row in rows if not row.backends]
    served = {row.object for row in rows if row.serves is not Serves.NO}
    told: dict[ObjectKey, Serving] = {}
    for row in rows:
        if row.object not in served and not row.by_verdict:
            told.setdefault(row.object, row)
    return tuple(told.values())

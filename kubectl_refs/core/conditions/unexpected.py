"""Failures that controllers report on an object, beyond the conditions that are computed here.

A Gateway may not be accepted because of its address, an implementation's policy because of a conflict. Nothing here
says why, but that it does not work is reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubectl_refs.core.conditions.statuses import Entry, Expected, Status
from kubectl_refs.core.model.conditions import REPORTED_FAILURES, Computed, Condition, reported_in
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.values import entries, mapping, text
from kubectl_refs.core.records import replace

_COMPUTED = Computed("Unknown", "Pending", "what decides this condition is not checked here")


def unexpected_failures(
    status: Status, expected: Sequence[Condition], references: Sequence[EvaluatedReference]
) -> Iterator[Condition]:
    """The failing conditions in the status of an object that is no route, except the expected ones. For a route,
    those of each parent that it names are expected; an entry for another parent is a leftover. `references` are those of
    the object: one that fails may explain them."""
    told = {(each.type, str(each.listener), str(each.ancestor_ref)) for each in expected}
    for entry in _entries(status):
        for type_ in REPORTED_FAILURES:
            concerned = () if entry.listener is not None else _concerned(references, entry, type_)
            condition = status.condition(entry, Expected(type_, _COMPUTED, concerned, ""))
            if condition.fails and (type_, str(entry.listener), str(entry.ancestor_ref)) not in told:
                yield condition


def _concerned(references: Sequence[EvaluatedReference], entry: Entry, type_: str) -> Sequence[EvaluatedReference]:
    """The references that a condition may be about: of those that lead out of the manifests, the ones that it names."""
    reported = reported_in(entry.conditions, type_)
    if reported is None or reported.status != "False":
        return ()
    # Imported here: few conditions are False.
    from kubectl_refs.core.conditions.left_open import is_named

    return [each for each in references if not each.assumptions or is_named(each, reported.message)]


def _entries(status: Status) -> Iterator[Entry]:
    """The parts of a status that hold conditions."""
    written = mapping(status.object.get("status"))
    yield Entry(written.get("conditions"))
    for each in map(mapping, entries(written.get("listeners"))):
        yield Entry(each.get("conditions"), listener=text(each.get("name")) or "")
    for ancestor, entry in status.parts if written.get("ancestors") else ():
        yield replace(entry, ancestor_ref=ancestor)

"""Failures that controllers report on an object, beyond the conditions that are computed here.

A Gateway may not be accepted because of its address, an implementation's policy because of a conflict. Nothing here
says why, but that it does not work is reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubectl_refs.core.conditions.statuses import Entry, Expected, Status
from kubectl_refs.core.model.conditions import REPORTED_FAILURES, Computed, Condition
from kubectl_refs.core.model.values import entries, mapping, text
from kubectl_refs.core.records import replace

_COMPUTED = Computed("Unknown", "Pending", "what decides this condition is not checked here")


def unexpected_failures(status: Status, expected: Sequence[Condition]) -> Iterator[Condition]:
    """The failing conditions in the status of an object that is no route, except the expected ones. For a route,
    those of each parent that it names are expected; an entry for another parent is a leftover."""
    told = {(each.type, str(each.listener), str(each.ancestor_ref)) for each in expected}
    for entry in _entries(status):
        for type_ in REPORTED_FAILURES:
            condition = status.condition(entry, Expected(type_, _COMPUTED, (), ""))
            if condition.fails and (type_, str(entry.listener), str(entry.ancestor_ref)) not in told:
                yield condition


def _entries(status: Status) -> Iterator[Entry]:
    """The parts of a status that hold conditions."""
    written = mapping(status.object.get("status"))
    yield Entry(written.get("conditions"))
    for each in map(mapping, entries(written.get("listeners"))):
        yield Entry(each.get("conditions"), listener=text(each.get("name")) or "")
    for ancestor, entry in status.parts if written.get("ancestors") else ():
        yield replace(entry, ancestor_ref=ancestor)

"""What controllers report as failing on an object beyond the conditions that are computed here.

A Gateway may not be accepted for its address, a policy of an implementation for a conflict. Nothing here says why; that
it does not work is told all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubectl_refs.core.conditions.statuses import Entry, Expected, Status
from kubectl_refs.core.model.conditions import REPORTED_FAILURES, Computed, Condition
from kubectl_refs.core.model.values import entries, mapping, text

_COMPUTED = Computed("Unknown", "Pending", "what decides this condition is not looked at here")


def unexpected_failures(status: Status, expected: Sequence[Condition]) -> Iterator[Condition]:
    """The failing conditions of a status, of no route, that are none of those expected. Those of a route are expected for each
    parent that it names; an entry for another parent is a leftover."""
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
    for each in map(mapping, entries(written.get("ancestors"))):
        ancestor = mapping(each.get("ancestorRef"))
        yield Entry(each.get("conditions"), text(each.get("controllerName")), ancestor_ref=ancestor)

"""Conditions, and what serves an object, as data. Each is an object and a part that many objects share."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from operator import attrgetter
from typing import Any

from kubectl_refs.core.model.conditions import Condition
from kubectl_refs.core.model.serving import Serving
from kubectl_refs.render.data.fixes import fix_data
from kubectl_refs.render.data.objects import key_data
from kubectl_refs.render.data.streaming import Filled, Form, Repeats
from kubectl_refs.render.kubectl import Kubectl

_PART_OF_OBJECT = Form({"object": ...}, ...)
"""An object, and data on a part of it, which is the same for many objects."""


def conditions_data(conditions: Iterable[Condition], objects: Repeats) -> Iterator[Filled]:
    repeats = Repeats()
    for each in conditions:
        said = _OF_CONDITION(each), id(each.parent_ref), id(each.ancestor_ref)
        key = each.object
        yield Filled(_PART_OF_OBJECT, (objects.of(key, key_data, key), repeats.of(said, _condition, each)))


_OF_CONDITION: Callable[[Condition], Hashable] = attrgetter(
    *("listener", "controller_name", "type", "computed.status", "computed.reason", "computed.message"),
    *("reported", "agreement", "why", "code", "advice"),
)
"""What `_condition` depends on, together with the ids of the unhashable fields."""


def _condition(condition: Condition) -> dict[str, Any]:
    """A condition without its object, which many objects share."""
    computed, reported = condition.computed, condition.reported
    return {
        **({"parentRef": condition.parent_ref} if condition.parent_ref is not None else {}),
        **({"listener": condition.listener} if condition.listener is not None else {}),
        **({"ancestorRef": condition.ancestor_ref} if condition.ancestor_ref is not None else {}),
        **({"controllerName": condition.controller_name} if condition.controller_name is not None else {}),
        "type": condition.type,
        "computed": {"status": computed.status, "reason": computed.reason, "message": computed.message},
        "reported": None
        if reported is None
        else {
            "status": reported.status,
            "reason": reported.reason,
            "message": reported.message,
            "observedGeneration": reported.observed_generation,
            "lastTransitionTime": reported.last_transition_time,
        },
        "agreement": str(condition.agreement),
        "why": condition.why,
        "code": None if condition.code is None else str(condition.code),
        "advice": condition.advice or None,
    }


def serving_data(rows: Iterable[Serving], kubectl: Kubectl, objects: Repeats) -> Iterator[Filled]:
    repeats = Repeats()
    for each in rows:
        part, key = (_OF_PART(each), id(each.fix)), each.object
        yield Filled(_PART_OF_OBJECT, (objects.of(key, key_data, key), repeats.of(part, _part, each, kubectl)))


_OF_PART: Callable[[Serving], Hashable] = attrgetter(
    *("parent", "listener", "backends", "backend", "rule", "serves", "because", "perhaps")
)
"""What `_part` depends on, together with the id of the fix."""


def _part(row: Serving, kubectl: Kubectl) -> dict[str, Any]:
    """A row without its object: one part of the way, which many objects share."""
    return {
        "parent": None if row.parent is None else key_data(row.parent),
        **({"listener": row.listener} if row.listener is not None else {}),
        **({"backend": None if row.backend is None else key_data(row.backend)} if row.backends else {}),
        **({"rule": row.rule} if row.rule else {}),
        "serves": str(row.serves),
        "because": row.because,
        **({"perhaps": row.perhaps} if row.perhaps else {}),
        **({"fixes": [fix_data(row.fix, kubectl)]} if row.fix is not None else {}),
    }

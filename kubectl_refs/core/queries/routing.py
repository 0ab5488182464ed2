"""The ways of a request: how it goes through each Gateway, and what is wrong on the way."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from kubectl_refs.core.model.conditions import Condition
from kubectl_refs.core.model.kinds import ROUTES
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.report import Report
from kubectl_refs.core.model.routing import ListenerPlace, Request, Way
from kubectl_refs.core.model.serving import Serving
from kubectl_refs.core.model.unknown_fields import UnknownField
from kubectl_refs.core.queries.why import EvaluatedObject, evaluate_object
from kubectl_refs.core.records import dataclass, replace
from kubectl_refs.core.routing.ways import ways
from kubectl_refs.core.view.inquiry import inquire_each
from kubectl_refs.core.view.reads import Source
from kubectl_refs.core.view.store import Library
from kubectl_refs.core.view.view import View

if TYPE_CHECKING:
    from kubectl_refs.core.model.unknown_kinds import UnknownKind


@dataclass(frozen=True, slots=True)
class RoutingReport:
    """The ways of a request, and the report on the objects along them, limited to the parts that this request meets."""

    request: Request
    ways: tuple[Way, ...]
    report: Report

    @property
    def found(self) -> bool:
        """Whether any way leads to a rule."""
        return any(way.rule is not None for way in self.ways)

    @property
    def uncertain(self) -> bool:
        """Whether the ways might be different, because something that could decide them is not known."""
        return bool(self.report.gaps) or any(way.open for way in self.ways)


def route_request(source: Source, library: Library, request: Request, namespace: str | None) -> RoutingReport:
    """Follow a request through all Gateways, reading what that needs; only through those in `namespace` if no others
    may be listed."""
    (found,), gaps = inquire_each(source, library, (request,), partial(_routing_report, namespace=namespace))
    return replace(found, report=replace(found.report, gaps=gaps))


def _routing_report(view: View, request: Request, namespace: str | None) -> RoutingReport:
    found = ways(view, request, namespace)
    # If any way leads to a rule, the ways that lead nowhere are not reported on.
    told = tuple(way for way in found if way.rule is not None) or found
    parts = {key: _met_object(view, key, _met_parts(told, key)) for key in _keys(told)}
    shown = [each for each in parts.values() if each is not None]
    report = Report(
        tuple(sorted((ref for each in shown for ref in each.references), key=lambda each: each.verdict.rank)),
        tuple(condition for each in shown for condition in each.conditions),
        objects={each.key: each.object for each in shown},
        grants={name: grant.source for each in shown for name, grant in each.grants.items()},
        serving=tuple(row for each in shown for row in each.serving),
        misspelt=tuple(field for each in shown for field in each.misspelt),
    )
    return RoutingReport(request, found, report)


@dataclass(frozen=True, slots=True)
class _MetParts:
    """The parts of an object that a request meets: rules, listeners of its parents or its own, and parentRefs."""

    rules: frozenset[int]
    listeners: frozenset[ListenerPlace]
    parent_refs: frozenset[str]

    def concerns(self, evaluated: EvaluatedReference) -> bool:
        """Whether a reference of the object is on the way."""
        path, to = evaluated.reference.path, evaluated.reference.to
        if evaluated.reference.referrer.group_kind in ROUTES:
            attaches = evaluated.is_parent and any(
                each.holder == to and each.name in evaluated.listeners for each in self.listeners
            )
            return attaches or path in self.parent_refs or _index(path, "spec.rules") in self.rules
        index = _index(path, "spec.listeners")
        return index is None or any(each.index == index for each in self._own(evaluated.reference.referrer))

    def holds(self, field: UnknownField | UnknownKind) -> bool:
        """Whether a field of the object is on the way, or belongs to the object as a whole."""
        if field.object.group_kind in ROUTES:
            return _index(field.path, "spec.rules") in (None, *self.rules)
        index = _index(field.path, "spec.listeners")
        return index is None or any(each.index == index for each in self._own(field.object))

    def is_about(self, condition: Condition, *, left_out: bool) -> bool:
        """Whether a condition is about something on the way. `left_out` says that the object has a failing reference
        off the way: then its ResolvedRefs may be about that one."""
        if condition.type == "ResolvedRefs" and condition.listener is None and left_out:
            return False
        if condition.listener is not None:
            return any(each.name == condition.listener for each in self._own(condition.object))
        if condition.parent_ref is None:
            return True
        parent = condition.parent_ref
        return any(
            (parent.get("namespace"), parent.get("name")) == (each.holder.namespace, each.holder.name)
            and parent.get("sectionName") in (None, each.name)
            and parent.get("port") in (None, each.port)
            for each in self.listeners
        )

    def serves(self, row: Serving, references: Sequence[EvaluatedReference]) -> bool:
        """Whether a row is about a listener or backend on the way."""
        if row.backends:
            return any(each.reference.to == row.backend for each in references)
        if row.object.group_kind in ROUTES:
            return any((each.holder, each.name) == (row.parent, row.listener) for each in self.listeners)
        return any(each.name == row.listener for each in self._own(row.object))

    def _own(self, key: ObjectKey) -> list[ListenerPlace]:
        return [each for each in self.listeners if each.holder == key]


def _index(path: str, field: str) -> int | None:
    """The index of the entry of the list `field` that a path leads into; None if it does not lead into that list."""
    start, _, rest = path.partition(f"{field}[")
    return int(rest.partition("]")[0]) if not start and rest else None


def _keys(found: tuple[Way, ...]) -> list[ObjectKey]:
    """The objects to report on: the routes (and ListenerSets not joined) first, then the Gateways and ListenerSets."""
    routes = [way.rule.route for way in found if way.rule]
    unattached = [parent.route for way in found for parent in (*way.unattached, *way.unsure)]
    holders = [key for way in found if way.listener for key in (way.listener.holder, way.gateway) if key]
    return list(dict.fromkeys((*routes, *unattached, *holders)))


def _met_parts(found: tuple[Way, ...], key: ObjectKey) -> _MetParts:
    through = [way for way in found if way.rule is not None and way.rule.route == key]
    own = through if key.group_kind in ROUTES else found
    return _MetParts(
        frozenset(way.rule.rule for way in through if way.rule),
        frozenset(way.listener for way in own if way.listener),
        frozenset(each.path for way in found for each in (*way.unattached, *way.unsure) if each.route == key),
    )


def _met_object(view: View, key: ObjectKey, meets: _MetParts) -> EvaluatedObject | None:
    """One object, evaluated and limited to the parts that a request meets; None if it could not be read."""
    obj = view.get(key, effect=f"what is wrong with {key} is not known").object
    if obj is None:
        return None
    whole = evaluate_object(view, obj, endpoints=True)
    if not view.needs:
        whole = whole.with_remedies(view)
    in_order = tuple(filter(meets.concerns, whole.in_order))
    malformed = tuple(filter(meets.concerns, whole.malformed))
    left_out = any(each.verdict.fails and not meets.concerns(each) for each in whole.references)
    return replace(
        whole,
        in_order=in_order,
        malformed=malformed,
        conditions=tuple(each for each in whole.conditions if meets.is_about(each, left_out=left_out)),
        serving=tuple(row for row in whole.serving if meets.serves(row, in_order)),
        misspelt=tuple(filter(meets.holds, whole.misspelt)),
    )

"""A route's conditions per parent: what the specification asks for, beside what each controller wrote (spec.md 3, 6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace

from kubectl_refs.core.conditions.comparison import NO_STATUS, absent, compare
from kubectl_refs.core.conditions.resolved_refs import resolved
from kubectl_refs.core.fields.binding import is_mesh
from kubectl_refs.core.fields.extraction import Malformed
from kubectl_refs.core.fields.table import Role
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import Computed, Condition, fell_back, reported_in
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, ObjectKey
from kubectl_refs.core.model.references import ExplainedReference, Layer, Mechanism, Outcome, Reference, Verdict
from kubectl_refs.core.model.values import at, entries, integer, mapping, text
from kubectl_refs.core.references.evaluated import Explained

_REASON_BY_LAYER = {Layer.KIND: "InvalidKind", Layer.TARGET: "BackendNotFound", Layer.PORT: "BackendNotFound"}
_REASON_ORDER = ("RefNotPermitted", "InvalidKind", "BackendNotFound")
"""Where references fail for different reasons the specification names no order (spec.md 3.4); permission leads here."""


def route_conditions(
    route: JSON,
    references: Sequence[Explained],
    grants: Mapping[GrantName, Grant],
    malformed: Sequence[Malformed],
    *,
    live: bool,
) -> tuple[Condition, ...]:
    """`Accepted` and `ResolvedRefs` for every parentRef of a route and every controller that wrote about it."""
    found: list[Condition] = []
    parents = [each for each in references if each.is_parent]
    others = [each for each in references if not each.is_parent]
    places = frozenset(each.held.reference.to for each in parents)
    for parent in parents:
        computed = {
            "Accepted": _accepted(parent.explained),
            "ResolvedRefs": _resolved_refs(parent.held.reference, references, malformed),
        }
        written = [
            entry
            for entry in map(mapping, entries(at(route, "status", "parents")))
            if _same_parent(parent.held.reference, mapping(entry.get("parentRef")), places)
        ]
        for entry in written or ({},):
            for type_, wanted in computed.items():
                concerned = [parent] if type_ == "Accepted" else others
                found.append(_condition(route, parent, type_, wanted, entry, concerned, grants, live=live))
    return tuple(found)


def _accepted(parent: ExplainedReference) -> Computed:
    if parent.verdict is Verdict.ALLOWED:
        return Computed("True", "Accepted", parent.because)
    if parent.verdict is Verdict.UNKNOWN or parent.reason is None:
        return Computed("Unknown", "Pending", parent.because)
    return Computed("False", parent.reason, parent.because)


def _resolved_refs(parent: Reference, references: Iterable[Explained], malformed: Iterable[Malformed]) -> Computed:
    """All failing references are named: a controller's message may name only one (spec.md 3.4, 7.27)."""
    failing: list[tuple[str, str]] = []
    open_ = [f"{place.path}: {place.problem}" for place in malformed]
    for each in references:
        explained = each.explained
        if each.is_parent:
            continue
        reason = _failure_for(parent, explained)
        if reason:
            failing.append((reason, each.line))
        elif explained.verdict is Verdict.UNKNOWN or (
            # The specification names no condition for a filter that cannot be resolved (spec.md 2.1, R7).
            explained.verdict is Verdict.BROKEN and each.held.field.role is Role.EXTENSION
        ):
            open_.append(each.line)
    return resolved(failing, open_, _REASON_ORDER)


def _failure_for(parent: Reference, explained: ExplainedReference) -> str | None:
    """The reason for which a reference fails for one parent; None if it does not. Meshes ask for no grant (4.4)."""
    if explained.mechanism is Mechanism.LOCAL or explained.verdict in (Verdict.ALLOWED, Verdict.UNKNOWN):
        return None
    if explained.verdict is Verdict.REFUSED and not is_mesh(parent):
        return "RefNotPermitted"
    failed = [check.layer for check in explained.checks if check.outcome is Outcome.FAILED]
    return next((_REASON_BY_LAYER[layer] for layer in failed if layer in _REASON_BY_LAYER), None)


def _same_parent(reference: Reference, written: JSON, places: Set[ObjectKey]) -> bool:
    """Whether a status entry is about a parentRef; writers may drop the namespace and the port (spec.md 6).

    `places` are the parents that the route names. Without namespace an entry is about the one in the route's own.
    """
    to = reference.to
    own = replace(to, namespace=reference.referrer.namespace)
    dropped = own if own in places else to
    return (
        (text(written.get("group")) or (GATEWAY_GROUP if "group" not in written else "")) == to.group
        and (text(written.get("kind")) or "Gateway") == to.kind
        and text(written.get("name")) == to.name
        and (text(written.get("namespace")) or dropped.namespace) == to.namespace
        and text(written.get("sectionName")) == reference.section_name
        and (integer(written.get("port")) in (None, reference.port))
    )


def _condition(
    route: JSON,
    parent: Explained,
    type_: str,
    computed: Computed,
    entry: JSON,
    references: Sequence[Explained],
    grants: Mapping[GrantName, Grant],
    *,
    live: bool,
) -> Condition:
    controller = text(entry.get("controllerName"))
    reported = reported_in(entry.get("conditions"), type_)
    if reported is None:
        compared = absent(_absence(route, parent.explained, controller, type_, live=live))
    else:
        kept = type_ == "Accepted" and fell_back(entry.get("conditions"))
        generation = None if kept else integer(at(route, "metadata", "generation"))
        compared = compare(generation, computed, reported, references, grants, controller)
    return compared.condition(
        parent.held.reference.referrer,
        type_,
        computed,
        reported,
        parent_ref=_parent_ref(parent.held.reference),
        controller_name=controller,
    )


def _parent_ref(reference: Reference) -> JSON:
    to = reference.to
    optional = {"sectionName": reference.section_name, "port": reference.port}
    return {
        "group": to.group,
        "kind": to.kind,
        "namespace": to.namespace,
        "name": to.name,
        **{key: value for key, value in optional.items() if value is not None},
    }


def _absence(route: JSON, parent: ExplainedReference, controller: str | None, type_: str, *, live: bool) -> str:
    """Why there may be no entry; it is never proof of a failure (spec.md 6, 7.36)."""
    if controller is not None:
        return f"{controller} wrote about this parent, but no {type_}"
    if not live and not mapping(route.get("status")):
        return NO_STATUS
    if parent.code is Code.PARENT_NOT_ACCEPTED:
        return "controllers write nothing about a ListenerSet's routes while its Gateway does not take it"
    if parent.code in (Code.PARENT_NOT_FOUND, Code.NAMESPACE_OMITTED, Code.PARENT_KIND):
        return "controllers write nothing about a parent that they cannot find"
    return (
        "no controller has written about this parent: perhaps none is running for its class, or none watches this "
        "namespace, and some write nothing about a route that they reject"
    )

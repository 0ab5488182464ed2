"""Conditions of routes: `Accepted` and `ResolvedRefs` for every parent, by every controller (`RouteParentStatus`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from functools import lru_cache

from kubectl_refs.core.conditions.computed import Obstacle, accepted, resolved_refs
from kubectl_refs.core.conditions.statuses import Entry, Expected, Part, Status
from kubectl_refs.core.fields.binding import is_mesh, is_of_a_mesh_that_asks
from kubectl_refs.core.fields.controllers import controller_of
from kubectl_refs.core.fields.extraction import Malformed
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import Computed, Condition
from kubectl_refs.core.model.judgements import Layer, Outcome, Verdict
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, Role
from kubectl_refs.core.model.references import EvaluatedReference, Reference
from kubectl_refs.core.model.values import integer, text
from kubectl_refs.core.records import replace
from kubectl_refs.core.view.status_entries import names_parent

_REASON_BY_LAYER = {Layer.KIND: "InvalidKind", Layer.TARGET: "BackendNotFound", Layer.PORT: "BackendNotFound"}


def route_conditions(
    status: Status, references: Sequence[EvaluatedReference], malformed: Sequence[Malformed]
) -> Iterator[Condition]:
    """The conditions for each parentRef of a route: one set per controller that wrote about it, or one if none did. What
    a stray entry does not hold is not missing."""
    parents = [each for each in references if each.found.field.role is Role.PARENT]
    others = [each for each in references if each.found.field.role is not Role.PARENT]
    parts = status.parts
    places = frozenset([each.found.reference.to for each in parents] if parts else ())
    resolved: dict[bool, Computed] = {}
    for parent in parents:
        reference = parent.found.reference
        is_accepted, parent_ref = accepted(parent), parent_ref_of(reference)
        for each in _entries_about(reference, parts, places) if parts else _NO_ENTRIES:
            entry = replace(each, parent_ref=parent_ref)
            by_grants = _asks_for_grants(reference, entry.controller_name)
            is_resolved = resolved.get(by_grants)
            if is_resolved is None:
                is_resolved = resolved[by_grants] = resolved_refs(_obstacles(by_grants, others, malformed))
            for type_, computed, concerned, beside in (
                ("Accepted", is_accepted, (parent,), is_resolved),
                ("ResolvedRefs", is_resolved, others, None),
            ):
                absence = _absence(parent, entry, type_)
                condition = status.condition(entry, Expected(type_, computed, concerned, absence, beside))
                if condition.reported is not None or not entry.is_stray:
                    yield condition


def _obstacles(
    by_grants: bool, references: Sequence[EvaluatedReference], malformed: Sequence[Malformed]
) -> list[Obstacle]:
    """The obstacles of a route's references for one parent; `by_grants` says whether that parent asks for grants."""
    found = [Obstacle(f"{place.path}: {place.problem}") for place in malformed]
    for each in references:
        verdict = each.judgement.verdict
        if verdict is Verdict.ALLOWED:
            continue
        reason, because = _failure(each, by_grants=by_grants)
        # No reason is defined for an extensionRef that cannot be resolved (`HTTPRouteFilter.extensionRef`), nor for
        # a value that no API server accepts.
        without_reason = each.field.role is Role.EXTENSION or each.code is Code.MALFORMED
        undecided = verdict is Verdict.BROKEN and without_reason
        if reason or undecided or verdict is Verdict.UNKNOWN:
            found.append(Obstacle(f"{each.reference.path}: {because}", reason))
    return found


def _asks_for_grants(parent: Reference, controller: str | None) -> bool:
    """Whether references into other namespaces need a grant for a parent: for a Gateway always, in a mesh only if its
    controller asks for one (GEP-1294)."""
    if not is_mesh(parent) or is_of_a_mesh_that_asks(parent):
        return True
    row = controller_of(controller)
    return row is not None and row.asks_in_meshes


def _failure(evaluated: EvaluatedReference, *, by_grants: bool) -> tuple[str | None, str]:
    """The reason for which a reference fails for one parent, None if there is none, and the sentence that says why.

    For a parent that asks for no grant, only the target counts.
    """
    no_reason = evaluated.mechanism is Mechanism.LOCAL or evaluated.code is Code.MALFORMED
    if no_reason or evaluated.verdict in (Verdict.ALLOWED, Verdict.UNKNOWN):
        return None, evaluated.because
    if evaluated.verdict is Verdict.REFUSED and by_grants:
        return "RefNotPermitted", evaluated.because
    failed = (check for check in evaluated.checks if check.outcome is Outcome.FAILED)
    decisive = next((check for check in failed if check.layer in _REASON_BY_LAYER), None)
    return (_REASON_BY_LAYER[decisive.layer], decisive.message) if decisive else (None, evaluated.because)


_NO_ENTRIES = (Entry(),)
"""Stands in for the status entries on a parent that no controller wrote about."""


def _entries_about(reference: Reference, parts: Sequence[Part], places: Set[ObjectKey]) -> Sequence[Entry]:
    """The entries of a status that are about a parentRef; an empty one too, if there are none but strays."""
    written = [entry for ref, entry in parts if _same_parent(reference, ref, places)]
    if not all(entry.is_stray for entry in written):
        return written
    return (Entry(handler=written[0].handler), *written) if written else _NO_ENTRIES


def _same_parent(reference: Reference, written: JSON, places: Set[ObjectKey]) -> bool:
    """Whether a status entry is about a parentRef. Controllers may leave out the namespace and the port.

    `places` are all parents that the route names.
    """
    return (
        names_parent(written, reference.to, reference.referrer.namespace, places)
        and text(written.get("sectionName")) == reference.section_name
        and (integer(written.get("port")) in (None, reference.port))
    )


def parent_ref_of(reference: Reference) -> JSON:
    """A parentRef with its defaults filled in."""
    return _parent_ref(reference.to, reference.section_name, reference.port)


@lru_cache(2**10)
def _parent_ref(to: ObjectKey, section_name: str | None, port: int | None) -> JSON:
    """Cached, so that all routes with this parent share one instance."""
    optional = {"sectionName": section_name, "port": port}
    return {
        "group": to.group,
        "kind": to.kind,
        "namespace": to.namespace,
        "name": to.name,
        **{key: value for key, value in optional.items() if value is not None},
    }


def _absence(parent: EvaluatedReference, entry: Entry, type_: str) -> str:
    if entry.controller_name is not None:
        return f"the entry of {entry.controller_name} for this parent has no {type_}"
    if parent.code is Code.PARENT_NOT_ACCEPTED:
        return "controllers write nothing about the routes of a ListenerSet that its Gateway does not take"
    if parent.code in (Code.PARENT_NOT_FOUND, Code.NAMESPACE_OMITTED, Code.PARENT_KIND):
        return "controllers write nothing about a parent that they cannot find"
    if entry.handler is not None:
        return (
            f"{entry.handler.controller} has not reported on this parent: it is not running, does not watch this "
            "namespace, or rejected the route silently"
        )
    return (
        "no controller has reported on this parent: none runs for the class, none watches this namespace, or it "
        "rejected the route silently"
    )

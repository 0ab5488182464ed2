"""The reports on objects that every command is built on.

`analyse` works on what has been read so far; `investigate` reads what it needs (inquiry.py).
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING

from kubectl_refs.core.attachment.listener_faults import listener_faults
from kubectl_refs.core.attachment.verdicts import malformed
from kubectl_refs.core.conditions.controller_limits import with_controller_limits, with_doubts_about_new_grants
from kubectl_refs.core.conditions.enforcement import Enforcement, effects_of_kinds, enforcement_of
from kubectl_refs.core.conditions.objects import conditions_of
from kubectl_refs.core.conditions.reported_verdicts import with_reports
from kubectl_refs.core.conditions.statuses import Status
from kubectl_refs.core.fields.binding import RouteBinding
from kubectl_refs.core.fields.misspelt import misspelt_in, namespaces_in
from kubectl_refs.core.fixes.fixes import remedies_of
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import Condition
from kubectl_refs.core.model.fixes import Remedy
from kubectl_refs.core.model.kinds import GATEWAY, GATEWAY_CLASS, LISTENER_SETS
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, Role, Shown
from kubectl_refs.core.model.references import EvaluatedReference, Reference
from kubectl_refs.core.model.report import Gap, Report
from kubectl_refs.core.model.serving import Serving
from kubectl_refs.core.model.unknown_fields import UnknownField
from kubectl_refs.core.model.values import at, key_of, text, version_of
from kubectl_refs.core.records import dataclass, replace
from kubectl_refs.core.references.effects import Effects
from kubectl_refs.core.references.evaluation import explain
from kubectl_refs.core.references.permission import grants_in
from kubectl_refs.core.references.selection import selected_by
from kubectl_refs.core.serving.objects import serving_of
from kubectl_refs.core.view.controllers import controller_name, gateway_of, running_release
from kubectl_refs.core.view.holders import references_in
from kubectl_refs.core.view.inquiry import inquire, inquire_each
from kubectl_refs.core.view.reads import Source
from kubectl_refs.core.view.status_entries import strays
from kubectl_refs.core.view.store import Library
from kubectl_refs.core.view.view import View

if TYPE_CHECKING:
    from kubectl_refs.core.model.unknown_kinds import UnknownKind


def investigate(source: Source, objects: Sequence[JSON]) -> Report:
    """Explain every reference of some objects, reading from the source whatever is needed."""
    return inquire(source, lambda view: analyse(view, objects))


def analyse(view: View, objects: Sequence[JSON]) -> Report:
    """The report on some objects, in the given order; within an object the worst verdict first, then the table's order."""
    evaluated = [evaluate_object(view, obj, endpoints=True) for obj in objects]
    if not view.needs:
        evaluated = [each.with_remedies(view) for each in evaluated]
    return _report(evaluated, view.gaps)


def investigate_each(source: Source, library: Library, objects: Iterable[JSON]) -> Report:
    """The same report on any number of objects, each evaluated until its own reads are answered. Answers in the library
    are not read again. The endpoints of Services are left out, since each takes a request."""

    def think(view: View, obj: JSON) -> EvaluatedObject:
        found = evaluate_object(view, obj)
        return found if view.needs else found.with_remedies(view)

    return _report(*inquire_each(source, library, objects, think))


def _report(evaluated: Sequence[EvaluatedObject], gaps: tuple[Gap, ...]) -> Report:
    references: list[EvaluatedReference] = []
    conditions: list[Condition] = []
    serving: list[Serving] = []
    shown: dict[ObjectKey, JSON] = {}
    grants: dict[GrantName, JSON] = {}
    # Thousands of objects reference the same namespaces, and share one mapping of the grants there.
    of_namespaces = {id(each.grants): each.grants for each in evaluated}
    for each in evaluated:
        references += each.references
        conditions += each.conditions
        serving += each.serving
        shown[each.key] = each.object
    for of_some in of_namespaces.values():
        grants.update((name, grant.source) for name, grant in of_some.items())
    misspelt = tuple(field for each in evaluated for field in each.misspelt)
    return Report(tuple(references), tuple(conditions), gaps, shown, grants, tuple(serving), misspelt)


@dataclass(frozen=True, slots=True)
class EvaluatedObject:
    """One object with its references in the table's order (`in_order`), its conditions, and whether anything serves it.
    `malformed` are places that should hold a reference but do not, or that contradict a listener's protocol. `grants` are those
    in every namespace that a reference which needs a grant leads to."""

    key: ObjectKey
    object: JSON
    in_order: tuple[EvaluatedReference, ...]
    malformed: tuple[EvaluatedReference, ...]
    conditions: tuple[Condition, ...]
    serving: tuple[Serving, ...]
    grants: Mapping[GrantName, Grant]
    misspelt: tuple[UnknownField | UnknownKind, ...]
    """Misspelt fields that should lead to a reference or be part of one, fields that a reference does not have, and the
    object's kind if it is misspelt."""

    @property
    def references(self) -> tuple[EvaluatedReference, ...]:
        """All references, the worst verdict first, then in the table's order."""
        return tuple(sorted((*self.in_order, *self.malformed), key=_RANK))

    def with_remedies(self, view: View) -> EvaluatedObject:
        """The same with effects and fixes. No verdict depends on them, so they are made once everything else is read.

        A fix may ask for the grants of the namespace that a reference left out.
        """
        wanting = [each for each in self.in_order if not each.in_order]
        if not wanting:
            return self
        effects = Effects(self.object, self.in_order, self.serving)
        of_all = effects.of(self.in_order)
        enforcement = {
            **effects_of_kinds(view, wanting, of_all, self.object),
            **enforcement_of(view, self.in_order, of_all, self.object, self.conditions),
        }
        let_pass = effects.refused_by_gateways.union(enforcement)
        # Those that a mesh or a controller may let pass add nothing to what the others do.
        of_others = effects.of([each for each in self.in_order if id(each) not in let_pass]) if let_pass else {}
        remedies = remedies_of(view, self.in_order, self.object)
        remedies = with_doubts_about_new_grants(view, wanting, remedies, self.object, self.grants)
        made = {
            id(each): _completed(
                each, of_others.get(id(each), of_all[id(each)]), enforcement.get(id(each)), remedies[id(each)]
            )
            for each in wanting
        }
        return replace(self, in_order=tuple([made.get(id(each), each) for each in self.in_order]))


_RANK = attrgetter("judgement.verdict.rank")


def _completed(
    each: EvaluatedReference, effect: str, enforcement: Enforcement | None, remedy: Remedy
) -> EvaluatedReference:
    if enforcement is not None:
        effect, remedy = enforcement.effect, remedy._replace(notes=enforcement.notes + remedy.notes)
    return replace(each, effect=effect, remedy=remedy)


def evaluate_object(view: View, obj: JSON, *, endpoints: bool = False) -> EvaluatedObject:
    """The verdicts on one object's references, its conditions and what serves it, without effects and fixes. With
    `endpoints`, the endpoints of the Services behind a route are read too, which takes a request each.

    Whatever is the same for many objects is computed once for all Views that share a memo.
    """
    found, problems = references_in(view, obj)
    binding = RouteBinding.of(obj, [each.reference for each in found if each.field.role is Role.PARENT])
    references = [explain(view, each, obj, binding) for each in (*found, *selected_by(view, obj))]
    granted = {
        each.found.reference.to.namespace: each.found.reference
        for each in references
        if each.judgement.mechanism is Mechanism.REFERENCE_GRANT
    }
    # One shared mapping for all objects that reference these namespaces.
    grants = view.once(("grants by name", *granted), lambda subview: _by_name(subview, granted.values()))
    key = key_of(obj)
    has_listeners = key.group_kind in (GATEWAY, *LISTENER_SETS)
    gateway = gateway_of(view, obj) if has_listeners else None
    status = Status(
        key,
        obj,
        grants,
        view.catalog.live,
        lambda: _controller_of(view, obj, gateway),
        partial(running_release, view),
        strays(view, obj),
    )
    shown = [*references, *_inherited(view, obj, gateway)]
    conditions = conditions_of(status, shown, problems, gateway or {})
    broken = (*(malformed(key, place) for place in problems), *(listener_faults(obj) if has_listeners else ()))
    serving = serving_of(view, obj, references, conditions, endpoints=endpoints)
    # A reference that is refused because of its namespace already has a finding that says so.
    judged = [each.found for each in references if each.judgement.code is not Code.LOCAL_ONLY]
    kind = unknown_kind_of(view, obj)
    fields = (*misspelt_in(obj, view.catalog.table), *namespaces_in(obj, judged))
    misspelt: tuple[UnknownField | UnknownKind, ...] = fields if kind is None else (*fields, kind)
    told = with_controller_limits(view, with_reports(references, obj, conditions), obj, conditions, grants)
    return EvaluatedObject(key, obj, tuple(told), broken, conditions, serving, grants, misspelt)


def unknown_kind_of(view: View, obj: JSON) -> UnknownKind | None:
    """What is wrong with an object's kind; None if it is served."""
    served = view.catalog.served(key_of(obj).group_kind)
    if served is not None and not served.guessed and version_of(obj) in served.versions:
        return None
    # Imported here: a cluster has no such object.
    from kubectl_refs.core.view.misspelt_kinds import unknown_kind

    return unknown_kind(obj, view.catalog)


def _by_name(view: View, references: Iterable[Reference]) -> Mapping[GrantName, Grant]:
    """The grants, by name, of the namespaces that some references lead to."""
    asked = (grants_in(view, reference) for reference in references)
    return ChainMap(*(each.by_name for each in asked if each))


def _inherited(view: View, obj: JSON, gateway: JSON | None) -> list[EvaluatedReference]:
    """The references of a ListenerSet's Gateway that also show on the ListenerSet's listeners: those for client
    validation (docs/rules.md 2.4). The Gateway is the referrer, so grants must name it."""
    if gateway is None or gateway is obj:
        return []
    found, _ = references_in(view, gateway)
    return [
        explain(view, each, gateway, RouteBinding.GATEWAY)
        for each in found
        if each.field.role is Role.CA and each.field.shown is Shown.LISTENER
    ]


def _controller_of(view: View, obj: JSON, gateway: JSON | None) -> str | None:
    """The controllerName of a GatewayClass, or of a Gateway's class; None if not known. Unlike the status of a route,
    that of a Gateway or ListenerSet does not say who wrote it."""
    if key_of(obj).group_kind == GATEWAY_CLASS:
        return text(at(obj, "spec", "controllerName"))
    return controller_name(view, gateway)

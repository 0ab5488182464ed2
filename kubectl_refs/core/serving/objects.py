"""The whole way of one object: of a route its parents and backends, of a Gateway or ListenerSet its listeners."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubectl_refs.core.attachment.delegation import parents_by_delegation
from kubectl_refs.core.attachment.listeners import listeners_of
from kubectl_refs.core.conditions.reasons import ABOUT_LISTENERS, ABOUT_REFERENCES
from kubectl_refs.core.model.conditions import Condition
from kubectl_refs.core.model.kinds import GATEWAY, GRPC_ROUTE, HTTP_ROUTE, LISTENER_SETS, ROUTES, SERVICE
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.model.references import EvaluatedReference, Verdict
from kubectl_refs.core.model.serving import Serves, Serving
from kubectl_refs.core.model.values import at, entries, key_of, mapping, text
from kubectl_refs.core.serving.endpoints import endpoints_of
from kubectl_refs.core.serving.listeners import listener_state, with_class_meant
from kubectl_refs.core.serving.reports import current, said
from kubectl_refs.core.text.language import listing
from kubectl_refs.core.view.view import View

_BY_VERDICT = {Verdict.REFUSED: Serves.NO, Verdict.BROKEN: Serves.NO, Verdict.UNKNOWN: Serves.UNKNOWN}


def serving_of(
    view: View,
    obj: JSON,
    references: Sequence[EvaluatedReference],
    conditions: Sequence[Condition],
    *,
    endpoints: bool,
) -> tuple[Serving, ...]:
    """Whether anything serves an object; nothing for kinds that no Gateway or mesh serves.

    With `endpoints` the Services behind a route are looked at too, at a request each. What could not be read leaves the
    answer unknown, and is no gap: no verdict depends on it.
    """
    key = key_of(obj)
    if key.group_kind in ROUTES:
        found = view.without_gaps(lambda apart: tuple(_of_route(apart, obj, references, conditions)))
        found += tuple(_of_rules(obj, key))
        if endpoints:
            found += view.without_gaps(lambda apart: tuple(_of_backends(apart, obj, references)))
        return found
    if key.group_kind in (GATEWAY, *LISTENER_SETS):
        return view.without_gaps(
            lambda apart: tuple(_with_class(apart, obj, tuple(_of_listeners(apart, obj, references))))
        )
    return ()


def _with_class(view: View, holder: JSON, rows: Sequence[Serving]) -> Sequence[Serving]:
    return with_class_meant(view, holder, rows) if key_of(holder).group_kind == GATEWAY else rows


def _of_route(
    view: View, route: JSON, references: Sequence[EvaluatedReference], conditions: Sequence[Condition]
) -> Iterator[Serving]:
    key = key_of(route)
    parents = [each for each in references if each.is_parent]
    if not parents and not entries(at(route, "spec", "parentRefs")):
        yield _without_parents(view, route, key)
    for parent in parents:
        to = parent.reference.to
        if parent.verdict is not Verdict.ALLOWED:
            yield Serving(key, _BY_VERDICT[parent.verdict], parent.because, to, explain=to, by_verdict=True)
            continue
        reported = [
            each for each in conditions if each.type == "Accepted" and _is_about(each, parent) and each.reported
        ]
        rows = tuple(_of_parent(view, key, parent, reported))
        gateway = view.get(to, effect="").object if to.group_kind == GATEWAY else None
        yield from rows if gateway is None else with_class_meant(view, gateway, rows)


def _without_parents(view: View, route: JSON, key: ObjectKey) -> Serving:
    if text(at(route, "spec", "useDefaultGateways")) not in (None, "None"):
        because = "it has no parentRefs and asks for the default Gateways, which only their controllers know"
        return Serving(key, Serves.UNKNOWN, because)
    delegating = parents_by_delegation(view, route)
    if delegating:
        verb, served = ("delegates", "that one is") if len(delegating) == 1 else ("delegate", "they are")
        because = f"{listing([str(each) for each in delegating])} {verb} to it, and it is served where {served}"
        return Serving(key, Serves.UNKNOWN, because, explain=delegating[0])
    return Serving(key, Serves.NO, "it has no parentRefs, so no Gateway and no mesh serves it")


def _is_about(condition: Condition, parent: EvaluatedReference) -> bool:
    ref, reference = mapping(condition.parent_ref), parent.reference
    return (
        (ref.get("group"), ref.get("kind"), ref.get("namespace"), ref.get("name"))
        == (reference.to.group, reference.to.kind, reference.to.namespace, reference.to.name)
        and ref.get("sectionName") == reference.section_name
        and ref.get("port") == reference.port
    )


def _of_parent(
    view: View, key: ObjectKey, parent: EvaluatedReference, accepted: Sequence[Condition]
) -> Iterator[Serving]:
    """A row for each listener of a parent that admits a route, or one for a parent that has none."""
    to = parent.reference.to
    refusing = next((each for each in accepted if each.fails), None)
    holder = view.get(to, effect="").object if to.group_kind in (GATEWAY, *LISTENER_SETS) else None
    by = [each.controller_name for each in accepted if each.reported and each.reported.status == "True"]
    for name in parent.listeners if holder is not None else (None,):
        untaken = ""
        serves, because, explain = Serves.UNKNOWN, f"whether anything serves routes of {to} is not looked at here", None
        if holder is not None and name is not None:
            state = listener_state(view, holder, name)
            serves, because, explain = state.serves, state.because, state.explain
            untaken = state.untaken
            if untaken and by:
                # Whoever accepts the route has seen the class.
                serves, because = Serves.UNKNOWN, f"{untaken}, though {by[0]} accepts the route"
        if refusing is not None and refusing.reported is not None:
            reports = (
                f"{refusing.controller_name or 'its controller'} reports Accepted=False ({refusing.reported.reason})"
            )
            # Whoever refuses the route runs, so of the class no more is told than what is known.
            because = f"{reports}; {untaken}" if untaken else f"{because}; {reports}" if explain else reports
            # What is wrong with the route itself, its parent does not tell.
            by_parent = refusing.reported.reason in ABOUT_REFERENCES | ABOUT_LISTENERS
            serves, explain = Serves.NO, explain or (to if by_parent else None)
        elif serves is Serves.UNKNOWN and explain is None and by:
            serves, because = Serves.YES, f"{by[0]} accepts it"
        elif serves is Serves.YES and by:
            because = f"{because}, and {by[0]} accepts the route"
        yield Serving(key, serves, because, to, name, explain=explain)


def _of_listeners(view: View, obj: JSON, references: Sequence[EvaluatedReference]) -> Iterator[Serving]:
    key = key_of(obj)
    parents = [each for each in references if each.is_parent]
    refused = next((each for each in parents if each.verdict is not Verdict.ALLOWED), None)
    parent = parents[0].reference.to if parents else None
    for listener in listeners_of(obj):
        name = text(listener.get("name")) or ""
        if refused is not None:
            yield Serving(key, _BY_VERDICT[refused.verdict], refused.because, parent, name, by_verdict=True)
            continue
        state = listener_state(view, obj, name)
        known = state.by_verdict and state.explain == key
        yield Serving(key, state.serves, state.because, parent, name, explain=state.explain, by_verdict=known)


def _of_rules(route: JSON, key: ObjectKey) -> Iterator[Serving]:
    """A row for each rule that leads nowhere. Those of other kinds of routes must have backendRefs."""
    rules = entries(at(route, "spec", "rules")) if key.group_kind in (HTTP_ROUTE, GRPC_ROUTE) else []
    if all(at(rule, "backendRefs") for rule in rules):
        return
    # Imported here: nearly all rules have backends.
    from kubectl_refs.core.routing.empty_rules import leads_nowhere, nowhere

    for index, rule in enumerate(rules):
        if isinstance(rule, dict) and leads_nowhere(rule):
            yield Serving(key, Serves.NO, nowhere(key.group_kind), backends=True, rule=f"spec.rules[{index}]")


def _of_backends(view: View, route: JSON, references: Sequence[EvaluatedReference]) -> Iterator[Serving]:
    """A row for each Service that requests are sent to, and one for each controller that misses backends."""
    key = key_of(route)
    services = dict.fromkeys(
        each.reference.to
        for each in references
        if each.field.role is Role.BACKEND
        and each.verdict is Verdict.ALLOWED
        and each.reference.to.group_kind == SERVICE
    )
    for service in services:
        found = endpoints_of(view, service)
        if found is not None:
            yield Serving(key, *found, backends=True, backend=service)
    for entry in map(mapping, entries(at(route, "status", "parents"))):
        reported = current(route, entry.get("conditions"), "BackendsAvailable")
        if reported is not None and reported.status == "False":
            because = (
                f"{text(entry.get('controllerName')) or 'a controller'} reports {said('BackendsAvailable', reported)}"
            )
            yield Serving(key, Serves.NO, because, backends=True)

"""The whole way of one object: the parents and backends of a route, the listeners of a Gateway or ListenerSet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from kubectl_refs.core.attachment.delegation import parents_by_delegation
from kubectl_refs.core.conditions.reasons import ABOUT_CONTENT, ABOUT_LISTENERS, ABOUT_PARENTS
from kubectl_refs.core.conditions.routes import parent_ref_of
from kubectl_refs.core.model.conditions import Condition, current_condition
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import GATEWAY, GRPC_ROUTE, HTTP_ROUTE, LISTENER_SETS, ROUTES, SERVICE
from kubectl_refs.core.model.listeners import listeners_of
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.serving import Serves, Serving
from kubectl_refs.core.model.values import at, entries, key_of, text
from kubectl_refs.core.records import replace
from kubectl_refs.core.serving.endpoints import endpoints_of
from kubectl_refs.core.serving.listeners import listener_state, unsupported_on, with_class_fix
from kubectl_refs.core.text.language import listing
from kubectl_refs.core.view.status_entries import counting_entries
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
    """Whether anything serves an object; empty for kinds that no Gateway or mesh serves.

    With `endpoints` the Services behind a route are looked at too, with one request each. What could not be read
    leaves the answer unknown, but is no gap: no verdict depends on it.
    """
    key = key_of(obj)
    kind = key.group_kind
    if kind in ROUTES:
        found = (*_of_route(view, key, obj, references, conditions), *_of_rules(obj, key))
        if endpoints:
            found += view.without_gaps(lambda subview: tuple(_of_backends(subview, obj, references)))
        return found
    if kind in (GATEWAY, *LISTENER_SETS):
        return view.without_gaps(
            lambda subview: tuple(_with_class(subview, obj, tuple(_of_listeners(subview, obj, references))))
        )
    return ()


def _with_class(view: View, holder: JSON, rows: Sequence[Serving]) -> Sequence[Serving]:
    return with_class_fix(view, holder, rows) if key_of(holder).group_kind == GATEWAY else rows


def _of_route(
    view: View,
    key: ObjectKey,
    route: JSON,
    references: Sequence[EvaluatedReference],
    conditions: Sequence[Condition],
) -> Iterator[Serving]:
    parents = [each for each in references if each.found.field.role is Role.PARENT]
    if not parents and not entries(at(route, "spec", "parentRefs")):
        yield view.without_gaps(lambda subview: _without_parents(subview, route, key))
    reported = [each for each in conditions if each.type == "Accepted" and each.is_current]
    for parent in parents:
        to = parent.found.reference.to
        if parent.verdict is not Verdict.ALLOWED:
            yield Serving(key, _BY_VERDICT[parent.verdict], parent.because, to, explain=to, by_verdict=True)
            continue
        report = _RouteReport.of(reported, parent_ref_of(parent.found.reference)) if reported else _NO_REPORT
        asked = "served by", key.group_kind, to, parent.listeners, report
        for row in view.once_as_read(asked, partial(_rows_by_parent, key, to, parent.listeners, report)):
            yield row if row.object == key else replace(row, object=key)


def _without_parents(view: View, route: JSON, key: ObjectKey) -> Serving:
    if text(at(route, "spec", "useDefaultGateways")) not in (None, "None"):
        because = "it has no parentRefs and asks for the default Gateways, which only their controllers know"
        return Serving(key, Serves.UNKNOWN, because)
    # Imported here: nearly all routes have parents.

    delegating = parents_by_delegation(view, route)
    if delegating:
        verb, served = ("delegates", "that one is") if len(delegating) == 1 else ("delegate", "they are")
        because = f"{listing([str(each) for each in delegating])} {verb} to it, and it is served where {served}"
        return Serving(key, Serves.UNKNOWN, because, explain=delegating[0])
    return Serving(key, Serves.NO, "it has no parentRefs, so no Gateway and no mesh serves it")


class _RouteReport(NamedTuple):
    """What controllers report about a route at one of its parents: the first that does not accept it, with the
    reason, and the first that does. The name is None if the status does not name the controller. At a Gateway both can be
    only where it is not known which controller handles it; at a Service there may be several."""

    refuses: bool = False
    refusing: str | None = None
    reason: str = ""
    accepts: bool = False
    accepting: str | None = None

    @property
    def refusal(self) -> str:
        return f"{self.refusing or 'its controller'} reports Accepted=False ({self.reason})"

    @property
    def acceptor(self) -> str:
        return self.accepting or "its controller"

    @classmethod
    def of(cls, accepted: Sequence[Condition], parent_ref: JSON) -> _RouteReport:
        """The report in the conditions of type Accepted that count."""
        own = [each for each in accepted if each.parent_ref == parent_ref]
        no = next((each for each in own if each.fails), None)
        yes = next((each for each in own if each.reported and each.reported.status == "True"), None)
        return cls(
            no is not None,
            no.controller_name if no else None,
            no.reported.reason if no and no.reported else "",
            yes is not None,
            yes.controller_name if yes else None,
        )


_NO_REPORT = _RouteReport()


def _rows_by_parent(
    key: ObjectKey, to: ObjectKey, listeners: Sequence[str], report: _RouteReport, view: View
) -> Sequence[Serving]:
    """The rows of a route at a parent that admits it through some listeners: the same for all routes of a kind with the
    same report."""

    def make_rows(subview: View) -> Sequence[Serving]:
        rows = tuple(_of_parent(subview, key, to, listeners, report))
        gateway = subview.get(to, effect="").object if to.group_kind == GATEWAY else None
        return rows if gateway is None else with_class_fix(subview, gateway, rows)

    return view.without_gaps(make_rows)


def _of_parent(
    view: View, key: ObjectKey, to: ObjectKey, listeners: Sequence[str], report: _RouteReport
) -> Iterator[Serving]:
    """One row for each listener of a parent that admits a route, or one for a parent without listeners."""
    holder = view.get(to, effect="").object if to.group_kind in (GATEWAY, *LISTENER_SETS) else None
    for name in listeners if holder is not None else (None,):
        untaken = ""
        serves, because, explain = Serves.UNKNOWN, f"whether anything serves routes of {to} is not looked at here", None
        if holder is not None and name is not None:
            state = listener_state(view, holder, name)
            serves, because, explain = state.serves, state.because, state.explain
            untaken = state.untaken
            unsupported = "" if report.accepts else unsupported_on(holder, name, key.group_kind)
            if unsupported:
                serves, because, explain = Serves.NO, unsupported, to
            if untaken and report.accepts:
                # A controller that accepts the route has seen the class.
                serves, because = Serves.UNKNOWN, f"{untaken}, though {report.acceptor} accepts the route"
        if report.refuses and report.accepts:
            if holder is None:
                # A mesh may have several controllers, and one that accepts the route serves it.
                serves, because = Serves.YES, f"{report.acceptor} accepts it, though {report.refusal}"
            elif serves is not Serves.NO:
                both = f"{report.acceptor} accepts the route, and {report.refusal}"
                because = f"{f'{untaken}; ' if untaken else ''}{both}: which of them handles {to} is not known"
                serves = Serves.UNKNOWN
        elif report.refuses:
            reports = report.refusal
            # A controller that refuses the route is running, so only what is known about the class is told.
            because = f"{reports}; {untaken}" if untaken else f"{because}; {reports}" if explain else reports
            # A fault in the route itself is not explained by its parent.
            by_parent = report.reason in ABOUT_CONTENT | ABOUT_PARENTS | ABOUT_LISTENERS
            serves, explain = Serves.NO, explain or (to if by_parent else None)
        elif serves is Serves.UNKNOWN and explain is None and report.accepts:
            serves, because = Serves.YES, f"{report.acceptor} accepts it"
        elif serves is Serves.YES and report.accepts:
            because = f"{because}, and {report.acceptor} accepts the route"
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
    """One row for each rule that leads nowhere. Routes of other kinds must have backendRefs."""
    rules = entries(at(route, "spec", "rules")) if key.group_kind in (HTTP_ROUTE, GRPC_ROUTE) else []
    if all(isinstance(rule, dict) and rule.get("backendRefs") for rule in rules):
        return
    # Imported here: nearly all rules have backends.
    from kubectl_refs.core.routing.empty_rules import leads_nowhere, nowhere

    for index, rule in enumerate(rules):
        if isinstance(rule, dict) and leads_nowhere(rule):
            yield Serving(key, Serves.NO, nowhere(key.group_kind), backends=True, rule=f"spec.rules[{index}]")


def _of_backends(view: View, route: JSON, references: Sequence[EvaluatedReference]) -> Iterator[Serving]:
    """One row for each Service that requests are sent to, and one for each controller that reports backends missing."""
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
    for entry in counting_entries(view, route):
        reported = current_condition(route, entry.get("conditions"), "BackendsAvailable")
        if reported is not None and reported.status == "False":
            because = (
                f"{text(entry.get('controllerName')) or 'a controller'} reports {reported.quoted('BackendsAvailable')}"
            )
            yield Serving(key, Serves.NO, because, backends=True)

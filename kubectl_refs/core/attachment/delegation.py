"""Routes that delegate requests to other routes: an HTTPRoute as the backend of another, as some implementations allow.

The route that is delegated to is the child. A child names no parent and takes requests from every route that delegates
to it, or it names those that may. allowedRoutes, and as a rule ReferenceGrants, play no part in it (docs/rules.md 5.9).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from kubectl_refs.core.attachment.verdicts import verdict_of_check, verdict_without_parent
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import DELEGATION_LABELS, HTTP_ROUTE
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import EvaluatedReference, FoundReference
from kubectl_refs.core.model.values import at, entries, key_of, labels_of, mapping, text
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.view import View

EVERY_NAMESPACE = "all"
"""The namespace that implementations with delegation by label take for every namespace."""
_GROUPS = frozenset({"agentgateway.dev", "gateway.gloo.solo.io", "gateway.kgateway.dev"})
"""Groups of the kinds that the implementations with delegation install."""


def explain_parent_route(view: View, found: FoundReference, route: JSON) -> EvaluatedReference:
    """The verdict on a parentRef that names the route whose requests this one takes."""
    reference = found.reference
    parent = view.get(reference.to, effect=f"whether {reference.to} delegates to this route is not known")
    evaluated = verdict_without_parent(view, found, parent, "delegates to this route")
    if evaluated is None:
        evaluated = _verdict_by_delegation(found, route, parent.object or {})
    return evaluated.with_judgement(mechanism=Mechanism.UNGOVERNED)


def _verdict_by_delegation(found: FoundReference, route: JSON, parent: JSON) -> EvaluatedReference:
    to = found.reference.to
    if any(each.takes(route) for each in _delegations_of(parent)):
        return verdict_of_check(found, Verdict.ALLOWED, "Accepted", None, f"{to} delegates to it")
    because = f"{to} has no backendRef that delegates to this route"
    return verdict_of_check(found, Verdict.BROKEN, "NoMatchingParent", Code.NO_MATCHING_PARENT, because)


def parents_by_delegation(view: View, route: JSON) -> Sequence[ObjectKey]:
    """The routes that delegate to one without parentRefs; none where no implementation with delegation can run."""
    if key_of(route).group_kind != HTTP_ROUTE or (view.catalog.live and not _may_delegate(view)):
        return ()
    by_namespace = view.once("delegations", _by_namespace)
    candidates = (*by_namespace.get(key_of(route).namespace, ()), *by_namespace.get(EVERY_NAMESPACE, ()))
    return sorted({each.parent for each in candidates if each.takes(route)} - {key_of(route)})


@dataclass(frozen=True, slots=True)
class _Delegation:
    """A backendRef that delegates to routes of a namespace, by name or by label."""

    parent: ObjectKey
    kind: GroupKind
    namespace: str
    name: str

    def takes(self, route: JSON) -> bool:
        key = key_of(route)
        if self.kind in DELEGATION_LABELS:
            everywhere = self.namespace == EVERY_NAMESPACE
            return (everywhere or self.namespace == key.namespace) and labels_of(route).get(
                f"{self.kind.group}/{self.kind.kind}"
            ) == self.name
        label, equals, value = self.name.partition("=")
        by_label = bool(equals) and labels_of(route).get(label) == value
        return self.namespace == key.namespace and (self.name in ("*", key.name) or by_label)


def _may_delegate(view: View) -> bool:
    """Whether an implementation with delegation may run, by the served kinds, which are known without a request."""
    return any(kind.group in _GROUPS for kind in view.catalog)


def _by_namespace(view: View) -> Mapping[str, Sequence[_Delegation]]:
    effect = "which routes delegate to those without parentRefs is not known"
    found: dict[str, list[_Delegation]] = defaultdict(list)
    for route in view.list(HTTP_ROUTE, None, effect=effect).objects:
        for each in _delegations_of(route):
            found[each.namespace].append(each)
    return found


def _delegations_of(route: JSON) -> Iterator[_Delegation]:
    key = key_of(route)
    for rule in entries(at(route, "spec", "rules")):
        for backend in map(mapping, entries(at(rule, "backendRefs"))):
            kind = GroupKind(text(backend.get("group")) or "", text(backend.get("kind")) or "")
            if kind in (HTTP_ROUTE, *DELEGATION_LABELS):
                namespace = text(backend.get("namespace")) or key.namespace
                yield _Delegation(key, kind, namespace, text(backend.get("name")) or "")

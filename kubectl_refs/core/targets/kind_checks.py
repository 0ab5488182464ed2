"""May a target of that kind be meant: by the specification, by what the server serves, and by the controllers?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from kubectl_refs.core.model.hints import Hint, group_hint, kind_hint
from kubectl_refs.core.model.judgements import Check, Layer, Outcome
from kubectl_refs.core.model.kinds import CLUSTER_TRUST_BUNDLE, KUBERNETES_GROUPS, SERVICE
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.model.references import FoundReference
from kubectl_refs.core.targets.backend_kinds import backend_kind_check, serving_controllers
from kubectl_refs.core.targets.pseudo_objects import pseudo_object_check
from kubectl_refs.core.targets.requirements import (
    ONLY_OF_ROUTES,
    Requirements,
    further_backends,
    requirements_of,
)
from kubectl_refs.core.text.language import with_article
from kubectl_refs.core.view.catalog import COMPLETE_GROUPS, Catalog, cannot_be_a_group
from kubectl_refs.core.view.view import View


class ControllerFacts(NamedTuple):
    """What is known of the controllers that read a reference, looked up only where it counts.

    `resolved` tells whether a controller reports the referrer's references as resolved: then it knows their kinds.
    `controllers` are the controllerNames for the referrer's parents. `takes_any_secret` names the controller that takes
    certificates from Secrets of any type.
    """

    resolved: Callable[[], bool] = lambda: False
    controllers: Callable[[], Sequence[str | None]] = tuple
    takes_any_secret: Callable[[], str] = str


def kind_check(
    view: View, found: FoundReference, expected: Requirements, controller_facts: ControllerFacts
) -> Check | None:
    """The check of a target's kind: None if it may be meant everywhere, a note if only some implementations take it."""
    kind = found.reference.to.group_kind
    known = further_backends(found)
    is_slip = False
    if expected.core is not None:
        if kind in expected.core:
            return None
        meant = expected.core[0]
        hint = kind_hint(meant.kind, kind.kind, view.catalog.short_names(meant))
        is_slip = hint in (Hint.CASE, Hint.PLURAL, Hint.SHORT_NAME)
        if is_slip and view.catalog.serves(kind) is False:
            message = _no_such_kind(kind, meant)
            if kind.group == "core":
                message += f'; {_reading_core(found.field.role)} the group "core" here as ""'
            return Check(Layer.KIND, Outcome.FAILED, message)
        if kind.group == "" and kind not in expected.extended:
            message = f"kind {kind.kind} of the core group cannot be {expected.noun}"
            if kind.kind == CLUSTER_TRUST_BUNDLE.kind:
                message += (
                    f": its group is {CLUSTER_TRUST_BUNDLE.group}; Envoy Gateway looks at the kind alone and takes it"
                )
            return Check(Layer.KIND, Outcome.FAILED, message)
    if view.catalog.served(kind) is None:
        if kind.group in view.catalog.stale_groups:
            message = f"whether the server serves {kind} is not known: the API of group {kind.group} does not answer"
            return Check(Layer.KIND, Outcome.UNKNOWN, message)
        # Manifests need not hold the CRD of a kind that is known to exist.
        if (view.catalog.live or kind not in known) and view.catalog.lacking(kind):
            likely = _of_meant_group(view, found) if cannot_be_a_group(kind.group) else []
            message = _no_such_kind(kind, likely[0]) if len(likely) == 1 else view.catalog.absence_of(kind)
            return Check(Layer.KIND, Outcome.FAILED, message)
    if expected.core is None:
        return None
    if kind in expected.extended:
        return refused_by_all(kind, controller_facts) if expected.core == (SERVICE,) else None
    may_be_taken = not is_slip and _may_be_taken(view.catalog, kind)
    if kind not in known and not may_be_taken and not controller_facts.resolved():
        return _taken_by_none(kind, expected, controller_facts)
    if expected.core == (SERVICE,):
        return refused_by_all(kind, controller_facts) or backend_kind_check(
            kind, () if controller_facts.resolved() else controller_facts.controllers()
        )
    message = f"whether kind {kind} is supported as {expected.noun} depends on the implementation"
    return Check(Layer.KIND, Outcome.NOTE, message)


def _no_such_kind(kind: GroupKind, meant: GroupKind) -> str:
    return f'there is no kind {kind}; the kind is "{meant.kind}", of group "{meant.group}"'


def _of_meant_group(view: View, found: FoundReference) -> list[GroupKind]:
    """The core and Gateway API kinds of the written name, of whose group the written one is another form."""
    # Imported here: nearly every group exists.
    from kubectl_refs.core.targets.similar_kinds import similar_kinds_of

    written = found.reference.to.group_kind
    return [
        each
        for each in similar_kinds_of(view, found)
        if each.kind == written.kind
        and each.group in ("", GATEWAY_GROUP)
        and group_hint(each.group, written.group) in _OTHER_FORMS
    ]


_OTHER_FORMS = (Hint.CORE_ALIAS, Hint.GROUP_WITH_VERSION, Hint.CASE, Hint.TYPO)


def _may_be_taken(catalog: Catalog, kind: GroupKind) -> bool:
    """Whether an implementation may take a kind that this version does not know to be taken: it is not known which ones a
    part of a cluster is for, nor all kinds that they take, whether or not the part holds objects of them. The groups of
    Kubernetes and those that this version knows whole are known, and so are the kinds that make Secrets."""
    makes_secrets = any(row.maker == kind for row in catalog.table.makers)
    return catalog.is_part and kind.group not in KUBERNETES_GROUPS | COMPLETE_GROUPS and not makes_secrets


def is_in_doubt(view: View, found: FoundReference, route: JSON) -> bool:
    """Whether a controller that this version does not know may take a kind that none known to it takes."""
    kind = found.reference.to.group_kind
    if kind.group in KUBERNETES_GROUPS | COMPLETE_GROUPS or view.catalog.serves(kind) is False:
        return False
    of_backends = requirements_of(found).core == (SERVICE,)
    by = ControllerFacts(controllers=lambda: serving_controllers(view, route))
    return not of_backends or refused_by_all(kind, by) is None


def _taken_by_none(kind: GroupKind, expected: Requirements, controller_facts: ControllerFacts) -> Check:
    """The failure of a kind that no implementation known to this version takes where the reference is."""
    message = f"no implementation known to this version takes kind {kind} as {expected.noun}"
    route = ONLY_OF_ROUTES.get(kind) if expected.core == (SERVICE,) else None
    if route is None:
        return Check(Layer.KIND, Outcome.FAILED, message)
    elsewhere = f"{message}, except in the backendRefs of {with_article(route.kind)}"
    return refused_by_all(kind, controller_facts) or Check(Layer.KIND, Outcome.FAILED, elsewhere)


def refused_by_all(kind: GroupKind, controller_facts: ControllerFacts) -> Check | None:
    """The failure if no controller of the referrer's parents takes the kind as a backend or reports that it does."""
    check = backend_kind_check(kind, controller_facts.controllers())
    return check if check.outcome is Outcome.FAILED and not controller_facts.resolved() else None


def kind_fault(view: View, found: FoundReference) -> str:
    """Why a field cannot take a target of the kind that a reference names; empty where it may."""
    if pseudo_object_check(view, found.reference) is not None:
        return ""
    check = kind_check(view, found, requirements_of(found), ControllerFacts())
    return check.message if check is not None and check.outcome is Outcome.FAILED else ""


def _reading_core(role: Role) -> str:
    """Who reads "core" as the core group in a target (nginx/nginx-gateway-fabric at e55bfe339, backend_refs.go and
    backend_tls_policy.go in internal/controller/state/graph; Kong/kong-operator at cefc384, backendtlspolicy_controller.go and
    gateway_utils.go in ingress-controller/internal/controllers/gateway)."""
    if role in (Role.CA, Role.CERTIFICATE):
        return "NGINX Gateway Fabric and Kong read"
    return "NGINX Gateway Fabric reads"

"""Known defects of controllers: one table, with what makes each defect apply. A new defect is one new row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set

from kubectl_refs.core.fields.controllers import (
    AWS_LOAD_BALANCER,
    CILIUM,
    ENVOY_GATEWAY,
    ISTIO,
    KONG_INGRESS,
    KONG_OPERATOR,
    NGINX,
    OPENSHIFT,
    Controller,
)
from kubectl_refs.core.fields.releases import RunningRelease, older_release_statement
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.kinds import (
    CLUSTER_TRUST_BUNDLE,
    CONFIG_MAP,
    EG_BACKEND,
    GRPC_ROUTE,
    SECRET,
    SERVICE,
    SERVICE_IMPORT,
)
from kubectl_refs.core.model.near_misses import GrantMatch, GrantName
from kubectl_refs.core.model.reference_fields import Mechanism, Role
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.records import dataclass, replace

Concerns = Callable[[EvaluatedReference, Mapping[GrantName, Grant]], bool | GrantName | None]
"""Whether a defect concerns a reference, given the grants of its target's namespace, or the grant by which it does."""


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect of some releases: for references that it `concerns`, `controllers` report `status` although the
    specification requires the opposite.

    `read_in` is the source (with its commit) or the public report that it was read in. `text` and `advice` are
    sentences without full stop, in which `{grant}` becomes the grant that `concerns` returns. `text` names the
    affected releases as far as they are known, unless `fixed_in` lists the releases that ended the defect (see
    Release.older_than). `reasons` are reasons of the condition with status False, reported or expected; one of them
    must fit. A defect that `lasts` still applies after a permitting grant is written.
    """

    controllers: tuple[Controller, ...]
    status: str
    concerns: Concerns
    text: str
    read_in: str
    advice: str = "compare the controller's release"
    reasons: tuple[str, ...] = ("RefNotPermitted",)
    lasts: bool = False
    fixed_in: tuple[str, ...] = ()


def defect_of(
    status: str,
    reasons: Set[str],
    references: Sequence[EvaluatedReference],
    grants: Mapping[GrantName, Grant],
    controller: Controller | None,
    running: RunningRelease,
) -> Defect | None:
    """The first known defect of a controller that explains a status, with complete sentences; None if none does."""
    if controller is None:
        return None
    for defect in DEFECTS:
        if controller not in defect.controllers or defect.status != status or reasons.isdisjoint(defect.reasons):
            continue
        found = next(filter(None, (defect.concerns(each, grants) for each in references)), None)
        if not found:
            continue
        told = defect.text
        if defect.fixed_in:
            told = older_release_statement(controller.name, defect.fixed_in, told, running())
        if told:
            return replace(defect, text=told.format(grant=found), advice=defect.advice.format(grant=found))
    return None


def _needs_grant(each: EvaluatedReference, _grants: Mapping[GrantName, Grant]) -> bool:
    return each.mechanism is Mechanism.REFERENCE_GRANT


def _port_not_found(each: EvaluatedReference, _grants: Mapping[GrantName, Grant]) -> bool:
    return each.code is Code.PORT_NOT_FOUND


def _is_parent(each: EvaluatedReference, _grants: Mapping[GrantName, Grant]) -> bool:
    return each.is_parent


def _not_by_the_last_to(each: EvaluatedReference, grants: Mapping[GrantName, Grant]) -> bool:
    """Permitted only by `to` entries that are not the last of their grant."""

    def is_not_last(match: GrantMatch) -> bool:
        return match.grant in grants and match.to < len(grants[match.grant].to) - 1

    return bool(each.grants) and all(map(is_not_last, each.grants))


def _not_by_the_first_grant(each: EvaluatedReference, grants: Mapping[GrantName, Grant]) -> bool:
    """Permitted by another grant than the first one with a fitting `from` entry."""
    reference = each.reference
    fitting = [
        grant.grant
        for grant in grants.values()
        if grant.grant.namespace == reference.to.namespace and any(entry.matches(reference) for entry in grant.from_)
    ]
    return bool(each.grants) and fitting[:1] != [each.grants[0].grant]


def _grant_of_other_groups(each: EvaluatedReference, grants: Mapping[GrantName, Grant]) -> GrantName | None:
    """A grant that does not permit a permitted reference, but would if groups were ignored."""
    referrer, target = each.reference.referrer, each.reference.to
    permitting = {match.grant for match in each.grants}
    if not permitting:
        return None
    return next(
        (
            grant.grant
            for grant in grants.values()
            if grant.grant not in permitting
            and grant.grant.namespace == target.namespace
            and any((entry.kind, entry.namespace) == (referrer.kind, referrer.namespace) for entry in grant.from_)
            and any(entry.kind == target.kind and entry.name in (None, target.name) for entry in grant.to)
        ),
        None,
    )


_ENVOY_KINDS = {kind.kind for kind in (SERVICE, SERVICE_IMPORT, CONFIG_MAP, SECRET, CLUSTER_TRUST_BUNDLE, EG_BACKEND)}


def _to_a_kind_of_another_group(each: EvaluatedReference, _grants: Mapping[GrantName, Grant]) -> bool:
    return each.code is Code.KIND_NOT_SUPPORTED and each.reference.to.kind in _ENVOY_KINDS


def _by_a_grpc_route(each: EvaluatedReference, _grants: Mapping[GrantName, Grant]) -> bool:
    return bool(each.grants) and each.reference.referrer.group_kind == GRPC_ROUTE


def _mirror_of_a_grpc_route(each: EvaluatedReference, grants: Mapping[GrantName, Grant]) -> bool:
    return _by_a_grpc_route(each, grants) and each.field.role is Role.MIRROR


def _to_its_own_namespace_by_name(each: EvaluatedReference, _grants: Mapping[GrantName, Grant]) -> bool:
    """Within one namespace, which the reference spells out although it could leave it out."""
    same = each.mechanism is Mechanism.SAME_NAMESPACE
    return same and not each.is_parent and each.reference.explicit_namespace


def _to_a_backend_other_than_a_service(each: EvaluatedReference, _grants: Mapping[GrantName, Grant]) -> bool:
    return (
        each.reason == "RefNotPermitted"
        and each.field.role is Role.BACKEND
        and each.reference.to.group_kind not in (SERVICE, SERVICE_IMPORT)
    )


_KONG = (KONG_INGRESS, KONG_OPERATOR)

DEFECTS: Sequence[Defect] = (
    Defect(
        (ENVOY_GATEWAY,),
        "False",
        _mirror_of_a_grpc_route,
        "Envoy Gateway, at 1.9.1 at least, loads no ReferenceGrant for the RequestMirror of a GRPCRoute: it refuses the "
        "mirror unless another reference, such as a backendRef into the same namespace, brings the same grant in",
        read_in="envoyproxy/gateway v1.9.1, processGRPCRouteFilter in internal/provider/kubernetes/routes.go",
        advice="mirror to a Service of the route's own namespace, or compare the controller's release",
        lasts=True,
    ),
    Defect(
        (ENVOY_GATEWAY,),
        "False",
        _grant_of_other_groups,
        "Envoy Gateway, up to 1.9.1 at least, loads only one grant for a reference, chosen without regard to groups: "
        "ReferenceGrant {grant}, whose groups differ, may be the chosen one",
        read_in="envoyproxy/gateway v1.9.1, findReferenceGrant in internal/provider/kubernetes/controller.go",
        advice="correct the groups of ReferenceGrant {grant}, or delete it",
        lasts=True,
    ),
    Defect(
        (ENVOY_GATEWAY,),
        "True",
        _to_a_kind_of_another_group,
        "Envoy Gateway looks at the kind alone, whatever its group",
        read_in="envoyproxy/gateway v1.9.1, validateBackendRefGroup and validateBackendRefKind in internal/gatewayapi/validate.go",
        advice="write the kind's own group: other controllers refuse the reference",
        reasons=("InvalidKind",),
    ),
    Defect(
        (ENVOY_GATEWAY,),
        "False",
        _not_by_the_first_grant,
        "if Envoy Gateway is older than the fix of envoyproxy/gateway#2149, it looks only at the first grant whose from fits",
        read_in="envoyproxy/gateway#2149",
    ),
    Defect(
        (ENVOY_GATEWAY,),
        "True",
        _to_a_backend_other_than_a_service,
        "it lets backends of extensions' kinds pass without a grant (GHSA-fcrp-7gc2-93g7)",
        read_in="GHSA-fcrp-7gc2-93g7",
        fixed_in=("1.7.4", "1.8.1"),
    ),
    Defect(
        (ISTIO, OPENSHIFT),
        "False",
        _not_by_the_last_to,
        "it honours only the last entry of a grant's to (istio/istio#58266)",
        read_in="istio/istio#58266 and #59069, the tags of istio/istio that hold its commit c477d8fd",
        advice="write a grant of its own for each entry, or upgrade Istio",
        fixed_in=("1.30.0",),
    ),
    Defect(
        (CILIUM,),
        "False",
        _is_parent,
        "it may refuse a route because a listener of the Gateway other than the one that takes it does not allow its kind or "
        "namespace (cilium/cilium#30085, #42013 and #45559)",
        read_in="cilium/cilium#30085, #42013 and #45559; CheckGatewayRouteKindAllowed in operator/pkg/gateway-api/routechecks/gateway_checks.go "
        "at v1.19.5, v1.20.0 and v1.20.1",
        reasons=("NotAllowedByListeners",),
        fixed_in=("1.20.1",),
    ),
    Defect(
        (CILIUM,),
        "True",
        _is_parent,
        "Cilium, at 1.20.2 at least, asks whether the parent has a listener with the protocol, one with the port, one with a "
        "hostname and one with the sectionName: these need not be the same, so it may accept a route that none of them takes",
        read_in="cilium/cilium v1.20.2, gatewayCheckFuncs in operator/pkg/gateway-api/status_route.go",
        advice="correct the reference: its Accepted=True does not say that a listener takes the route's traffic",
        reasons=("NotAllowedByListeners", "NoMatchingListenerHostname", "NoMatchingParent"),
    ),
    Defect(
        (CILIUM,),
        "True",
        _port_not_found,
        "it does not check whether a Service has the port",
        read_in="cilium/cilium, CheckBackendIsExistingService in operator/pkg/gateway-api/routechecks/route_checks.go at v1.19.5, "
        "v1.20.0 and v1.20.1",
        advice="correct the port: later releases report it",
        reasons=("BackendNotFound",),
        fixed_in=("1.20.1",),
    ),
    Defect(
        (AWS_LOAD_BALANCER,),
        "False",
        _is_parent,
        "some releases of the AWS Load Balancer Controller refuse a route at all of its parents if the hostname of one "
        "listener does not match (aws-load-balancer-controller#4499)",
        read_in="kubernetes-sigs/aws-load-balancer-controller#4499",
        advice="correct or drop the parentRef whose listener does not match, or upgrade the controller",
        reasons=("NoMatchingListenerHostname",),
    ),
    Defect(
        (NGINX,),
        "False",
        _by_a_grpc_route,
        "it ignores the grants of GRPCRoutes (nginx-gateway-fabric#2333)",
        read_in="nginx/nginx-gateway-fabric#2333, and its CHANGELOG.md",
        fixed_in=("1.4.0",),
    ),
    Defect(
        _KONG,
        "False",
        _to_its_own_namespace_by_name,
        "some releases of Kong's controller ask for a grant within one namespace if the reference spells the namespace out "
        "(kubernetes-ingress-controller#5388): leave the namespace out",
        read_in="Kong/kubernetes-ingress-controller#5388",
    ),
    Defect(
        _KONG,
        "True",
        _needs_grant,
        "some releases of Kong's controller keep a reference resolved after its grant is gone "
        "(kubernetes-ingress-controller#3289): upgrade, or change the route to have it looked at again",
        read_in="Kong/kubernetes-ingress-controller#3289",
    ),
    Defect(
        _KONG,
        "False",
        _needs_grant,
        "some releases of Kong's controllers do not watch grants, or looked for their CRD only when they started "
        "(kong-operator#2582, kubernetes-ingress-controller#2816): change the route, or restart the controller",
        read_in="Kong/kong-operator#2582 and Kong/kubernetes-ingress-controller#2816",
    ),
)
"""If several apply to one condition, the first is reported."""

"""Rules for known cases in which a controller writes what the specification does not ask for (docs/rules.md 6.5, 8.6).

A difference that no rule explains is a defect: in our code, or a deviation still to be understood and named here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.objects import JSON
from tests.support.controllers import cilium, envoy_gateway, istio
from tests.support.controllers.cilium_acceptance import accepted_by_checks_apart, set_taken_for_another_parent
from tests.support.controllers.comparison import Difference


@dataclass(frozen=True, slots=True)
class Deviation:
    """What a controller does differently, and a test for when it does."""

    controllers: Sequence[str]
    reason: str
    explains: Callable[[Difference], bool]


def deviation(difference: Difference, controller: str) -> Deviation | None:
    """The first rule that explains a difference."""
    return next((rule for rule in DEVIATIONS if controller in rule.controllers and rule.explains(difference)), None)


def _about_a_refused_set(difference: Difference) -> bool:
    return difference.set_refused and difference.reported is None


def _all_reasons_joined(difference: Difference) -> bool:
    """Envoy Gateway joins the reasons of all failing references in alphabetical order."""
    wanted = {_envoy_gateway_reason(each) for each in difference.failing}
    return difference.type == "ResolvedRefs" and difference.reported == ("False", ",".join(sorted(wanted)))


def _envoy_gateway_reason(reference: JSON) -> str:
    """Envoy Gateway's reason for one reference: kind comes before permission, and a missing port has its own reason."""
    if reference["code"] == Code.PORT_NOT_FOUND:
        return "PortNotFound"
    if (reference["to"]["group"], reference["to"]["kind"]) not in _BACKENDS:
        return "InvalidKind"
    return str(reference["reason"])


_BACKENDS = (("", "Service"), ("multicluster.x-k8s.io", "ServiceImport"), ("gateway.envoyproxy.io", "Backend"))


def _certificates_together(difference: Difference) -> bool:
    """Envoy Gateway gives one reason for all certificates of a listener, depending on whether any is usable."""
    usable = len(difference.failing) < len(difference.references)
    reason = "PartiallyInvalidCertificateRef" if usable else "InvalidCertificateRef"
    return _on_a_listener(difference) and len(difference.references) > 1 and difference.reported == ("False", reason)


def _grant_hidden_by_another(difference: Difference) -> bool:
    """Envoy Gateway picks one grant for each reference without comparing groups, and compares groups afterwards."""
    reasons = {_envoy_gateway_reason(each) for each in difference.failing} | {"RefNotPermitted"}
    return difference.reported == ("False", ",".join(sorted(reasons))) and any(
        _alike_but_for_groups(each, grant) for each in difference.references for grant in difference.grants
    )


def _grants_of_a_mirror_not_loaded(difference: Difference) -> bool:
    reasons = {_envoy_gateway_reason(each) for each in difference.failing} | {"RefNotPermitted"}
    mirrors = (each for each in difference.references if ".requestMirror." in each["path"])
    return (
        difference.kind == "GRPCRoute"
        and difference.reported == ("False", ",".join(sorted(reasons)))
        and any(each["grants"] for each in mirrors)
    )


def _alike_but_for_groups(reference: JSON, grant: JSON) -> bool:
    """Whether another grant permits the reference, and this one would permit it if groups did not count."""
    referrer, target, spec = reference["from"], reference["to"], grant["spec"]
    permitting = {(each["namespace"], each["name"]) for each in reference["grants"]}
    name = grant["metadata"]["namespace"], grant["metadata"]["name"]
    return (
        bool(permitting)
        and name not in permitting
        and name[0] == target["namespace"]
        and any((each["kind"], each["namespace"]) == (referrer["kind"], referrer["namespace"]) for each in spec["from"])
        and any(
            each["kind"] == target["kind"] and each.get("name", target["name"]) == target["name"] for each in spec["to"]
        )
    )


def _some_listeners_invalid(difference: Difference) -> bool:
    return (
        (difference.kind, difference.type, difference.computed) == ("ListenerSet", "Accepted", ("True", "Accepted"))
        and difference.reported == ("True", "ListenersNotValid")
        and difference.set_unresolved
    )


def _all_listeners_invalid(difference: Difference) -> bool:
    return (
        (difference.kind, difference.type, difference.computed) == ("ListenerSet", "Accepted", ("True", "Accepted"))
        and difference.reported == ("False", "ListenersNotValid")
        and difference.set_unresolved
    )


def _missing_secret_hides_the_grant(difference: Difference) -> bool:
    """Envoy Gateway reads grants only for Secrets that exist: a granted one that is missing counts as not permitted."""
    return (
        _on_a_listener(difference)
        and difference.reported == ("False", "RefNotPermitted")
        and any(each["reason"] == "InvalidCertificateRef" and each["grants"] for each in difference.failing)
    )


def _one_certificate_is_enough(difference: Difference) -> bool:
    return (
        _on_a_listener(difference)
        and len(difference.failing) < len(difference.references)
        and difference.reported == ("True", "ResolvedRefs")
    )


def _hostname_before_permission(difference: Difference) -> bool:
    return (
        difference.computed == ("False", "NotAllowedByListeners")
        and difference.reported == ("False", "NoMatchingListenerHostname")
        and 'hostname "' in difference.condition["computed"]["message"]
    )


def _any_permission_before_hostnames(difference: Difference) -> bool:
    return (
        difference.computed == ("False", "NoMatchingListenerHostname")
        and difference.reported == ("False", "NotAllowedByListeners")
        and "sectionName" not in difference.condition["parentRef"]
    )


def _listener_left_out(difference: Difference) -> bool:
    return difference.type == "Accepted" and difference.set_unresolved and difference.kind != "ListenerSet"


def _ports_unchecked(difference: Difference) -> bool:
    return difference.reported == ("True", "ResolvedRefs") and all(
        each["code"] == Code.PORT_NOT_FOUND or difference.weight(each) == 0 for each in difference.failing
    )


def _weightless_unchecked(difference: Difference) -> bool:
    return difference.reported == ("True", "ResolvedRefs") and all(
        difference.weight(each) == 0 for each in difference.failing
    )


def _secret_before_permission(difference: Difference) -> bool:
    return (
        _on_a_listener(difference)
        and difference.reported == ("False", "InvalidCertificateRef")
        and any(
            (check["layer"], check["outcome"]) == ("target", "failed")
            for each in difference.failing
            for check in each["checks"]
        )
    )


def _last_reason_alone(difference: Difference) -> bool:
    return (
        difference.type == "ResolvedRefs"
        and difference.reported is not None
        and difference.reported in {("False", each["reason"]) for each in difference.failing}
    )


def _udp(difference: Difference) -> bool:
    return difference.kind == "UDPRoute" and difference.reported is None


def _first_certificate_alone(difference: Difference) -> bool:
    failing = sorted(difference.failing, key=lambda each: str(each["path"]))
    return _on_a_listener(difference) and bool(failing) and difference.reported == ("False", str(failing[0]["reason"]))


def _on_a_listener(difference: Difference) -> bool:
    return difference.type == "ResolvedRefs" and "listener" in difference.condition


_ENVOY_GATEWAY = (envoy_gateway.NAME,)
_ISTIO = (istio.NAME,)
_CILIUM = (cilium.NAME,)

DEVIATIONS: Sequence[Deviation] = (
    Deviation(
        (envoy_gateway.NAME, istio.NAME, cilium.NAME),
        "of a ListenerSet that its Gateway does not take, nothing is written about its listeners or its routes",
        _about_a_refused_set,
    ),
    Deviation(
        _ENVOY_GATEWAY,
        "a route's reason joins those of all failing references by commas; a missing port is PortNotFound, and a kind "
        "that it does not take InvalidKind even where no grant permits the reference (docs/rules.md 6.5)",
        _all_reasons_joined,
    ),
    Deviation(
        _ENVOY_GATEWAY,
        "a grant that fits but for its groups hides the one that permits, if it is found first: only one is loaded, by "
        "kinds, namespace and name alone (findReferenceGrant in internal/provider/kubernetes/controller.go)",
        _grant_hidden_by_another,
    ),
    Deviation(
        _ENVOY_GATEWAY,
        "no grant is loaded for the RequestMirror of a GRPCRoute, unless another reference brings it in "
        "(processGRPCRouteFilter in internal/provider/kubernetes/routes.go)",
        _grants_of_a_mirror_not_loaded,
    ),
    Deviation(
        _ENVOY_GATEWAY,
        "a ListenerSet that is accepted has the reason ListenersNotValid where references of a listener are not resolved",
        _some_listeners_invalid,
    ),
    Deviation(
        _ENVOY_GATEWAY,
        "a listener that names a kind which its protocol does not carry is not accepted, even beside kinds that it does, "
        "nor is a ListenerSet of such listeners alone",
        _all_listeners_invalid,
    ),
    Deviation(
        _ENVOY_GATEWAY,
        "several certificates of a listener share one reason of its own, or InvalidCertificateRef (docs/rules.md 8.6)",
        _certificates_together,
    ),
    Deviation(
        _ENVOY_GATEWAY,
        "a grant for a Secret that does not exist is not looked at, so the reference counts as not permitted",
        _missing_secret_hides_the_grant,
    ),
    Deviation(
        _ISTIO,
        "hostnames are compared before allowedRoutes, where one listener refuses for both (docs/rules.md 5.4)",
        _hostname_before_permission,
    ),
    Deviation(
        _ISTIO,
        "where listeners refuse for different reasons, allowedRoutes of any comes before hostnames (docs/rules.md 5.4)",
        _any_permission_before_hostnames,
    ),
    Deviation(_ISTIO, "a backendRef of weight 0 is not looked at (docs/rules.md 8.5)", _weightless_unchecked),
    Deviation(_ISTIO, "the port of a backendRef is not compared with the Service's", _ports_unchecked),
    Deviation(
        _ISTIO, "of several failing references the last one's reason is written (docs/rules.md 8.6)", _last_reason_alone
    ),
    Deviation(
        _ISTIO,
        "it writes whether a listener's Secret exists before it asks for permission (docs/rules.md 1.5 forbids it)",
        _secret_before_permission,
    ),
    Deviation(
        _ISTIO, "a listener with one usable certificate is resolved (docs/rules.md 8.6)", _one_certificate_is_enough
    ),
    Deviation(
        _ISTIO,
        "a listener of a ListenerSet whose references are not resolved is not there for routes, so that they find no "
        "parent or are refused by the others",
        _listener_left_out,
    ),
    Deviation(_ISTIO, "UDPRoutes are not supported (docs/rules.md 8.6)", _udp),
    Deviation(
        _CILIUM,
        "protocol, port, hostname and sectionName of a route are each looked for among all listeners of the parent, kind "
        "and namespace each among those that the reference names; the first that none has is the reason "
        "(gatewayCheckFuncs in operator/pkg/gateway-api/status_route.go)",
        accepted_by_checks_apart,
    ),
    Deviation(
        _CILIUM,
        "of a route with another parent, it writes about a ListenerSet that its Gateway does not take as about any other "
        "(runListenerSetRouteChecks in operator/pkg/gateway-api/status_route.go)",
        set_taken_for_another_parent,
    ),
    Deviation(
        _CILIUM,
        "the first certificate of a listener that fails gives the reason (validateListener in "
        "operator/pkg/gateway-api/status_listener.go)",
        _first_certificate_alone,
    ),
)

"""What is known of single controllers that explains a status differing from the specification (spec.md 4.4, 4.6, 5).

Data only: a row for every controller whose source, documentation or issues were read. A controller that is not here
is taken to do what the specification says, and nothing is held against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kubectl_refs.core.model.kinds import (
    CONFIG_MAP,
    GATEWAY,
    GRPC_ROUTE,
    HTTP_ROUTE,
    LISTENER_SET,
    SECRET,
    SERVICE,
    SERVICE_IMPORT,
    TCP_ROUTE,
    TLS_ROUTE,
    UDP_ROUTE,
    X_BACKEND,
)
from kubectl_refs.core.model.objects import GroupKind


class Trait(StrEnum):
    """What a reference must be like for a defect to concern it."""

    ANY = "any"
    NOT_BY_THE_LAST_TO = "permitted by another entry of `to` than its grant's last"
    NOT_BY_THE_FIRST_GRANT = "permitted by another grant than the first whose `from` fits"
    FROM_GRPC_ROUTE = "held by a GRPCRoute"
    OWN_NAMESPACE_WRITTEN = "into its holder's own namespace, which it writes out"
    CUSTOM_BACKEND = "to a backend of a kind that is no Service"
    BESIDE_ANOTHER_GRANT = "permitted, beside a grant that would permit it if groups did not count"
    KIND_OF_ANOTHER_GROUP = "to a kind that exists, in another group than its own"


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect of some releases: where `trait` holds, they report `status` although the specification wants the other.

    `text` and `advice` are sentences without their full stop, the first with the releases as far as they are known; both
    may speak of the `{grant}` that the trait is about. `reason` is that of the status False, reported or wanted. One
    that `lasts` keeps a reference refused also when a grant is written later.
    """

    status: str
    trait: Trait
    text: str
    advice: str = "compare the controller's release"
    reason: str = "RefNotPermitted"
    lasts: bool = False


@dataclass(frozen=True, slots=True)
class Controller:
    """One controller, known by what its controllerName begins with.

    `referrers` and `targets` are the kinds between which it lets grants permit anything, None where no limit is known.
    `never_asks` says of one that permits every crossing, `may_not_ask` of one with a mode or a release that does; both
    are sentences without their full stop, empty where it always asks for grants. `takes_core` says that it reads the
    group "core" in a grant as "". `skips_weight_zero` and `skips_ports` name failures that it does not look at.
    """

    name: str
    prefix: str
    referrers: frozenset[GroupKind] | None = None
    targets: frozenset[GroupKind] | None = None
    never_asks: str = ""
    may_not_ask: str = ""
    takes_core: bool = False
    skips_weight_zero: bool = False
    skips_ports: bool = False
    asks_in_meshes: bool = False
    defects: tuple[Defect, ...] = ()


def controller_of(name: str | None) -> Controller | None:
    """The row for a controllerName; of several the one that fits it most exactly."""
    fitting = [each for each in CONTROLLERS if name and name.startswith(each.prefix)]
    return max(fitting, key=lambda each: len(each.prefix), default=None)


_ISTIO = Controller(
    "Istio",
    "istio.io/",
    referrers=frozenset({GATEWAY, HTTP_ROUTE, GRPC_ROUTE, TLS_ROUTE, TCP_ROUTE, LISTENER_SET}),
    targets=frozenset(
        {CONFIG_MAP, SECRET, SERVICE, X_BACKEND, GroupKind("inference.networking.k8s.io", "InferencePool")}
    ),
    skips_weight_zero=True,
    skips_ports=True,
    defects=(
        Defect(
            "False",
            Trait.NOT_BY_THE_LAST_TO,
            "releases of Istio before the fix of istio/istio#58266 (pull request 59069) honour only the last entry of "
            "a grant's to: a grant of its own for each entry helps",
        ),
    ),
)

_KONG_DEFECTS = (
    Defect(
        "False",
        Trait.OWN_NAMESPACE_WRITTEN,
        "some releases of Kong's controller ask for a grant within one namespace if the reference writes it out "
        "(kubernetes-ingress-controller#5388): leave the namespace out",
    ),
    Defect(
        "True",
        Trait.ANY,
        "some releases of Kong's controller keep a reference resolved after its grant is gone "
        "(kubernetes-ingress-controller#3289): upgrade, or change the route to have it looked at again",
    ),
    Defect(
        "False",
        Trait.ANY,
        "some releases of Kong's controllers do not watch grants, or looked for their CRD only when they started "
        "(kong-operator#2582, kubernetes-ingress-controller#2816): change the route, or restart the controller",
    ),
)

CONTROLLERS: Sequence[Controller] = (
    Controller(
        "Envoy Gateway",
        "gateway.envoyproxy.io/",
        defects=(
            Defect(
                "False",
                Trait.BESIDE_ANOTHER_GRANT,
                "Envoy Gateway, up to 1.9.1 at least, loads one grant for a reference, which it finds by kinds, namespace "
                "and name without looking at groups, and then refuses by the groups: ReferenceGrant {grant} fits but for "
                "these and may be the one",
                advice="correct the groups of ReferenceGrant {grant}, or delete it",
                lasts=True,
            ),
            Defect(
                "True",
                Trait.KIND_OF_ANOTHER_GROUP,
                "Envoy Gateway looks at the kind alone, whatever its group",
                advice="write the kind's own group: other controllers refuse the reference",
                reason="InvalidKind",
            ),
            Defect(
                "False",
                Trait.NOT_BY_THE_FIRST_GRANT,
                "early releases of Envoy Gateway looked only at the first grant whose from fits (envoyproxy/gateway#2149)",
            ),
            Defect(
                "True",
                Trait.CUSTOM_BACKEND,
                "Envoy Gateway before 1.7.4 and 1.8.1 let backends of extensions' kinds pass without a grant "
                "(GHSA-fcrp-7gc2-93g7): upgrade",
            ),
        ),
    ),
    _ISTIO,
    Controller(
        "NGINX Gateway Fabric",
        "gateway.nginx.org/",
        takes_core=True,
        defects=(
            Defect(
                "False",
                Trait.FROM_GRPC_ROUTE,
                "early releases of NGINX Gateway Fabric ignored the grants of GRPCRoutes (nginx-gateway-fabric#2333)",
            ),
        ),
    ),
    Controller(
        "Cilium",
        "io.cilium/",
        referrers=frozenset({GATEWAY, HTTP_ROUTE, GRPC_ROUTE, TLS_ROUTE, TCP_ROUTE, UDP_ROUTE}),
        targets=frozenset({SERVICE, SERVICE_IMPORT, SECRET}),
    ),
    Controller(
        "Traefik",
        "traefik.io/",
        takes_core=True,
        may_not_ask="Traefik before 3.1 asks for no grant (traefik#10338)",
    ),
    Controller("Kong Ingress Controller", "konghq.com/", defects=_KONG_DEFECTS),
    Controller("Kong Operator", "konghq.com/gateway-operator", takes_core=True, defects=_KONG_DEFECTS),
    Controller(
        "kgateway",
        "kgateway.dev/",
        takes_core=True,
        may_not_ask="kgateway asks for no grant with KGW_REFERENCE_GRANT_MODE=OFF",
    ),
    Controller(
        "agentgateway",
        "agentgateway.dev/",
        may_not_ask="agentgateway asks for no grant to backends with BackendRefGrantMode none",
    ),
    Controller("AWS Load Balancer Controller", "gateway.k8s.aws/"),
    Controller(
        "AWS Gateway API Controller",
        "application-networking.k8s.aws/",
        may_not_ask="the controller of VPC Lattice only warns of a missing grant as of 2.2.0 (event "
        "CrossNamespaceRefNotPermitted), and a later release is announced to refuse",
    ),
    Controller(
        "ngrok",
        "ngrok.com/",
        may_not_ask="the ngrok operator asks for no grant with its flag --disable-reference-grants",
    ),
    Controller(
        "Kuma",
        "gateways.kuma.io/",
        may_not_ask="Kuma asks for no grant before August 2026 (kuma#18075)",
        asks_in_meshes=True,
    ),
    Controller("Linkerd", "linkerd.io/", never_asks="Linkerd asks for no grant"),
    Controller(
        "pingora-gateway-controller",
        "pingora.k8s.lex.la/",
        never_asks="this controller writes ResolvedRefs=True for every route and does not enforce ReferenceGrant (read at "
        "its commit 3f0ec74)",
    ),
)
"""The controllers that were looked at, by spec.md section 5 and peers.md sections 0 and 2."""

"""What is known about individual controllers: which grants they honour, and what they do not look at.

Data only: one row for each controller whose source, documentation or issues were read. A controller without a row is
assumed to follow the specification. Defects of releases have a table of their own (defects.py).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

from kubectl_refs.core.fields.releases import RunningRelease, older_release_statement
from kubectl_refs.core.model.kinds import (
    CONFIG_MAP,
    EG_BACKEND,
    GATEWAY,
    GRPC_ROUTE,
    HTTP_ROUTE,
    INFERENCE_POOL,
    LISTENER_SET,
    SECRET,
    SERVICE,
    SERVICE_IMPORT,
    TARGET_GROUP_NAME,
    TCP_ROUTE,
    TLS_ROUTE,
    UDP_ROUTE,
    X_BACKEND,
    X_INFERENCE_POOL,
)
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.records import dataclass, replace


@dataclass(frozen=True, slots=True)
class Controller:
    """One controller, identified by the beginning of its controllerName.

    `read_in` is the source of the row: a repository with its commit, an issue, or documentation. `referrers` and `targets`
    are the kinds between which it honours grants; None if no limit is known. `never_asks` is a sentence about a controller
    that never asks for grants, `may_not_ask` about one that does not in some mode or release (both without full stop; empty
    if it always asks). `asks_since` lists the releases since which it asks (see Release.older_than); `may_not_ask` then
    says what older ones do. `deployment` is the namespace and name of the Deployment that runs it unless it was installed
    otherwise; its release is read there. `takes_core` says that it reads the group "core" of a grant as "".
    `skips_weight_zero` and `skips_ports` say that it ignores faults of backends with weight 0, and missing ports.
    `asks_in_meshes` says that it asks for grants in a mesh too. `never_crosses` is a sentence about one that supports no
    backend in another namespace, with or without a grant. `backends` are the kinds besides Service that it takes as
    backends of routes, each with a clause that says where (empty if everywhere); None if not read. It answers other kinds
    with InvalidKind. `takes_any_secret` says that it takes a listener's certificate from any type of Secret, by its keys.
    """

    name: str
    prefix: str
    read_in: str
    referrers: frozenset[GroupKind] | None = None
    targets: frozenset[GroupKind] | None = None
    never_asks: str = ""
    may_not_ask: str = ""
    takes_core: bool = False
    skips_weight_zero: bool = False
    skips_ports: bool = False
    asks_in_meshes: bool = False
    never_crosses: str = ""
    asks_since: tuple[str, ...] = ()
    deployment: tuple[str, str] | None = None
    backends: Sequence[tuple[GroupKind, str]] | None = None
    takes_any_secret: bool = False

    def doubt(self, running: RunningRelease) -> str:
        """A sentence about a mode or release in which it does not ask for grants; empty if the running release asks."""
        if not self.asks_since:
            return self.may_not_ask
        return older_release_statement(self.name, self.asks_since, self.may_not_ask, running())


@lru_cache(2**8)
def controller_of(name: str | None) -> Controller | None:
    """The row for a controllerName; None if there is none. If several prefixes fit, the longest one decides."""
    fitting = [each for each in CONTROLLERS if name and name.startswith(each.prefix)]
    return max(fitting, key=lambda each: len(each.prefix), default=None)


def deciding_controllers(writers: Collection[str], by_class: str) -> Collection[str]:
    """The controllers, of those that wrote a status about a Gateway, that may be the one that its class names: that one,
    or else those of the same implementation; all where the class does not tell under which name its controller writes."""
    if by_class in writers:
        return (by_class,)
    row = controller_of(by_class)
    if row is ISTIO and by_class != ISTIO_GATEWAYS:
        return writers
    return [name for name in writers if row is not None and controller_of(name) is row]


_BY_EXTENSION = "where its support for the inference extension is switched on"
_BY_MANAGER = "where its extension manager lists the kind"

ENVOY_GATEWAY = Controller(
    "Envoy Gateway",
    "gateway.envoyproxy.io/",
    "envoyproxy/gateway at d32f2829 and v1.9.1",
    backends=(
        (SERVICE_IMPORT, ""),
        (EG_BACKEND, "where its Backend API is switched on (enableBackend)"),
        (INFERENCE_POOL, _BY_MANAGER),
        (X_INFERENCE_POOL, _BY_MANAGER),
    ),
    deployment=("envoy-gateway-system", "envoy-gateway"),
)
ISTIO_GATEWAYS = "istio.io/gateway-controller"
"""The name that Istio writes into the status of routes unless it is told another one, also where a class has one of its
other names: `istio.io/unmanaged-gateway`, `istio.io/mesh-controller` (istio/istio, createRouteStatus)."""
ISTIO = Controller(
    "Istio",
    "istio.io/",
    "istio/istio at 86c9f01f, and at ca0f371a: ExtractCertInfo in pilot/pkg/credentials/kube/secrets.go",
    referrers=frozenset({GATEWAY, HTTP_ROUTE, GRPC_ROUTE, TLS_ROUTE, TCP_ROUTE, LISTENER_SET}),
    targets=frozenset({CONFIG_MAP, SECRET, SERVICE, X_BACKEND, INFERENCE_POOL}),
    backends=(
        (SERVICE_IMPORT, ""),
        (X_BACKEND, "where it knows that kind"),
        (INFERENCE_POOL, _BY_EXTENSION),
    ),
    skips_weight_zero=True,
    skips_ports=True,
    takes_any_secret=True,
    deployment=("istio-system", "istiod"),
)
OPENSHIFT = replace(
    ISTIO,
    name="Istio of OpenShift",
    prefix="openshift.io/gateway-controller",
    read_in=f"{ISTIO.read_in}, and openshift/enhancements, gateway-api-without-olm",
    deployment=("openshift-ingress", "istiod-openshift-gateway"),
)
NGINX = Controller(
    "NGINX Gateway Fabric",
    "gateway.nginx.org/",
    "nginx/nginx-gateway-fabric at e55bfe33",
    takes_core=True,
    deployment=("nginx-gateway", "ngf-nginx-gateway-fabric"),
    backends=((INFERENCE_POOL, _BY_EXTENSION),),
)
KONG_INGRESS = Controller("Kong Ingress Controller", "konghq.com/", "Kong/kubernetes-ingress-controller at 1fa68f86")
KONG_OPERATOR = Controller(
    "Kong Operator", "konghq.com/gateway-operator", "Kong/kong-operator at cefc384", takes_core=True
)
CILIUM = Controller(
    "Cilium",
    "io.cilium/",
    "cilium/cilium v1.20.2, helpers/referencegrants.go and status_listener.go in operator/pkg/gateway-api",
    referrers=frozenset({GATEWAY, LISTENER_SET, HTTP_ROUTE, GRPC_ROUTE, TLS_ROUTE, TCP_ROUTE, UDP_ROUTE}),
    targets=frozenset({SERVICE, SERVICE_IMPORT, SECRET}),
    deployment=("kube-system", "cilium-operator"),
    backends=((SERVICE_IMPORT, ""),),
)
AWS_LOAD_BALANCER = Controller(
    "AWS Load Balancer Controller",
    "gateway.k8s.aws/",
    "kubernetes-sigs/aws-load-balancer-controller at 225f445",
    backends=((GATEWAY, "if the Gateway is an ALB behind an NLB"), (TARGET_GROUP_NAME, "")),
)
KGATEWAY = Controller(
    "kgateway",
    "kgateway.dev/",
    "kgateway-dev/kgateway at 06ff8b9, and devel/reference_grant/reference-grant-mode.md of pull request 14209",
    takes_core=True,
    may_not_ask="kgateway asks for no grant with KGW_REFERENCE_GRANT_MODE=OFF",
)
LINKERD = Controller("Linkerd", "linkerd.io/", "linkerd/linkerd2 at b24cd40", never_asks="Linkerd asks for no grant")

CONTROLLERS: Sequence[Controller] = (
    ENVOY_GATEWAY,
    ISTIO,
    OPENSHIFT,
    NGINX,
    CILIUM,
    Controller(
        "Traefik",
        "traefik.io/",
        "traefik/traefik at fd5a576d, and traefik#10338",
        takes_core=True,
        may_not_ask="it asks for no grant (traefik#10338)",
        asks_since=("3.1.0",),
        deployment=("traefik", "traefik"),
    ),
    KONG_INGRESS,
    KONG_OPERATOR,
    KGATEWAY,
    Controller(
        "agentgateway",
        "agentgateway.dev/",
        "agentgateway/agentgateway at 75b4e6c",
        may_not_ask="agentgateway asks for no grant to backends with BackendRefGrantMode none",
    ),
    Controller(
        "Gloo Gateway",
        "solo.io/gloo-gateway",
        "solo-io/gloo at 8d57572e55, ReferenceAllowed in projects/gateway2/query/query.go",
        takes_core=True,
    ),
    Controller(
        "HAProxy Unified Gateway",
        "gate.haproxy.org/",
        "haproxytech/haproxy-unified-gateway at 2940662f, documentation/conformance.md",
    ),
    AWS_LOAD_BALANCER,
    Controller(
        "AWS Gateway API Controller",
        "application-networking.k8s.aws/",
        "aws/aws-application-networking-k8s, the notes of v2.2.0 and v2.3.0, and config/manager at 03d6abec",
        may_not_ask="it only warns of a missing grant (event CrossNamespaceRefNotPermitted)",
        asks_since=("2.3.0",),
        deployment=("aws-application-networking-system", "gateway-api-controller"),
    ),
    Controller(
        "ngrok",
        "ngrok.com/",
        "the flag --disable-reference-grants of ngrok/ngrok-operator",
        may_not_ask="the ngrok operator asks for no grant with its flag --disable-reference-grants",
    ),
    Controller(
        "GKE",
        "networking.gke.io/gateway",
        "kubernetes-sigs/gateway-api#2670, with the controller's message GWCER104",
        never_crosses="GKE's controller supports no backend of another namespace (its message GWCER104)",
    ),
    Controller(
        "Kuma",
        "gateways.kuma.io/",
        "kumahq/kuma#18014, #18075 and #18259, and at 348b6528bc: the upgrade notes, referenceGrantAllowsBackendRef in "
        "pkg/plugins/runtime/k8s/controllers/gatewayapi/http_route_conversion.go",
        may_not_ask="if Kuma is older than August 2026 (kuma#18075), it asks for no grant",
        asks_in_meshes=True,
    ),
    LINKERD,
    Controller(
        "APISIX Ingress Controller",
        "apisix.apache.org/",
        "apache/apisix-ingress-controller at d510f665 (2.2.0), checkReferenceGrant in internal/controller/utils.go",
    ),
    Controller(
        "STUNner",
        "stunner.l7mp.io/",
        "l7mp/stunner-gateway-operator at 0e1f157 (1.2.1), README.md",
        never_asks="STUNner asks for no grant",
    ),
    Controller(
        "pingora-gateway-controller",
        "pingora.k8s.lex.la/",
        "lexfrei/pingora-gateway-controller at 3f0ec74",
        never_asks="this controller writes ResolvedRefs=True for every route and does not enforce ReferenceGrant (read at "
        "its commit 3f0ec74)",
    ),
)

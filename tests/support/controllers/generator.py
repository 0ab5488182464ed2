"""A few hundred Gateway API objects from a seed: routes, Gateways, ListenerSets, grants, Services and Secrets.

Much of it is sound, and much is wrong in the ways people get it wrong, so every answer occurs many times.
The same seed makes the same objects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, TypeVar

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from tests.support.cluster.objects import backend, endpoints, grant, listener, mirror, route, to_backends

T = TypeVar("T")

LABELS: Mapping[str, Mapping[str, str]] = {
    "shop": {"team": "shop", "tier": "front"},
    "shop-api": {"team": "shop", "tier": "back"},
    "billing": {"team": "billing"},
    "infra": {"team": "infra", "edge": "yes"},
    "edge": {"edge": "yes"},
    "plain": {},
}
"""The namespaces and their labels."""

SERVICES = ("auth", "cart", "mail")
SECRETS = ("site", "api")
HOSTNAMES = ("a.example.com", "b.example.com", "deep.a.example.com", "*.example.com", "example.org", "*.example.org")
PROTOCOL_OF = {"HTTPRoute": "HTTP", "GRPCRoute": "HTTP", "TLSRoute": "TLS", "TCPRoute": "TCP", "UDPRoute": "UDP"}

_SELECTORS: Sequence[JSON] = (
    {"matchLabels": {"team": "shop"}},
    {"matchLabels": {"edge": "yes"}},
    {"matchExpressions": [{"key": "team", "operator": "In", "values": ["shop", "billing"]}]},
    {"matchExpressions": [{"key": "edge", "operator": "DoesNotExist"}]},
    {"matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["back"]}]},
    {"matchLabels": {"kubernetes.io/metadata.name": "plain"}},
    {},
)


def generate(seed: int, gateway_class: str, certificate: Mapping[str, str]) -> list[JSON]:
    """The objects for a seed, in an order in which they can be created.

    `certificate` is the data of a TLS Secret in base64: `tls.crt` and `tls.key`.
    """
    return _Generator(Random(seed), gateway_class, certificate).objects()


class _Generator:
    def __init__(self, random: Random, gateway_class: str, certificate: Mapping[str, str]) -> None:
        self._random = random
        self._gateway_class = gateway_class
        self._certificate = certificate
        self._namespaces = tuple(LABELS)

    def objects(self) -> list[JSON]:
        namespaces = [_object("v1", "Namespace", None, name, labels) for name, labels in LABELS.items()]
        services = [self._service(place, name) for place in LABELS for name in SERVICES if self._chance(0.8)]
        slices = [endpoints(service) for service in services]
        secrets = [self._secret(place, name) for place in LABELS for name in SECRETS if self._chance(0.8)]
        grants = [self._grant(place, number) for place in LABELS for number in range(5)]
        gateways = [self._gateway(place, name) for place in ("infra", "edge", "shop") for name in ("public", "private")]
        sets = [self._set(place, self._one(gateways)) for place in LABELS for _ in range(2)]
        parents = [*gateways, *gateways, *sets]
        routes = [
            self._route(kind, f"{kind.lower()}-{number}", parents)
            for kind, count in (
                ("HTTPRoute", 110),
                ("GRPCRoute", 40),
                ("TLSRoute", 25),
                ("TCPRoute", 20),
                ("UDPRoute", 10),
            )
            for number in range(count)
        ]
        exact = self._exact_grants([*gateways, *sets, *(each for each in routes if each["kind"] == "GRPCRoute")])
        return [*namespaces, *services, *slices, *secrets, *grants, *exact, *gateways, *_distinct(sets), *routes]

    def _exact_grants(self, referrers: Sequence[JSON]) -> list[JSON]:
        """Grants for half of the certificates and mirrors in other namespaces, which random grants seldom permit."""
        made: list[JSON] = []
        for each in referrers:
            own, kind = each["metadata"]["namespace"], each["kind"]
            listed = (each["spec"].get("listeners", ()), each["spec"].get("rules", ()))
            certificates = [to for one in listed[0] for to in one.get("tls", {}).get("certificateRefs", ())]
            mirrors = [by["requestMirror"]["backendRef"] for one in listed[1] for by in one.get("filters", ())]
            for target, to in (*(("Secret", to) for to in certificates), *(("Service", to) for to in mirrors)):
                if to.get("namespace", own) != own and self._chance(0.5):
                    from_ = {"group": GATEWAY_GROUP, "kind": kind, "namespace": own}
                    entry = {"group": "", "kind": target, "name": to["name"]}
                    made.append(grant(to["namespace"], [from_], [entry], name=f"exact-{len(made)}"))
        return made

    def _one(self, choices: Sequence[T]) -> T:
        return self._random.choice(choices)

    def _chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def _weighted(self, weights: Mapping[T, float]) -> T:
        return self._random.choices(list(weights), list(weights.values()))[0]

    def _service(self, namespace: str, name: str) -> JSON:
        ports = [{"name": f"{protocol.lower()}-80", "port": 80, "protocol": protocol} for protocol in ("TCP", "UDP")]
        if self._chance(0.3):
            ports.append({"name": "http-alt", "port": 8080, "protocol": "TCP"})
        return {**_object("v1", "Service", namespace, name), "spec": {"ports": ports}}

    def _secret(self, namespace: str, name: str) -> JSON:
        secret = _object("v1", "Secret", namespace, name)
        return {**secret, "type": "kubernetes.io/tls", "data": dict(self._certificate)}

    def _grant(self, namespace: str, number: int) -> JSON:
        """A grant of which any part may be slightly wrong."""
        referrers = {
            "HTTPRoute": 5,
            "GRPCRoute": 3,
            "Gateway": 3,
            "ListenerSet": 2,
            "TLSRoute": 2,
            "TCPRoute": 2,
            "UDPRoute": 1,
        }
        slips = {"HTTPRoute": "httproute", "GRPCRoute": "GRPCRoutes", "Gateway": "gateways", "Service": "services"}

        def slip(kind: str) -> str:
            return slips.get(kind, kind) if self._chance(0.08) else kind

        from_ = [
            {
                "group": self._weighted({GATEWAY_GROUP: 20, "networking.gateway.k8s.io": 1, "": 1}),
                "kind": slip(self._weighted(referrers)),
                "namespace": self._weighted({**dict.fromkeys(self._namespaces, 4.0), "shpo": 1}),
            }
            for _ in range(self._random.randint(1, 4))
        ]
        to = []
        for _ in range(self._random.randint(1, 3)):
            kind = self._weighted({"Service": 3, "Secret": 2})
            entry = {"group": self._weighted({"": 20, "core": 1}), "kind": slip(kind)}
            if self._chance(0.6):
                entry["name"] = self._one(SERVICES if kind == "Service" else SECRETS)
            to.append(entry)
        return grant(namespace, from_, to, name=f"grant-{number}")

    def _gateway(self, namespace: str, name: str) -> JSON:
        listeners = [
            self._listener(
                "web", 80, "HTTP", hostname=self._weighted({None: 2, "*.example.com": 2, "a.example.com": 1})
            ),
            self._listener("more", 8080, "HTTP", hostname=self._weighted({None: 1, "*.example.org": 1})),
            self._secure("secure", 443),
            self._listener("through", 8443, "TLS", tls={"mode": "Passthrough"}),
            self._listener("tcp", 9000, "TCP"),
            self._listener("udp", 9001, "UDP"),
        ]
        spec: dict[str, Any] = {"gatewayClassName": self._gateway_class, "listeners": listeners}
        rule = self._weighted({"All": 5, "Same": 1, "Selector": 2, "": 1})
        if rule:
            namespaces = {"from": rule} | ({"selector": self._one(_SELECTORS)} if rule == "Selector" else {})
            spec["allowedListeners"] = {"namespaces": namespaces}
        return {**_object(f"{GATEWAY_GROUP}/v1", "Gateway", namespace, name), "spec": spec}

    def _set(self, namespace: str, parent: JSON) -> JSON:
        name = self._one(("extra", "spare"))
        number = 10 * self._namespaces.index(namespace) + (5 if name == "spare" else 0)
        listeners = [
            self._listener("web", 10000 + number, "HTTP"),
            self._secure("secure", 11000 + number),
        ]
        place = parent["metadata"]["namespace"]
        spec = {"parentRef": {"name": parent["metadata"]["name"], "namespace": place}, "listeners": listeners}
        return {**_object(f"{GATEWAY_GROUP}/v1", "ListenerSet", namespace, name), "spec": spec}

    def _listener(self, name: str, port: int, protocol: str, hostname: str | None = None, **more: Any) -> JSON:
        rule = self._weighted({"All": 5, "Same": 1, "Selector": 3})
        namespaces = {"from": rule} | ({"selector": self._one(_SELECTORS)} if rule == "Selector" else {})
        listed = self._weighted({"": 12, "HTTPRoute": 2, "HTTPRoute TCPRoute": 1}) if protocol == "HTTP" else ""
        kinds = {"kinds": [{"kind": kind} for kind in listed.split()]} if listed else {}
        if hostname:
            more["hostname"] = hostname
        return listener(name, port, protocol=protocol, allowedRoutes={"namespaces": namespaces, **kinds}, **more)

    def _secure(self, name: str, port: int) -> JSON:
        references = [self._certificate_ref() for _ in range(self._weighted({1: 4, 2: 1}))]
        return self._listener(name, port, "HTTPS", tls={"mode": "Terminate", "certificateRefs": references})

    def _certificate_ref(self) -> JSON:
        name = self._weighted({**dict.fromkeys(SECRETS, 5.0), "gone": 1})
        return {"name": name} | ({"namespace": self._one(self._namespaces)} if self._chance(0.7) else {})

    def _route(self, kind: str, name: str, parents: Sequence[JSON]) -> JSON:
        namespace = self._one(self._namespaces)
        chosen = [self._parent(kind, self._one(parents)) for _ in range(self._weighted({1: 3, 2: 1}))]
        spec: dict[str, Any] = {"parentRefs": _distinct_parents(chosen)}
        if kind == "TLSRoute" or (kind in ("HTTPRoute", "GRPCRoute") and self._chance(0.5)):
            spec["hostnames"] = sorted({self._one(HOSTNAMES) for _ in range(self._random.randint(1, 2))})
        several = kind in ("HTTPRoute", "GRPCRoute")
        rules = [self._rule(kind, number) for number in range(self._random.randint(1, 2) if several else 1)]
        return route(namespace, *rules, name=name, kind=kind, **spec)

    def _parent(self, kind: str, parent: JSON) -> JSON:
        listeners = parent["spec"]["listeners"]
        reference: dict[str, Any] = {"name": parent["metadata"]["name"], "namespace": parent["metadata"]["namespace"]}
        if parent["kind"] != "Gateway":
            reference["kind"] = parent["kind"]
        fitting = [each for each in listeners if each["protocol"] == PROTOCOL_OF[kind]] or listeners
        match self._weighted({"fitting": 6, "any": 2, "absent": 0.4, "": 3}):
            case "fitting":
                reference["sectionName"] = self._one(fitting)["name"]
            case "any":
                reference["sectionName"] = self._one(listeners)["name"]
            case "absent":
                reference["sectionName"] = "absent"
        match self._weighted({"": 12, "any": 2, "absent": 0.4}):
            case "any":
                reference["port"] = self._one(fitting)["port"]
            case "absent":
                reference["port"] = 12345
        return reference

    def _rule(self, kind: str, number: int) -> JSON:
        backends = [self._backend() for _ in range(self._weighted({1: 4, 2: 2}))]
        if kind not in ("HTTPRoute", "GRPCRoute"):
            return to_backends(*backends)
        filters = (mirror(_without_weight(self._backend())),) if self._chance(0.2) else ()
        match = (
            {"path": {"type": "PathPrefix", "value": f"/{number}"}}
            if kind == "HTTPRoute"
            else {"method": {"service": f"s{number}"}}
        )
        return {"matches": [match], **to_backends(*backends, filters=filters)}

    def _backend(self) -> JSON:
        place = self._one(self._namespaces) if self._chance(0.75) else None
        name = self._weighted({**dict.fromkeys(SERVICES, 6.0), "gone": 1})
        port = self._weighted({80: 12, 8080: 1})
        odd = self._weighted(dict(enumerate((40.0, 1.0, 1.0, 1.0))))
        kind: JSON = ({}, {"weight": 0}, {"kind": "Widget", "group": "example.com"}, {"kind": "service"})[odd]
        return backend(place, name, port, **kind)


def _without_weight(reference: JSON) -> JSON:
    return {field: value for field, value in reference.items() if field != "weight"}


def _object(version: str, kind: str, namespace: str | None, name: str, labels: Mapping[str, str] | None = None) -> JSON:
    metadata: dict[str, Any] = {"name": name, "labels": dict(labels or {})}
    if namespace is not None:
        metadata["namespace"] = namespace
    return {"apiVersion": version, "kind": kind, "metadata": metadata}


def _distinct(objects: Sequence[JSON]) -> list[JSON]:
    """One object for each namespace and name."""
    return list({(each["metadata"]["namespace"], each["metadata"]["name"]): each for each in objects}.values())


def _distinct_parents(references: Sequence[JSON]) -> list[JSON]:
    """References to different parents. Two to the same parent must both name sections, which is not tested here."""
    return list({(each["namespace"], each["name"], each.get("kind")): each for each in references}.values())

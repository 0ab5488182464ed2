"""Small hostile clusters: all objects are right or almost right, in the ways people and attackers get them wrong.

The same seed makes the same objects. Names come from a few similar words, so that hits are as common as misses.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from tests.support.random_clusters.attachment import GROUP

T = TypeVar("T")
Object = dict[str, Any]

NAMESPACES = ("shop", "shop-api", "infra", "x-to-y")
NAMES = ("api", "api-v1", "shop.example.com", "shop-example-com", "a", "b", "a-and-b", "secret-a")
ROUTES = ("HTTPRoute", "HTTPRoute", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute")
HOSTNAMES = (
    "a.example.com",
    "A.Example.Com",
    "b.a.example.com",
    "*.example.com",
    "*.a.example.com",
    "example.com",
    "*.org",
)
PROTOCOLS = ("HTTP", "HTTP", "HTTPS", "HTTPS", "TLS", "TCP", "UDP", "example.com/own")
SELECTORS: Sequence[Object] = (
    {},
    {"matchLabels": {"team": "shop"}},
    {"matchLabels": {"kubernetes.io/metadata.name": "shop"}},
    {"matchExpressions": [{"key": "team", "operator": "In", "values": ["shop", "infra"]}]},
    {"matchExpressions": [{"key": "edge", "operator": "Exists"}]},
    {"matchExpressions": [{"key": "edge", "operator": "DoesNotExist"}]},
    {"matchExpressions": [{"key": "team", "operator": "NotIn", "values": ["shop"]}]},
    {"matchLabels": {"team": "shop"}, "matchExpressions": [{"key": "team", "operator": "NotIn", "values": ["shop"]}]},
    # Rejected by apimachinery.
    {"matchExpressions": [{"key": "team", "operator": "NotIn", "values": []}]},
    {"matchExpressions": [{"key": "team", "operator": "NotIn"}]},
    {"matchExpressions": [{"key": "edge", "operator": "DoesNotExist", "values": ["x"]}]},
    {"matchExpressions": [{"key": "no such key", "operator": "DoesNotExist"}]},
    {"matchExpressions": [{"key": "team", "operator": "notIn", "values": ["x"]}]},
    {"matchExpressions": [{"key": "team", "operator": "NotIn", "values": ["-x"]}]},
)
_TLS = Path(__file__).parents[1] / "fakes" / "tls"
_PAIR = {
    f"tls.{part}": base64.b64encode((_TLS / f"{name}.pem").read_bytes()).decode()
    for part, name in (("crt", "cert"), ("key", "key"))
}


def generate(seed: str) -> list[Object]:
    return _Generator(Random(seed)).objects()


class _Generator:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._wanted: list[tuple[str, str, str, str, str, str, str]] = []
        self._targets: dict[str, list[Object]] = {}

    def objects(self) -> list[Object]:
        some = self._random.randint
        spaces = [self._namespace(name) for name in NAMESPACES]
        services = [self._service() for _ in range(some(2, 6))]
        secrets = [self._secret() for _ in range(some(1, 4))]
        self._targets = {"Service": services, "Secret": secrets}
        gateways = [self._gateway() for _ in range(some(1, 2))]
        sets = [self._set(gateways) for _ in range(some(0, 2))]
        routes = [self._route([*gateways, *sets, *services[:1]]) for _ in range(some(1, 5))]
        policies = [self._policy() for _ in range(some(0, 1))]
        grants = [self._grant(number) for number in range(some(0, 7))]
        every = [*spaces, *services, *secrets, *gateways, *sets, *routes, *policies, *grants]
        self._random.shuffle(every)
        return list(
            {
                (each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"]): each for each in every
            }.values()
        )

    def _one(self, choices: Sequence[T]) -> T:
        return self._random.choice(choices)

    def _chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def _weighted(self, weights: Mapping[T, float]) -> T:
        return self._random.choices(list(weights), list(weights.values()))[0]

    def _object(self, kind: str, spec: Object, name: str | None = None, group: str = GROUP) -> Object:
        # As if an API server held it: a manifest that none takes is another matter.
        created = {"creationTimestamp": "2026-01-01T00:00:00Z"}
        metadata = {"namespace": self._one(NAMESPACES), "name": name or self._one(NAMES), **created}
        return {"apiVersion": f"{group}/v1" if group else "v1", "kind": kind, "metadata": metadata, "spec": spec}

    def _namespace(self, name: str) -> Object:
        labels = {}
        if self._chance(0.6):
            labels["team"] = self._one(("shop", "infra", "-"[:0]))
        if self._chance(0.3):
            labels["edge"] = "yes"
        return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}

    def _service(self) -> Object:
        ports: list[Object] = [{"name": "tcp", "port": 80}]
        if self._chance(0.5):
            ports.append({"name": "udp", "port": 80, "protocol": "UDP"})
        return self._object("Service", {"ports": ports}, group="")

    def _secret(self) -> Object:
        secret = self._object("Secret", {}, group="")
        del secret["spec"]
        if self._chance(0.2):
            return {**secret, "type": "Opaque", "data": {"token": "aGlkZGVu"}}
        return {**secret, "type": "kubernetes.io/tls", "data": _PAIR}

    def _reference(self, referrer: Object, kind: str, port: bool) -> Object:
        """A reference to a Service or Secret. The permission it needs is remembered, for grants to be nearly right."""
        found: Object = {"name": self._one(NAMES)}
        if self._chance(0.6):
            found = {field: self._one(self._targets[kind])["metadata"][field] for field in ("name", "namespace")}
        elif self._chance(0.8):
            found["namespace"] = self._one(NAMESPACES) if self._chance(0.95) else "gone"
        if port and self._chance(0.95):
            found["port"] = self._weighted({80: 9, 8080: 1})
        odd = self._random.random()
        if odd < 0.03:
            found["kind"] = kind.lower()
        elif odd < 0.06:
            found["group"] = "core"
        elif odd < 0.1:
            found |= {"group": "", "kind": self._one(("Secret", "ConfigMap", "Service"))}
        metadata = referrer["metadata"]
        group, kind = found.get("group", ""), found.get("kind", kind)
        target = (group, kind, found.get("namespace", metadata["namespace"]), found["name"])
        self._wanted.append((GROUP, referrer["kind"], metadata["namespace"], *target))
        return found

    def _listener(self, parent: Object, number: int) -> Object:
        protocol = self._one(PROTOCOLS)
        found: Object = {"name": f"l{number}", "port": self._one((80, 443, 8443)), "protocol": protocol}
        if self._chance(0.5):
            found["hostname"] = self._one(HOSTNAMES)
        if protocol in ("HTTPS", "TLS") or self._chance(0.1):
            tls: Object = {"certificateRefs": [self._reference(parent, "Secret", port=False)]}
            if self._chance(0.5):
                tls["mode"] = self._one(("Terminate", "Passthrough"))
            found["tls"] = tls
        allowed: Object = {}
        if self._chance(0.8):
            allowed["namespaces"] = self._namespaces(("All", "All", "Same", "Selector"))
        if self._chance(0.3):
            kinds = [{"kind": self._one(ROUTES)} for _ in range(self._random.randint(1, 2))]
            allowed["kinds"] = [
                each | ({"group": self._one((GROUP, "example.com"))} if self._chance(0.2) else {}) for each in kinds
            ]
        return found | ({"allowedRoutes": allowed} if allowed else {})

    def _namespaces(self, rules: Sequence[str]) -> Object:
        rule = self._one(rules)
        chosen = rule == "Selector" and self._chance(0.95)
        return {"from": rule} | ({"selector": self._one(SELECTORS)} if chosen else {})

    def _gateway(self) -> Object:
        gateway = self._object("Gateway", {"gatewayClassName": "example"})
        gateway["spec"]["listeners"] = [self._listener(gateway, index) for index in range(self._random.randint(1, 3))]
        if self._chance(0.7):
            gateway["spec"]["allowedListeners"] = {
                "namespaces": self._namespaces(("All", "Same", "None", "Selector", "Selector"))
            }
        if self._chance(0.2):
            client = self._reference(gateway, "Secret", port=False)
            gateway["spec"]["tls"] = {"backend": {"clientCertificateRef": client}}
        return gateway

    def _set(self, gateways: Sequence[Object]) -> Object:
        found = self._object("ListenerSet", {"parentRef": self._to(self._one(gateways))})
        found["spec"]["listeners"] = [self._listener(found, index) for index in range(self._random.randint(1, 2))]
        return found

    def _to(self, parent: Object) -> Object:
        metadata = parent["metadata"]
        found: Object = {"name": metadata["name"] if self._chance(0.95) else "gone"}
        if self._chance(0.9):
            found["namespace"] = metadata["namespace"]
        return found

    def _parent(self, parent: Object) -> Object:
        found = self._to(parent)
        if parent["kind"] == "Service":
            found |= {"group": "", "kind": "Service"} | (
                {"port": self._weighted({80: 4, 81: 1})} if self._chance(0.5) else {}
            )
            return found
        if parent["kind"] == "ListenerSet" or self._chance(0.2):
            found["kind"] = parent["kind"]
        if self._chance(0.4):
            found["sectionName"] = self._weighted({"l0": 5, "l1": 2, "gone": 0.5})
        if self._chance(0.2):
            found["port"] = self._one((80, 443, 9))
        return found

    def _route(self, parents: Sequence[Object]) -> Object:
        route = self._object(self._one(ROUTES), {})
        kind, spec = route["kind"], route["spec"]
        spec["parentRefs"] = [self._parent(self._one(parents)) for _ in range(self._weighted({0: 1, 1: 6, 2: 3, 3: 1}))]
        if kind in ("HTTPRoute", "GRPCRoute", "TLSRoute") and self._chance(0.5):
            spec["hostnames"] = [self._one(HOSTNAMES) for _ in range(self._random.randint(1, 2))]
        spec["rules"] = []
        for _ in range(self._random.randint(1, 2)):
            rule: Object = {
                "backendRefs": [self._reference(route, "Service", port=True) for _ in range(self._random.randint(1, 3))]
            }
            if kind in ("HTTPRoute", "GRPCRoute") and self._chance(0.2):
                mirror = {"requestMirror": {"backendRef": self._reference(route, "Service", port=True)}}
                self._one((rule, rule["backendRefs"][0]))["filters"] = [{"type": "RequestMirror", **mirror}]
            spec["rules"].append(rule)
        return route

    def _policy(self) -> Object:
        target = {"group": "", "kind": "Service", "name": self._one(NAMES)}
        return self._object("BackendTLSPolicy", {"targetRefs": [target], "validation": {"hostname": "a.example.com"}})

    def _grant(self, number: int) -> Object:
        """A grant for some existing references, mostly with a slip."""
        wanted = [self._one(self._wanted) for _ in range(self._weighted({1: 5, 2: 3, 3: 1}))]
        from_ = [{"group": group, "kind": kind, "namespace": namespace} for group, kind, namespace, *_ in wanted]
        to = [{"group": group, "kind": kind, "name": name} for *_, group, kind, _, name in wanted]
        for each in to:
            if self._chance(0.25):
                del each["name"]
        place = wanted[0][5]
        for _ in range(self._weighted({0: 4, 1: 4, 2: 1})):
            place, from_, to = self._slip(place, from_, to)
        grant = self._object("ReferenceGrant", {"from": from_, "to": to}, f"g{number}")
        grant["apiVersion"] = f"{GROUP}/{self._one(('v1beta1', 'v1'))}"
        grant["metadata"]["namespace"] = place
        return grant

    def _slip(self, place: str, from_: list[Object], to: list[Object]) -> tuple[str, list[Object], list[Object]]:
        part = self._one((from_, to))
        entry = self._one(part)
        match self._random.randrange(12):
            case 0:
                entry["kind"] = entry["kind"].lower()
            case 1:
                entry["kind"] = entry["kind"].lower() + "s"
            case 2:
                entry["group"] = self._one(
                    ("core", "", "v1", "networking.gateway.k8s.io", f"{GROUP}/v1", "example.com")
                )
            case 3:
                self._one(from_)["namespace"] = self._one((*NAMESPACES, "shpo", "infra "[:5]))
            case 4:
                self._one(to)["name"] = self._one((*NAMES, "", "aip", "Api"))
            case 5:
                place = self._one(NAMESPACES)
            case 6:
                from_, to = (
                    [{"group": each["group"], "kind": each["kind"], "namespace": place} for each in to],
                    [{"group": each["group"], "kind": each["kind"]} for each in from_],
                )
            case 7:
                self._one(from_)["namespace"] = place
            case 8:
                part.append(dict(entry))
            case 9:
                part += [{**entry, "kind": f"Kind{number}"} for number in range(16)]
            case 10:
                to = [{"group": GROUP, "kind": "Gateway"}]
            case _:
                from_ = [{**entry, "kind": "Gateway"} for entry in from_]
        return place, from_, to

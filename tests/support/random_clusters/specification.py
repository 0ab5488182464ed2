"""The right answer for every reference of a cluster, from docs/rules.md 1 to 5, without the program's code.

A cluster is a list of objects. All of it can be read, and no controller has written a status.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.support.random_clusters.attachment import GROUP, admits, joins, wrong_kinds

Object = Mapping[str, Any]
Name = tuple[str, str, str, str]
"""Group, kind, namespace and name of an object."""
Inputs = tuple[Name, str]
"""A referrer, and the path of a reference in it."""

ROUTES = ("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute")


@dataclass(frozen=True)
class Found:
    """A reference: `field` is the object at its path, `role` is its purpose."""

    referrer: Object
    path: str
    field: Object
    role: str
    group: str
    kind: str

    @property
    def place(self) -> Inputs:
        return name_of(self.referrer), self.path

    @property
    def target(self) -> Name:
        own = self.referrer["metadata"]["namespace"]
        namespace = own if self.role == "local" else self.field.get("namespace", own)
        return (self.field.get("group", self.group), self.field.get("kind", self.kind), namespace, self.field["name"])

    @property
    def crosses(self) -> bool:
        return bool(self.target[2] != self.referrer["metadata"]["namespace"])


def name_of(obj: Object) -> Name:
    version, metadata = obj["apiVersion"], obj["metadata"]
    return (version.rpartition("/")[0], obj["kind"], metadata.get("namespace", ""), metadata["name"])


class Cluster:
    def __init__(self, objects: Sequence[Object]) -> None:
        self.objects = {name_of(each): each for each in objects}
        self.grants = [each for each in self.objects.values() if each["kind"] == "ReferenceGrant"]

    def references(self) -> Iterator[Found]:
        for each in self.objects.values():
            if each["kind"] in ROUTES:
                yield from _of_route(each)
            elif each["kind"] in ("Gateway", "ListenerSet"):
                yield from _of_listeners(each)
            elif each["kind"] == "BackendTLSPolicy":
                for index, field in enumerate(each["spec"]["targetRefs"]):
                    yield Found(each, f"spec.targetRefs[{index}]", field, "local", "", "")

    def wrong_kinds(self) -> set[Inputs]:
        """Entries of allowedRoutes.kinds that a listener's protocol cannot carry (docs/rules.md 5.2)."""
        return {
            (name, f"spec.listeners[{number}].allowedRoutes.kinds[{index}]")
            for name, obj in self.objects.items()
            if obj["kind"] in ("Gateway", "ListenerSet")
            for number, listener in enumerate(obj["spec"]["listeners"])
            for index in wrong_kinds(listener)
        }

    def answer(self, found: Found) -> str:
        """Mechanism, verdict and, for a parentRef, the reason of a reference."""
        if found.role == "parent":
            return self._of_parent(found)
        if found.role == "gateway":
            return f"AllowedListeners {'allowed' if self._takes(found) else self._without(found)}"
        mechanism, permitted = self.permission(found)
        if not permitted:
            return f"{mechanism} refused"
        return f"{mechanism} {'allowed' if self._serves(found) else 'broken'}"

    def permission(self, found: Found) -> tuple[str, bool]:
        """The mechanism that governs a reference other than a parentRef, and whether it permits (docs/rules.md 3.1)."""
        if found.role == "idle":
            return "Ungoverned", True
        if found.role == "local":
            return "Local", True
        if not found.crosses:
            return "SameNamespace", True
        if found.referrer["kind"] in ROUTES and _of_mesh(found.referrer):
            return "Mesh", True
        return "ReferenceGrant", any(_permits(grant, found) for grant in self.grants)

    def permitted(self) -> dict[Inputs, bool]:
        """Whether each reference other than a parentRef is permitted."""
        return {
            found.place: self.permission(found)[1]
            for found in self.references()
            if found.role not in ("parent", "gateway")
        }

    def senseless(self) -> set[Inputs]:
        """References to unknown kinds, such as `Service` of group `core`: permitted or not, they never work."""
        known = {("", "Service"), ("", "Secret"), ("", "ConfigMap")}
        return {found.place for found in self.references() if found.target[:2] not in known}

    def _labels(self, namespace: str) -> Mapping[str, str]:
        own = self.objects.get(("", "Namespace", "", namespace), {"metadata": {}})["metadata"].get("labels", {})
        return {**own, "kubernetes.io/metadata.name": namespace}

    def _of_parent(self, found: Found) -> str:
        group, kind, *_ = found.target
        parent = self.objects.get(found.target)
        if (group, kind) == ("", "Service"):
            port = found.field.get("port")
            exists = parent is not None and (port is None or _has_port(parent, port, found.referrer["kind"]))
            return f"Mesh {'allowed' if exists else 'broken'}"
        if group != GROUP or kind not in ("Gateway", "ListenerSet") or parent is None:
            return "AllowedRoutes broken None"
        answer = joins(found.field, parent, found.referrer, self._labels(found.referrer["metadata"]["namespace"]))
        if kind == "ListenerSet" and answer == "allowed Accepted":
            (of_set,) = (each for each in _of_listeners(parent) if each.role == "gateway")
            answer = answer if self._takes(of_set) else "broken None"
        return f"AllowedRoutes {answer}"

    def _takes(self, of_set: Found) -> bool:
        """Whether the Gateway of a ListenerSet takes it (docs/rules.md 5.5)."""
        gateway = self.objects.get(of_set.target)
        if gateway is None:
            return False
        guest = of_set.referrer["metadata"]["namespace"]
        rules = gateway["spec"].get("allowedListeners", {}).get("namespaces", {})
        return admits(rules, "None", of_set.target[2], guest, self._labels(guest))

    def _without(self, of_set: Found) -> str:
        return "refused" if of_set.target in self.objects else "broken"

    def _serves(self, found: Found) -> bool:
        """Whether the target exists and suits the field (docs/rules.md 4)."""
        target = self.objects.get(found.target)
        if found.role == "idle":
            return True
        if target is None:
            return False
        if found.role == "backend":
            return found.target[:2] == ("", "Service") and _has_port(
                target, found.field.get("port"), found.referrer["kind"]
            )
        if found.role == "certificate":
            return found.target[:2] == ("", "Secret") and target["type"] == "kubernetes.io/tls"
        return True


def _permits(grant: Object, found: Found) -> bool:
    """Whether the grant permits the reference (docs/rules.md 1.2 and 1.3)."""
    from_, to = grant["spec"]["from"], grant["spec"]["to"]
    if len(from_) > 16 or len(to) > 16 or grant["metadata"]["namespace"] != found.target[2]:
        return False
    group, kind, namespace, _ = name_of(found.referrer)
    referrer = {"group": group, "kind": kind, "namespace": namespace}
    group, kind, _, name = found.target
    return referrer in from_ and any(
        each in ({"group": group, "kind": kind}, {"group": group, "kind": kind, "name": name})
        and each.get("name") != ""
        for each in to
    )


def _of_mesh(route: Object) -> bool:
    parents = route["spec"].get("parentRefs", [])
    return bool(parents) and all((each.get("group"), each.get("kind")) == ("", "Service") for each in parents)


def _has_port(service: Object, port: int | None, route_kind: str) -> bool:
    protocol = "UDP" if route_kind == "UDPRoute" else "TCP"
    return any((each["port"], each.get("protocol", "TCP")) == (port, protocol) for each in service["spec"]["ports"])


def _of_route(route: Object) -> Iterator[Found]:
    for index, field in enumerate(route["spec"].get("parentRefs", ())):
        yield Found(route, f"spec.parentRefs[{index}]", field, "parent", GROUP, "Gateway")
    for number, rule in enumerate(route["spec"].get("rules", ())):
        for index, field in enumerate(rule.get("backendRefs", ())):
            path = f"spec.rules[{number}].backendRefs[{index}]"
            yield Found(route, path, field, "backend", "", "Service")
            yield from _of_filters(route, path, field)
        yield from _of_filters(route, f"spec.rules[{number}]", rule)


def _of_filters(route: Object, path: str, holder: Object) -> Iterator[Found]:
    for index, each in enumerate(holder.get("filters", ())):
        for kind in ("requestMirror", "externalAuth"):
            if kind in each:
                field = each[kind]["backendRef"]
                yield Found(route, f"{path}.filters[{index}].{kind}.backendRef", field, "backend", "", "Service")


def _of_listeners(parent: Object) -> Iterator[Found]:
    if parent["kind"] == "ListenerSet":
        yield Found(parent, "spec.parentRef", parent["spec"]["parentRef"], "gateway", GROUP, "Gateway")
    client = parent["spec"].get("tls", {}).get("backend", {}).get("clientCertificateRef")
    if client:
        yield Found(parent, "spec.tls.backend.clientCertificateRef", client, "certificate", "", "Secret")
    for number, listener in enumerate(parent["spec"].get("listeners", ())):
        tls = listener.get("tls", {})
        for index, field in enumerate(tls.get("certificateRefs", ())):
            idle = listener["protocol"] in ("HTTP", "TCP", "UDP") or tls.get("mode") == "Passthrough"
            path = f"spec.listeners[{number}].tls.certificateRefs[{index}]"
            yield Found(parent, path, field, "idle" if idle else "certificate", "", "Secret")

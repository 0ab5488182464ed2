"""When a manifest is applied over an object, what stays of the object is what kubectl and the API server leave.

KUBECTL_REFS_SEED makes other objects.
"""

from __future__ import annotations

import copy
import json
import os
from random import Random
from typing import Any

import pytest

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.queries.differences.applied import applied
from tests.support.cluster import rest
from tests.support.cluster.api_server import ApiServer
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import V1, path_of

SEED = os.environ.get("KUBECTL_REFS_SEED", "1")
CASES = 12
WAYS = {
    "apply": (("apply",), ("apply",)),
    "server-side": (("apply", "--server-side"), ("apply", "--server-side", "--force-conflicts")),
    "create": (("create",), ("apply",)),
}
"""How objects are created, and how they are changed."""
ALLOCATED = ("clusterIP", "clusterIPs")
Object = dict[str, Any]


class Manifests:
    """Manifests that vary as in daily use: with and without each field."""

    def __init__(self, seed: str, namespace: str) -> None:
        self._random = Random(seed)
        self._namespace = namespace

    def some(self, words: str) -> dict[str, str]:
        """At least one word: managed fields do not tell an owned empty mapping from one that is owned as a whole."""
        chosen = [word for word in words if self._random.random() < 0.5] or [words[0]]
        return {word: self._random.choice("12") for word in chosen}

    def _perhaps(self, **fields: Any) -> Object:
        return {name: value for name, value in fields.items() if self._random.random() < 0.6}

    def make(self, number: int) -> Object:
        kind = ("HTTPRoute", "Gateway", "Service", "Namespace")[number % 4]
        metadata: Object = {"name": f"x{number}-{self._namespace}"} | (
            {} if kind == "Namespace" else {"namespace": self._namespace}
        )
        metadata |= self._perhaps(labels=self.some("abc"), annotations=self.some("abc"))
        version = V1 if kind in ("HTTPRoute", "Gateway") else "v1"
        obj = {"apiVersion": version, "kind": kind, "metadata": metadata}
        return obj if kind == "Namespace" else {**obj, "spec": getattr(self, f"_{kind.lower()}")()}

    def _httproute(self) -> Object:
        rules = [{"backendRefs": [{"name": name, "port": 80}]} for name in ("x", *self.some("yz"))]
        return self._perhaps(hostnames=["a.example.com"], parentRefs=[{"name": "gate"}], rules=rules)

    def _gateway(self) -> Object:
        listeners = [{"name": name, "port": 80 + ord(name), "protocol": "HTTP"} for name in ("a", *self.some("bc"))]
        labels = {"labels": self.some("abc")} | self._perhaps(annotations=self.some("ab"))
        return {"gatewayClassName": "example", "listeners": listeners} | self._perhaps(infrastructure=labels)

    def _service(self) -> Object:
        ports = [{"name": name, "port": 80 + ord(name)} for name in ("a", *self.some("bc"))]
        return {"ports": ports} | self._perhaps(selector=self.some("abc"), sessionAffinity="ClientIP")

    def by_others(self, obj: Object) -> tuple[Object, Object]:
        """A merge patch and a server-side apply by somebody else."""
        patch: Object = {"metadata": {"labels": self.some("cd"), "annotations": self.some("cd")}}
        same = {name: obj[name] for name in ("apiVersion", "kind")}
        metadata = {name: obj["metadata"][name] for name in ("name", "namespace") if name in obj["metadata"]}
        server_side: Object = {**same, "metadata": {**metadata, "labels": self.some("ef")}}
        match obj["kind"]:
            case "HTTPRoute":
                patch["spec"] = self._perhaps(hostnames=["b.example.com"], parentRefs=[{"name": "other"}])
            case "Gateway":
                patch["spec"] = self._perhaps(infrastructure={"labels": self.some("cd")})
            case "Service":
                server_side["spec"] = {"ports": [{"name": "other", "port": 99}]}
        return patch, server_side


def words(obj: JSON, field: str) -> JSON:
    return {name: value for name, value in obj["metadata"].get(field, {}).items() if "kubernetes.io/" not in name}


def completed(server: ApiServer, obj: JSON, namespace: str) -> JSON:
    """The spec as the API server completes it, found by a dry run that creates nothing."""
    if obj["kind"] == "Namespace":
        return {}
    spec = {name: value for name, value in obj["spec"].items() if name not in ALLOCATED}
    other = {**obj, "metadata": {"name": "other", "namespace": namespace}, "spec": spec}
    found = rest.must(server, "POST", f"{path_of(other).rpartition('/')[0]}?dryRun=All", other)["spec"]
    found["ports"] = sorted(found.get("ports", ()), key=lambda each: str(each["port"]))
    return {name: value for name, value in found.items() if name not in ALLOCATED}


@pytest.mark.parametrize("way", WAYS)
def test_it_is_what_kubectl_leaves(cluster: ApiServer, fresh: Fresh, way: str) -> None:
    making, changing = WAYS[way]
    namespace = fresh(cluster, "applied")
    random = Manifests(f"{SEED} {way}", namespace)
    made, manifests = ([random.make(number) for number in range(CASES)] for _ in range(2))
    cluster.kubectl(*making, "-f", "-", input=json.dumps(listed(made)))
    for obj in made:
        patch, server_side = random.by_others(obj)
        rest.must(cluster, "PATCH", f"{path_of(obj)}?fieldManager=others", patch, rest.MERGE)
        if way != "create":
            # A manager that had applied most of the object there would be taken for the one that applies the manifest.
            applying = f"{path_of(obj)}?fieldManager=operator&force=true"
            rest.must(cluster, "PATCH", applying, server_side, rest.APPLY)
    existing = [rest.must(cluster, "GET", path_of(obj)) for obj in made]
    cluster.kubectl(*changing, "-f", "-", input=json.dumps(listed(manifests)))
    kept = 0
    for before, manifest in zip(existing, manifests, strict=True):
        foretold = applied(before, copy.deepcopy(manifest))
        after = rest.must(cluster, "GET", path_of(manifest))
        case = (SEED, json.dumps(before), json.dumps(manifest))
        for field in ("labels", "annotations"):
            assert words(foretold, field) == words(after, field), (field, *case)
        assert completed(cluster, foretold, namespace) == completed(cluster, after, namespace), case
        kept += set(words(after, "labels")) > set(words(manifest, "labels"))
    assert kept


def listed(objects: list[Object]) -> JSON:
    return {"apiVersion": "v1", "kind": "List", "items": objects}

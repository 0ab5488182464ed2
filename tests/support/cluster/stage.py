"""Manifests on a real API server: created as written, including statuses, and removed again."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from typing import Any

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, ObjectKey
from kubectl_refs.core.model.values import key_of
from tests.support.cluster.api_server import ApiServer, ServerError
from tests.support.cluster.completing import completed, completed_status

ALWAYS = ("default", "kube-system", "kube-public", "kube-node-lease")
"""Namespaces of every cluster."""
OWN = ("name", "namespace", "labels", "annotations")
"""The fields of an object's metadata that a user writes; all others belong to the server."""
HOLDING = "tests.example/holding"
"""The finalizer that keeps an object in deletion."""
TOO_EARLY = 429
PAUSE = 0.05
NAMESPACE_DEPTH = "/api/v1/namespaces/x".count("/")
MERGE = "application/merge-patch+json"
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


class Stage:
    """The objects that one test after another puts on a server, over a connection that stays open."""

    def __init__(self, server: ApiServer) -> None:
        self._headers = server.bearer()
        self._connection = server.connection()
        self._words: dict[str, tuple[str, str, bool]] = {}
        """Maps each name that kubectl takes for a type to its apiVersion, its plural, and whether it is namespaced."""
        self._resources = dict(self._discovered())
        self._there: list[str] = []

    def _discovered(self) -> Iterable[tuple[tuple[str, str], tuple[str, bool, bool]]]:
        """Maps apiVersion and kind to the plural, whether it is namespaced, and whether it has a status subresource."""
        for root in ("/api", "/apis"):
            for group in self.ask("GET", root, accept=AGGREGATED)[1]["items"]:
                name = group["metadata"].get("name", "")
                for version in group["versions"]:
                    api_version = f"{name}/{version['version']}" if name else version["version"]
                    for each in version["resources"]:
                        kind = each.get("responseKind", {}).get("kind", "")
                        namespaced = each["scope"] == "Namespaced"
                        for word in (each["resource"], each["singularResource"]):
                            known = (api_version, each["resource"], namespaced)
                            self._words.setdefault(word, known)
                            self._words.setdefault(f"{word}.{name}", known)
                        apart = any(sub["subresource"] == "status" for sub in each.get("subresources", ()))
                        yield (api_version, kind), (each["resource"], namespaced, apart)

    def ask(
        self, method: str, path: str, body: Any = None, type: str = "application/json", accept: str = "application/json"
    ) -> tuple[int, Any]:
        """Send one request as the administrator; return the status and the answer."""
        headers = {**self._headers, "Content-Type": type, "Accept": accept}
        content = None if body is None else json.dumps(body).encode()
        while True:
            self._connection.request(method, path, content, headers)
            response = self._connection.getresponse()
            answer = json.loads(response.read())
            # The storage of a new CRD is ready a little later than discovery shows it.
            if response.status != TOO_EARLY:
                return response.status, answer
            time.sleep(PAUSE)

    def must(self, method: str, path: str, body: Any = None, type: str = "application/json") -> Any:
        """The answer. Raises ServerError if the request fails."""
        status, answer = self.ask(method, path, body, type)
        if status >= 300:
            raise ServerError(f"{method} {path}: {status} {answer.get('message')}")
        return answer

    def collection(self, obj: JSON) -> str | None:
        """The path at which objects like this one are created; None if their kind is not served."""
        found = self._resources.get((obj["apiVersion"], obj["kind"]))
        if found is None:
            return None
        within = f"/namespaces/{obj['metadata'].get('namespace', 'default')}" if found[1] else ""
        return f"/{'apis' if '/' in obj['apiVersion'] else 'api'}/{obj['apiVersion']}{within}/{found[0]}"

    def path(self, type_: str, name: str, namespace: str) -> str:
        """The path of an object named on a command line."""
        api_version, plural, namespaced = self._words[type_]
        within = f"/namespaces/{namespace}" if namespaced else ""
        return f"/{'apis' if '/' in api_version else 'api'}/{api_version}{within}/{plural}/{name}"

    def put(self, objects: Sequence[JSON]) -> dict[ObjectKey, str]:
        """Create objects and their namespaces; return those that the server refuses, with its reasons."""
        written = {obj["metadata"]["name"] for obj in objects if key_of(obj).kind == "Namespace"}
        implied = {key_of(obj).namespace for obj in objects} - written - {"", *ALWAYS}
        spaces = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in sorted(implied)]
        # CRDs are installed beforehand.
        taken = [obj for obj in objects if obj["kind"] != "CustomResourceDefinition"]
        ordered = sorted([*spaces, *taken], key=lambda obj: obj["kind"] != "Namespace")
        refused = {key_of(obj): why for obj in ordered if (why := self._make(obj)) is not None}
        for obj in reversed(ordered):
            if "deletionTimestamp" in obj["metadata"] and key_of(obj) not in refused:
                self.must("DELETE", f"{self.collection(obj)}/{obj['metadata']['name']}")
        return refused

    def _make(self, obj: JSON) -> str | None:
        collection = self.collection(obj)
        if collection is None:
            return f"{obj['kind']} of {obj['apiVersion']} is not served"
        metadata = {name: value for name, value in obj["metadata"].items() if name in OWN}
        ending = "deletionTimestamp" in obj["metadata"]
        if ending and obj["kind"] != "Namespace":
            metadata["finalizers"] = [HOLDING]
        body = {name: value for name, value in completed(obj).items() if name != "status"} | {"metadata": metadata}
        path = f"{collection}/{metadata['name']}"
        if obj["kind"] == "Namespace" and metadata["name"] in ALWAYS:
            self.must("PATCH", path, {"metadata": {"labels": metadata.get("labels", {})}}, MERGE)
            return None
        status, answer = self.ask("POST", collection, body)
        if status >= 300:
            return str(answer["message"])
        self._there.append(path)
        if obj.get("status") and obj["kind"] != "Namespace":
            apart = self._resources[obj["apiVersion"], obj["kind"]][2]
            written = {"status": completed_status(obj)}
            status, answer = self.ask("PATCH", f"{path}{'/status' if apart else ''}", written, MERGE)
            if status >= 300:
                return f"its status: {answer['message']}"
        return None

    def clear(self) -> None:
        """Remove all objects, and all grants that anybody else has created."""
        for grant in self.must("GET", f"/apis/{GATEWAY_GROUP}/v1beta1/referencegrants")["items"]:
            self._remove(f"{self.collection(grant)}/{grant['metadata']['name']}")
        for path in reversed(self._there):
            self._remove(path)
        self._there.clear()

    def _remove(self, path: str) -> None:
        status, answer = self.ask("DELETE", path)
        if path.startswith("/api/v1/namespaces/") and path.count("/") == NAMESPACE_DEPTH:
            # No controller is running that would finish the deletion.
            obj = answer if status < 300 else self.must("GET", path)
            self.must("PUT", f"{path}/finalize", {**obj, "spec": {"finalizers": []}})
        elif answer.get("metadata", {}).get("finalizers"):
            self.must("PATCH", path, {"metadata": {"finalizers": None}}, MERGE)

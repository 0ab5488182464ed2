"""A route that references a Service in another namespace, and objects that may surround it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import yaml

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from tests.support.builders import from_entry, grant, to_entry

GATEWAY: JSON = {
    "apiVersion": f"{GATEWAY_GROUP}/v1",
    "kind": "Gateway",
    "metadata": {"name": "public", "namespace": "frontend"},
    "spec": {"gatewayClassName": "example", "listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}]},
}
TYPO = grant([from_entry(namespace="fronted")], [to_entry(name="api")])
_NEW = grant(to=[to_entry(name="api")], name="httproute-frontend-to-api")
PURPOSE = {"annotations": {"kubectl-refs/for": "HTTPRoute frontend/web references Service api"}}
NEW: JSON = {**_NEW, "metadata": {**_NEW["metadata"], **PURPOSE}}
"""The grant that the route needs, as `fix` writes it."""
ROUTE = ("httproute/web", "-n", "frontend")


def attached_route(*namespaces: str, name: str = "web", generation: int = 1, **spec: Any) -> JSON:
    backends = [{"name": "api", "namespace": namespace, "port": 80} for namespace in namespaces]
    return {
        "apiVersion": f"{GATEWAY_GROUP}/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": name, "namespace": "frontend", "generation": generation},
        "spec": {"parentRefs": [{"name": "public"}], "rules": [{"backendRefs": backends}], **spec},
    }


def resolved(refs: str, reason: str, when: str = "2026-01-01T00:00:00Z", by: str = "example.com/gateway") -> JSON:
    """The status that a controller writes about the route's parent."""
    conditions = [
        {
            "type": type_,
            "status": value,
            "reason": why,
            "message": "",
            "observedGeneration": 1,
            "lastTransitionTime": when,
        }
        for type_, value, why in (("Accepted", "True", "Accepted"), ("ResolvedRefs", refs, reason))
    ]
    return {"parents": [{"parentRef": {"name": "public"}, "controllerName": by, "conditions": conditions}]}


class Keyboard(io.StringIO):
    """A terminal at which the answer is already typed."""

    def isatty(self) -> bool:
        return True


Answer = Callable[[str], None]


def documents(text: str) -> list[JSON]:
    return list(yaml.safe_load_all(text))

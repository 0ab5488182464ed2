"""A small cluster on which the program makes every kind of request: a route, its parent, grants, and versions."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.view.catalog import ServedKind
from tests.support.builders import grant, service, to_entry

CRDS = ServedKind(
    "apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions", ("v1",), namespaced=False
)


def annotated(**values: str) -> JSON:
    """The CRD of HTTPRoute with these annotations of the Gateway API."""
    annotations = {f"{GATEWAY_GROUP}/{name.replace('_', '-')}": value for name, value in values.items()}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"httproutes.{GATEWAY_GROUP}", "annotations": annotations},
    }


def namespaced(kind: str, namespace: str, name: str, spec: JSON, api: str = f"{GATEWAY_GROUP}/v1") -> JSON:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": spec}


LISTENER = {
    "name": "http",
    "port": 80,
    "protocol": "HTTP",
    "allowedRoutes": {"namespaces": {"from": "Selector", "selector": {"matchLabels": {"team": "web"}}}},
}
CLUSTER: Sequence[JSON] = (
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "frontend", "labels": {"team": "web"}}},
    service("frontend", "web"),
    service("backend", "api"),
    grant(to=[to_entry()]),
    namespaced("Gateway", "infra", "public", {"listeners": [LISTENER]}),
    namespaced(
        "HTTPRoute",
        "frontend",
        "web",
        {
            "parentRefs": [{"name": "public", "namespace": "infra"}],
            "rules": [
                {"backendRefs": [{"name": "api", "namespace": "backend", "port": 80}]},
                {"backendRefs": [{"name": "web", "port": 80}]},
            ],
        },
    ),
)

"""Rights for the users of the real API server, as RBAC objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from tests.support.cluster.api_server import ApiServer

READ = ("get", "list", "watch")
IN_FORCE_WITHIN = 10
"""Seconds until the server must honour a new binding. It takes a fraction of one."""


def rule(group: str, resources: Sequence[str], verbs: Sequence[str] = READ) -> JSON:
    return {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}


GATEWAY_API_AND_SERVICES = (rule(GATEWAY_GROUP, ["*"]), rule("", ["services"]))
"""What an application developer may commonly read in their own namespace."""


def allow_in_namespace(
    server: ApiServer, user: str, namespace: str, rules: Sequence[JSON] = GATEWAY_API_AND_SERVICES
) -> None:
    """Give a user rights in one namespace and none elsewhere; return once the server honours them."""
    _bind(server, user, rules, "Role", {"name": f"{user}-may", "namespace": namespace})


def allow_everywhere(server: ApiServer, user: str, rules: Sequence[JSON] = GATEWAY_API_AND_SERVICES) -> None:
    """Give a user rights in all namespaces for the rest of the server's life; return once the server honours them."""
    _bind(server, user, rules, "ClusterRole", {"name": f"{user}-may"})


def _bind(server: ApiServer, user: str, rules: Sequence[JSON], kind: str, metadata: dict[str, str]) -> None:
    rbac = "rbac.authorization.k8s.io"
    role = {"apiVersion": f"{rbac}/v1", "kind": kind, "metadata": metadata, "rules": list(rules)}
    binding = {
        "apiVersion": f"{rbac}/v1",
        "kind": f"{kind}Binding",
        "metadata": metadata,
        "roleRef": {"apiGroup": rbac, "kind": kind, "name": metadata["name"]},
        "subjects": [{"apiGroup": rbac, "kind": "User", "name": user}],
    }
    server.apply(role, binding)
    server.wait_until(
        lambda: all(_in_force(server, user, rule, metadata.get("namespace")) for rule in rules),
        f"let {user} do what {metadata['name']} says",
        IN_FORCE_WITHIN,
    )


def _in_force(server: ApiServer, user: str, rule: JSON, namespace: str | None) -> bool:
    attributes: dict[str, Any] = {
        "group": rule["apiGroups"][0],
        "resource": rule["resources"][0],
        "verb": rule["verbs"][0],
        "namespace": namespace or "",
    }
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {"user": user, "resourceAttributes": attributes},
    }
    answer = server.post("/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
    return bool(answer["status"]["allowed"])

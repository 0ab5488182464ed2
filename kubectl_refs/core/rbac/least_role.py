"""The least rights that let a group manage the ReferenceGrants of one namespace, as a Role and its RoleBinding."""

from __future__ import annotations

import hashlib
import re

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.rbac.authorizer import RBAC_GROUP, ROLE, ROLE_BINDING, Actions, account_of

READ_VERBS = ("get", "list")
"""The verbs that kubectl and this project use before they write."""

_API_VERSION = f"{RBAC_GROUP}/v1"
_NAME_LENGTH = 63


def least_role(subject: str, namespace: str, actions: Actions) -> tuple[JSON, JSON]:
    """A Role that permits some actions and reading, nothing else, and the RoleBinding that gives it to a group, or to a
    service account in the form `system:serviceaccount:NAMESPACE:NAME`.

    Both are named after the subject, so that those of a second subject do not overwrite them.
    """
    metadata = {"name": _name(subject), "namespace": namespace}
    rule = {
        "apiGroups": [actions.group],
        "resources": [actions.resource],
        "verbs": sorted({*actions.verbs, *READ_VERBS}),
    }
    role = {"apiVersion": _API_VERSION, "kind": ROLE.kind, "metadata": metadata, "rules": [rule]}
    binding = {
        "apiVersion": _API_VERSION,
        "kind": ROLE_BINDING.kind,
        "metadata": metadata,
        "roleRef": {"apiGroup": RBAC_GROUP, "kind": ROLE.kind, "name": metadata["name"]},
        "subjects": [_subject(subject)],
    }
    return role, binding


def _subject(written: str) -> JSON:
    account = account_of(written)
    if account is None:
        return {"apiGroup": RBAC_GROUP, "kind": "Group", "name": written}
    return {"kind": account.kind, "name": account.name, "namespace": account.namespace}


def _name(group: str) -> str:
    """A valid object name that shows the group; groups that differ only in other characters get different names."""
    spelled = re.sub(r"[^a-z0-9]+", "-", group.lower()).strip("-")
    name = f"referencegrant-writer-{spelled}".rstrip("-")
    if spelled == group and len(name) <= _NAME_LENGTH:
        return name
    digest = hashlib.sha256(group.encode(errors="surrogatepass")).hexdigest()[:8]
    return f"{name[: _NAME_LENGTH - 9].rstrip('-')}-{digest}"

"""RBAC objects for tests, each in one line, and a cluster made of objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.rbac.authorizer import RBAC_GROUP
from kubectl_refs.core.view.catalog import CORE_KINDS, Catalog, ServedKind
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS
from kubectl_refs.core.view.reads import Answer, Read
from kubectl_refs.manifests.source import Manifests

RBAC_KINDS = tuple(
    ServedKind(RBAC_GROUP, kind, f"{kind.lower()}s", ("v1",), namespaced, kind.lower())
    for kind, namespaced in (
        ("Role", True),
        ("RoleBinding", True),
        ("ClusterRole", False),
        ("ClusterRoleBinding", False),
    )
)


def rule(*verbs: str, group: str = GATEWAY_GROUP, resource: str = "referencegrants", **more: Any) -> JSON:
    """A rule, for ReferenceGrants unless the arguments say otherwise."""
    return {"apiGroups": [group], "resources": [resource], "verbs": list(verbs), **more}


def role(name: str, *rules: JSON, namespace: str = "") -> JSON:
    """A Role, or a ClusterRole where no namespace is given."""
    return _object("Role", namespace, name, {"rules": list(rules)})


def aggregating(name: str, *rules: JSON, labels: Mapping[str, str] | None = None, **wanted: str) -> JSON:
    """A ClusterRole that aggregates the roles with some labels; `rules` are the rules that it already holds."""
    selectors = [{"matchLabels": {key: value}} for key, value in wanted.items()]
    aggregation = {"aggregationRule": {"clusterRoleSelectors": selectors}, "rules": list(rules)}
    return labelled(_object("Role", "", name, aggregation), **(labels or {}))


def labelled(obj: JSON, **labels: str) -> JSON:
    return {**obj, "metadata": {**obj["metadata"], "labels": labels}}


def binding(name: str, to: str, *subjects: JSON, namespace: str = "") -> JSON:
    """A RoleBinding, or a ClusterRoleBinding if no namespace is given. `to` names the role, as in `Role/writer`."""
    kind, _, role_name = to.partition("/")
    reference = {"apiGroup": RBAC_GROUP, "kind": kind, "name": role_name}
    return _object("RoleBinding", namespace, name, {"roleRef": reference, "subjects": list(subjects)})


def user(name: str) -> JSON:
    return {"apiGroup": RBAC_GROUP, "kind": "User", "name": name}


def group(name: str) -> JSON:
    return {"apiGroup": RBAC_GROUP, "kind": "Group", "name": name}


def account(name: str, namespace: str | None = None) -> JSON:
    """A service account; None leaves the namespace out."""
    return {"kind": "ServiceAccount", "name": name, **({} if namespace is None else {"namespace": namespace})}


def _object(kind: str, namespace: str, name: str, content: JSON) -> JSON:
    metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
    scoped = kind if namespace else f"Cluster{kind}"
    return {"apiVersion": f"{RBAC_GROUP}/v1", "kind": scoped, "metadata": metadata, **content}


class Stored:
    """Objects as a live cluster that serves every kind except those in `without` (a reads.Source)."""

    def __init__(self, objects: Iterable[JSON], without: Sequence[str] = ()) -> None:
        self._manifests = Manifests(objects, "default")
        kinds = (*CORE_KINDS, *GATEWAY_API_KINDS, *RBAC_KINDS)
        self.catalog = Catalog(kind for kind in kinds if kind.kind not in without)

    def read(self, reads: Iterable[Read]) -> Mapping[Read, Answer]:
        answers = self._manifests.read(reads)
        # Manifests know only the kinds that they hold. A cluster also serves kinds that have no objects.
        return {
            read: Answer(answer.objects, served=self.catalog.served(read.group_kind) is not None)
            for read, answer in answers.items()
        }

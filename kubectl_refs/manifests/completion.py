"""Objects of manifests as a cluster would hold them: the metadata that an API server adds, and a version that one serves."""

from __future__ import annotations

from kubectl_refs.core.model.kinds import NAMESPACE, REFERENCE_GRANT
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.selectors import name_label
from kubectl_refs.core.model.values import key_of, labels_of, mapping
from kubectl_refs.core.view.catalog import Catalog


def in_served_version(obj: JSON) -> JSON:
    """An object of a whole cluster. A ReferenceGrant of v1alpha2, which today's releases do not serve, comes from a
    server that does; it is taken as v1beta1, since all versions share one schema."""
    if obj.get("kind") == REFERENCE_GRANT.kind and obj.get("apiVersion") == f"{REFERENCE_GRANT.group}/v1alpha2":
        return {**obj, "apiVersion": f"{REFERENCE_GRANT.group}/v1beta1"}
    return obj


def known_by_name(key: ObjectKey) -> JSON:
    """An object of which only the name is known."""
    version = f"{key.group}/v1" if key.group else "v1"
    metadata = {"namespace": key.namespace, "name": key.name}
    return {"apiVersion": version, "kind": key.kind, "metadata": metadata}


def completed(obj: JSON, catalog: Catalog, default_namespace: str) -> JSON:
    """The object with the metadata that the API server would add, in new mappings."""
    key = key_of(obj)
    served = catalog.served(key.group_kind)
    metadata = {field: value for field, value in mapping(obj.get("metadata")).items() if field != "namespace"}
    if served is not None and served.namespaced:
        metadata["namespace"] = key.namespace or default_namespace
    completed = {**obj, "metadata": metadata}
    return _with_name_label(completed) if key.group_kind == NAMESPACE else completed


def _with_name_label(namespace: JSON) -> JSON:
    name = key_of(namespace).name
    return {
        **namespace,
        "metadata": {**namespace["metadata"], "labels": {**labels_of(namespace), **name_label(name)}},
    }


def namespace_named(name: str) -> JSON:
    """A Namespace of which only the name is known."""
    return _with_name_label({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})

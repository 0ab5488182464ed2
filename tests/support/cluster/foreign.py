"""CRDs for kinds of which only the names matter, with schemas that accept anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind
from kubectl_refs.core.view.misspelt_kinds import unknown_kind
from kubectl_refs.core.view.offline import offline_catalog

_BUILT_IN = ("", "certificates.k8s.io", "discovery.k8s.io", "networking.k8s.io", "apiextensions.k8s.io", GATEWAY_GROUP)
"""Groups to which no CRD is added. Some manifests hold kinds of these groups that no server serves."""


def taking_anything(objects: Iterable[JSON]) -> Iterator[JSON]:
    """A CRD for each kind of these objects, except kinds of built-in groups, of the Gateway API, and slips of those."""
    versions: dict[GroupKind, set[str]] = defaultdict(set)
    for obj in objects:
        group, _, version = obj["apiVersion"].rpartition("/")
        if group not in _BUILT_IN and unknown_kind(obj, offline_catalog()) is None:
            versions[GroupKind(group, obj["kind"])].add(version)
    for kind, served in versions.items():
        yield _definition(kind, sorted(served))


def _definition(kind: GroupKind, versions: list[str]) -> JSON:
    known = offline_catalog().served(kind)
    plural = known.plural if known else f"{kind.kind.lower().removesuffix('s')}s"
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{plural}.{kind.group}",
            # Required for groups that are Kubernetes' own.
            "annotations": {"api-approved.kubernetes.io": "unapproved, for tests"},
        },
        "spec": {
            "group": kind.group,
            "scope": "Namespaced" if known is None or known.namespaced else "Cluster",
            "names": {
                "kind": kind.kind,
                "plural": plural,
                "singular": kind.kind.lower(),
                "listKind": f"{kind.kind}List",
            },
            "versions": [
                {
                    "name": version,
                    "served": True,
                    "storage": not number,
                    "schema": schema,
                    "subresources": {"status": {}},
                }
                for number, version in enumerate(versions)
            ],
        },
    }

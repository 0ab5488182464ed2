"""The fake API server's discovery of the kinds it serves, in the three formats of kube-apiserver."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.view.catalog import ServedKind


def served_in(kinds: Iterable[ServedKind], group: str, version: str) -> Iterator[ServedKind]:
    return (kind for kind in kinds if kind.group == group and version in kind.versions)


def aggregated(kinds: Iterable[ServedKind], stale: Iterable[str], version: str) -> JSON:
    """APIGroupDiscoveryList of /apis; stale groups have no kinds."""
    kinds = tuple(kinds)
    stale = frozenset(stale)
    return {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": f"apidiscovery.k8s.io/{version}",
        "metadata": {},
        "items": [
            {
                "metadata": {"name": group},
                "versions": [
                    {"version": name, "freshness": "Stale"} if group in stale else _discovered(kinds, group, name)
                    for name in versions
                ],
            }
            for group, versions in _groups(kinds, stale).items()
        ],
    }


def group_list(kinds: Iterable[ServedKind], stale: Iterable[str]) -> JSON:
    """APIGroupList of /apis, the answer of a server without aggregated discovery."""
    groups = [
        {
            "name": group,
            "versions": [{"groupVersion": f"{group}/{version}", "version": version} for version in versions],
            "preferredVersion": {"groupVersion": f"{group}/{versions[0]}", "version": versions[0]},
        }
        for group, versions in _groups(kinds, stale).items()
    ]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def resource_list(kinds: Iterable[ServedKind], group: str, version: str) -> JSON | None:
    """APIResourceList of /apis/GROUP/VERSION; None if it serves no kind."""
    resources: list[JSON] = []
    for kind in served_in(kinds, group, version):
        common = {"singularName": kind.singular, "namespaced": kind.namespaced, "kind": kind.kind}
        resources.append(
            {"name": kind.plural, "verbs": ["get", "list"], "shortNames": list(kind.short_names), **common}
        )
        resources.append({"name": f"{kind.plural}/status", "verbs": ["get"], **common})
    if not resources:
        return None
    return {"kind": "APIResourceList", "groupVersion": f"{group}/{version}", "resources": resources}


def _groups(kinds: Iterable[ServedKind], stale: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Each group except core, with its versions in order of appearance."""
    groups: dict[str, dict[str, None]] = {group: {"v1": None} for group in stale}
    for kind in kinds:
        if kind.group:
            groups.setdefault(kind.group, {}).update(dict.fromkeys(kind.versions))
    return {group: tuple(versions) for group, versions in groups.items()}


def _discovered(kinds: Iterable[ServedKind], group: str, version: str) -> JSON:
    resources = [
        {
            "resource": kind.plural,
            "responseKind": {"group": group, "version": version, "kind": kind.kind},
            "scope": "Namespaced" if kind.namespaced else "Cluster",
            "singularResource": kind.singular,
            "shortNames": list(kind.short_names),
            "verbs": ["delete", "get", "list", "patch", "watch"],
            "subresources": [{"subresource": "status", "verbs": ["get", "patch"]}],
        }
        for kind in served_in(kinds, group, version)
    ]
    return {"version": version, "freshness": "Current", "resources": resources}

"""The kinds a server serves, from one aggregated discovery request (engineering.md 3.3).

Servers older than 1.26 list their groups only; of those the Gateway API's are asked for one by one. Nothing is
cached on disk: a stale answer would cost more than the request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from kubectl_refs import errors
from kubectl_refs.core.catalog import CORE_KINDS, Catalog, ServedKind
from kubectl_refs.core.model import GATEWAY_GROUP, JSON
from kubectl_refs.core.objects import at, entries, mapping, text
from kubectl_refs.core.rows import TABLE
from kubectl_refs.core.snapshot import Failure
from kubectl_refs.core.table import Table
from kubectl_refs.kube.http import Client, Response

ACCEPT = (
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,"
    "application/json"
)
LEGACY_GROUPS = (GATEWAY_GROUP, "gateway.networking.x-k8s.io", "multicluster.x-k8s.io")
"""The groups looked into on a server without aggregated discovery."""


def discover(client: Client, table: Table = TABLE) -> Catalog:
    """Ask for the served kinds; RefsError in kubectl's words where the server does not tell."""
    response = client.get("/apis", accept=ACCEPT)
    if isinstance(response, Failure):
        raise errors.unread(response)
    if not response.ok:
        raise errors.unread(response.failure)
    if response.body.get("kind") == "APIGroupList":
        return _legacy(client, response.body).catalog(table)
    return _aggregated(response.body).catalog(table)


class _Kinds:
    """Kinds being collected over the versions of their groups."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[str, str], ServedKind] = {}
        self.stale: set[str] = set()

    def add(self, kind: ServedKind) -> None:
        known = self._kinds.setdefault((kind.group, kind.kind), kind)
        if known is not kind and known.plural == kind.plural:
            merged = dict.fromkeys((*known.versions, *kind.versions))
            self._kinds[kind.group, kind.kind] = replace(known, versions=tuple(merged))

    def catalog(self, table: Table) -> Catalog:
        return Catalog((*CORE_KINDS, *self._kinds.values()), self.stale, table=table)


def _aggregated(body: JSON) -> _Kinds:
    kinds = _Kinds()
    for group in entries(body.get("items")):
        name = text(at(group, "metadata", "name")) or ""
        for version in entries(mapping(group).get("versions")):
            if at(version, "freshness") == "Stale":
                kinds.stale.add(name)
            for resource in entries(at(version, "resources")):
                if found := _served(name, text(at(version, "version")), resource, _AGGREGATED):
                    kinds.add(found)
    return kinds


def _legacy(client: Client, body: JSON) -> _Kinds:
    kinds = _Kinds()
    for group, versions in _groups(body):
        if group not in LEGACY_GROUPS:
            # What was not looked into proves nothing, exactly as for a group whose server is down.
            kinds.stale.add(group)
            continue
        for version in versions:
            response = client.get(f"/apis/{group}/{version}")
            if not isinstance(response, Response) or not response.ok:
                kinds.stale.add(group)
                continue
            for resource in entries(response.body.get("resources")):
                if found := _served(group, version, resource, _LEGACY):
                    kinds.add(found)
    return kinds


def _groups(body: JSON) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The groups with their versions, the preferred one first."""
    for group in entries(body.get("groups")):
        listed = (at(group, "preferredVersion", "version"), *(at(v, "version") for v in entries(at(group, "versions"))))
        yield text(at(group, "name")) or "", tuple(dict.fromkeys(filter(None, map(text, listed))))


_AGGREGATED: Mapping[str, tuple[str, ...]] = {
    "plural": ("resource",),
    "kind": ("responseKind", "kind"),
    "singular": ("singularResource",),
}
_LEGACY: Mapping[str, tuple[str, ...]] = {"plural": ("name",), "kind": ("kind",), "singular": ("singularName",)}


def _served(group: str, version: str | None, resource: Any, paths: Mapping[str, tuple[str, ...]]) -> ServedKind | None:
    """One entry of either discovery format, None for sub-resources and what can be neither read nor listed."""
    plural, kind = text(at(resource, *paths["plural"])), text(at(resource, *paths["kind"]))
    verbs = set(entries(at(resource, "verbs")))
    if not (version and plural and kind) or "/" in plural or not verbs & {"get", "list"}:
        return None
    return ServedKind(
        group,
        kind,
        plural,
        (version,),
        namespaced=at(resource, "scope") == "Namespaced" or at(resource, "namespaced") is True,
        singular=text(at(resource, *paths["singular"])) or "",
        short_names=tuple(name for name in entries(at(resource, "shortNames")) if isinstance(name, str)),
    )

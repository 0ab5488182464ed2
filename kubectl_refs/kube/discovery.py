"""The kinds a server serves, from one aggregated discovery request.

Servers older than 1.26 only list their groups; those in LEGACY_GROUPS are then asked for one by one. Nothing is cached
on disk: a stale answer would cost more than the request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from kubectl_refs.core.fields.gateway_api import TABLE
from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.model.values import at, entries, mapping, text
from kubectl_refs.core.view.catalog import CORE_KINDS, Catalog, ServedKind
from kubectl_refs.core.view.reads import Failure
from kubectl_refs.kube.http.client import Client
from kubectl_refs.kube.http.response import Response
from kubectl_refs.process import errors

ACCEPT = (
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,"
    "application/json"
)
LEGACY_GROUPS = (GATEWAY_GROUP, "gateway.networking.x-k8s.io", "multicluster.x-k8s.io")
"""The groups looked into on a server without aggregated discovery."""


def discover(client: Client, table: Table = TABLE) -> Catalog:
    """Ask for the served kinds; RefsError, in kubectl's words, if the server does not tell."""
    response = client.get("/apis", accept=ACCEPT)
    if isinstance(response, Failure):
        raise errors.unread(response.http_status, response.message)
    if not response.ok:
        raise errors.unread(response.status, response.message)
    match response.body:
        case {"kind": "APIGroupDiscoveryList", "items": [*groups]} if all(map(_group_name, groups)):
            return _aggregated(groups).catalog(table)
        case {"kind": "APIGroupList", "groups": [*groups]} if all(map(_group_name, groups)):
            return _legacy(client, groups).catalog(table)
    raise errors.unread(response.status, "the server's answer does not list its API groups")


def _group_name(group: Any) -> str | None:
    return text(at(group, "metadata", "name")) or text(at(group, "name"))


class _Kinds:
    """Kinds being collected from all versions of their groups."""

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


def _aggregated(groups: Iterable[JSON]) -> _Kinds:
    kinds = _Kinds()
    for group in groups:
        name, versions = _group_name(group) or "", group.get("versions")
        if not isinstance(versions, list) or not all(map(_is_usable, versions)):
            kinds.stale.add(name)
        for version in entries(versions):
            for resource in entries(at(version, "resources")):
                if found := _served(name, text(at(version, "version")), resource, _AGGREGATED):
                    kinds.add(found)
    return kinds


def _is_usable(version: Any) -> bool:
    """Whether the kinds of a version are known: its server has answered, in the form of discovery."""
    return (
        text(at(version, "version")) is not None
        and at(version, "freshness") != "Stale"
        and _are_resources(mapping(version).get("resources"))
    )


def _are_resources(found: Any) -> bool:
    """Whether this is a list of kinds; Go writes an empty list as null or leaves it out."""
    return found is None or (isinstance(found, list) and all(isinstance(each, dict) for each in found))


def _legacy(client: Client, groups: Iterable[JSON]) -> _Kinds:
    kinds = _Kinds()
    for group, versions in _versions(groups):
        if group not in LEGACY_GROUPS:
            # A group that was not looked into proves nothing, just like one whose server is down.
            kinds.stale.add(group)
            continue
        for version in versions:
            response = client.get(f"/apis/{group}/{version}")
            if not isinstance(response, Response) or not _lists_resources(response):
                kinds.stale.add(group)
                continue
            for resource in entries(response.body.get("resources")):
                if found := _served(group, version, resource, _LEGACY):
                    kinds.add(found)
    return kinds


def _lists_resources(response: Response) -> bool:
    body = response.body
    return response.ok and body.get("kind") == "APIResourceList" and _are_resources(body.get("resources"))


def _versions(groups: Iterable[JSON]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The groups with their versions, the preferred one first."""
    for group in groups:
        listed = (at(group, "preferredVersion", "version"), *(at(v, "version") for v in entries(at(group, "versions"))))
        yield _group_name(group) or "", tuple(dict.fromkeys(filter(None, map(text, listed))))


_AGGREGATED: Mapping[str, tuple[str, ...]] = {
    "plural": ("resource",),
    "kind": ("responseKind", "kind"),
    "singular": ("singularResource",),
}
_LEGACY: Mapping[str, tuple[str, ...]] = {"plural": ("name",), "kind": ("kind",), "singular": ("singularName",)}


def _served(group: str, version: str | None, resource: Any, paths: Mapping[str, tuple[str, ...]]) -> ServedKind | None:
    """One entry of either discovery format; None for sub-resources and kinds that can neither be read nor listed."""
    plural, kind = text(at(resource, *paths["plural"])), text(at(resource, *paths["kind"]))
    verbs = entries(at(resource, "verbs"))
    if not (version and plural and kind) or "/" in plural or not ("get" in verbs or "list" in verbs):
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

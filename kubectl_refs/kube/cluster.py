"""A live cluster as a Source: each read of the analysis becomes a GET request, several of them side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import quote

from kubectl_refs.core.fields.gateway_api import TABLE
from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.objects import JSON, GroupKind
from kubectl_refs.core.model.values import at, entries, group_of, mapping, text
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.catalog import Catalog, ServedKind
from kubectl_refs.core.view.reads import Answer, Failure, Get, List, Read, unserved
from kubectl_refs.kube.config.connection import Connection
from kubectl_refs.kube.discovery import discover
from kubectl_refs.kube.http.client import JSON_TYPE, Client
from kubectl_refs.kube.http.response import Response
from kubectl_refs.kube.http.session import POOL_SIZE
from kubectl_refs.process.parallel import run_in_parallel

METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
_META, _PARTIAL = "meta.k8s.io", "PartialObjectMetadata"
_EXPIRED = 410

ItemsRead = Callable[[str, int], None]
"""Called with a resource's plural and the number of further objects that have arrived."""


class Cluster:
    """What a connection can read. Reading never changes the cluster.

    `progress` is called as the objects of a list arrive. `table` says which kinds reference what.
    """

    def __init__(
        self,
        connection: Connection,
        progress: ItemsRead | None = None,
        table: Table = TABLE,
    ) -> None:
        self.namespace = connection.namespace
        self.context, self.server = connection.context, connection.server
        self._progress = progress
        self._table = table
        self._limit = {"limit": str(connection.chunk)} if connection.chunk > 0 else {}
        self.client = Client(connection)

    @cached_property
    def catalog(self) -> Catalog:
        """The served kinds, asked for once; RefsError if the server cannot be reached or does not tell them."""
        return discover(self.client, self._table)

    @property
    def warnings(self) -> tuple[str, ...]:
        """The server's warnings so far, each text once."""
        return self.client.warnings

    def read(self, reads: Iterable[Read]) -> Mapping[Read, Answer]:
        """Answer every read, each distinct one once. RefsError only for a refused login or a server never reached."""
        distinct = tuple(dict.fromkeys(reads))
        catalog = self.catalog
        if len(distinct) == 1:
            return {distinct[0]: self._answer(catalog, distinct[0])}
        answers = run_in_parallel(lambda read: self._answer(catalog, read), distinct, POOL_SIZE)
        return dict(zip(distinct, answers, strict=True))

    def _answer(self, catalog: Catalog, read: Read) -> Answer:
        kind = catalog.served(read.group_kind)
        if kind is None:
            return unserved(catalog, read)
        resource = Resource(kind, catalog)
        return self._get(resource, read) if isinstance(read, Get) else self._list(resource, read)

    def _get(self, resource: Resource, read: Get) -> Answer:
        path = resource.path(read.key.namespace, read.key.name)
        if path is None:
            return Answer()
        response = self.client.get(path, accept=METADATA if read.metadata_only else JSON_TYPE)
        if isinstance(response, Response) and response.ok:
            if not resource.is_object(response.body, read):
                return Answer(failure=Failure(response.status, "the server's answer is not the object asked for"))
            return Answer((resource.completed(response.body, read.metadata_only),))
        return _unread(response)

    def _list(self, resource: Resource, read: List) -> Answer:
        path = resource.path(read.namespace)
        if path is None or (read.name is not None and not _is_segment(read.name)):
            return Answer()
        params = {} if read.name is None else {"fieldSelector": f"metadata.name={_escaped(read.name)}"}
        if read.labels:
            params["labelSelector"] = read.labels
        listed = read_all(self.client, resource, read, path, {**params, **self._limit}, self._progress)
        return Answer(listed.objects) if isinstance(listed, WholeList) else _unread(listed)


class Resource:
    """A served kind in the version it is read in."""

    def __init__(self, kind: ServedKind, catalog: Catalog) -> None:
        self.kind = kind
        self._catalog = catalog
        is_grant = kind.group_kind == REFERENCE_GRANT
        self.api_version = catalog.grant_version if is_grant else kind.api_version

    def path(self, namespace: str | None, name: str | None = None) -> str | None:
        """The URL's path; None if no object can have this namespace or name.

        A namespace of None means all. The server requires names to be path segments, so a request for `..` or
        `a/status` could only be answered about something else.
        """
        segments = [namespace] if self.kind.namespaced and namespace is not None else []
        if not all(map(_is_segment, [*segments, *([] if name is None else [name])])):
            return None
        within = f"/namespaces/{quote(segments[0], safe='')}" if segments else ""
        last = "" if name is None else f"/{quote(name, safe='')}"
        root = "/apis" if self.kind.group else "/api"
        return f"{root}/{self.api_version}{within}/{self.kind.plural}{last}"

    def is_object(self, body: JSON, read: Get) -> bool:
        """Whether an answer is the object asked for; a server or a proxy may answer with anything."""
        return "kind" in body and self._is_one(body, read.key.namespace, read.key.name, read.metadata_only)

    def is_list(self, body: JSON, read: List) -> bool:
        """Whether an answer is a list of what was asked for, with no item dropped as something else.

        CRDs may name it anything except another kind's list. `items` may be null, as Go writes an empty list.
        """
        kind, items = text(body.get("kind")) or "", body.get("items", "missing")
        group, following = _group(body, self.api_version), at(body, "metadata", "continue")
        if not kind.endswith("List") or group not in (self.kind.group, *([_META] * read.metadata_only)):
            return False
        listed = GroupKind(self.kind.group, kind.removesuffix("List"))
        if listed != self.kind.group_kind and self._catalog.served(listed) is not None:
            return False
        if not isinstance(following, str | None) or not isinstance(body.get("metadata"), dict | None):
            return False
        if items is None:
            return True
        return isinstance(items, list) and all(item is not None for item in items)

    def is_item(self, item: Any, read: List) -> bool:
        """Whether an item of a list is an object that was asked for."""
        return isinstance(item, dict) and self._is_one(item, read.namespace, read.name, read.metadata_only)

    def _is_one(self, obj: JSON, namespace: str | None, name: str | None, metadata_only: bool) -> bool:
        """Whether an object is of this kind, or does not name its kind, and has a matching name and namespace."""
        metadata = mapping(obj.get("metadata"))
        found_name, found_namespace = text(metadata.get("name")), text(metadata.get("namespace"))
        if not found_name or name not in (None, found_name):
            return False
        if self.kind.namespaced and (not found_namespace or namespace not in (None, found_namespace)):
            return False
        kind = obj.get("kind", self.kind.kind)
        if metadata_only and kind == _PARTIAL:
            return True
        return bool(kind == self.kind.kind) and _group(obj, self.api_version) == self.kind.group

    def completed(self, obj: JSON, metadata_only: bool) -> JSON:
        """The object with its own apiVersion and kind, which items of typed lists and metadata lack.

        With `metadata_only`, anything else that the server sent is dropped.
        """
        if metadata_only:
            return {"apiVersion": self.api_version, "kind": self.kind.kind, "metadata": mapping(obj.get("metadata"))}
        if "kind" in obj and "apiVersion" in obj:
            return obj
        return {"apiVersion": self.api_version, "kind": self.kind.kind, **obj}


@dataclass(frozen=True, slots=True)
class WholeList:
    """What is kept of all objects, and the version of the list, from which a watch continues."""

    objects: tuple[JSON, ...]
    version: str


def read_all(
    client: Client,
    resource: Resource,
    read: List,
    path: str,
    params: Mapping[str, str],
    items_read: ItemsRead | None = None,
) -> WholeList | Response | Failure:
    """The list at a path, or the answer that made it incomplete. A list that expires halfway is read once more."""
    found = _pages(client, resource, read, path, params, items_read)
    if isinstance(found, Response) and found.status == _EXPIRED:
        found = _pages(client, resource, read, path, params, items_read)
    return found


def _pages(
    client: Client, resource: Resource, read: List, path: str, params: Mapping[str, str], items_read: ItemsRead | None
) -> WholeList | Response | Failure:
    """Read all pages of a list, or its one page without a limit. Items are reduced as they arrive, to save memory."""

    def kept(item: Any) -> JSON | None:
        """The digest of an item; None for anything but an object that was asked for."""
        if not resource.is_item(item, read):
            return None
        obj = resource.completed(item, read.metadata_only)
        return obj if read.digest is None else read.digest(obj)

    def take(found: Sequence[Any]) -> Sequence[JSON | None]:
        if items_read is not None:
            items_read(resource.kind.plural, len(found))
        return [kept(item) for item in found]

    accept = METADATA_LIST if read.metadata_only else JSON_TYPE
    items: list[JSON] = []
    page = dict(params)
    seen: set[str] = set()
    while True:
        response = client.get(path, page, accept, take)
        if isinstance(response, Failure) or not response.ok:
            return response
        if not resource.is_list(response.body, read):
            return Failure(response.status, f"the server's answer is not a list of {resource.kind.plural}")
        items += entries(response.body.get("items"))
        following = text(at(response.body, "metadata", "continue"))
        if not following:
            return WholeList(tuple(items), text(at(response.body, "metadata", "resourceVersion")) or "")
        if following in seen:
            return Failure(response.status, "the server's list has no end: it continues where it was before")
        seen.add(following)
        page = {**params, "continue": following}


def _unread(response: Response | Failure) -> Answer:
    """What an answer without an object means: the object is absent, or nothing is known."""
    if isinstance(response, Failure):
        return Answer(failure=response)
    return Answer() if response.absent else Answer(failure=response.failure)


def _group(obj: JSON, default: str) -> str | None:
    """The group in an object's apiVersion, or in the default if it has none; None if apiVersion is not text."""
    version = text(obj.get("apiVersion", default))
    return None if version is None else group_of(version)


def _is_segment(name: str) -> bool:
    return name not in ("", ".", "..") and "/" not in name and "%" not in name


def _escaped(value: str) -> str:
    """A value, escaped for a field selector."""
    return value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=")

"""A Kubernetes API server inside the test process: real HTTP, a set of objects, and a record of every request.

    with FakeAPI([service, route]) as api:
        api.forbid("secrets", namespace="infra")
        path = api.write_kubeconfig(tmp_path / "config")
        ...
        assert [request.path for request in api.requests] == [...]

It answers GET like kube-apiserver wherever this project can tell the difference: aggregated and legacy discovery,
objects and lists with limit, continue and fieldSelector, PartialObjectMetadata, and Status objects in the server's
wording. It refuses and records everything else.
"""

from __future__ import annotations

import base64
import json
import ssl
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

from kubectl_refs.core.model import selectors
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import at, group_of, labels_of
from kubectl_refs.core.view.catalog import CORE_KINDS, ServedKind
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS
from tests.support.fakes import discovery
from tests.support.fakes.http import Canned, Request, handler, status

__all__ = ["Canned", "FakeAPI", "Request", "status"]

USER = "jane"
TLS = (Path(__file__).with_name("tls") / "cert.pem", Path(__file__).with_name("tls") / "key.pem")
"""A self-signed certificate and its key, valid until 2126."""
TLS_NAME = "fake.test"
"""The only name the certificate is for."""


_NO_SUCH_PATH = Canned(404, "404 page not found\n", {"Content-Type": "text/plain; charset=utf-8"})


@dataclass(frozen=True)
class _Forbidden:
    resource: str
    namespace: str | None
    verbs: tuple[str, ...]

    def covers(self, verb: str, resource: str, namespace: str) -> bool:
        return verb in self.verbs and resource == self.resource and self.namespace in (None, namespace)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # The program opens some twenty connections at once. One that finds no room is tried again only after a second.
    request_queue_size = 100


class FakeAPI:
    """The server. Changes of `objects`, `fault` and the rest take effect with the next request.

    `fault` sees every request first and may answer it; `change` sees every answer last. Groups in `stale` are listed
    without their kinds, like those of an aggregated API whose server is down. `discovery` is the format of discovery:
    aggregated in version "v2" or "v2beta1", or "legacy". With `token`, every request must carry it. `tls` is a pair of
    certificate and key files; the server then asks for client certificates of the same authority.
    """

    def __init__(
        self,
        objects: Iterable[JSON] = (),
        *,
        kinds: Iterable[ServedKind] = (*CORE_KINDS, *GATEWAY_API_KINDS),
        stale: Iterable[str] = (),
        discovery: str = "v2",
        token: str | None = None,
        tls: tuple[Path, Path] | None = None,
    ) -> None:
        self.objects = list(objects)
        self.kinds = tuple(kinds)
        self.stale = tuple(stale)
        self.discovery = discovery
        self.token = token
        self.warnings: tuple[str, ...] = ()
        self.fault: Callable[[Request], Canned | None] = lambda request: None
        self.change: Callable[[Request, Canned], Canned] = lambda request, canned: canned
        self._forbidden: list[_Forbidden] = []
        self._requests: list[Request] = []
        self._lock = threading.Lock()
        self._connections = 0
        self._stopping = threading.Event()
        self._http = _Server(("127.0.0.1", 0), handler(self))
        self._scheme = "http"
        self.tls = tls
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            context.load_verify_locations(tls[0])
            context.verify_mode = ssl.CERT_OPTIONAL
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
            self._scheme = "https"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._http.server_address[1]}"

    @property
    def url(self) -> str:
        return f"{self._scheme}://{self.address}"

    @property
    def requests(self) -> list[Request]:
        """Every request so far, in the order of arrival."""
        with self._lock:
            return list(self._requests)

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def clear(self) -> None:
        """Forget the requests so far."""
        with self._lock:
            self._requests.clear()

    def forbid(self, resource: str, namespace: str | None = None, verbs: Iterable[str] = ("get", "list")) -> None:
        """Refuse a resource, given by its plural, in one namespace or (None) everywhere. The namespace of a list across
        all namespaces is the empty string."""
        self._forbidden.append(_Forbidden(resource, namespace, tuple(verbs)))

    def kubeconfig(self, namespace: str | None = None, **user: Any) -> dict[str, Any]:
        """A kubeconfig with the context `fake` for this server; keywords are fields of the user."""
        credentials = {"token": self.token} if self.token else {}
        context = {"cluster": "fake", "user": USER, **({"namespace": namespace} if namespace else {})}
        trust = {"certificate-authority": str(self.tls[0]), "tls-server-name": TLS_NAME} if self.tls else {}
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "fake",
            "contexts": [{"name": "fake", "context": context}],
            "clusters": [{"name": "fake", "cluster": {"server": self.url, **trust}}],
            "users": [{"name": USER, "user": {**credentials, **user}}],
        }

    def write_kubeconfig(self, path: Path, namespace: str | None = None, **user: Any) -> Path:
        """Write `kubeconfig` to a file; return its path."""
        path.write_text(json.dumps(self.kubeconfig(namespace, **user)), encoding="utf-8")
        return path

    def connected(self) -> int:
        """Record a new connection and return its number, counted from 1."""
        with self._lock:
            self._connections += 1
            return self._connections

    def wait(self, seconds: float) -> bool:
        """Sleep, but no longer than the server lives; return whether it has stopped."""
        return self._stopping.wait(seconds)

    def answer(self, request: Request) -> Canned:
        """Record a request and answer it."""
        with self._lock:
            self._requests.append(request)
        return self.change(request, self.fault(request) or self._own(request))

    def _own(self, request: Request) -> Canned:
        if request.method != "GET":
            return _refusal(status(405, "MethodNotAllowed", "the fake server only reads"))
        if self.token is not None and request.header("Authorization") != [f"Bearer {self.token}"]:
            return _refusal(status(401, "Unauthorized", "Unauthorized"))
        parts = [unquote(part) for part in request.path.strip("/").split("/")]
        if parts == ["api"] and self._aggregates(request):
            return _discovered(discovery.aggregated((), (), self.discovery))
        if parts[0] == "apis" and len(parts) in (1, 3):
            return self._discover(request, parts)
        return self._resource(request, parts)

    def _aggregates(self, request: Request) -> bool:
        return f"v={self.discovery};as=APIGroupDiscoveryList" in request.accept

    def _discover(self, request: Request, parts: list[str]) -> Canned:
        if len(parts) == 1:
            if self._aggregates(request):
                return _discovered(discovery.aggregated(self.kinds, self.stale, self.discovery))
            return Canned(body=discovery.group_list(self.kinds, self.stale))
        if parts[1] in self.stale:
            return _refusal(status(503, "ServiceUnavailable", "the server is currently unable to handle the request"))
        resources = discovery.resource_list(self.kinds, parts[1], parts[2])
        return _NO_SUCH_PATH if resources is None else Canned(body=resources)

    def _resource(self, request: Request, parts: list[str]) -> Canned:
        found = self._locate(parts)
        if found is None:
            return _NO_SUCH_PATH
        kind, version, namespace, name = found
        verb = "list" if name is None else "get"
        if any(rule.covers(verb, kind.plural, namespace) for rule in self._forbidden):
            return _refusal(_forbidden(kind, verb, namespace, name))
        if name is None:
            return self._list(request, kind, version, namespace)
        for obj in self._stored(kind, namespace):
            if at(obj, "metadata", "name") == name:
                return Canned(body=_shown(obj, _api_version(kind, version), request.accept))
        message = f'{kind.qualified} "{name}" not found'
        return _refusal(status(404, "NotFound", message, name=name, group=kind.group, kind=kind.plural))

    def _locate(self, parts: list[str]) -> tuple[ServedKind, str, str, str | None] | None:
        """The kind, version, namespace ("" for all or none) and name in a path; None if nothing is served there."""
        if parts[0] == "api" and len(parts) > 2:
            group, version, rest = "", parts[1], parts[2:]
        elif parts[0] == "apis" and len(parts) > 3:
            group, version, rest = parts[1], parts[2], parts[3:]
        else:
            return None
        namespace = ""
        if rest[0] == "namespaces" and len(rest) > 2:
            namespace, rest = rest[1], rest[2:]
        for kind in discovery.served_in(self.kinds, group, version):
            scoped_well = kind.namespaced or not namespace
            if kind.plural == rest[0] and len(rest) <= 2 and scoped_well and kind.group not in self.stale:
                return kind, version, namespace, rest[1] if len(rest) == 2 else None
        return None

    def _stored(self, kind: ServedKind, namespace: str) -> list[JSON]:
        found = [
            obj
            for obj in self.objects
            if obj.get("kind") == kind.kind
            and group_of(str(obj.get("apiVersion"))) == kind.group
            and namespace in ("", at(obj, "metadata", "namespace"))
        ]
        return sorted(found, key=lambda obj: (at(obj, "metadata", "namespace") or "", at(obj, "metadata", "name")))

    def _list(self, request: Request, kind: ServedKind, version: str, namespace: str) -> Canned:
        items = self._stored(kind, namespace)
        selector = request.query.get("fieldSelector", "")
        if selector.startswith("metadata.name="):
            wanted = selector.removeprefix("metadata.name=")
            items = [item for item in items if at(item, "metadata", "name") == wanted]
        labels = selectors.parse(request.query.get("labelSelector", ""))
        items = [item for item in items if selectors.matches(labels, labels_of(item))]
        start = int(base64.b64decode(request.query["continue"])) if "continue" in request.query else 0
        end = start + int(request.query.get("limit") or len(items) or 1)
        metadata: dict[str, Any] = {"resourceVersion": "1"}
        if end < len(items):
            metadata |= {
                "continue": base64.b64encode(str(end).encode()).decode(),
                "remainingItemCount": len(items) - end,
            }
        api_version = _api_version(kind, version)
        shown = [_shown(item, api_version, request.accept) for item in items[start:end]]
        if not kind.group:
            # In lists of built-in kinds only the list has a kind and an apiVersion, not its items.
            shown = [{k: v for k, v in item.items() if k not in ("apiVersion", "kind")} for item in shown]
        if "as=PartialObjectMetadataList" in request.accept:
            api_version, list_kind = "meta.k8s.io/v1", "PartialObjectMetadataList"
        else:
            list_kind = f"{kind.kind}List"
        return Canned(body={"kind": list_kind, "apiVersion": api_version, "metadata": metadata, "items": shown})


def _api_version(kind: ServedKind, version: str) -> str:
    return f"{kind.group}/{version}" if kind.group else version


def _shown(obj: JSON, api_version: str, accept: str) -> JSON:
    if "as=PartialObjectMetadata" in accept:
        return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}
    return {**obj, "apiVersion": api_version}


def _discovered(body: JSON) -> Canned:
    """Aggregated discovery, which clients recognise by its content type."""
    version = str(body["apiVersion"]).partition("/")[2]
    return Canned(
        body=body,
        headers={"Content-Type": f"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList"},
    )


def _refusal(body: JSON) -> Canned:
    return Canned(body["code"], body)


def _forbidden(kind: ServedKind, verb: str, namespace: str, name: str | None) -> JSON:
    what = f'{kind.qualified} "{name}"' if name else kind.qualified
    where = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
    message = (
        f'{what} is forbidden: User "{USER}" cannot {verb} resource "{kind.plural}" in API group "{kind.group}" {where}'
    )
    named = {"name": name} if name else {}
    return status(403, "Forbidden", message, **named, group=kind.group, kind=kind.plural)

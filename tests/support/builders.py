"""Small builders of objects for the core's tests: an HTTPRoute that references another namespace and what it needs."""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from kubectl_refs.core.grants.differences import Lookups
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.text.vocabulary import Vocabulary
from kubectl_refs.core.view.offline import offline_catalog

_CASES = os.environ.get("KUBECTL_REFS_CASES")
PROPERTY = settings(derandomize=_CASES is None, deadline=None, max_examples=int(_CASES or 80), database=None)
"""Settings of property tests: the same examples in every run, and no deadline. KUBECTL_REFS_CASES=N tries N random
examples instead."""

CATALOG = offline_catalog()
ROUTE = ObjectKey(GATEWAY_GROUP, "HTTPRoute", "frontend", "web")
API = ObjectKey("", "Service", "backend", "api")


def reference(
    to: ObjectKey = API, referrer: ObjectKey = ROUTE, path: str = "spec.rules[0].backendRefs[0]", **more: Any
) -> Reference:
    return Reference(referrer, path, to, **more)


def from_entry(group: Any = GATEWAY_GROUP, kind: Any = "HTTPRoute", namespace: Any = "frontend") -> dict[str, Any]:
    """A `from` entry; a field that is None is left out."""
    return _without_none(group=group, kind=kind, namespace=namespace)


def to_entry(group: Any = "", kind: Any = "Service", name: Any = None) -> dict[str, Any]:
    """A `to` entry; a field that is None is left out."""
    return _without_none(group=group, kind=kind, name=name)


def _without_none(**fields: Any) -> dict[str, Any]:
    return {field: value for field, value in fields.items() if value is not None}


def grant(
    from_: Sequence[Any] = (from_entry(),),
    to: Sequence[Any] = (to_entry(),),
    namespace: str = "backend",
    name: str = "g",
) -> dict[str, Any]:
    return {
        "apiVersion": f"{GATEWAY_GROUP}/v1beta1",
        "kind": "ReferenceGrant",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"from": copy.deepcopy(list(from_)), "to": copy.deepcopy(list(to))},
    }


def service(namespace: str = "backend", name: str = "api") -> JSON:
    """A Service with port 80."""
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"ports": [{"port": 80}]}}


def namespaces(*names: str) -> list[JSON]:
    return [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in names]


def parsed(*manifests: JSON) -> tuple[Grant, ...]:
    return tuple(map(Grant.parse, manifests))


def route_with(spec: Mapping[str, Any], kind: str = "HTTPRoute", namespace: str = "frontend") -> dict[str, Any]:
    metadata = {"name": "web", "namespace": namespace}
    return {"apiVersion": f"{GATEWAY_GROUP}/v1", "kind": kind, "metadata": metadata, "spec": dict(spec)}


def route_to(
    *targets: tuple[str, str],
    namespace: str = "frontend",
    name: str = "web",
    kind: str = "HTTPRoute",
    parents: Sequence[JSON] = (),
    target: Mapping[str, Any] | None = None,
) -> JSON:
    """A route with one rule per target (namespace, name). `target` replaces fields of each backendRef, such as kind.

    Without `parents` it uses the default Gateways, so that it is not a route that clearly nothing serves.
    """
    refs = [{"namespace": place, "name": named, "port": 80, **(target or {})} for place, named in targets]
    return {
        "apiVersion": f"{GATEWAY_GROUP}/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            **({"parentRefs": list(parents)} if parents else {"useDefaultGateways": "All"}),
            "rules": [{"backendRefs": [ref]} for ref in refs],
        },
    }


def gateway(name: str = "public", listener: JSON | None = None) -> JSON:
    """A Gateway that admits routes of all namespaces. Its class does not exist, so nothing serves them. `listener`
    replaces fields of its listener."""
    admits = {"namespaces": {"from": "All"}}
    listeners = [{"name": "http", "port": 80, "protocol": "HTTP", "allowedRoutes": admits, **(listener or {})}]
    return {
        "apiVersion": f"{GATEWAY_GROUP}/v1",
        "kind": "Gateway",
        "metadata": {"name": name, "namespace": "infra"},
        "spec": {"gatewayClassName": "none", "listeners": listeners},
    }


def surroundings(
    existing: Iterable[str] = (),
    unreadable: Iterable[str] = (),
    served: Iterable[str] = (),
    unknown: Iterable[str] = (),
) -> Lookups:
    """Lookups: names that exist or cannot be read, and kinds (as text) that are also served or not discovered."""
    names, hidden = set(existing), set(unreadable)
    more, undiscovered = set(served), set(unknown)

    def exists(key: ObjectKey) -> bool | None:
        return None if key.name in hidden else key.name in names

    def is_served(kind: GroupKind) -> bool | None:
        if str(kind) in undiscovered:
            return None
        return CATALOG.served(kind) is not None or str(kind) in more

    def like(key: ObjectKey) -> str | None:
        return Vocabulary(names).nearest(key.name)

    return Lookups(exists, is_served, CATALOG.table.may_need_grant, CATALOG.short_names, like)


class PatchError(Exception):
    """A `test` operation that fails, or a path that does not exist."""


def patched(obj: JSON, operations: Iterable[JSON]) -> dict[str, Any]:
    """A copy of an object with a JSON Patch (test, add, replace, remove) applied as the API server applies it."""
    result: dict[str, Any] = copy.deepcopy(dict(obj))
    for operation in operations:
        steps = operation["path"].removeprefix("/").split("/")
        *parents, last = (step.replace("~1", "/").replace("~0", "~") for step in steps)
        place: Any = result
        try:
            for step in parents:
                place = place[int(step)] if isinstance(place, list) else place[step]
            # As on the API server, an absent field passes a test for null.
            found = place.get(last) if isinstance(place, dict) else place[last]
            if operation["op"] == "test" and found != operation["value"]:
                raise PatchError(operation)
            if operation["op"] == "replace" and last not in place:
                raise PatchError(operation)
        except (KeyError, IndexError, TypeError, ValueError):
            raise PatchError(operation) from None
        if operation["op"] == "remove":
            del place[last]
        elif operation["op"] != "test":
            place[last] = operation["value"]
    return result


def with_field(obj: JSON, path: str, value: Any) -> dict[str, Any]:
    """A copy of an object with one field set, by a path such as `spec.from[0].kind`."""
    result: dict[str, Any] = copy.deepcopy(dict(obj))
    *parents, last = [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path)]
    place: Any = result
    for step in parents:
        place = place[step]
    place[last] = value
    return result


GROUPS = (GATEWAY_GROUP, "", "core", "networking.gateway.k8s.io", "gateway.networking.x-k8s.io", "example.org")
KINDS = ("HTTPRoute", "Service", "httproute", "services", "Servcie", "GRPCRoute", "Secret")
NAMESPACES = ("frontend", "backend", "fronted", "team-b", "other")
NAMES = ("api", "web", "ap1", "apii")
SPARE_NAME = "a-name-that-no-entry-has"


def _mostly(right: str, others: Sequence[Any]) -> st.SearchStrategy[Any]:
    """The right value about half the time, so that single differences and matches are common."""
    return st.one_of(st.just(right), st.sampled_from(others))


FROM_ENTRIES = st.builds(
    from_entry,
    _mostly(GATEWAY_GROUP, (*GROUPS, None)),
    _mostly("HTTPRoute", (*KINDS, None)),
    _mostly("frontend", (*NAMESPACES, None)),
)
TO_ENTRIES = st.builds(
    to_entry, _mostly("", (*GROUPS, None)), _mostly("Service", (*KINDS, None)), st.sampled_from((None, "api", *NAMES))
)


def manifests(namespaces: Sequence[str] = ("backend", "frontend", "other")) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Up to four grants whose names differ."""
    one = st.builds(
        grant,
        st.lists(FROM_ENTRIES, min_size=1, max_size=3),
        st.lists(TO_ENTRIES, min_size=1, max_size=3),
        _mostly("backend", namespaces),
        st.sampled_from(("g1", "g2", "g3", "g4", "g5")),
    )
    return st.lists(one, max_size=4, unique_by=lambda obj: obj["metadata"]["name"])


REFERENCES = st.builds(
    lambda kind, namespace, target, name: reference(
        ObjectKey("", target, "backend", name), ObjectKey(GATEWAY_GROUP, kind, namespace, "web")
    ),
    _mostly("HTTPRoute", ("GRPCRoute", "httproute")),
    _mostly("frontend", ("fronted", "other")),
    _mostly("Service", ("Secret",)),
    st.sampled_from(NAMES),
)

Permission = tuple[str, str, str, str, str, str, str]
"""Referrer group, kind and namespace; target group, kind, namespace and name."""


def permissions(*objects: JSON) -> set[Permission]:
    """Every permission that grants give, spelled out one by one over the names of this module: the oracle."""
    spelled_out: set[Permission] = set()
    for obj in objects:
        for target in obj["spec"]["to"]:
            names = [target["name"]] if "name" in target else [*NAMES, SPARE_NAME]
            for source in obj["spec"]["from"]:
                fields = [source.get("group"), source.get("kind"), source.get("namespace")]
                fields += [target.get("group"), target.get("kind")]
                if None not in fields:
                    spelled_out |= {(*fields, obj["metadata"]["namespace"], name) for name in names}
    return spelled_out


def permission_of(wanted: Reference) -> Permission:
    referrer, to = wanted.referrer, wanted.to
    return (referrer.group, referrer.kind, referrer.namespace, to.group, to.kind, to.namespace, to.name)

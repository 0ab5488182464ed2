"""Readers for plain Kubernetes objects that may hold anything: a value of a wrong type counts as absent."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from kubectl_refs.core.model.objects import JSON, ObjectKey


def mapping(value: Any) -> JSON:
    return value if isinstance(value, dict) else {}


def entries(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def integer(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def integer_in(value: Any, allowed: range) -> int | None:
    """An integer of a range. None for anything else, which `in` would compare with every number of the range."""
    number = integer(value)
    return number if number is not None and number in allowed else None


def at(obj: Any, *path: str | int) -> Any:
    """The value at a path of field names and indices, or None."""
    for step in path:
        if isinstance(step, str):
            if not isinstance(obj, dict):
                return None
            obj = obj.get(step)
        else:
            items = entries(obj)
            obj = items[step] if step < len(items) else None
    return obj


def was_created(obj: JSON) -> bool:
    """Whether an API server created it: manifests that were not read from one have no creationTimestamp."""
    metadata = obj.get("metadata")
    return isinstance(metadata, dict) and bool(metadata.get("creationTimestamp"))


def is_being_deleted(obj: JSON | None) -> bool:
    """Whether an object is only still there: deleted, but kept by a finalizer, or a Namespace being emptied."""
    return bool(at(obj, "metadata", "deletionTimestamp")) or at(obj, "status", "phase") == "Terminating"


@cache
def group_of(api_version: str) -> str:
    """The group in an apiVersion: empty for `v1`."""
    group, slash, _ = api_version.rpartition("/")
    return group if slash else ""


def version_of(obj: JSON) -> str:
    """The version in an object's apiVersion; empty if it has none."""
    return (text(obj.get("apiVersion")) or "").rpartition("/")[2]


def key_of(obj: JSON) -> ObjectKey:
    """The identity of an object, as its own fields state it."""
    metadata = obj.get("metadata")
    if not isinstance(metadata, dict):
        metadata = {}
    stated = obj.get("apiVersion"), obj.get("kind"), metadata.get("namespace"), metadata.get("name")
    try:
        return _key(*stated)
    except TypeError:
        # A list or an object cannot be hashed; as an identity it counts as absent.
        return _key(*map(text, stated))


@lru_cache(2**16)
def _key(version: Any, kind: Any, namespace: Any, name: Any) -> ObjectKey:
    """The same instance for every caller: it is asked for about twenty times for each of thousands of objects."""
    return ObjectKey(group_of(text(version) or ""), text(kind) or "", text(namespace) or "", text(name) or "")


def unsubstituted(name: str) -> bool:
    """Whether a name in a manifest holds a placeholder that a tool is still to substitute: `${NAME}` for Flux and
    envsubst, `{{ .Values.name }}` for charts."""
    return "${" in name or "{{" in name


def may_be(name: str, other: str) -> bool:
    """Whether two names may be the same once their placeholders are substituted. What stands before the first
    placeholder of a name, and after its last one, stays."""
    if not unsubstituted(name):
        name, other = other, name
    if name == other or unsubstituted(other):
        return True
    starts = [place for mark in ("${", "{{") if (place := name.find(mark)) >= 0]
    return bool(starts) and other.startswith(name[: min(starts)]) and other.endswith(name[name.rfind("}") + 1 :])


def newest_write(managed_fields: Any) -> JSON:
    """The newest entry of an object's managedFields; empty without any."""
    written = [mapping(entry) for entry in entries(managed_fields)]
    return max(written, key=lambda entry: text(entry.get("time")) or "", default={})


def labels_of(obj: JSON) -> dict[str, str]:
    labels = mapping(at(obj, "metadata", "labels"))
    return {key: value for key, value in labels.items() if isinstance(value, str)}

"""An object as it is after a manifest is applied: the fields of the manifest, and those that others have set.

A field that the manifest does not name is removed if its applier had set it before, and stays if somebody else has set
it (kubernetes.io, "Declarative Management of Kubernetes Objects", "How apply calculates differences and merges
changes", and "Server-Side Apply").
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any

from kubectl_refs.core.model.kinds import NAMESPACE, SERVICE
from kubectl_refs.core.model.objects import JSON, LAST_APPLIED
from kubectl_refs.core.model.selectors import NAME_LABEL
from kubectl_refs.core.model.values import at, entries, key_of, mapping, text
from kubectl_refs.core.records import dataclass

_HELM = frozenset({"helm", "helm-controller"})
_APPLIERS = _HELM | {"kubectl", "kubectl-client-side-apply", "kustomize-controller", "argocd-controller"}
"""Field managers that are known to apply manifests."""
_PORTS: Mapping[str, Mapping[str, str]] = {"ports": {"port": "", "protocol": "TCP"}}
_KEYED = {**_PORTS, "listeners": {"name": ""}}
"""Lists whose entries are identified by key fields, given with their defaults: entries that others have added stay."""


def applied(existing: JSON, manifest: JSON) -> JSON:
    """The result of applying a manifest to the existing object, of which maybe only the metadata is known. Of the
    present metadata, labels, annotations and the deletionTimestamp are kept; the status is left out."""
    before = _before(existing, manifest)
    # Appliers always write annotations.
    named = {"annotations": {}, **mapping(manifest.get("metadata"))}
    words = before.merged(_labels_and_annotations, existing, {"metadata": named})
    metadata = {name: value for name, value in named.items() if name not in _LABELS_AND_ANNOTATIONS}
    metadata |= {name: value for name, value in words.items() if value}
    if key_of(manifest).group_kind == NAMESPACE:
        metadata["labels"] = {**metadata.get("labels", {}), NAME_LABEL: metadata["name"]}
    if (deleted := at(existing, "metadata", "deletionTimestamp")) is not None:
        metadata["deletionTimestamp"] = deleted
    return {**before.merged(_content, existing, manifest), "metadata": metadata}


_LABELS_AND_ANNOTATIONS = ("labels", "annotations")


def _labels_and_annotations(obj: JSON) -> JSON:
    """The labels and annotations that an object has, without the label that only the server sets."""
    metadata = mapping(obj.get("metadata"))
    found = {name: metadata[name] for name in _LABELS_AND_ANNOTATIONS if name in metadata}
    if NAME_LABEL in mapping(found.get("labels")):
        labels = {name: value for name, value in found.pop("labels").items() if name != NAME_LABEL}
        found |= {"labels": labels} if labels else {}
    return found


def _content(obj: JSON) -> JSON:
    return {name: value for name, value in obj.items() if name not in ("metadata", "status")}


@dataclass(frozen=True, slots=True)
class _Before:
    """The fields that the manifest's applier had set before, and those known to be set by `others`: if an applied field
    is no longer named, only the latter stay. `keyed` are the lists that are merged by entry; others are replaced."""

    object: JSON = field(default_factory=dict)
    others: JSON = field(default_factory=dict)
    keyed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def merged(self, part: Callable[[JSON], JSON], existing: JSON, new: JSON) -> dict[str, Any]:
        """A part of the new object merged over that of the existing one. Null removes a field."""
        return self._merged(part(existing), part(self.object), part(self.others), part(new))

    def _merged(self, existing: JSON, before: JSON, others: JSON, new: JSON) -> dict[str, Any]:
        found = {name: value for name, value in new.items() if value is not None}
        for name, value in existing.items():
            wanted, last, left = new.get(name), before.get(name), others.get(name)
            if name not in new and name not in before:
                found[name] = value
            elif name not in new and left:
                found[name] = left
            elif isinstance(value, dict) and isinstance(wanted, dict):
                found[name] = self._merged(value, mapping(last), mapping(left), wanted)
            elif name in self.keyed and isinstance(value, list) and isinstance(wanted, list):
                fields = self.keyed[name]
                known = [_key(each, fields) for each in (*wanted, *entries(last))]
                found[name] = [*wanted, *(each for each in value if _key(each, fields) not in known)]
        return found


def _has_fields(entry: Any, fields: JSON) -> bool:
    return all(mapping(entry).get(name) == value for name, value in fields.items())


def _key(entry: Any, fields: Mapping[str, str]) -> tuple[Any, ...]:
    return tuple(mapping(entry).get(name, default) for name, default in fields.items())


def _before(existing: JSON, manifest: JSON) -> _Before:
    """What the applier set: a manager known to apply manifests, or else the one that has set most of this one. That is
    what it alone owns by server-side apply (or Helm), or the annotation of `kubectl apply`, without which nothing is
    removed. With neither managers nor annotation, it is taken to have set all but labels and annotations."""
    managers = [
        each for each in map(mapping, entries(at(existing, "metadata", "managedFields"))) if not each.get("subresource")
    ]
    last = _json(text(at(existing, "metadata", "annotations", LAST_APPLIED)) or "")
    if not managers and not last:
        return _Before(_content(existing))
    ordered = sorted(managers, key=lambda each: not _knows_by_field(each, last))
    best = max(ordered, key=lambda each: _share(each, manifest), default=None)
    if best is None or not _knows_by_field(best, last):
        return _Before(last, keyed=_PORTS if key_of(manifest).group_kind == SERVICE else {})
    others = [_fields(each) for each in managers if each is not best]
    own = mapping(_owned(existing, [_fields(best)], others))
    return _Before(own, mapping(_owned(existing, others, [])) if others else {}, _KEYED)


def _knows_by_field(manager: JSON, last: JSON) -> bool:
    """Whether a manager's fields say what it had applied. Helm keeps its own record, and leaves no annotation."""
    return manager.get("operation") == "Apply" or (not last and manager.get("manager") in _HELM)


def _json(written: str) -> JSON:
    """The JSON object in a text; empty if the text is anything else, since anybody may have written it."""
    try:
        return mapping(json.loads(written))
    except (ValueError, RecursionError):
        return {}


def _fields(manager: JSON) -> JSON:
    return mapping(manager.get("fieldsV1"))


def _share(manager: JSON, manifest: JSON) -> tuple[bool, int, int]:
    """Whether a manager is known to apply manifests, and how many fields it has set: of this manifest, and in all."""
    fields = _fields(manager)
    return manager.get("manager") in _APPLIERS, _in_common(fields, manifest), _size(fields)


def _size(fields: JSON) -> int:
    return 1 + sum(_size(mapping(each)) for each in fields.values())


def _in_common(fields: JSON, value: Any) -> int:
    """The number of a value's fields that a manager has set."""
    if not isinstance(value, dict):
        return 1
    return sum(_in_common(mapping(fields[f"f:{name}"]), each) for name, each in value.items() if f"f:{name}" in fields)


def _owned(value: Any, owners: Sequence[JSON], others: Sequence[JSON]) -> Any:
    """The part of a value that the owners have set and none of the others. In managedFields a field is `f:name`, and an
    entry of a keyed list `k:{...}`."""
    names = {name for fields in owners for name in fields}
    if isinstance(value, list):
        keys = [key for name in names if name.startswith("k:") and (key := _json(name.removeprefix("k:")))]
        return [each for each in value if not keys or any(_has_fields(each, key) for key in keys)]
    if not isinstance(value, dict) or not any(name.startswith("f:") for name in names):
        return value
    found = {}
    for name, each in value.items():
        own, shared = (_within(f"f:{name}", managers) for managers in (owners, others))
        if own and (any(own) or not shared):
            found[name] = _owned(each, own, shared)
    return found


def _within(name: str, managers: Sequence[JSON]) -> list[JSON]:
    return [mapping(fields[name]) for fields in managers if name in fields]

"""What to keep of objects that are read by the thousands: all that the rules look at, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kubectl_refs.core.fields.gateway_api import TABLE
from kubectl_refs.core.model.kinds import HTTP_ROUTE, REFERENCE_GRANT, SERVICE, SERVICE_IMPORT
from kubectl_refs.core.model.objects import JSON, LAST_APPLIED, GroupKind
from kubectl_refs.core.model.values import at, entries, mapping, newest_write


def lean(obj: JSON) -> JSON:
    """An object of any kind, reduced to be kept for long: of managedFields only the newest write, and without kubectl's
    copy of the manifest, which often repeats the whole object."""
    metadata = dict(mapping(obj.get("metadata")))
    newest = newest_write(metadata.pop("managedFields", None))
    if newest:
        # Its time says whether a status is older than a grant, its manager who caused a change.
        metadata["managedFields"] = [{name: newest[name] for name in ("manager", "time") if name in newest}]
    annotations = metadata.get("annotations")
    if isinstance(annotations, dict) and LAST_APPLIED in annotations:
        metadata["annotations"] = {name: value for name, value in annotations.items() if name != LAST_APPLIED}
    return {**obj, "metadata": metadata}


_ANNOTATIONS = frozenset(row.annotation for row in TABLE if row.annotation)
"""The annotations that hold references."""
_METADATA = ("name", "namespace", "generation", "labels", "creationTimestamp", "deletionTimestamp")


def slim(kind: GroupKind) -> Callable[[JSON], JSON]:
    """The digest for a kind. Equal kinds have the same one, so that reads with it are equal."""
    return _DIGESTS.get(kind, _plain)


def _plain(obj: JSON) -> JSON:
    """Identity, labels, times, spec and status. managedFields are dropped, and so are annotations that hold no
    references: they often repeat the whole object."""
    found = {field: obj[field] for field in ("apiVersion", "kind", "spec", "status") if field in obj}
    metadata = mapping(obj.get("metadata"))
    found["metadata"] = {field: metadata[field] for field in _METADATA if field in metadata}
    found["metadata"].update(referring_annotations(metadata))
    return found


def referring_annotations(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    """The annotations that hold references, as a part of metadata; empty without any."""
    annotations = mapping(metadata.get("annotations"))
    kept = {name: annotations[name] for name in _ANNOTATIONS if name in annotations}
    return {"annotations": kept} if kept else {}


def _service(obj: JSON) -> JSON:
    """A Service with all that a reference asks of it: ports, type, externalName, and whether it is headless or being deleted.
    Often there are more than routes, and each has a cluster IP of its own."""
    metadata, spec = mapping(obj.get("metadata")), mapping(obj.get("spec"))
    return {
        "apiVersion": obj.get("apiVersion"),
        "kind": obj.get("kind"),
        "metadata": {
            field: metadata[field] for field in ("name", "namespace", "deletionTimestamp") if field in metadata
        },
        "spec": {
            **{field: spec[field] for field in ("ports", "type", "externalName") if field in spec},
            **({"clusterIP": "None"} if spec.get("clusterIP") == "None" else {}),
        },
    }


_EVERY_PATH = [{"path": {"type": "PathPrefix", "value": "/"}}]
"""The matches of a rule without any, as the API server fills them in (HTTPRouteRule.matches)."""


def _http_route(obj: JSON) -> JSON:
    """An HTTPRoute whose rules share one list of matches that the API server filled in: a third of most routes."""
    found = _plain(obj)
    rules = [
        {**rule, "matches": _EVERY_PATH} if isinstance(rule, dict) and rule.get("matches") == _EVERY_PATH else rule
        for rule in entries(at(found, "spec", "rules"))
    ]
    return {**found, "spec": {**found["spec"], "rules": rules}} if rules else found


_DIGESTS: Mapping[GroupKind, Callable[[JSON], JSON]] = {
    HTTP_ROUTE: _http_route,
    SERVICE: _service,
    SERVICE_IMPORT: _service,
    # A changed grant is printed whole: kubectl apply takes away what its owner applied and the print leaves out.
    REFERENCE_GRANT: lean,
}

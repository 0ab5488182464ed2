"""Fields that manifests of scenarios leave out for brevity, but every object on a server has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubectl_refs.core.model.objects import JSON

_CONDITION = {"message": "", "reason": "Unsaid", "lastTransitionTime": "2026-01-01T00:00:00Z"}


def completed(obj: JSON) -> JSON:
    """The object with the fields that its schema requires and that no rule of the program looks at."""
    match obj["kind"]:
        case "Secret" if obj.get("type") == "kubernetes.io/tls":
            return {**obj, "data": {"tls.crt": "", "tls.key": "", **obj.get("data", {})}}
        case "Service":
            spec = obj.get("spec", {})
            ports = spec.get("ports", [] if spec.get("type") == "ExternalName" else [{"port": 1}])
            if len(ports) > 1:
                ports = [{"name": f"port-{number}", **port} for number, port in enumerate(ports)]
            return {**obj, "spec": {**spec, "ports": ports}}
        case "EndpointSlice":
            return {"addressType": "IPv4", **obj}
        case "PersistentVolumeClaim":
            usual = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
            return {**obj, "spec": {**usual, **obj["spec"]}}
    return obj


def completed_status(obj: JSON) -> Any:
    """The status, with generations counted as on a server that has just created the object: 1 if observed, 0 if not."""
    generation = obj["metadata"].get("generation")

    def of(value: Any) -> Any:
        if isinstance(value, list):
            return [of(each) for each in value]
        if not isinstance(value, Mapping):
            return value
        new = {name: of(each) for name, each in value.items()}
        if "type" in new and "status" in new:
            new = _CONDITION | new
        if "observedGeneration" in new:
            new["observedGeneration"] = int(generation is None or new["observedGeneration"] == generation)
        return new

    status = of(obj["status"])
    if "listeners" in status and obj["kind"] in ("Gateway", "ListenerSet", "XListenerSet"):
        usual = {"attachedRoutes": 0, "supportedKinds": [], "conditions": []}
        status["listeners"] = [usual | each for each in status["listeners"]]
    return status

"""A change to one object: its purpose, the object before and after, and the JSON Patch between the two."""

from __future__ import annotations

import copy

from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.objects import JSON, LAST_APPLIED, ObjectKey
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.values import mapping
from kubectl_refs.core.records import dataclass

GRANTS = "referencegrants"
"""The plural of ReferenceGrant."""


@dataclass(frozen=True, slots=True)
class Change:
    """One object to create (`before` is None) or to change.

    `before` and `after` are whole objects without the fields that the server fills in. `after` is printed for kubectl
    apply. It has no resourceVersion, because kubectl would record it in the object and refuse the owner's own manifest
    ever after. `patch` is the JSON Patch from `before` to `after`, with a `test` of everything that it relies on.
    `evaluated` are the references that the change is for; `widens` lists what else it permits, one phrase each.
    `plural` is the kind's name in URLs. A `guess` may not be what is meant.
    """

    object: ObjectKey
    after: JSON
    title: str
    evaluated: tuple[EvaluatedReference, ...]
    before: JSON | None = None
    patch: tuple[JSON, ...] = ()
    widens: tuple[str, ...] = ()
    plural: str = GRANTS
    guess: bool = False

    @property
    def certain(self) -> bool:
        """Whether all references are known to be refused; if not, the grants of the namespace could not be read."""
        return all(each.verdict is Verdict.REFUSED for each in self.evaluated)


def field_of(pointer: str) -> str:
    """A JSON Pointer as a path: `/spec/from/0/kind` is `spec.from[0].kind`, an added entry (`/-`) is its list."""
    path = ""
    for step in pointer.strip("/").split("/"):
        path += f"[{step}]" if step.isdigit() else "" if step == "-" else f".{step}" if path else step
    return path


_SERVERS_OWN = frozenset(
    {"managedFields", "uid", "resourceVersion", "creationTimestamp", "generation", "selfLink", "deletionTimestamp"}
)


def cleaned(obj: JSON) -> JSON:
    """An object as somebody wrote it: without the status, fields that the server fills in, and kubectl's annotation."""
    metadata = {field: value for field, value in mapping(obj.get("metadata")).items() if field not in _SERVERS_OWN}
    annotations = {key: value for key, value in mapping(metadata.get("annotations")).items() if key != LAST_APPLIED}
    metadata.pop("annotations", None)
    if annotations:
        metadata["annotations"] = annotations
    return {
        "apiVersion": obj.get("apiVersion"),
        "kind": obj.get("kind"),
        "metadata": metadata,
        **({"spec": copy.deepcopy(obj["spec"])} if "spec" in obj else {}),
    }

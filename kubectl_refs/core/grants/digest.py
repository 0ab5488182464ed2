"""What is kept of an object that may use grants, while thousands of them are read."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import field

from kubectl_refs.core.fields.extraction import references_of
from kubectl_refs.core.fields.governing import is_ignored, may_use_grant
from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import FoundReference
from kubectl_refs.core.model.values import at, entries, key_of, mapping
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.holders import References
from kubectl_refs.core.view.slimming import referring_annotations, slim

Wanted = tuple[str | None, ...]
"""A permission that names its target: the group, kind and namespace of a referrer; the group, kind and name of a target."""


def wanted_without_namespace(found: FoundReference, holder: JSON) -> Wanted | None:
    """The permission that a reference would need if it had not left out its namespace, which means its own; None if it
    has one, or may not lead elsewhere."""
    reference = found.reference
    if found.field.governed_by is not Mechanism.REFERENCE_GRANT or reference.explicit_namespace or reference.crosses:
        return None
    return None if is_ignored(found, holder) else (*reference.referrer[:3], *reference.to[:2], reference.to.name)


def identity_digest(obj: JSON) -> JSON:
    """What to keep of an object of which only the existence matters."""
    key = key_of(obj)
    return {
        "apiVersion": obj.get("apiVersion"),
        "kind": obj.get("kind"),
        "metadata": {"namespace": key.namespace, "name": key.name},
    }


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest that keeps what the question needs of a referrer: its identity and, if it may use a grant, or may have
    left out a namespace for one of the permissions in `given`, its spec, the annotations that hold references, and which
    controllers wrote about which of its parents. One that references the target asked about is judged, so all that the
    rules look at is kept of it.

    `found` collects the references of such referrers, by the id of the kept object, which is stored beside them.
    """

    table: Table
    target: ObjectKey | None = None
    found: dict[int, tuple[JSON, References]] | None = field(default=None, compare=False, repr=False)
    given: Set[Wanted] = field(default=frozenset(), compare=False, repr=False)

    def __call__(self, obj: JSON) -> JSON:
        references = references_of(obj, self.table)
        if self.target is not None and any(each.reference.to == self.target for each in references[0]):
            return self._kept(slim(key_of(obj).group_kind)(obj), references)
        if not any(self._matters(each, obj) for each in references[0]):
            return identity_digest(obj)
        parents = [
            {"parentRef": entry.get("parentRef"), "controllerName": entry.get("controllerName")}
            for entry in map(mapping, entries(at(obj, "status", "parents")))
        ]
        identity = identity_digest(obj)
        kept = {
            **identity,
            "metadata": {**identity["metadata"], **referring_annotations(mapping(obj.get("metadata")))},
            "spec": obj.get("spec"),
            **({"status": {"parents": parents}} if parents else {}),
        }
        return self._kept(kept, references)

    def _kept(self, kept: JSON, references: References) -> JSON:
        if self.found is not None:
            self.found[id(kept)] = kept, references
        return kept

    def _matters(self, found: FoundReference, holder: JSON) -> bool:
        if may_use_grant(found, holder):
            return True
        return bool(self.given) and wanted_without_namespace(found, holder) in self.given

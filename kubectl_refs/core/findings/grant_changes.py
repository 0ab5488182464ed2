"""The changes to one grant that its findings advise: delete it, edit it, patch it, or keep only some permissions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from kubectl_refs.core.fixes.grant_names import part_of
from kubectl_refs.core.fixes.json_patch import json_pointer
from kubectl_refs.core.grants.grant import Grant, grant_manifest
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.values import at, entries
from kubectl_refs.core.records import dataclass, replace

PairIndex = tuple[int, int]
"""A permission of a grant: the indices of its `from` entry and its `to` entry, counted from 0."""


@dataclass(frozen=True, slots=True)
class GrantChanges:
    """Maker of the changes to one grant. `taken` holds the names of all grants in its namespace, which a new grant
    cannot have; `api_version` is the apiVersion of new grants."""

    grant: Grant
    taken: Collection[str]
    api_version: str

    @property
    def key(self) -> ObjectKey:
        return self.grant.key

    def delete(self, confidence: Confidence) -> Fix:
        return Fix("delete", self.key, f"delete ReferenceGrant {self.grant.grant}", confidence)

    def renewed(self) -> tuple[str, tuple[Fix, ...]]:
        """The message for a grant whose kind or version has no effect, and the fix that rewrites it."""
        name = self.grant.grant
        manifest = grant_manifest(self.api_version, name, self.grant.spec)
        title = f"write {self.grant.kind} {name} as kind {self.key.kind} of apiVersion {self.api_version}"
        message = f"it permits nothing: {self.grant.outdated}"
        return message, (Fix("create", self.key, title, Confidence.LIKELY, manifest=manifest),)

    def edit(self, title: str) -> Fix:
        """An edit whose values only the grant's owner knows."""
        return Fix("edit", self.key, title, Confidence.GUESS)

    def patch(self, title: str, changes: Sequence[JSON], confidence: Confidence, widens: tuple[str, ...] = ()) -> Fix:
        """A JSON Patch that applies only to the spec as it was read: paths are indices, and entries may have moved."""
        unchanged = {"op": "test", "path": "/spec", "value": self.grant.spec}
        operations = (unchanged, *changes)
        return Fix("patch", self.key, title, confidence, patch=operations, widens=widens)

    def keeping(self, kept: Collection[PairIndex], confidence: Confidence) -> tuple[Fix, ...]:
        """The changes that keep these permissions and remove all others.

        A grant permits every `from` with every `to`. If the permissions to keep do not form such a product, they are
        spread over several grants; the new ones are created before the old one is patched.
        """
        groups = _products(kept)
        if not groups:
            return (self.delete(confidence),)
        (froms, tos), *others = groups
        created = self._created(others, confidence)
        gone = [
            f"spec.{part}[{index}]"
            for part, all_, left in (("from", self.grant.from_, froms), ("to", self.grant.to, tos))
            for index in range(len(all_))
            if index not in left
        ]
        operations = [{"op": "remove", "path": json_pointer(path)} for path in reversed(gone)]
        title = f"take {' and '.join(gone)} out of ReferenceGrant {self.grant.grant}"
        cut = self.patch(title, operations, confidence)
        return (*created, replace(cut, follows=True)) if created else (cut,)

    def _created(self, groups: Iterable[tuple[list[int], list[int]]], confidence: Confidence) -> list[Fix]:
        taken = set(self.taken)
        fixes: list[Fix] = []
        for froms, tos in groups:
            spec = {"from": self._entries("from", froms), "to": self._entries("to", tos)}
            name = self.grant.grant._replace(name=part_of(self.grant.grant.name, spec, taken))
            taken.add(name.name)
            manifest = grant_manifest(self.api_version, name, spec)
            title = f"a new ReferenceGrant {name} for the permissions in use that the old one loses"
            fixes.append(Fix("create", name.key, title, confidence, manifest=manifest, follows=bool(fixes)))
        return fixes

    def _entries(self, part: str, indices: Iterable[int]) -> list[Any]:
        written = entries(at(self.grant.spec, part))
        return [written[index] for index in indices]


def _products(kept: Collection[PairIndex]) -> list[tuple[list[int], list[int]]]:
    """Permissions as products of `from` and `to` indices: `from` entries with the same `to` entries go together."""
    leads: dict[int, list[int]] = {}
    for from_index, to_index in sorted(kept):
        leads.setdefault(from_index, []).append(to_index)
    groups: dict[tuple[int, ...], list[int]] = {}
    for from_index, tos in leads.items():
        groups.setdefault(tuple(tos), []).append(from_index)
    return [(froms, list(tos)) for tos, froms in groups.items()]

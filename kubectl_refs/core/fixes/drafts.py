"""Drafts of changed ReferenceGrants, while `fix` collects the references to permit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kubectl_refs.core.fixes.change import Change, cleaned, field_of
from kubectl_refs.core.fixes.json_patch import applied
from kubectl_refs.core.grants.grant import Grant, Pair, shown_kinds
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.grants.needed_pairs import ReferenceIndex, needed_pair, permissions, widening
from kubectl_refs.core.grants.unknown_fields import unknown_fields
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import EvaluatedReference, Reference
from kubectl_refs.core.text.language import enumerated, listing
from kubectl_refs.core.view.catalog import Catalog


class Drafts:
    """Existing grants, each with the operations collected for it so far."""

    def __init__(self, sources: Mapping[GrantName, JSON], wanted: Sequence[Reference], catalog: Catalog) -> None:
        self.catalog = catalog
        self.grants = {name: Grant.parse(source) for name, source in sources.items()}
        # What is applied or tested is what an API server holds.
        self._stored = {name: {**grant.source, "spec": grant.spec} for name, grant in self.grants.items()}
        self._standing = Grants.by_namespace(self.grants.values())
        self._wanted = ReferenceIndex(wanted)
        self._operations: dict[GrantName, tuple[JSON, ...]] = {}
        self._after: dict[GrantName, Grant] = {}
        self._begun: dict[GrantName, int] = {}
        self._changed: set[GrantName] = set()
        self._permissions: dict[GrantName, frozenset[Pair]] = {}
        self._permitting: dict[tuple[str, Pair], set[GrantName]] = defaultdict(set)

    def existing(self, namespace: str) -> Grants:
        """The grants of a namespace, unchanged."""
        return self._standing.get(namespace, Grants())

    def __contains__(self, name: GrantName) -> bool:
        """Whether a grant has any operations."""
        return name in self._operations

    def after(self, name: GrantName) -> Grant:
        """A grant with its operations so far applied."""
        if name not in self._after:
            self._after[name] = self.trial(name, ())
        return self._after[name]

    def trial(self, name: GrantName, more: Iterable[JSON]) -> Grant:
        """A grant as it would be with `more` operations added to those so far."""
        return Grant.parse(applied(self._stored[name], (*self._operations.get(name, ()), *more)))

    def add(self, name: GrantName, operations: Iterable[JSON]) -> None:
        known = self._operations.get(name, ())
        self._operations[name] = (*known, *(each for each in operations if each not in known))
        self._after.pop(name, None)
        self._changed.add(name)
        self._begun.setdefault(name, len(self._begun))

    def permits(self, reference: Reference) -> GrantName | None:
        """The draft that permits a reference; of several, the one begun first."""
        self._index()
        pair = needed_pair(reference)
        into = reference.to.namespace
        found = {*self._permitting[into, pair], *self._permitting[into, pair.wider]}
        return min(found, key=self._begun.__getitem__, default=None)

    def _index(self) -> None:
        """Index the permissions of the drafts that have changed since the last call."""
        for name in self._changed:
            grant = self.after(name)
            for pair in self._permissions.get(name, ()):
                self._permitting[name.namespace, pair].discard(name)
            self._permissions[name] = frozenset(permissions(grant.from_, grant.to))
            for pair in self._permissions[name]:
                self._permitting[name.namespace, pair].add(name)
        self._changed.clear()

    def changes(self, refused: Sequence[EvaluatedReference]) -> Iterator[Change]:
        by_draft: dict[GrantName, list[EvaluatedReference]] = {name: [] for name in self._operations}
        for each in refused:
            name = self.permits(each.reference)
            if name is not None:
                by_draft[name].append(each)
        for name, evaluated in by_draft.items():
            grant, operations = self.grants[name], self._operations[name]
            test = {"op": "test", "path": "/spec", "value": grant.spec}
            yield Change(
                grant.key,
                cleaned(self.after(name).source),
                _title(grant, operations),
                tuple(evaluated),
                cleaned(self._stored[name]),
                (test, *operations),
                widening(grant, self.after(name), self._wanted, self.existing(name.namespace), self.catalog),
            )


def _title(grant: Grant, operations: Iterable[JSON]) -> str:
    """What a change does, with the fields of a manifest that it leaves out."""
    added: dict[str, list[JSON]] = {}
    repaired: dict[str, None] = {}
    for operation in operations:
        path = field_of(operation["path"])
        if operation["path"].endswith("/-"):
            added.setdefault(path, []).append(operation["value"])
        else:
            repaired[path] = None
    new = [f"{_entries(path, values)} to {path}" for path, values in added.items()]
    # A draft has either new entries or repaired fields.
    step = f"add {enumerated(new)}" if new else f"repair {enumerated([*repaired])}"
    title = f"{step} of ReferenceGrant {grant.grant}"
    gone = [each.path for each in unknown_fields(grant)]
    return f"{title}, and leave out {enumerated(gone)}, which the kind does not have" if gone else title


def _entries(path: str, values: Sequence[JSON]) -> str:
    """New entries of `spec.from` or `spec.to` in words."""
    added = Grant.parse({"spec": {path.removeprefix("spec."): values}})
    who = [f"{shown_kinds(entry.group, entry.kind)} {entry.where}" for entry in added.from_]
    return listing([*who, *(entry.what for entry in added.to)])

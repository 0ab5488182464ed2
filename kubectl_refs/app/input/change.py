"""A change as the command line names it: manifests and deletions, on a cluster or on other manifests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kubectl_refs.app.input.object_names import missing, named_object
from kubectl_refs.app.input.overlay import Overlay, without_status
from kubectl_refs.app.input.prefetch import Prefetch
from kubectl_refs.app.input.selection import check_segment, resolve
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.core.model.kinds import DEFINITION, KUBERNETES_GROUPS, NAMESPACE
from kubectl_refs.core.model.object_changes import NO_DELETIONS, Action, Deletions, ObjectChange
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.model.values import at, integer, key_of
from kubectl_refs.core.queries.differences.applied import applied
from kubectl_refs.core.queries.differences.objects import change_of, existing_objects, is_relevant, known_by_metadata
from kubectl_refs.core.queries.differences.states import States
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.inquiry import inquire
from kubectl_refs.core.view.reads import Answer, Source
from kubectl_refs.core.view.store import Library
from kubectl_refs.core.view.view import View
from kubectl_refs.manifests.source import Manifests
from kubectl_refs.process.errors import RefsError, usage


@dataclass(frozen=True, slots=True)
class RequestedChange:
    """The two states, what becomes of each object, and what could not be read about that. `namespaces` are the user's
    own."""

    states: States
    objects: tuple[ObjectChange, ...]
    gaps: tuple[Gap, ...] = ()
    namespaces: tuple[str, ...] = ()


def change(
    inputs: Inputs,
    base: Sequence[str],
    deleted: Sequence[str],
    progress: Callable[[str, int], None] | None = None,
) -> RequestedChange:
    """The change from a cluster, or from the manifests in `base`, to the manifests of `inputs`, without the objects in
    `deleted` (TYPE/NAME or TYPE/NAME.NAMESPACE). RefsError for an object that does not exist or cannot be deleted."""
    if base and inputs.has_manifests and deleted:
        raise usage("--delete cannot be used together with --base and -f: what is in --base and not in -f is deleted")
    if not inputs.has_manifests and not deleted:
        raise usage("must specify --filename, --kustomize or --delete")
    return _between(inputs, base, deleted) if base else _on_cluster(inputs, deleted, progress)


def _between(inputs: Inputs, base: Sequence[str], deleted: Sequence[str]) -> RequestedChange:
    before = replace(inputs, files=base, kustomize=None).manifests()
    old = {key_of(obj): obj for obj in before.objects}
    table = before.catalog.table
    gone: Mapping[ObjectKey, str] = {}
    deletions = NO_DELETIONS
    if inputs.has_manifests:
        after = inputs.manifests()
        if inputs.unread:
            # The objects of an unreadable file would count as deleted, or as new.
            raise inputs.unread[0]
        left = {key_of(obj): obj for obj in after.objects}
    else:
        gone = _keys(before, deleted, inputs.namespace or None)
        there = {*old, *(ObjectKey(*NAMESPACE, "", key.namespace) for key in old)}
        for key, expression in gone.items():
            if key not in there:
                raise _absent(before.catalog, key, expression)
        deletions = Deletions.of(change_of(key, old.get(key), None, table) for key in gone)
        left = {key: obj for key, obj in old.items() if key not in deletions}
        after = before
    objects = tuple(
        change_of(key, old.get(key), left.get(key), table)
        for key in dict.fromkeys((*left, *old, *gone))
        # An object deleted with its namespace or its kind is not a change of its own.
        if key in gone or (is_relevant(key.group_kind) and key not in deletions)
    )
    # A namespace with objects in only one of the two sets is looked at in both.
    created = [each.key for each in objects if each.action is Action.CREATE]
    states = _BetweenManifests(before.changed(before.objects, created), after, old, left, deletions.kinds)
    return RequestedChange(states, objects)


@dataclass(frozen=True)
class _BetweenManifests:
    """States made of two sets of manifests (States). `ended` are the kinds that are deleted."""

    before: Manifests
    files: Manifests
    old: Mapping[ObjectKey, JSON]
    new: Mapping[ObjectKey, JSON]
    ended: frozenset[GroupKind]
    after: Manifests = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "after", self._with_objects(self.new, self.ended))

    def without(self, change: ObjectChange) -> Source:
        empties = change.empties and not any(key.namespace == change.key.name for key in self.new)
        if not empties and change.ends is None:
            return self.after.with_other(change.key, change.before)
        kept = {key: obj for key, obj in self.old.items() if change.deletes(key)}
        return self._with_objects({**self.new, **kept}, self.ended - {change.ends})

    def _with_objects(self, objects: Mapping[ObjectKey, JSON], ended: frozenset[GroupKind]) -> Manifests:
        known = (*self.old, *self.new)
        return self.files.changed(objects.values(), [key for key in known if key not in objects], ended)


def _on_cluster(inputs: Inputs, deleted: Sequence[str], progress: Callable[[str, int], None] | None) -> RequestedChange:
    cluster = inputs.cluster(progress)
    own = inputs.namespace or cluster.namespace
    manifests = inputs.manifests(cluster) if inputs.has_manifests else Manifests((), own, cluster.catalog.table)
    if inputs.has_manifests and not manifests.objects:
        raise usage("no objects passed to diff")
    gone = _keys(cluster, deleted, own)
    given = {key_of(obj): obj for obj in manifests.objects if is_relevant(key_of(obj).group_kind)}
    for key, expression in gone.items():
        if key in given:
            raise usage(f"--delete {expression}: it is in the manifests of -f as well")
    library = Library()
    source = Prefetch(cluster, library)
    there, gaps = _read_existing(cluster, library, (*given, *gone))
    for key, expression in gone.items():
        if there[key].absent:
            raise _absent(cluster.catalog, key, expression)
    objects = tuple(_changed(cluster.catalog, key, there[key], given.get(key)) for key in (*given, *gone))
    return RequestedChange(OnCluster(source, manifests, objects), objects, gaps, (own,))


def _read_existing(
    cluster: Source, library: Library, keys: Iterable[ObjectKey]
) -> tuple[Mapping[ObjectKey, Answer], tuple[Gap, ...]]:
    """The objects as the cluster has them; they are in the library afterwards."""
    wanted = tuple(keys)

    def think(view: View) -> tuple[Mapping[ObjectKey, Answer], tuple[Gap, ...]]:
        return existing_objects(view, wanted), view.gaps

    class Kept:
        catalog = cluster.catalog

        def read(self, reads: Any) -> Any:
            answers = cluster.read(reads)
            library.add(answers)
            return answers

    return inquire(Kept(), think)


def _changed(catalog: Catalog, key: ObjectKey, answer: Answer, manifest: JSON | None) -> ObjectChange:
    before = answer.object
    after = applied(before, manifest) if before is not None and manifest is not None else manifest
    if not answer.known and after is None and key.group_kind == DEFINITION:
        before = _definition_as_served(catalog, key)
    found = change_of(key, before, after, catalog.table, metadata_only=known_by_metadata(key.group_kind))
    # It is not known whether an object that could not be read exists.
    return (
        replace(found, action=Action.UPDATE, known=False, whole=False)
        if not answer.known and after is not None
        else found
    )


def _definition_as_served(catalog: Catalog, key: ObjectKey) -> JSON | None:
    """What discovery shows of a CustomResourceDefinition that could not be read, and that is named by the plural and
    the group of its kind; None if it shows nothing. The groups of Kubernetes itself have no such definitions."""
    served = next((each for each in catalog if each.qualified == key.name), None)
    if served is None or served.group in KUBERNETES_GROUPS:
        return None
    return {
        "kind": key.kind,
        "metadata": {"name": key.name},
        "spec": {"group": served.group, "names": {"kind": served.kind, "plural": served.plural}},
    }


class OnCluster:
    """States of a cluster (States). All of them share what was read from it."""

    def __init__(self, before: Source, manifests: Manifests, objects: Sequence[ObjectChange]) -> None:
        self.before = before
        self._manifests = manifests
        changes = [each for each in objects if each.action is not Action.UNCHANGED]
        self._new = {each.key: _updated(each.before, each.after) for each in changes if each.after is not None}
        self._deleted = [each for each in changes if each.action is Action.DELETE]
        self.after: Source = Overlay(before, manifests, self._new, Deletions.of(self._deleted))

    def without(self, change: ObjectChange) -> Source:
        kept = {key: obj for key, obj in self._new.items() if key != change.key}
        deleted = Deletions.of(each for each in self._deleted if each is not change)
        return Overlay(self.before, self._manifests, kept, deleted)


def _updated(before: JSON | None, after: JSON) -> JSON:
    """An object as a server has it after an update: with the next generation, but still with its old status."""
    if before is None:
        return without_status(after)
    # No server has accepted the object in another version yet.
    kept = ("managedFields", *(["creationTimestamp"] if before["apiVersion"] == after["apiVersion"] else []))
    metadata = {
        **after["metadata"],
        "generation": (integer(at(before, "metadata", "generation")) or 0) + 1,
        **{field: before["metadata"][field] for field in kept if field in before["metadata"]},
    }
    status = {"status": before["status"]} if "status" in before else {}
    return {**{field: after[field] for field in after if field != "status"}, "metadata": metadata, **status}


def _keys(source: Source, expressions: Sequence[str], namespace: str | None) -> dict[ObjectKey, str]:
    return {_key(source, each, namespace): each for each in expressions}


def _key(source: Source, expression: str, namespace: str | None) -> ObjectKey:
    word, slash, name = expression.partition("/")
    if not slash or not name or not word or "/" in name:
        raise usage(f"--delete {expression}: expected TYPE/NAME or TYPE/NAME.NAMESPACE")
    check_segment("resource name", name)
    return named_object(source, resolve(source.catalog, word), name, namespace)


def _absent(catalog: Catalog, key: ObjectKey, expression: str) -> RefsError:
    return missing(catalog, resolve(catalog, expression.partition("/")[0]), key.name, key.namespace)

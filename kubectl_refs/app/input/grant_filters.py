"""Which ReferenceGrants `grants` shows: the filters as they are given, and what they mean on a source."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.app.input import selection
from kubectl_refs.app.input.object_names import elsewhere, named_object
from kubectl_refs.core.model.kinds import REFERENCE_GRANT, SERVICE
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.selectors import matches
from kubectl_refs.core.model.values import labels_of
from kubectl_refs.core.queries.grants import DescribedGrant
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.reads import Source
from kubectl_refs.process.errors import usage


@dataclass(frozen=True, slots=True)
class GrantFilters:
    """Which of the grants to show, and in what order."""

    names: Sequence[str] = ()
    selector: str | None = None
    from_namespaces: Sequence[str] = ()
    to: str | None = None
    unused: bool = False
    findings: bool = False
    sort_by: str | None = None

    def check(self, *, all_namespaces: bool) -> None:
        """RefsError, in kubectl's words, for filters that contradict each other or name nothing that can exist."""
        if self.names:
            selection.refuse_with_names(all_namespaces=all_namespaces, selector=self.selector)
        for name in self.names:
            selection.check_segment("resource name", name)
        for namespace in self.from_namespaces:
            selection.check_namespace(namespace)
        selection.labels(self.selector)

    def resolve(self, source: Source, namespace: str | None) -> WantedGrants:
        """What the filters mean on a source, in a namespace or in all of them; RefsError for what it does not have."""
        kind, target = _target(source, self.to, namespace)
        names, namespace = _named(source, self.names, namespace if target is None else target.namespace)
        return WantedGrants(names, namespace, selection.labels(self.selector), self.from_namespaces, kind, target)


@dataclass(frozen=True, slots=True)
class WantedGrants:
    """The grants that are asked for: by name, namespace (None for all), labels, a namespace in `from`, or the kind or
    the one object that they permit references to."""

    names: Sequence[str]
    namespace: str | None
    labels: JSON
    from_namespaces: Sequence[str]
    kind: GroupKind | None
    target: ObjectKey | None

    def includes(self, described: DescribedGrant) -> bool:
        grant, target = described.usage.grant, self.target
        if self.names and grant.grant.name not in self.names:
            return False
        if not matches(self.labels, labels_of(grant.source)):
            return False
        if self.from_namespaces and all(entry.namespace not in self.from_namespaces for entry in grant.from_):
            return False
        if self.kind is None:
            return True
        return any(
            entry.group_kind == self.kind and (target is None or entry.name in (None, target.name))
            for entry in grant.to
        )


def _target(source: Source, expression: str | None, namespace: str | None) -> tuple[GroupKind | None, ObjectKey | None]:
    """What --to names: a kind, and the one object where a name is given."""
    if expression is None:
        return None, None
    word, slash, name = expression.partition("/")
    kind = selection.resolve(source.catalog, word)
    if not slash:
        return kind.group_kind, None
    if namespace is not None and kind.group_kind != SERVICE and elsewhere(kind, name):
        meant = named_object(source, kind, name, namespace)
        name, namespace = meant.name, meant.namespace
    name, namespace = selection.named_target(kind, name, namespace)
    if namespace is None:
        raise usage(f"who references {expression} depends on its namespace: {expression}.NAMESPACE or -n NAMESPACE")
    return kind.group_kind, ObjectKey(kind.group, kind.kind, namespace, name)


def _named(source: Source, names: Sequence[str], namespace: str | None) -> tuple[Sequence[str], str | None]:
    """The names of the grants, and their namespace if written as NAME.NAMESPACE."""
    kind = source.catalog.served(REFERENCE_GRANT)
    if kind is None or not any(elsewhere(kind, name) for name in names):
        return names, namespace
    keys = [named_object(source, kind, name, namespace) for name in names]
    places = sorted({key.namespace for key in keys})
    if len(places) > 1:
        raise usage(f"the referencegrants are in several namespaces ({', '.join(places)}): name those of one")
    return [key.name for key in keys], places[0]

"""The objects and namespaces that grants name: whether they exist, and which others have similar names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.judgements import Outcome
from kubectl_refs.core.model.kinds import NAMESPACE, SERVICE
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.queries.grant_referrers import GrantScope
from kubectl_refs.core.targets.ports import port_check
from kubectl_refs.core.text.language import several
from kubectl_refs.core.text.vocabulary import Vocabulary
from kubectl_refs.core.view.existence import exists
from kubectl_refs.core.view.slimming import slim
from kubectl_refs.core.view.view import View

FEW = 50
"""The most objects of a kind that are read one by one; if grants name more, the kind is listed."""


class TargetLookups:
    """Lookups of the objects that grants name. Few targets are read one by one, many by listing their kind."""

    def __init__(self, view: View, grants: Sequence[Grant], scope: GrantScope) -> None:
        self._view = view
        self._scope = scope
        counts = Counter(entry.group_kind for grant in grants for entry in grant.to if entry.name is not None)
        self._many = frozenset(kind for kind, count in counts.items() if count > FEW)
        self._lists: dict[tuple[GroupKind, str | None], frozenset[ObjectKey] | None] = {}
        self._partial: set[tuple[GroupKind, str | None]] = set()
        self._services: dict[ObjectKey, JSON] = {}
        self._faults: dict[tuple[ObjectKey, int | None, GroupKind], str] = {}
        effect = "whether the namespaces that grants name exist is not known"
        self.namespaces = Vocabulary(key.name for key in self._list(NAMESPACE, None, effect) or ())
        self._names: dict[tuple[GroupKind, str], Vocabulary] = {}
        for kind in sorted(self._many):
            self._all(kind)

    def exists(self, key: ObjectKey) -> bool | None:
        """Whether an object exists; None if that could not be read."""
        kind = key.group_kind
        if kind == NAMESPACE:
            return self._among(key, None)
        if kind in self._many and self._scope.namespace in (None, key.namespace):
            return self._among(key, self._scope.namespace)
        if self._view.catalog.serves(kind) is None:
            # Manifests say nothing about kinds that they do not contain.
            return None
        return exists(self._view, key, f"whether {key}, which a grant names, exists is not known")

    def fault(self, reference: Reference) -> str:
        """Why a permitted reference does not work, as far as its target shows, as a sentence without its full stop;
        empty if nothing is known to be wrong. An unreadable target is no gap here: the findings report it."""
        # Thousands of references lead to the same targets.
        asked = reference.to, reference.port, reference.referrer.group_kind
        if asked not in self._faults:
            self._faults[asked] = self._view.without_gaps(lambda subview: self._fault(subview, reference))
        return self._faults[asked]

    def _fault(self, view: View, reference: Reference) -> str:
        key = reference.to
        kind = key.group_kind
        if view.catalog.serves(kind) is None:
            return ""
        if kind in self._many and self._scope.namespace in (None, key.namespace):
            there, service = self._among(key, self._scope.namespace), self._services.get(key)
        else:
            answer = view.get(key, metadata_only=kind != SERVICE, effect="")
            there, service = answer.exists, answer.object if kind == SERVICE else None
        if there is False:
            return f"{key} does not exist"
        port = port_check(reference, service) if service is not None and reference.port is not None else None
        return port.message if port is not None and port.outcome is Outcome.FAILED else ""

    def _among(self, key: ObjectKey, namespace: str | None) -> bool | None:
        """Whether an object exists according to a list that has been read; None if the list may lack it, or if its name
        is not substituted yet."""
        listed = self._lists[key.group_kind, namespace]
        if listed is not None and key in listed:
            return True
        open_ = any(map(self._view.catalog.is_open, (key.namespace, key.name)))
        return None if open_ or listed is None or (key.group_kind, namespace) in self._partial else False

    def names(self, kind: GroupKind, namespace: str) -> Vocabulary:
        """The names of a kind's objects in a namespace; empty if they could not be read."""
        if (kind, namespace) not in self._names:
            effect = f"whether a {kind.kind} in {namespace} has a name like the one that a grant has is not known"
            present = self._all(kind) if kind in self._many else self._list(kind, namespace, effect)
            by_namespace: dict[str, list[str]] = defaultdict(list, {namespace: []})
            for key in present or ():
                by_namespace[key.namespace].append(key.name)
            for each, names in by_namespace.items():
                self._names[kind, each] = Vocabulary(names)
        return self._names[kind, namespace]

    def _all(self, kind: GroupKind) -> frozenset[ObjectKey] | None:
        effect = f"whether the {several(kind.kind)} that grants name exist is not known"
        return self._list(kind, self._scope.namespace, effect)

    def _list(self, kind: GroupKind, namespace: str | None, effect: str) -> frozenset[ObjectKey] | None:
        if (kind, namespace) not in self._lists:
            # For Services the ports matter too.
            answer = self._view.list(kind, namespace, metadata_only=kind != SERVICE, digest=slim(kind), effect=effect)
            if kind == SERVICE:
                self._services.update((key_of(obj), obj) for obj in answer.objects)
            self._lists[kind, namespace] = frozenset(map(key_of, answer.objects)) if answer.known else None
            if answer.assumed:
                self._partial.add((kind, namespace))
        return self._lists[kind, namespace]

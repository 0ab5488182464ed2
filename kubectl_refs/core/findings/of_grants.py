"""What is wrong with a grant, or wider than it need be: each with a code, a severity, a sentence and the change.

The API server admits almost every wrong grant, and a grant has no status, so nothing else tells (spec.md 1.1, 1.3).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kubectl_refs.core.findings import never_matching as mistakes
from kubectl_refs.core.findings.reductions import Changes, Place
from kubectl_refs.core.findings.redundancy import redundant
from kubectl_refs.core.fixes.json_patch import json_pointer
from kubectl_refs.core.grants.grant import MAX_ENTRIES, FromEntry, Pair, ToEntry, shown_kind
from kubectl_refs.core.grants.usage import Usage
from kubectl_refs.core.model.codes import Circumstance, Code
from kubectl_refs.core.model.findings import GrantFinding
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.kinds import GATEWAY, LISTENER_SET, NAMESPACE, ROUTES
from kubectl_refs.core.model.near_misses import Difference, GrantName
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.text.similarity import nearest
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.kubectl import Kubectl

SECRET = GroupKind("", "Secret")
MOST_NAMES = 5
"""Names told in one sentence; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known around the grants; an answer is None, and names are none, where they could not be read."""

    catalog: Catalog
    exists: Callable[[ObjectKey], bool | None]
    namespaces: Sequence[str]
    names: Callable[[GroupKind, str], Sequence[str]]
    """The names of a kind's objects in a namespace."""


def findings(usages: Sequence[Usage], known: Known, kubectl: Kubectl) -> dict[GrantName, tuple[GrantFinding, ...]]:
    """The findings on every grant. All grants of a namespace must be given, for redundancy is between them."""
    covering = redundant(usages)
    taken: dict[str, set[str]] = defaultdict(set)
    for usage in usages:
        taken[usage.grant.grant.namespace].add(usage.grant.grant.name)
    found = {}
    for usage in usages:
        name = usage.grant.grant
        examined = _Examined(usage, known, Changes(usage.grant, taken[name.namespace], kubectl))
        found[name] = tuple(examined.findings(covering.get(name, ())))
    return found


class _Examined:
    """One grant under examination. `_idle` are its permissions of which a finding tells already why nobody uses them."""

    def __init__(self, usage: Usage, known: Known, changes: Changes) -> None:
        self._usage = usage
        self._grant = usage.grant
        self._known = known
        self._changes = changes
        self._pairs = {(pair.from_index, pair.to_index): pair for pair in usage.pairs}
        self._idle: set[Place] = set()

    def findings(self, covering: Sequence[GrantName]) -> Iterator[GrantFinding]:
        if not self._grant.admissible:
            yield self._too_many()
            return
        if not self._pairs:
            part = "to" if self._grant.from_ else "from"
            delete = (self._changes.delete(Confidence.GUESS),)
            yield self._finding(Code.NEVER_MATCHES, f"spec.{part}", f"spec.{part} has no entries", delete)
            return
        for index, entry in enumerate(self._grant.from_):
            yield from self._about_from(index, entry)
        for index, target in enumerate(self._grant.to):
            yield from self._about_to(index, target)
        if covering:
            message = f"everything it permits, {' and '.join(map(str, covering))} permits too"
            yield self._finding(Code.REDUNDANT, "", message, (self._changes.delete(Confidence.LIKELY),))
        yield from self._about_users()

    def _too_many(self) -> GrantFinding:
        part, count = max((("from", len(self._grant.from_)), ("to", len(self._grant.to))), key=lambda each: each[1])
        message = f"spec.{part} has {count} entries: an API server takes {MAX_ENTRIES} at most, and refuses the grant"
        fix = self._changes.edit(f"spread the entries of spec.{part} over several grants")
        return self._finding(Code.NEVER_MATCHES, f"spec.{part}", message, (fix,))

    def _finding(
        self,
        code: Code,
        path: str,
        message: str,
        fixes: tuple[Fix, ...] = (),
        differences: tuple[Difference, ...] = (),
    ) -> GrantFinding:
        return GrantFinding(code, code.severity, self._grant.grant, path, message, fixes, differences)

    def _places(self, *, from_: int | None = None, to: int | None = None) -> set[Place]:
        """The permissions that an entry has part in."""
        return {place for place in self._pairs if from_ in (None, place[0]) and to in (None, place[1])}

    def _without(self, places: set[Place], confidence: Confidence = Confidence.GUESS) -> tuple[Fix, ...]:
        return self._changes.keeping(self._pairs.keys() - places, confidence)

    def _about_from(self, index: int, entry: FromEntry) -> Iterator[GrantFinding]:
        path, mine = f"spec.from[{index}]", self._places(from_=index)
        wrong = self._never_matches(path, mine, entry.group, entry.kind, mistakes.namespace(path, entry.namespace))
        if wrong is not None:
            yield wrong
        elif entry.namespace == self._grant.grant.namespace:
            self._idle |= mine
            message = (
                f"{path} names the grant's own namespace, {entry.namespace}, where no reference needs a grant; a grant for "
                "references out of it belongs where they lead"
            )
            # Where nothing else is in it, the whole grant may be meant for another namespace.
            sure = Confidence.LIKELY if mine != self._pairs.keys() else Confidence.GUESS
            fixes = self._without(mine, sure)
            yield self._finding(Code.OWN_NAMESPACE, f"{path}.namespace", message, fixes)
        elif self._known.exists(ObjectKey(NAMESPACE.group, NAMESPACE.kind, "", entry.namespace or "")) is False:
            self._idle |= mine
            yield self._missing_namespace(path, entry, mine)

    def _about_to(self, index: int, target: ToEntry) -> Iterator[GrantFinding]:
        path, mine = f"spec.to[{index}]", self._places(to=index)
        wrong = self._never_matches(path, mine, target.group, target.kind, mistakes.name(path, target))
        if wrong is not None:
            yield wrong
            return
        kind = GroupKind(target.group or "", target.kind or "")
        if kind in (GATEWAY, LISTENER_SET):
            yield from self._inert(path, kind, mine)
        if mine <= self._idle:
            return
        if target.name is None:
            yield self._any_name(index, path, target)
        elif self._known.exists(ObjectKey(kind.group, kind.kind, self._grant.grant.namespace, target.name)) is False:
            self._idle |= mine
            yield self._missing_name(path, target, mine)

    def _never_matches(
        self, path: str, mine: set[Place], group: str | None, kind: str | None, other: mistakes.Mistake | None
    ) -> GrantFinding | None:
        mistake = mistakes.kind(path, group, kind, self._known.catalog) or other
        if mistake is None:
            return None
        self._idle |= mine
        fixes = self._repair(path, mistake) if mistake.differences else self._without(mine)
        return self._finding(Code.NEVER_MATCHES, path, mistake.message, fixes, mistake.differences)

    def _repair(self, path: str, mistake: mistakes.Mistake) -> tuple[Fix, ...]:
        values = {each.path.rpartition(".")[2]: each.wanted for each in mistake.differences}
        operations = [
            {
                "op": "add" if each.found is None else "replace",
                "path": json_pointer(each.path),
                "value": each.wanted,
            }
            for each in mistake.differences
        ]
        said = " and ".join(f'{field} "{value}"' for field, value in values.items())
        title = f"write {said} in {path} of ReferenceGrant {self._grant.grant}"
        confidence = Confidence.LIKELY if mistake.sure else Confidence.GUESS
        return (self._changes.patch(title, operations, confidence, self._gained(path, values)),)

    def _missing_namespace(self, path: str, entry: FromEntry, mine: set[Place]) -> GrantFinding:
        message = f'{path} names namespace "{entry.namespace}", which does not exist'
        near = nearest(entry.namespace or "", list(self._known.namespaces))
        fixes = self._without(mine)
        if near is not None and near != self._grant.grant.namespace:
            message += f'; "{near}" does'
            fixes = (self._changed(path, "namespace", near),)
        return self._finding(Code.FROM_NAMESPACE_MISSING, f"{path}.namespace", message, fixes)

    def _missing_name(self, path: str, target: ToEntry, mine: set[Place]) -> GrantFinding:
        namespace = self._grant.grant.namespace
        message = f'{path} names {target.kind_shown} "{target.name}", which does not exist in {namespace}'
        kind = GroupKind(target.group or "", target.kind or "")
        near = nearest(target.name or "", list(self._known.names(kind, namespace)))
        # A reference to what does not exist yet is permitted all the same; that permission is not to be taken.
        unused = {place for place in mine if not self._pairs[place].users}
        fixes: tuple[Fix, ...] = self._without(unused) if unused else ()
        if unused != mine:
            message += ", so that what uses it is broken"
        if near is not None:
            message += f'; "{near}" does'
            fixes = (self._changed(path, "name", near),) if unused == mine else ()
        return self._finding(Code.TO_NAME_MISSING, f"{path}.name", message, fixes)

    def _changed(self, path: str, field: str, value: str) -> Fix:
        return self._changes.patch(
            f"write {field} {value} in {path} of ReferenceGrant {self._grant.grant}",
            [{"op": "replace", "path": json_pointer(f"{path}.{field}"), "value": value}],
            Confidence.GUESS,
            self._gained(path, {field: value}),
        )

    def _inert(self, path: str, kind: GroupKind, mine: set[Place]) -> Iterator[GrantFinding]:
        """Routes let to refer to a Gateway, where no route names one as a backend (spec.md 7.12, 7.14)."""
        routes = {place for place in mine - self._idle if _of_route(self._pairs[place].pair.from_)}
        if routes and all(self._pairs[place].known and not self._pairs[place].users for place in routes):
            self._idle |= routes
            message = (
                f"{path} lets routes refer to kind {kind.kind}; that has no effect on parentRefs, which allowedRoutes of "
                "the listeners alone governs, and no route names one as its backend"
            )
            yield self._finding(Code.NO_EFFECT_ON_PARENTS, path, message, self._without(routes))

    def _any_name(self, index: int, path: str, target: ToEntry) -> GrantFinding:
        kind = GroupKind(target.group or "", target.kind or "")
        places = self._places(to=index)
        names = sorted({user.to.name for place in places for user in self._pairs[place].users})
        shown = shown_kind(target.group, target.kind)
        message = f"{path} has no name: it permits every {shown} of {self._grant.grant.namespace}"
        if names:
            message += f"; of them {_listed(names)} {'is' if len(names) == 1 else 'are'} used"
        fixes = self._named(index, path, target, names)
        finding = self._finding(Code.ANY_NAME, f"{path}.name", message, fixes)
        secrets = Code.ANY_NAME.severity_in(Circumstance.SECRETS)
        return replace(finding, severity=secrets) if kind == SECRET else finding

    def _named(self, index: int, path: str, target: ToEntry, names: Sequence[str]) -> tuple[Fix, ...]:
        """Names in the place of none: those that are used, where there are any, all are known, and the list has room."""
        shown = shown_kind(target.group, target.kind)
        known = all(self._pairs[place].known for place in self._places(to=index) - self._idle)
        there = {(each.group, each.kind, each.name) for each in self._grant.to}
        new = [name for name in names if (target.group, target.kind, name) not in there]
        if not known or not names or len(self._grant.to) - 1 + len(new) > MAX_ENTRIES:
            return (self._changes.edit(f"name each {shown} that is meant in spec.to"),)
        if not new:
            return self._without(self._places(to=index))
        entries = [{"group": target.group, "kind": target.kind, "name": name} for name in new]
        operations: list[JSON] = [{"op": "replace", "path": json_pointer(path), "value": entries[0]}]
        operations += [{"op": "add", "path": "/spec/to/-", "value": entry} for entry in entries[1:]]
        title = f"name {_listed(new)} in {path} of ReferenceGrant {self._grant.grant}"
        return (self._changes.patch(title, operations, Confidence.LIKELY),)

    def _about_users(self) -> Iterator[GrantFinding]:
        """What nothing uses, beyond what another finding says of already."""
        pairs = {place: pair for place, pair in self._pairs.items() if place not in self._idle}
        unused = {place: pair for place, pair in pairs.items() if pair.known and not pair.users}
        if not unused:
            return
        if len(unused) == len(self._pairs):
            delete = replace(
                self._changes.delete(Confidence.GUESS),
                title=f"delete ReferenceGrant {self._grant.grant}, if nothing is to come that needs it",
            )
            message = "no object of the kinds that could be read uses it"
            yield self._finding(Code.NO_KNOWN_USER, "", message, (delete,))
        else:
            shown = [str(pair.pair) for pair in unused.values()]
            more = f", and {len(shown) - 1} more" if len(shown) > 1 else ""
            message = (
                f"nothing known uses {len(shown)} of its {len(self._pairs)} permissions (each from with each to): "
                f"{shown[0]}{more}"
            )
            yield self._finding(Code.UNUSED_PAIRS, "", message, self._without(set(unused)))

    def _gained(self, path: str, values: Mapping[str, str]) -> tuple[str, ...]:
        """What the grant permits beyond what it does, once an entry's fields have these values."""
        before = {pair.pair for pair in self._pairs.values()}
        index = int(path.rpartition("[")[2].rstrip("]"))
        if ".from[" in path:
            entry = replace(self._grant.from_[index], **values)
            after = [Pair(entry, target) for target in self._grant.to]
        else:
            changed = replace(self._grant.to[index], **values)
            after = [Pair(each, changed) for each in self._grant.from_]
        return tuple(str(pair) for pair in after if not pair.within(before))


def _of_route(entry: FromEntry) -> bool:
    return GroupKind(entry.group or "", entry.kind or "") in ROUTES


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    shown = [*names[:MOST_NAMES], *([f"{more} more"] if more > 0 else [])]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"

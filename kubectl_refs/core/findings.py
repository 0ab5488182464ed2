"""What is wrong with a grant, or wider than it need be: each with a code, a severity, a sentence and the change.

The API server admits almost every wrong grant, and a grant has no status, so nothing else tells (spec.md 1.1, 1.3).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kubectl_refs.core.catalog import Catalog, ServedKind
from kubectl_refs.core.codes import Code
from kubectl_refs.core.commands import Kubectl, json_pointer
from kubectl_refs.core.grants import FromEntry, Grant, Pair, ToEntry, shown_kind
from kubectl_refs.core.kinds import GATEWAY, LISTENER_SET, NAMESPACE, ROUTES
from kubectl_refs.core.model import JSON, Confidence, Fix, GrantName, GroupKind, ObjectKey
from kubectl_refs.core.usage import Usage
from kubectl_refs.core.wording import nearest


class Severity(StrEnum):
    """How bad a finding is: an error never does what it says, a warning does more or other than meant."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding on one grant. `path` is the field it is about, empty for the whole grant; `message` a sentence."""

    code: Code
    severity: Severity
    grant: GrantName
    path: str
    message: str
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known around the grants; each answer is None where it could not be read."""

    catalog: Catalog
    exists: Callable[[ObjectKey], bool | None]
    namespaces: Sequence[str]


def findings(usages: Sequence[Usage], known: Known, kubectl: Kubectl) -> dict[GrantName, tuple[Finding, ...]]:
    """The findings on every grant. All grants of a namespace must be given, for redundancy is between them."""
    covering = _Covering(usages)
    return {usage.grant.grant: tuple(_of_grant(usage, known, covering, kubectl)) for usage in usages}


def _of_grant(usage: Usage, known: Known, covering: _Covering, kubectl: Kubectl) -> Iterator[Finding]:
    grant = usage.grant
    make = _Maker(grant, kubectl)
    for index, entry in enumerate(grant.from_):
        path = f"spec.from[{index}]"
        yield from make.never_matches(path, entry.group, entry.kind, known.catalog)
        if entry.namespace == grant.grant.namespace:
            message = f"{path} names the grant's own namespace, {entry.namespace}, where no reference needs a grant"
            yield make(Code.OWN_NAMESPACE, Severity.INFO, f"{path}.namespace", message, make.without(path))
        elif known.exists(ObjectKey(NAMESPACE.group, NAMESPACE.kind, "", entry.namespace or "")) is False:
            yield make.missing_namespace(path, entry, known.namespaces)
    for index, target in enumerate(grant.to):
        path = f"spec.to[{index}]"
        yield from make.never_matches(path, target.group, target.kind, known.catalog)
        yield from _about_target(make, path, target, grant, usage, known)
    other = covering.of(grant)
    if other:
        message = f"everything it permits, {' and '.join(map(str, other))} permits too"
        yield make(Code.REDUNDANT, Severity.INFO, "", message, make.delete(Confidence.LIKELY))
    named = [(each.group, each.kind) for each in grant.from_] + [(each.group, each.kind) for each in grant.to]
    if all(known.catalog.serves(GroupKind(group or "", kind or "")) is not False for group, kind in named):
        yield from _about_users(make, usage)


def _about_target(
    make: _Maker, path: str, target: ToEntry, grant: Grant, usage: Usage, known: Known
) -> Iterator[Finding]:
    kind = GroupKind(target.group or "", target.kind or "")
    used = any(pair.users for pair in usage.pairs if pair.pair.to == target)
    routes = [entry for entry in grant.from_ if GroupKind(entry.group or "", entry.kind or "") in ROUTES]
    if kind in (GATEWAY, LISTENER_SET) and routes and not used:
        message = (
            f"{path} lets routes refer to kind {kind.kind}; that has no effect on parentRefs, which allowedRoutes of the "
            "listeners alone governs"
        )
        yield make(Code.NO_EFFECT_ON_PARENTS, Severity.WARNING, path, message, make.without(path))
    if known.catalog.serves(kind) is False:
        return
    if target.name is None:
        severity = Severity.ERROR if kind == GroupKind("", "Secret") else Severity.WARNING
        names = sorted({user.to.name for pair in usage.pairs if pair.pair.to == target for user in pair.users})
        message = f"{path} has no name: it permits every {shown_kind(target.group, target.kind)} of the namespace"
        if names:
            message += f", and {', '.join(names)} {'is' if len(names) == 1 else 'are'} used"
        yield make(Code.ANY_NAME, severity, f"{path}.name", message, make.named(path, target, names, usage))
    elif known.exists(ObjectKey(kind.group, kind.kind, grant.grant.namespace, target.name)) is False:
        message = f"{path} names {kind.kind} {target.name}, which does not exist in {grant.grant.namespace}"
        yield make(Code.TO_NAME_MISSING, Severity.WARNING, f"{path}.name", message)


def _about_users(make: _Maker, usage: Usage) -> Iterator[Finding]:
    if not usage.users:
        if usage.known:
            yield make(Code.NO_KNOWN_USER, Severity.INFO, "", "no object of the kinds that could be read uses it")
        return
    unused = [each for each in usage.pairs if each.known and not each.users]
    if unused:
        first = f"{unused[0].pair}"
        more = f", and {len(unused) - 1} more" if len(unused) > 1 else ""
        message = f"of the {len(usage.pairs)} permissions that from x to makes, nothing known uses {len(unused)}: {first}{more}"
        yield make(Code.UNUSED_PAIRS, Severity.INFO, "", message)


class _Maker:
    """Makes the findings of one grant, and the patches of it that resolve them."""

    def __init__(self, grant: Grant, kubectl: Kubectl) -> None:
        self._grant = grant
        self._kubectl = kubectl

    def __call__(self, code: Code, severity: Severity, path: str, message: str, fix: Fix | None = None) -> Finding:
        return Finding(code, severity, self._grant.grant, path, message, fix)

    def never_matches(self, path: str, group: str | None, kind: str | None, catalog: Catalog) -> Iterator[Finding]:
        """A group and kind that nothing here has, with what was meant."""
        named = GroupKind(group or "", kind or "")
        if catalog.serves(named) is not False:
            return
        meant = catalog.resolve((kind or "").lower()) or _close_kind(catalog, kind or "")
        message = f"{path} never matches: {catalog.lacks(named)}"
        if meant is None:
            yield self(Code.NEVER_MATCHES, Severity.ERROR, path, message)
            return
        wanted = {"group": meant.group, "kind": meant.kind}
        found = {"group": group, "kind": kind}
        wrong = [field for field in ("group", "kind") if found[field] != wanted[field]]
        said = " and ".join(f'{field} "{wanted[field]}"' for field in wrong)
        fix = self._patch(
            f"write {said} in {path} of ReferenceGrant {self._grant.grant}",
            [{"op": "replace", "path": json_pointer(f"{path}.{field}"), "value": wanted[field]} for field in wrong],
            Confidence.LIKELY,
            self._gained(path, meant.group, meant.kind),
        )
        yield self(Code.NEVER_MATCHES, Severity.ERROR, path, f"{message}; {said} may be meant", fix)

    def missing_namespace(self, path: str, entry: FromEntry, namespaces: Sequence[str]) -> Finding:
        message = f'{path} names namespace "{entry.namespace}", which does not exist'
        near = nearest(entry.namespace or "", list(namespaces))
        if near is None or near == self._grant.grant.namespace:
            fix = self.without(path)
        else:
            message += f'; "{near}" does'
            fix = self._patch(
                f"write namespace {near} in {path} of ReferenceGrant {self._grant.grant}",
                [{"op": "replace", "path": json_pointer(f"{path}.namespace"), "value": near}],
                Confidence.GUESS,
                tuple(str(Pair(replace(entry, namespace=near), target)) for target in self._grant.to),
            )
        return self(Code.FROM_NAMESPACE_MISSING, Severity.WARNING, f"{path}.namespace", message, fix)

    def without(self, path: str) -> Fix | None:
        """The patch that takes an entry away; a list's last one cannot go, so then the whole grant does."""
        entries = self._grant.from_ if ".from[" in path else self._grant.to
        if len(entries) == 1:
            return self.delete(Confidence.GUESS)
        operations = [{"op": "remove", "path": json_pointer(path)}]
        return self._patch(f"take {path} out of ReferenceGrant {self._grant.grant}", operations, Confidence.GUESS)

    def named(self, path: str, target: ToEntry, names: Sequence[str], usage: Usage) -> Fix | None:
        """The patch that names what is used, where every user is known and the list has room."""
        if not names or not usage.known or len(self._grant.to) - 1 + len(names) > _MOST_ENTRIES:
            return None
        entries = [{"group": target.group, "kind": target.kind, "name": name} for name in names]
        pointer = json_pointer(path)
        operations: list[JSON] = [{"op": "replace", "path": pointer, "value": entries[0]}]
        operations += [{"op": "add", "path": "/spec/to/-", "value": entry} for entry in entries[1:]]
        shown = ", ".join(names)
        title = f"name {shown} in {path} of ReferenceGrant {self._grant.grant}"
        return self._patch(title, operations, Confidence.LIKELY)

    def delete(self, confidence: Confidence) -> Fix:
        grant, key = self._grant.grant, self._key
        command = self._kubectl.line(
            "delete", self._kubectl.catalog.word(key.group_kind), grant.name, "-n", grant.namespace
        )
        return Fix("delete", key, f"delete ReferenceGrant {grant}", command, confidence)

    @property
    def _key(self) -> ObjectKey:
        return self._grant.key

    def _patch(self, title: str, changes: Sequence[JSON], confidence: Confidence, widens: tuple[str, ...] = ()) -> Fix:
        unchanged = {"op": "test", "path": "/spec", "value": self._grant.source.get("spec")}
        operations = (unchanged, *changes)
        return Fix(
            "patch",
            self._key,
            title,
            self._kubectl.patch(self._key, operations),
            confidence,
            patch=operations,
            widens=widens,
        )

    def _gained(self, path: str, group: str, kind: str) -> tuple[str, ...]:
        """What the grant permits once the entry names a kind that exists."""
        before = [Pair(entry, target) for entry in self._grant.from_ for target in self._grant.to]
        index = int(path.rpartition("[")[2].rstrip("]"))
        if ".from[" in path:
            entry = replace(self._grant.from_[index], group=group, kind=kind)
            after = [Pair(entry, target) for target in self._grant.to]
        else:
            target = replace(self._grant.to[index], group=group, kind=kind)
            after = [Pair(entry, target) for entry in self._grant.from_]
        return tuple(str(pair) for pair in after if not any(pair.within(other) for other in before))


_MOST_ENTRIES = 16


def _close_kind(catalog: Catalog, kind: str) -> ServedKind | None:
    near = nearest(kind, sorted({served.kind for served in catalog}))
    return catalog.resolve(near.lower()) if near else None


class _Covering:
    """Which grants of a namespace permit all that another one does."""

    def __init__(self, usages: Iterable[Usage]) -> None:
        self._pairs: dict[GrantName, list[Pair]] = {}
        self._by_from: dict[tuple[str, FromEntry], list[tuple[GrantName, Pair]]] = defaultdict(list)
        for usage in usages:
            name = usage.grant.grant
            self._pairs[name] = [each.pair for each in usage.pairs]
            for pair in self._pairs[name]:
                self._by_from[name.namespace, pair.from_].append((name, pair))

    def of(self, grant: Grant) -> tuple[GrantName, ...]:
        """The grants that together permit everything a grant permits; of two equal ones only the later is covered."""
        name = grant.grant
        used: dict[GrantName, None] = {}
        for pair in self._pairs[name]:
            covering = [
                other
                for other, theirs in self._by_from[name.namespace, pair.from_]
                if other != name and pair.within(theirs) and not (other > name and self._covers(name, other))
            ]
            if not covering:
                return ()
            used[covering[0]] = None
        return tuple(used)

    def _covers(self, left: GrantName, right: GrantName) -> bool:
        """Whether one grant permits all that another does."""
        return all(any(pair.within(other) for other in self._pairs[left]) for pair in self._pairs[right])

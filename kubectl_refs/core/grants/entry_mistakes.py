"""Mistakes that keep a grant's entry from ever being of use: an unknown kind, an impossible namespace or name, or kinds of
which one never references the other.

The API server admits wrong kinds and groups; the other mistakes occur only in manifests that no API server has seen.
"""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.grants.differences import NO_NAMESPACES
from kubectl_refs.core.grants.grant import FromEntry, Grant, ToEntry
from kubectl_refs.core.model.hints import KNOWN_WRONG_GROUPS, Hint, group_hint, kind_hint
from kubectl_refs.core.model.kinds import X_GROUP
from kubectl_refs.core.model.near_misses import NOT_A_STRING, Difference
from kubectl_refs.core.model.objects import GATEWAY_GROUP, GroupKind
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.values import unsubstituted
from kubectl_refs.core.records import dataclass, replace
from kubectl_refs.core.text.language import enumerated, listing, with_article
from kubectl_refs.core.text.vocabulary import nearest
from kubectl_refs.core.view.catalog import Catalog, ServedKind
from kubectl_refs.core.view.offline import offline_catalog

_NEVER_GROUPS = frozenset({Hint.CORE_ALIAS, Hint.GROUP_WITH_VERSION, Hint.OLD_GROUP, Hint.CASE})
_USUAL = offline_catalog()

NEVER = "never matches"
IN_VAIN = "permits only references that cannot work"
"""For a `to` entry whose kind does not exist: a reference may name the same kind, and is just as wrong."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why an entry never matches, as a sentence without its full stop.

    `differences` are the fields to change; empty if the right values are not known. `sure` is True if the change is
    hardly ever wrong.
    """

    message: str
    differences: tuple[Difference, ...] = ()
    sure: bool = True


def from_mistake(path: str, entry: FromEntry, grant: Grant, catalog: Catalog) -> Mistake | None:
    """Why no referrer that matches the `from` entry at `path` has any use for the grant; None if one may."""
    return (
        _kind_mistake(path, entry.group, entry.kind, catalog, NEVER)
        or _namespace_mistake(path, entry.namespace)
        or _local_kind(path, entry, catalog.table)
        or _useless_from(path, entry, grant, catalog.table)
    )


def to_mistake(path: str, target: ToEntry, grant: Grant, catalog: Catalog, effect: str = NEVER) -> Mistake | None:
    """Why no working reference has a target matching a `to` entry. `effect` says what an unknown kind means for it."""
    return (
        _kind_mistake(path, target.group, target.kind, catalog, effect)
        or _name_mistake(path, target)
        or _useless_to(path, target, grant, catalog.table)
    )


def with_effective_entries(grant: Grant, catalog: Catalog) -> Grant:
    """A grant without the entries that never match. An unknown kind gives no access until it is served."""
    from_ = (each for each in grant.from_ if from_mistake("", each, grant, catalog) is None)
    to = (each for each in grant.to if to_mistake("", each, grant, catalog) is None)
    return replace(grant, from_=tuple(from_), to=tuple(to))


def _local_kind(path: str, entry: FromEntry, table: Table) -> Mistake | None:
    """The mistake of a Gateway API kind without a field that reaches another namespace. Implementations' kinds are left
    out: they may have fields that the table does not know."""
    rows = table.fields_of(entry.group_kind)
    if not rows or any(row.implementation or row.governed_by is not Mechanism.LOCAL for row in rows):
        return None
    return Mistake(f"{path} permits nothing: no field of kind {entry.kind} has a namespace, so none can use a grant")


def _useless_from(path: str, entry: FromEntry, grant: Grant, table: Table) -> Mistake | None:
    """The mistake of a `from` entry whose kind can reference nothing that the grant names."""
    if not grant.to or any(_is_of_use(entry, target, table) for target in grant.to):
        return None
    return _useless(path, [entry.group_kind], [target.group_kind for target in grant.to], table)


def _useless_to(path: str, target: ToEntry, grant: Grant, table: Table) -> Mistake | None:
    """The mistake of a `to` entry that no kind in `from` can reference, if one of these can reference something else."""
    if any(_is_of_use(entry, target, table) for entry in grant.from_):
        return None
    if not any(_is_of_use(entry, other, table) for entry in grant.from_ for other in grant.to):
        return None
    return _useless(path, [entry.group_kind for entry in grant.from_], [target.group_kind], table)


def _is_of_use(entry: FromEntry, target: ToEntry, table: Table) -> bool:
    """Whether objects of a kind may need a grant for targets of another. Of implementations' kinds not every field may be
    known."""
    known = entry.group in (GATEWAY_GROUP, X_GROUP) and not unsubstituted(str(target.group_kind))
    return not known or table.may_need_grant(entry.group_kind, target.group_kind)


def _useless(path: str, referrers: Sequence[GroupKind], targets: Sequence[GroupKind], table: Table) -> Mistake:
    who = listing(list(dict.fromkeys(each.kind for each in referrers)), " or ")
    what = listing(list(dict.fromkeys(with_article(each.kind) for each in targets)), " or ")
    others = [
        kind.kind
        for kind in table.referrers_by(Mechanism.REFERENCE_GRANT)
        if kind.group == GATEWAY_GROUP and all(table.may_need_grant(kind, target) for target in targets)
    ]
    do = f"; fields of {enumerated(others)} do" if others else ""
    return Mistake(
        f"{path} permits nothing that works: no known field of kind {who} that needs a ReferenceGrant takes {what}{do}"
    )


def _kind_mistake(path: str, group: str | None, kind: str | None, catalog: Catalog, effect: str) -> Mistake | None:
    """The mistake of a group and kind that is not served, with the kind that may be meant (compared with discovery).

    `effect` says what that means for the entry.
    """
    if not kind:
        return Mistake(f"{path} {effect}: it has no kind, which is required")
    named = GroupKind(group or "", kind)
    served = catalog.served(named) if group is not None else None
    if served is not None:
        return None if served.namespaced else Mistake(f"{path} {effect}: {named} objects live in no namespace")
    meant = _meant(catalog, named)
    if group is None:
        differences = _differences(path, group, kind, meant) if meant else ()
        return Mistake(f'{path} {effect}: it has no group, which is required; the core group is ""', differences)
    if catalog.serves(named) is not False and not (meant and _is_no_group(catalog, meant, group)):
        return None
    message = f"{path} {effect}: {catalog.lacks(named)}"
    if named in {each.group_kind for each in _USUAL}:
        # A known kind, spelled correctly: its CRD is not installed.
        return Mistake(f"{message}, whose CRD is not installed")
    if meant is None:
        return Mistake(message)
    differences = _differences(path, group, kind, meant)
    sure = all(
        each.hint not in (Hint.WRONG_GROUP, Hint.TYPO) or each.found in KNOWN_WRONG_GROUPS for each in differences
    )
    return Mistake(f"{message}; {meant.group_kind} may be meant", differences, sure)


def _namespace_mistake(path: str, value: str | None) -> Mistake | None:
    """The mistake of a `from` namespace that is not a valid name; the API server refuses it, manifests may hold it."""
    if value is None:
        return Mistake(f"{path} never matches: it has no namespace, which is required; there is no way to name all")
    if value in NO_NAMESPACES:
        return Mistake(f'{path} never matches: no namespace is named "{value}"; there is no way to name all')
    if value.endswith(NOT_A_STRING):
        return Mistake(f"{path} never matches: its namespace is {value}{_quoted(value)}")
    return None


def _name_mistake(path: str, target: ToEntry) -> Mistake | None:
    """The mistake of a `to` name that no object can have; the API server refuses it, manifests may hold it."""
    if target.name in ("", "*"):
        what = target.kind_shown
        return Mistake(
            f'{path} never matches: no {target.kind} is named "{target.name}"; only an entry without a name means every {what}'
        )
    if target.name is not None and target.name.endswith(NOT_A_STRING):
        return Mistake(f"{path} never matches: its name is {target.name}{_quoted(target.name)}")
    return None


def _quoted(value: str) -> str:
    """Advice on a value that is not a string: an entry names one namespace or one object, never several."""
    several = value.endswith((f"a list{NOT_A_STRING}", f"an object{NOT_A_STRING}"))
    return "; an entry names one" if several else "; quote it in YAML"


def _meant(catalog: Catalog, named: GroupKind) -> ServedKind | None:
    word = named.kind.lower()
    same_group = catalog.resolve(f"{word}.{named.group}") if named.group else None
    found = same_group or catalog.resolve(word)
    if found is None and _USUAL.resolve(word) is None:
        near = nearest(named.kind, sorted({served.kind for served in catalog}))
        found = catalog.resolve(near.lower()) if near else None
    return found if found is not None and found.namespaced else None


def _is_no_group(catalog: Catalog, meant: ServedKind, group: str) -> bool:
    """Whether a group is known to be wrong in manifests, even though they need not hold every CRD."""
    hint = group_hint(meant.group, group)
    return not catalog.live and (hint in _NEVER_GROUPS or group in KNOWN_WRONG_GROUPS)


def _differences(path: str, group: str | None, kind: str, meant: ServedKind) -> tuple[Difference, ...]:
    found = []
    if group != meant.group:
        note = '"" is the core group' if group == "" else ""
        found.append(Difference(f"{path}.group", meant.group, group, group_hint(meant.group, group), note))
    if kind != meant.kind:
        found.append(Difference(f"{path}.kind", meant.kind, kind, kind_hint(meant.kind, kind, meant.short_names)))
    return tuple(found)

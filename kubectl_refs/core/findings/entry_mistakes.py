"""What keeps an entry of a grant from ever matching: a kind that is not there, or a namespace or name that none can have.

The API server admits wrong kinds and groups; the rest only manifests hold that no API server has seen.
"""

from __future__ import annotations

from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.grants.differences import NO_NAMESPACES
from kubectl_refs.core.grants.grant import FromEntry, ToEntry
from kubectl_refs.core.model.hints import KNOWN_WRONG_GROUPS, Hint, group_hint, kind_hint
from kubectl_refs.core.model.near_misses import NOT_A_STRING, Difference
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.vocabulary import nearest
from kubectl_refs.core.view.catalog import Catalog, ServedKind
from kubectl_refs.core.view.offline import offline_catalog

_NEVER_GROUPS = frozenset({Hint.CORE_ALIAS, Hint.GROUP_WITH_VERSION, Hint.OLD_GROUP, Hint.CASE})
_USUAL = offline_catalog()

NEVER = "never matches"
IN_VAIN = "permits only references that cannot work"
"""What is to be said of a `to` entry of no kind: a reference may name the same kind, and is as wrong."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why an entry never matches, as a sentence without its full stop.

    `differences` are the fields to change, empty where it is not known to what. `sure` says whether the change is hardly
    ever wrong.
    """

    message: str
    differences: tuple[Difference, ...] = ()
    sure: bool = True


def from_mistake(path: str, entry: FromEntry, catalog: Catalog) -> Mistake | None:
    """Why no reference equals a `from` entry, which stands at a path."""
    return (
        _kind_mistake(path, entry.group, entry.kind, catalog, NEVER)
        or _namespace_mistake(path, entry.namespace)
        or _local_kind(path, entry, catalog.table)
    )


def to_mistake(path: str, target: ToEntry, catalog: Catalog, effect: str = NEVER) -> Mistake | None:
    """Why no reference that works leads to a `to` entry. `effect` is what a kind that is none means for it."""
    return _kind_mistake(path, target.group, target.kind, catalog, effect) or _name_mistake(path, target)


def _local_kind(path: str, entry: FromEntry, table: Table) -> Mistake | None:
    """A kind of Gateway API none of whose fields reaches another namespace. Kinds of implementations may have fields that
    the table does not know."""
    rows = table.fields_of(entry.group_kind)
    if not rows or any(row.implementation or row.governed_by is not Mechanism.LOCAL for row in rows):
        return None
    return Mistake(f"{path} permits nothing: no field of kind {entry.kind} has a namespace, so none can use a grant")


def _kind_mistake(path: str, group: str | None, kind: str | None, catalog: Catalog, effect: str) -> Mistake | None:
    """A group and kind that no object here has, with the kind that may be meant (compared with discovery).

    `effect` is what that means for the entry.
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
        # It is spelled correctly, so its CRD is not installed.
        return Mistake(f"{message}, whose CRD is not installed")
    if meant is None:
        return Mistake(message)
    differences = _differences(path, group, kind, meant)
    sure = all(
        each.hint not in (Hint.WRONG_GROUP, Hint.TYPO) or each.found in KNOWN_WRONG_GROUPS for each in differences
    )
    return Mistake(f"{message}; {meant.group_kind} may be meant", differences, sure)


def _namespace_mistake(path: str, value: str | None) -> Mistake | None:
    """A `from` namespace that is no name of a namespace; the API server refuses it, manifests may hold it."""
    if value is None:
        return Mistake(f"{path} never matches: it has no namespace, which is required; there is no way to name all")
    if value in NO_NAMESPACES:
        return Mistake(f'{path} never matches: no namespace is named "{value}"; there is no way to name all')
    if value.endswith(NOT_A_STRING):
        return Mistake(f"{path} never matches: its namespace is {value}{_quoted(value)}")
    return None


def _name_mistake(path: str, target: ToEntry) -> Mistake | None:
    """A `to` name that no object can have; the API server refuses it, manifests may hold it."""
    if target.name in ("", "*"):
        what = target.kind_shown
        return Mistake(
            f'{path} never matches: no {target.kind} is named "{target.name}"; only an entry without a name means every {what}'
        )
    if target.name is not None and target.name.endswith(NOT_A_STRING):
        return Mistake(f"{path} never matches: its name is {target.name}{_quoted(target.name)}")
    return None


def _quoted(value: str) -> str:
    """What to do of what is no string: an entry names one namespace and one object, and never several."""
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
    """Whether, in manifests, which need not hold every CRD, a group is still known to be wrong."""
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

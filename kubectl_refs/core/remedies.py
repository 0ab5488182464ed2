"""The grants that would make refused references work: a new minimal one, or the repair of a near miss.

A new grant names one referrer kind and namespace and each target by name, so it permits what is wanted and nothing
else. A near miss is repaired in place only where nothing but slips is wrong with it; what the repair would permit
beyond the references at hand is told, because every `from` combines with every `to` (spec.md 1.3, 7.39).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kubectl_refs.core.catalog import REFERENCE_GRANT, Catalog
from kubectl_refs.core.commands import Kubectl
from kubectl_refs.core.grants import FromEntry, Grant, ToEntry
from kubectl_refs.core.model import (
    JSON,
    Confidence,
    Difference,
    Fix,
    NearMiss,
    ObjectKey,
    Reference,
)
from kubectl_refs.core.nearmiss import differs_only_by_slips

MAX_ENTRIES = 16
_NAME_LENGTH = 63


def new_grants(
    references: Sequence[Reference], existing: Iterable[str], catalog: Catalog, kubectl: Kubectl
) -> tuple[Fix, ...]:
    """The minimal grants for refused references of one object into one namespace: one, or one per 16 targets.

    `existing` are the names of the namespace's grants, which a new one must not collide with.
    """
    taken = set(existing)
    targets = sorted({reference.to for reference in references})
    fixes = []
    for start in range(0, len(targets), MAX_ENTRIES):
        chunk = targets[start : start + MAX_ENTRIES]
        referrer = references[0].referrer
        name = _free_name(referrer, chunk, taken)
        taken.add(name)
        manifest = {
            "apiVersion": catalog.grant_version,
            "kind": REFERENCE_GRANT.kind,
            "metadata": {"name": name, "namespace": chunk[0].namespace},
            "spec": {
                "from": [{"group": referrer.group, "kind": referrer.kind, "namespace": referrer.namespace}],
                "to": [{"group": target.group, "kind": target.kind, "name": target.name} for target in chunk],
            },
        }
        what = " and ".join(f"{target.kind} {target.name}" for target in chunk)
        fixes.append(
            Fix(
                action="create",
                object=ObjectKey(REFERENCE_GRANT.group, REFERENCE_GRANT.kind, chunk[0].namespace, name),
                title=f"a new ReferenceGrant in {chunk[0].namespace}: {referrer.kind}s of {referrer.namespace} may refer to "
                f"{what}, nothing else",
                command=kubectl.create(manifest),
                confidence=Confidence.CERTAIN,
                manifest=manifest,
            )
        )
    return tuple(fixes)


def _free_name(referrer: ObjectKey, targets: Sequence[ObjectKey], taken: set[str]) -> str:
    """A valid name that tells who may refer to what, and that no grant of the namespace has."""
    name = f"{referrer.kind.lower()}-{referrer.namespace}-to-{targets[0].name}"
    if len(targets) > 1:
        name += f"-and-{len(targets) - 1}-more"
    name = name.replace(".", "-")
    if len(name) > _NAME_LENGTH:
        digest = hashlib.sha256(name.encode()).hexdigest()[:8]
        name = f"{name[: _NAME_LENGTH - 9].rstrip('-')}-{digest}"
    free, count = name, 1
    while free in taken:
        count += 1
        free = f"{name[: _NAME_LENGTH - 4].rstrip('-')}-{count}"
    return free


@dataclass(frozen=True, slots=True)
class _Pair:
    """One permission: who may refer to what."""

    from_: FromEntry
    to: ToEntry

    def within(self, other: _Pair) -> bool:
        same = (self.from_, self.to.group, self.to.kind) == (other.from_, other.to.group, other.to.kind)
        return same and other.to.name in (None, self.to.name)

    def __str__(self) -> str:
        what = f'{self.to.kind} "{self.to.name}"' if self.to.name else f"any {self.to.kind}"
        return f"{self.from_.kind}s of {self.from_.namespace} to refer to {what}"


def repair(
    miss: NearMiss, grant: Grant, references: Sequence[Reference], kubectl: Kubectl, resource: str
) -> Fix | None:
    """The repair of a near miss's differing fields in place, or None where it was not meant for the reference.

    `references` are all refused references of the object, whose permission is wanted anyway.
    """
    if not miss.differences or not differs_only_by_slips(miss):
        return None
    # Where it could not be read whether the found name exists, replacing it may take a permission from somebody.
    guess = any("could not be read" in difference.note for difference in miss.differences)
    operations = [*(_operation("test", each.path, each.found) for each in miss.differences if each.found is not None)]
    operations += [_change(difference) for difference in miss.differences]
    key = ObjectKey(REFERENCE_GRANT.group, REFERENCE_GRANT.kind, grant.grant.namespace, grant.grant.name)
    shown = " and ".join(difference.path for difference in miss.differences)
    return Fix(
        action="patch",
        object=key,
        title=f"repair {shown} of ReferenceGrant {grant.grant}",
        command=kubectl.patch(resource, key, operations),
        confidence=Confidence.GUESS if guess else Confidence.LIKELY,
        patch=tuple(operations),
        widens=_widens(miss, grant, references),
    )


def _change(difference: Difference) -> JSON:
    return _operation("add" if difference.found is None else "replace", difference.path, difference.wanted)


def _operation(op: str, path: str, value: str | None) -> JSON:
    pointer = "/" + path.replace("[", "/").replace("]", "").replace(".", "/")
    return {"op": op, "path": pointer, "value": value}


def _widens(miss: NearMiss, grant: Grant, references: Sequence[Reference]) -> tuple[str, ...]:
    """What the repaired grant permits that it did not before and that none of the references needs."""
    before = _product(grant.from_, grant.to)
    from_, to = list(grant.from_), list(grant.to)
    wanted = {difference.path: difference.wanted for difference in miss.differences}
    entry, target = from_[miss.from_], to[miss.to]
    path = f"spec.from[{miss.from_}]"
    from_[miss.from_] = FromEntry(
        wanted.get(f"{path}.group", entry.group),
        wanted.get(f"{path}.kind", entry.kind),
        wanted.get(f"{path}.namespace", entry.namespace),
    )
    path = f"spec.to[{miss.to}]"
    to[miss.to] = ToEntry(
        wanted.get(f"{path}.group", target.group),
        wanted.get(f"{path}.kind", target.kind),
        wanted.get(f"{path}.name", target.name),
    )
    needed = [_needed(reference) for reference in references if reference.to.namespace == grant.grant.namespace]
    return tuple(
        str(pair) for pair in _product(from_, to) if not any(pair.within(other) for other in (*before, *needed))
    )


def _product(from_: Iterable[FromEntry], to: Sequence[ToEntry]) -> list[_Pair]:
    return [_Pair(entry, target) for entry in from_ for target in to]


def _needed(reference: Reference) -> _Pair:
    referrer, target = reference.referrer, reference.to
    return _Pair(
        FromEntry(referrer.group, referrer.kind, referrer.namespace), ToEntry(target.group, target.kind, target.name)
    )

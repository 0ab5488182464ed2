"""How the tests of near misses ask for them, and a short form of their differences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kubectl_refs.core.grants.differences import Lookups
from kubectl_refs.core.grants.from_comparisons import LookupMemo
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.grants.near_miss import nearest_of
from kubectl_refs.core.model.hints import Hint
from kubectl_refs.core.model.near_misses import Difference, NearMiss
from kubectl_refs.core.model.references import Reference
from tests.support.builders import parsed, reference, surroundings

Short = tuple[str, str | None, Hint]
"""A difference as path, found value and hint."""


def short(differences: Sequence[Difference]) -> list[Short]:
    return [(each.path, each.found, each.hint) for each in differences]


def near_misses(wanted: Reference, grants: Iterable[Grant], around: Lookups) -> tuple[NearMiss, ...]:
    """All near misses of a reference, nearest first."""
    return nearest_of(wanted, grants, around, LookupMemo(around)).nearest


def misses(
    *objects: dict[str, Any], wanted: Reference | None = None, around: Lookups | None = None
) -> tuple[NearMiss, ...]:
    return near_misses(wanted or reference(), parsed(*objects), around or surroundings())


def only(miss: tuple[NearMiss, ...]) -> NearMiss:
    (found,) = miss
    return found


FROM_GROUP, FROM_KIND, FROM_NAMESPACE = (f"spec.from[0].{field}" for field in ("group", "kind", "namespace"))
TO_GROUP, TO_KIND, TO_NAME = (f"spec.to[0].{field}" for field in ("group", "kind", "name"))

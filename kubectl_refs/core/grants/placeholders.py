"""ReferenceGrants that permit a reference or do not, depending on names that are not substituted yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product, starmap

from kubectl_refs.core.grants.grant import Grant, Pair
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import may_be


def grant_that_may_permit(
    reference: Reference, grants: Iterable[Grant], is_open: Callable[[str], bool]
) -> tuple[GrantName, tuple[str, ...]] | None:
    """The first grant that may permit a reference which none is known to permit, and the names on which that depends;
    None if no grant may. `is_open` tells whether a name holds a placeholder."""
    for grant in grants:
        for pair in starmap(Pair, product(grant.from_, grant.to) if grant.admissible else ()):
            names = tuple(dict.fromkeys(filter(is_open, _differing(pair, reference))))
            if names and may_permit(pair, reference):
                return grant.grant, names
    return None


def may_permit(pair: Pair, reference: Reference) -> bool:
    """Whether a permission is for a reference, or may be once the names of both are substituted. Their namespace is
    the caller's to compare."""
    differing = tuple(_differing(pair, reference))
    return all(map(may_be, differing[::2], differing[1::2]))


def _differing(pair: Pair, reference: Reference) -> Iterator[str]:
    """The groups, kinds and names of a permission and of a reference that are not the same, in pairs."""
    named = reference.to.name if pair.to.name is None else pair.to.name
    written = (*pair.from_, pair.to.group, pair.to.kind, named)
    for one, other in zip(written, (*reference.referrer[:3], *reference.to[:2], reference.to.name), strict=True):
        if one != other:
            yield from (one or "", other)

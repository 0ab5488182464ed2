"""Which grants say nothing that others of their namespace do not say: every `from` combines with every `to`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from kubectl_refs.core.grants.grant import Pair
from kubectl_refs.core.grants.usage import Usage
from kubectl_refs.core.model.near_misses import GrantName


def redundant(usages: Iterable[Usage]) -> dict[GrantName, tuple[GrantName, ...]]:
    """The grants that others of their namespace make superfluous, with those others.

    Judged one after the other, the last by name first, each against those that stay: all of them may go at once.
    """
    pairs = {usage.grant.grant: [each.pair for each in usage.pairs] for usage in usages}
    holders: dict[tuple[str, Pair], dict[GrantName, None]] = defaultdict(dict)
    for name, held in pairs.items():
        for pair in held:
            holders[name.namespace, pair][name] = None
    found: dict[GrantName, tuple[GrantName, ...]] = {}
    for name in sorted(pairs, reverse=True):
        covering: dict[GrantName, None] = {}
        for pair in pairs[name]:
            others = [*holders[name.namespace, pair], *holders[name.namespace, pair.wider]]
            other = next((each for each in others if each != name and each not in found), None)
            if other is None:
                break
            covering[other] = None
        else:
            if covering:
                found[name] = tuple(covering)
    return found

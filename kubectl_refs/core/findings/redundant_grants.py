"""REF106: grants whose permissions are all given by other grants in the namespace too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from kubectl_refs.core.findings.examined_grant import ExaminedGrant
from kubectl_refs.core.grants.grant import Pair
from kubectl_refs.core.grants.usage import Usage
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.fixes import Confidence
from kubectl_refs.core.model.near_misses import GrantName


def redundant(examined: ExaminedGrant, others: Sequence[GrantName]) -> Finding | None:
    """REF106 if other grants permit everything that this one permits."""
    if not others:
        return None
    message = f"everything it permits is also permitted by {' and '.join(map(str, others))}"
    return examined.finding(Code.REDUNDANT, "", message, (examined.changes.delete(Confidence.LIKELY),))


def covering_grants(usages: Iterable[Usage]) -> dict[GrantName, tuple[GrantName, ...]]:
    """The redundant grants, each with the grants that permit the same. The caller must pass all grants of a namespace.

    They are judged one by one, in reverse order of name, each against the grants that are not redundant so far: so all
    redundant grants may be deleted at once.
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

"""The `from` entries of grants, compared once for many references.

What they differ in depends on the referrer's kind and namespace and on the target's namespace: thousands of refused
references are of a few such, and are held against the same grants.
"""

from __future__ import annotations

from kubectl_refs.core.grants.differences import Lookups, from_differences
from kubectl_refs.core.grants.grant import MAX_ENTRIES, Grant
from kubectl_refs.core.model.near_misses import Difference
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.references import Reference

_Compared = tuple[tuple[Difference, ...], ...]


class FromComparisons:
    """Comparisons by what they depend on. One is used again only where what was looked up for it is still answered the
    same, so that who uses it notes what could not be read as if it had compared by itself."""

    def __init__(self) -> None:
        # With each grant, so that no other one gets its id.
        self._made: dict[tuple[object, ...], tuple[Grant, _Compared, dict[ObjectKey, bool | None]]] = {}

    def compared(self, reference: Reference, grant: Grant, lookups: Lookups) -> _Compared:
        """What each `from` entry differs in, in their order; no more are compared than the API admits."""
        referrer = reference.referrer
        key = (referrer.group, referrer.kind, referrer.namespace, reference.to.namespace, id(grant))
        made = self._made.get(key)
        if made is not None and all(lookups.exists(asked) is answer for asked, answer in made[2].items()):
            return made[1]
        answers: dict[ObjectKey, bool | None] = {}

        def exists(asked: ObjectKey) -> bool | None:
            answers[asked] = lookups.exists(asked)
            return answers[asked]

        noting = Lookups(exists, lookups.served)
        compared = tuple(
            from_differences(reference, grant, index, entry, noting)
            for index, entry in enumerate(grant.from_[:MAX_ENTRIES])
        )
        self._made[key] = (grant, compared, answers)
        return compared

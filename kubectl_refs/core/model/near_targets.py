"""Objects that a reference may mean, if the one it names does not exist."""

from __future__ import annotations

from kubectl_refs.core.model.hints import SLIPS, Hint
from kubectl_refs.core.model.near_misses import Difference
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.records import dataclass


@dataclass(frozen=True, slots=True)
class NearTarget:
    """An object that exists or may exist, and what the reference would have to say to mean it.

    The paths of the differences are paths in the referrer (`spec.rules[0].backendRefs[0].name`). `needs` are sentences
    on what would still keep the reference from working, or may (`needs_known` is False); `needs_grant` says whether that
    is only a ReferenceGrant.
    `made_by` is the object that will make this one, if nothing else says that it exists. `being_deleted` says that
    it will soon be gone. `assumed` says that a part of a cluster does not hold it: no object can have the written name.
    """

    object: ObjectKey
    differences: tuple[Difference, ...]
    port: int | None = None
    section_name: str | None = None
    needs: tuple[str, ...] = ()
    needs_grant: bool = False
    needs_known: bool = True
    made_by: ObjectKey | None = None
    being_deleted: bool = False
    assumed: bool = False

    @property
    def out_of_reach(self) -> bool:
        """Whether it is in another namespace, and the field cannot name one."""
        return any(each.hint is Hint.WRONG_PLACEMENT for each in self.differences)

    @property
    def slipped(self) -> bool:
        """Whether nothing but slips separates the reference from the object, whichever port is meant."""
        return all(self._is_slip(each) for each in self.differences if each.hint is not Hint.OTHER_PORT)

    @property
    def surely_meant(self) -> bool:
        """Whether slips are the only differences."""
        return all(map(self._is_slip, self.differences))

    def _is_slip(self, difference: Difference) -> bool:
        """Whether a difference is a slip, or a namespace that was left out. A namespace counts only if the reference
        would then work: an object of another team may have the same name by chance."""
        left_out = difference.hint is Hint.OTHER_NAMESPACE and difference.found is None
        return difference.hint in SLIPS or (left_out and not self.needs)

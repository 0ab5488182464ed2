"""Fields that an object's kind does not have: `kubectl apply` refuses them, and an API server drops them."""

from __future__ import annotations

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.locations import Location
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.records import dataclass


@dataclass(frozen=True, slots=True)
class UnknownField:
    """One such field: its exact path and its name. `meant` is the name that may be meant; None if no name is similar.
    `remark` is a clause on what applies in its place; empty if nothing is known of that. `shape` is the form that its
    value must take under the meant name; `source` is its place in the manifests."""

    object: ObjectKey
    path: str
    name: str
    meant: str | None = None
    remark: str = ""
    shape: str = ""
    source: Location | None = None

    code = Code.UNKNOWN_FIELD

    def __str__(self) -> str:
        said = f"{self.path} is not a field of {self.object.kind}"
        return f"{said}; {self.meant} may be meant" if self.meant else f"{said}: {self.remark}" if self.remark else said

    @property
    def advice(self) -> str:
        if not self.meant:
            return "take it out"
        return f"write {self.meant} in place of {self.name}" + (f", {self.shape}" if self.shape else "")

    @property
    def unpatched(self) -> str:
        """Why no command can mend it."""
        return "an API server leaves the field out, so there is nothing to patch"

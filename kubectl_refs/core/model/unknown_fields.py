"""Fields that an object's kind does not have: `kubectl apply` refuses them, and an API server leaves them out."""

from __future__ import annotations

from kubectl_refs.core.model.locations import Location
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.records import dataclass


@dataclass(frozen=True, slots=True)
class UnknownField:
    """One such field: its exact path and its name; the name that may be meant, None where none is like it; and where what
    it says belongs, as a clause, empty where nothing is known of that. `shape` is what its value has to become under the name
    that is meant, `source` where in the manifests it stands."""

    object: ObjectKey
    path: str
    name: str
    meant: str | None = None
    remark: str = ""
    shape: str = ""
    source: Location | None = None

    def __str__(self) -> str:
        said = f"{self.path} is no field of {self.object.kind}"
        return f"{said}; {self.meant} may be meant" if self.meant else f"{said}: {self.remark}" if self.remark else said

    @property
    def advice(self) -> str:
        if not self.meant:
            return "take it out"
        return f"write {self.meant} in place of {self.name}" + (f", {self.shape}" if self.shape else "")

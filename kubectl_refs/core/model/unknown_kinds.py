"""Objects whose kind does not exist, and resembles one of the Gateway API that holds references; and objects of a version
that is not served."""

from __future__ import annotations

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.locations import Location
from kubectl_refs.core.model.objects import GroupKind, ObjectKey
from kubectl_refs.core.records import dataclass


@dataclass(frozen=True, slots=True)
class UnknownKind:
    """One such object in manifests, with its apiVersion as `written`, and the kind that is `meant`. `version` is the
    apiVersion to write for it. `unserved` says that the kind exists, but not in that version, as a sentence; it is empty if
    the kind does not exist. `source` is its place in the manifests."""

    object: ObjectKey
    written: str
    meant: GroupKind
    version: str
    unserved: str = ""
    source: Location | None = None

    code = Code.UNKNOWN_KIND

    @property
    def path(self) -> str:
        """The field that is wrong; `kind` if both are."""
        return "apiVersion" if self.object.kind == self.meant.kind else "kind"

    def __str__(self) -> str:
        if self.unserved:
            return self.unserved
        kind, group = self.object.kind, self.object.group or "the core group"
        unread = "so its references are not looked at"
        if self.path == "kind":
            return f"the Gateway API has no kind {kind}, {unread}; {self.meant.kind} may be meant"
        if self.written == self.meant.group:
            return f"apiVersion {self.written} has no version, {unread}"
        return f"{kind} is a kind of group {self.meant.group}, not of {group}, {unread}"

    @property
    def advice(self) -> str:
        kind = [] if self.path == "apiVersion" else [f"kind {self.meant.kind}"]
        group = [] if self.object.group == self.meant.group and not self.unserved else [f"apiVersion {self.version}"]
        return f"write {' and '.join((*kind, *group))}"

    @property
    def unpatched(self) -> str:
        """Why no command can mend it."""
        return "an API server has no such object, so there is nothing to patch"

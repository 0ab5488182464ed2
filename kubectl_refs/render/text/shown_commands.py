"""The commands that an answer has shown so far: none is shown twice, and one that another invalidates gets a note."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import InitVar, dataclass, field

from kubectl_refs.core.fixes.edits import Edit
from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.render.kubectl import Kubectl


def rerun_note(change: str) -> str:
    """The note above a patch that fails once another change is made, such as `the change above`."""
    return f"run this command again after {change}; the patch below will no longer apply"


@dataclass(slots=True)
class ShownCommands:
    """Fixes in the order in which they were shown, each with the place (in words) that it was shown for. `edits` are
    the edits of objects other than grants that all references of the answer need."""

    kubectl: Kubectl
    edits: InitVar[Iterable[Edit]] = ()
    _together: dict[tuple[ObjectKey, str], Fix] = field(default_factory=dict)
    _commands: dict[str, str] = field(default_factory=dict)
    _of_object: dict[ObjectKey, list[tuple[Fix, str]]] = field(default_factory=dict)

    def __post_init__(self, edits: Iterable[Edit]) -> None:
        for edit in edits:
            if any(map(_outdates, edit.fixes, edit.fixes[1:])):
                self._together.update(dict.fromkeys(((fix.object, fix.title) for fix in edit.fixes), edit.as_fix))

    def joined_fix(self, fix: Fix) -> Fix:
        """The joined change for a fix and all others of the same object, if one of them would outdate another."""
        return self._together.get((fix.object, fix.title), fix)

    def add(self, fix: Fix, place: str) -> str:
        """Note a fix as shown for a place, and return its command."""
        command = self.kubectl.command(fix)
        self._commands.setdefault(command, place)
        self._of_object.setdefault(fix.object, []).append((fix, place))
        return command

    def place_of_same(self, fix: Fix) -> str | None:
        """The place that the same command was shown for; None if it was not shown."""
        return self._commands.get(self.kubectl.command(fix))

    def place_that_outdates(self, fix: Fix, place: str) -> str | None:
        """The other place whose change, already shown, would make this patch of the present object fail; or None."""
        shown = self._of_object.get(fix.object, ())
        return next((other for shown, other in shown if other != place and _outdates(shown, fix)), None)


def _outdates(earlier: Fix, fix: Fix) -> bool:
    """Whether a patch tests a field that an earlier patch of the same object changes."""
    changed = [f"{_changed(operation)}/" for operation in earlier.patch if operation["op"] != "test"]
    tested = [f"{operation['path']}/" for operation in fix.patch if operation["op"] == "test"]
    return any(one.startswith(other) or other.startswith(one) for one in changed for other in tested)


def _changed(operation: JSON) -> str:
    """The place that an operation changes: if it removes an entry, the whole list, since the entries after it move up."""
    path: str = operation["path"]
    parent, _, last = path.rpartition("/")
    return parent if operation["op"] == "remove" and last.isdigit() else path

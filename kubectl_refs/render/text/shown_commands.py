"""The commands that an answer has shown so far: none is shown twice, and one that another invalidates says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import InitVar, dataclass, field

from kubectl_refs.core.fixes.edits import Edit
from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.render.kubectl import Kubectl


def again(change: str) -> str:
    """What is said above a patch that fails once another one is made, `the change above`."""
    return f"run this command again after {change}; the patch below will no longer apply"


@dataclass(slots=True)
class ShownCommands:
    """Fixes in the order in which they were shown, each with the place it was shown for, in words. `edits` are what all
    references of the answer want of other objects than grants."""

    kubectl: Kubectl
    edits: InitVar[Iterable[Edit]] = ()
    _together: dict[tuple[ObjectKey, str], Fix] = field(default_factory=dict)
    _commands: dict[str, str] = field(default_factory=dict)
    _of_object: dict[ObjectKey, list[tuple[Fix, str]]] = field(default_factory=dict)

    def __post_init__(self, edits: Iterable[Edit]) -> None:
        for edit in edits:
            if any(map(_outdates, edit.fixes, edit.fixes[1:])):
                self._together.update(dict.fromkeys(((fix.object, fix.title) for fix in edit.fixes), edit.as_fix))

    def together(self, fix: Fix) -> Fix:
        """The change that makes a fix and all others of the same object of which each would outdate the next."""
        return self._together.get((fix.object, fix.title), fix)

    def add(self, fix: Fix, place: str) -> str:
        """The command of a fix, to be shown for a place."""
        command = self.kubectl.command(fix)
        self._commands.setdefault(command, place)
        self._of_object.setdefault(fix.object, []).append((fix, place))
        return command

    def same(self, fix: Fix) -> str | None:
        """For which place the same command was shown; None where it was not."""
        return self._commands.get(self.kubectl.command(fix))

    def outdating(self, fix: Fix, place: str) -> str | None:
        """For which other place a change was shown after which this patch, of the object as it is now, would fail."""
        shown = self._of_object.get(fix.object, ())
        return next((other for shown, other in shown if other != place and _outdates(shown, fix)), None)


def _outdates(earlier: Fix, fix: Fix) -> bool:
    """Whether a patch tests what an earlier one of the same object changes."""
    changed = [f"{operation['path']}/" for operation in earlier.patch if operation["op"] != "test"]
    tested = [f"{operation['path']}/" for operation in fix.patch if operation["op"] == "test"]
    return any(one.startswith(other) or other.startswith(one) for one in changed for other in tested)

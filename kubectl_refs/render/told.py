"""The commands that an answer has shown so far: none is shown twice, and one that another invalidates says so."""

from __future__ import annotations

from dataclasses import dataclass, field

from kubectl_refs.core.model import Fix


@dataclass(slots=True)
class Told:
    """Fixes in the order in which they were shown, each with the place it was shown for, in words."""

    _fixes: list[tuple[Fix, str]] = field(default_factory=list)

    def add(self, fix: Fix, place: str) -> None:
        self._fixes.append((fix, place))

    def same(self, fix: Fix) -> str | None:
        """For which place the same command was shown; None where it was not."""
        return next((place for told, place in self._fixes if told.command == fix.command), None)

    def outdating(self, fix: Fix, place: str) -> str | None:
        """For which other place a change was shown after which this patch, of the object as it is now, would fail."""
        return next((other for told, other in self._fixes if other != place and _outdates(told, fix)), None)


def _outdates(earlier: Fix, fix: Fix) -> bool:
    """Whether a patch tests what an earlier one changes."""
    changed = [f"{operation['path']}/" for operation in earlier.patch if operation["op"] != "test"]
    tested = [f"{operation['path']}/" for operation in fix.patch if operation["op"] == "test"]
    return earlier.object == fix.object and any(
        one.startswith(other) or other.startswith(one) for one in changed for other in tested
    )

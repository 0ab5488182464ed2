"""What the checks of a target found."""

from __future__ import annotations

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.judgements import Assumption, Check, Outcome
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.records import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """The checks of a target, and the finding and condition reason of the first that failed (None if none did).

    A code without a failure is a finding on a target that can be used.
    """

    checks: tuple[Check, ...]
    code: Code | None = None
    reason: str | None = None
    assumptions: tuple[Assumption, ...] = ()
    being_deleted: str = ""
    """That it is being deleted, as a sentence; empty if it is not."""
    made_by: ObjectKey | None = None
    """What is supposed to make it, if it does not exist."""
    advice: str = ""
    """What to do about a finding on a target that can be used, a sentence without its full stop."""

    @property
    def sound(self) -> bool:
        """Whether there is no finding, and every check is OK."""
        return self.code is None and all(check.outcome is Outcome.OK for check in self.checks)

    @property
    def unknown(self) -> bool:
        return any(check.outcome is Outcome.UNKNOWN for check in self.checks)

    def combined_with(self, further: Target) -> Target:
        """This result with that of a further step; the first failure gives the finding."""
        if further is NO_RESULT:
            return self
        if self is NO_RESULT:
            return further
        code, reason = (self.code, self.reason) if self.code else (further.code, further.reason)
        return Target(
            (*self.checks, *further.checks),
            code,
            reason,
            (*self.assumptions, *further.assumptions),
            self.being_deleted or further.being_deleted,
            self.made_by or further.made_by,
            self.advice or further.advice,
        )

    @property
    def failure(self) -> Check | None:
        return next((check for check in self.checks if check.outcome is Outcome.FAILED), None)


NO_RESULT = Target(())
"""The result of a step that does not apply to a target."""

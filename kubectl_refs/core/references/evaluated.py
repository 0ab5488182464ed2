"""A reference as found, together with what was made of it."""

from __future__ import annotations

from dataclasses import dataclass

from kubectl_refs.core.fields.extraction import Held
from kubectl_refs.core.fields.table import Role
from kubectl_refs.core.model.references import ExplainedReference, Outcome


@dataclass(frozen=True, slots=True)
class Explained:
    """A reference found and what was made of it."""

    held: Held
    explained: ExplainedReference
    inherited: bool = False
    """Whether another object holds it than the one on whose conditions it shows as well."""

    @property
    def is_parent(self) -> bool:
        return self.held.field.role is Role.PARENT

    @property
    def line(self) -> str:
        """The reference in the message of a condition: where it stands, and why it fails."""
        return self.line_of(self.explained.because)

    def line_of(self, because: str) -> str:
        """The same where it fails for another cause than the one told first."""
        reference = self.explained.reference
        place = f"{reference.referrer} {reference.path}" if self.inherited else reference.path
        return f"{place}: {because}"

    @property
    def failed(self) -> bool:
        """Whether any question asked of the reference was answered with no."""
        return any(check.outcome is Outcome.FAILED for check in self.explained.checks)

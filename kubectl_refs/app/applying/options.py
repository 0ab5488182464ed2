"""What the user wants done with a plan."""

from __future__ import annotations

from dataclasses import field

from kubectl_refs.app.applying.waiting import Clock
from kubectl_refs.core.records import dataclass


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """What to do with the plan: print it, let the server check it (`dry_run`), or apply it; `wait` is in seconds. `yes`
    says what is written without a question: `grants`, or `all` but guesses."""

    apply: bool = False
    dry_run: str | None = None
    yes: str | None = None
    wait: float | None = None
    clock: Clock = field(default_factory=Clock)

"""What is to be done with a plan."""

from __future__ import annotations

from dataclasses import field

from kubectl_refs.app.applying.waiting import Clock
from kubectl_refs.core.records import dataclass


@dataclass(frozen=True, slots=True)
class Doing:
    """What is done with the plan: printed, checked by the server (`dry_run`), or applied; `wait` in seconds. `yes` is for
    what no question is asked: `grants`, or `all` but guesses."""

    apply: bool = False
    dry_run: str | None = None
    yes: str | None = None
    wait: float | None = None
    clock: Clock = field(default_factory=Clock)

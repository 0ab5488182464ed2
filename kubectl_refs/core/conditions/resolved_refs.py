"""One `ResolvedRefs` out of what is wrong with several references: the same sum for routes, listeners and policies."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.model.conditions import Computed


def resolved(failing: Sequence[tuple[str, str]], undecided: Sequence[str], order: Sequence[str]) -> Computed:
    """The condition for failures (reason and line) and what could not be told.

    Where reasons differ the specification names no order (spec.md 3.4): the first of `order` leads, else the first
    there is. Every failure is named in the message.
    """
    if failing:
        reasons = {reason for reason, _ in failing}
        reason = next((each for each in order if each in reasons), failing[0][0])
        return Computed("False", reason, "; ".join(line for _, line in failing))
    if undecided:
        return Computed("Unknown", "Pending", "; ".join(undecided))
    return Computed("True", "ResolvedRefs", "every reference is permitted and resolved")

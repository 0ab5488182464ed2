"""What a policy refuses, and what happens to a ReferenceGrant that it refuses."""

from __future__ import annotations

from enum import StrEnum

from kubectl_refs.core.records import dataclass


class PolicyAction(StrEnum):
    """What the API server does with a ReferenceGrant that a rule does not admit (validationActions of the binding)."""

    DENY = "Deny"
    WARN = "Warn"
    AUDIT = "Audit"


@dataclass(frozen=True, slots=True)
class PolicyOptions:
    """`allow_unnamed` are the kinds for which a `to` entry may leave out the name. `from_label` is the key and value
    of the label that namespaces in `from` must have; None if any namespace may be there."""

    actions: tuple[PolicyAction, ...] = (PolicyAction.DENY,)
    allow_unnamed: tuple[str, ...] = ()
    from_label: tuple[str, str] | None = None

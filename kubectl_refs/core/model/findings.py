"""Findings: one thing to act on each, with a code, a severity, the place it is about and a sentence."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from kubectl_refs.core.model.codes import Code, Severity
from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.near_misses import Difference, GrantName
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.references import Verdict


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One finding of a check, on an object that references others.

    `path` is the exact place of a reference, or of a condition in the status; `target` what is referenced, or who wrote
    the condition. `verdict` is the reference's, None for a condition. `message` and `advice` are sentences without
    their full stop.

    Its fingerprint stays the same while the same thing is wrong with the same reference, so that a team can accept the
    findings that it has and be told of new ones.
    """

    code: Code
    severity: Severity
    object: ObjectKey
    path: str
    target: str
    message: str
    advice: str = ""
    verdict: Verdict | None = None
    accepted: bool = False
    """Whether it is in the baseline, so that it does not count."""

    @property
    def fingerprint(self) -> str:
        """The same for the same code, object, path and target, whatever the message says."""
        key = self.object
        whole = "\n".join((self.code, key.group, key.kind, key.namespace, key.name, self.path, self.target))
        return hashlib.sha256(whole.encode()).hexdigest()[:32]

    @property
    def counts(self) -> bool:
        return not self.accepted


@dataclass(frozen=True, slots=True)
class GrantFinding:
    """One finding on one grant. `path` is the field it is about, empty for the whole grant; `message` a sentence.

    `fixes` are the steps of one change, in order; `differences` the fields that hold something else than is meant.
    """

    code: Code
    severity: Severity
    grant: GrantName
    path: str
    message: str
    fixes: tuple[Fix, ...] = ()
    differences: tuple[Difference, ...] = ()

"""Findings: each is one thing to act on, with a code, a severity, the place it is about and a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from kubectl_refs.core.model.codes import Code, Severity
from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.locations import Location
from kubectl_refs.core.model.near_misses import Difference
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.records import dataclass, replace

_INDEX = re.compile(r"\[\d+\]")
_WITH_GROUP = re.compile(r"^([^.\s]+)\.(?:\{\{.*?\}\}|\S)+")
"""A kind and its group at the start of a target. A group that is not substituted yet may hold blanks."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, on an object that references others or on a ReferenceGrant.

    `path` is the exact path of a reference, of a condition in the status or of an entry of a grant; empty for a whole
    grant. `target` is what is referenced, who wrote the condition, or what the entry says. `verdict` is that of the
    reference; None for anything else. `message` and `advice` are sentences without their full stop. For a grant,
    `fixes` are the steps of one change, in order, and `differences` the fields whose values are not what was meant.

    The fingerprint stays the same while the same thing is wrong with the same reference, so that a team can accept
    its present findings and be told of new ones. `occurrence` counts, from 1, the findings of an object that would
    otherwise have the same fingerprint; it does not matter which of them gets which number.
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
    """Whether the baseline holds it, so that it does not count."""
    occurrence: int = 1
    former_place: tuple[str, str] | None = None
    """The path and target by which earlier versions knew it, if they were different."""
    fixes: tuple[Fix, ...] = ()
    differences: tuple[Difference, ...] = ()
    source: Location | None = None
    """Where its field stands in the manifests; None for an object of a cluster."""
    look_at: ObjectKey | None = None
    """The object in which the fault lies, if that is another one."""

    @property
    def field(self) -> str:
        """The path without list indices, which change when an entry is inserted above."""
        # In a status, the brackets hold a name.
        reported = self.verdict is None and self.path.startswith("status")
        return self.path if reported else _without_indices(self.path)

    @property
    def named_target(self) -> str:
        """The target as sentences name it: without the group."""
        return _WITH_GROUP.sub(r"\1", self.target)

    @property
    def fingerprint(self) -> str:
        """A hash of the family of the code, the object, field, target and occurrence: list indices do not count."""
        return _hashed("2", *self.object, self.code.family, self.field, self.target, str(self.occurrence))

    @property
    def former_fingerprint(self) -> str:
        """The fingerprint of the first versions: a hash of the code, object, exact path and target. Baselines
        written by those versions hold it."""
        return _hashed(self.code, *self.object, *(self.former_place or (self.path, self.target)))

    @property
    def is_new(self) -> bool:
        return not self.accepted


def _hashed(*words: str) -> str:
    # Imported here: start-up time.
    import hashlib

    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]


@lru_cache(2**12)
def _without_indices(path: str) -> str:
    """Cached, because thousands of objects have findings at the same few paths."""
    return _INDEX.sub("[]", path)


def counted(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings of one object, each numbered among those that are otherwise alike."""
    alike: dict[tuple[object, ...], int] = {}
    for finding in findings:
        # What the fingerprint is made of: comparing that is cheaper than hashing it.
        key = finding.object, finding.code.family, finding.field, finding.target
        occurrence = alike[key] = alike.get(key, 0) + 1
        yield finding if occurrence == 1 else replace(finding, occurrence=occurrence)

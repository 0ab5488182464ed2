"""Findings: one thing to act on each, with a code, a severity, the place it is about and a sentence."""

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


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, on an object that references others or on a ReferenceGrant.

    `path` is the exact place of a reference, of a condition in the status or of an entry of a grant, empty for a whole
    grant; `target` what is referenced, who wrote the condition, or what the entry says. `verdict` is the reference's,
    None for anything else. `message` and `advice` are sentences without their full stop. Of a grant, `fixes` are the
    steps of one change, in order, and `differences` the fields that hold something else than is meant.

    Its fingerprint stays the same while the same thing is wrong with the same reference, so that a team can accept the
    findings that it has and be told of new ones. `occurrence` counts, from 1, the findings of an object that are alike
    in all that makes it; of these it does not matter which is which.
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
    occurrence: int = 1
    former_place: tuple[str, str] | None = None
    """The path and target by which earlier versions knew it, where these were others."""
    fixes: tuple[Fix, ...] = ()
    differences: tuple[Difference, ...] = ()
    source: Location | None = None
    """Where its field stands; None for an object of a cluster."""
    look_at: ObjectKey | None = None
    """The object in which what is wrong lies, where that is another one."""

    @property
    def field(self) -> str:
        """The path without the indices of lists, which change when something is inserted above."""
        # In a status, what stands in brackets is a name.
        reported = self.verdict is None and self.path.startswith("status")
        return self.path if reported else _without_indices(self.path)

    @property
    def named_target(self) -> str:
        """What is referenced, as sentences name it: without the group."""
        kind, space, rest = self.target.partition(" ")
        return f"{kind.partition('.')[0]}{space}{rest}"

    @property
    def fingerprint(self) -> str:
        """The same for the same family of codes, object, field and target, wherever in its list the reference is."""
        return _hashed("2", *self.object, self.code.family, self.field, self.target, str(self.occurrence))

    @property
    def former_fingerprint(self) -> str:
        """What the fingerprint was at first: the same for the same code, object, exact path and target. Baselines hold
        it that were written then."""
        return _hashed(self.code, *self.object, *(self.former_place or (self.path, self.target)))

    @property
    def counts(self) -> bool:
        return not self.accepted


def _hashed(*words: str) -> str:
    # Imported here: start-up time.
    import hashlib

    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]


@lru_cache(2**12)
def _without_indices(path: str) -> str:
    """Thousands of objects have findings at the same few paths."""
    return _INDEX.sub("[]", path)


def counted(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings on one object, each with its occurrence among those that are otherwise alike."""
    alike: dict[tuple[object, ...], int] = {}
    for finding in findings:
        # What the fingerprint is made of, which takes longer to make.
        key = finding.object, finding.code.family, finding.field, finding.target
        occurrence = alike[key] = alike.get(key, 0) + 1
        yield finding if occurrence == 1 else replace(finding, occurrence=occurrence)

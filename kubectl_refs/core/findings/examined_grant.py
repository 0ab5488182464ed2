"""One grant under examination: its users, what is known around it, and its findings and changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Literal

from kubectl_refs.core.findings.grant_changes import GrantChanges, PairIndex
from kubectl_refs.core.fixes.json_patch import json_pointer
from kubectl_refs.core.grants.grant import FromEntry, Grant, ToEntry
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.grants.needed_pairs import ReferenceIndex, widening
from kubectl_refs.core.grants.usage import Usage, UsedPair
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.near_misses import Difference
from kubectl_refs.core.model.objects import GroupKind, ObjectKey
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.records import dataclass, replace
from kubectl_refs.core.text.language import enumerated
from kubectl_refs.core.text.similarity import looks_deliberate
from kubectl_refs.core.text.vocabulary import Vocabulary
from kubectl_refs.core.view.catalog import Catalog

_ENTRY = re.compile(r"spec\.(from|to)\[(\d+)\]")

Part = Literal["from", "to"]
"""The two lists of a grant's spec."""


def entry_at(path: str) -> tuple[Part, int] | None:
    """The entry of a grant that a path leads to or into; None for any other path."""
    found = _ENTRY.match(path)
    return None if found is None else ("from" if found[1] == "from" else "to", int(found[2]))


@dataclass(frozen=True, slots=True)
class Known:
    """What is known around the grants. Where it could not be read, an answer is None, and a vocabulary is empty."""

    catalog: Catalog
    exists: Callable[[ObjectKey], bool | None]
    namespaces: Vocabulary
    names: Callable[[GroupKind, str], Vocabulary]
    """The names of a kind's objects in a namespace."""
    missing: Callable[[ObjectKey], bool]
    """Whether the target of a reference is known not to exist."""


@dataclass(frozen=True, slots=True)
class ExaminedGrant:
    """A grant with its usage, what is known around it, and the maker of its changes."""

    usage: Usage
    known: Known
    changes: GrantChanges
    existing: Grants
    """All grants in its namespace."""
    pairs: Mapping[PairIndex, UsedPair]
    """Its permissions: every `from` entry combined with every `to` entry."""

    @classmethod
    def of(cls, usage: Usage, known: Known, changes: GrantChanges, existing: Grants) -> ExaminedGrant:
        return cls(usage, known, changes, existing, {(pair.from_index, pair.to_index): pair for pair in usage.pairs})

    @property
    def grant(self) -> Grant:
        return self.usage.grant

    @property
    def namespace(self) -> str:
        return self.grant.grant.namespace

    @property
    def unused(self) -> Set[PairIndex]:
        """The permissions that nothing uses, where every possible user could be looked at."""
        return {index for index, pair in self.pairs.items() if pair.known and not pair.users}

    def pairs_of(self, part: Part, index: int) -> set[PairIndex]:
        """The permissions that an entry takes part in."""
        side = 0 if part == "from" else 1
        return {pair for pair in self.pairs if pair[side] == index}

    def finding(
        self,
        code: Code,
        path: str,
        message: str,
        fixes: tuple[Fix, ...] = (),
        differences: tuple[Difference, ...] = (),
    ) -> Finding:
        """A finding on the grant, with the severity of its code."""
        entry = self._entry(path)
        advice = fixes[0].title if fixes else ""
        place = (self.grant.key, path, entry)
        return Finding(code, code.severity, *place, message, advice, fixes=fixes, differences=differences)

    def _entry(self, path: str) -> str:
        """The entry at a path in words, since indices change when entries are inserted. Empty for the whole grant."""
        found = entry_at(path)
        if found is None:
            return ""
        part, index = found
        if part == "from":
            from_ = self.grant.from_[index]
            return f"from {from_.group_kind} in {from_.namespace}"
        to = self.grant.to[index]
        return f"to {to.group_kind}" if to.name is None else f"to {to.group_kind} {to.name}"

    def without(self, pairs: Set[PairIndex], confidence: Confidence = Confidence.GUESS) -> tuple[Fix, ...]:
        """The changes that remove these permissions and keep all others. The caller knows that they have no users."""
        return self.changes.keeping(self.pairs.keys() - pairs, confidence)

    def rewritten(
        self,
        part: Part,
        index: int,
        values: Mapping[str, str],
        title: str,
        confidence: Confidence,
        alike: Sequence[str] = (),
    ) -> Fix:
        """The change that sets fields of one entry to other values; `title` says which, for the grant's owner.

        Every entry with the same values in the `alike` fields has the same slip and is changed too: each patch tests
        the spec as it was read, so a second patch of the same grant would fail.
        """
        listed: Sequence[FromEntry | ToEntry] = self.grant.from_ if part == "from" else self.grant.to

        def slip(entry: FromEntry | ToEntry) -> tuple[str | None, ...]:
            return tuple(getattr(entry, name) for name in alike)

        indices = [i for i, entry in enumerate(listed) if i == index or (alike and slip(entry) == slip(listed[index]))]
        operations = [
            {
                "op": "add" if getattr(listed[i], name) is None else "replace",
                "path": json_pointer(f"spec.{part}[{i}].{name}"),
                "value": value,
            }
            for i in indices
            for name, value in values.items()
        ]
        where = enumerated([f"spec.{part}[{i}]" for i in indices])
        title = f"{title} in {where} of ReferenceGrant {self.grant.grant}"
        return self.changes.patch(title, operations, confidence, self._gained(part, indices, values))

    def _gained(self, part: Part, indices: Iterable[int], values: Mapping[str, str]) -> tuple[str, ...]:
        """What the grant would permit in addition, once these fields of the entries have these values."""
        after = self._with(part, indices, values)
        return widening(self.grant, after, ReferenceIndex(), self.existing, self.known.catalog)

    def confidence(self, part: Part, index: int, values: Mapping[str, str], refused: Iterable[Reference]) -> Confidence:
        """How sure it is that an entry should have these values: likely if they make the grant permit one of the
        `refused` references and no present value looks deliberate, otherwise a guess."""
        entry = self.grant.from_[index] if part == "from" else self.grant.to[index]
        if any(looks_deliberate(value, getattr(entry, name) or "") for name, value in values.items()):
            return Confidence.GUESS
        repaired = Grants([self._with(part, [index], values)])
        return Confidence.LIKELY if any(map(repaired.matching, refused)) else Confidence.GUESS

    def _with(self, part: Part, indices: Iterable[int], values: Mapping[str, str]) -> Grant:
        from_, to = list(self.grant.from_), list(self.grant.to)
        for index in indices:
            if part == "from":
                from_[index] = from_[index]._replace(**values)
            else:
                to[index] = to[index]._replace(**values)
        return replace(self.grant, from_=tuple(from_), to=tuple(to))

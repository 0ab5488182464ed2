"""When two references count as the same one, and when their outcomes differ."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest

from kubectl_refs.core.grants.near_miss_search import is_plainly_meant
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.serving import Serves, Serving, unserved
from kubectl_refs.core.queries.differences.report import ReferenceChange
from kubectl_refs.core.queries.why import EvaluatedObject


def identity(each: EvaluatedReference) -> Hashable:
    reference = each.reference
    return reference.referrer, each.field.role, reference.to, reference.port, reference.section_name


_WHICHEVER_GRANTS = {Code.NO_GRANT: Code.NEAR_MISS}
"""Codes that count as one: other grants in the namespace change nothing for a reference that none was meant for."""


def outcome(each: EvaluatedReference) -> Hashable:
    """What must be equal for two outcomes of one reference to be the same; even for a refused one, the fault of its
    target counts. The indices of entries in a grant do not."""
    code = None if each.code is None else _WHICHEVER_GRANTS.get(each.code, each.code)
    near = next((miss for miss in each.near_misses if is_plainly_meant(miss, each.reference)), None)
    differences = near and (near.grant, frozenset((one.hint, one.wanted, one.found) for one in near.differences))
    return each.verdict, each.reason, code, each.fault, differences


def by_identity(references: Iterable[EvaluatedReference]) -> Mapping[Hashable, list[EvaluatedReference]]:
    found: dict[Hashable, list[EvaluatedReference]] = defaultdict(list)
    for each in references:
        found[identity(each)].append(each)
    return found


def compared(before: Iterable[EvaluatedReference], after: Iterable[EvaluatedReference]) -> Iterator[ReferenceChange]:
    """The references that differ. References with the same identity are told apart by their paths (_differing)."""
    found = list(_pairs(before, after))
    gone = {_place(old): old for old, new in found if old is not None and new is None}
    for old, new in found:
        yield ReferenceChange(old, new, instead_of=gone.get(_place(new)) if new is not None and old is None else None)


_Pair = tuple[EvaluatedReference | None, EvaluatedReference | None]


def _pairs(before: Iterable[EvaluatedReference], after: Iterable[EvaluatedReference]) -> Iterator[_Pair]:
    olds, news = by_identity(before), by_identity(after)
    for one in dict.fromkeys((*olds, *news)):
        yield from _differing(olds.get(one, ()), news.get(one, ()))


def _differing(olds: Sequence[EvaluatedReference], news: Sequence[EvaluatedReference]) -> Iterator[_Pair]:
    """The differing ones of references with the same identity. One is the same if it has the same outcome, at the same
    place or, as in a reordered list, at another."""
    for alike in (_outcome_there, outcome):
        olds, news = _beyond(olds, news, alike), _beyond(news, olds, alike)
    left = {_place(new): new for new in news}
    moved = [old for old in olds if _place(old) not in left]
    yield from [(old, left.pop(_place(old))) for old in olds if _place(old) in left]
    yield from zip_longest(moved, left.values())


def _beyond(
    these: Iterable[EvaluatedReference],
    others: Iterable[EvaluatedReference],
    alike: Callable[[EvaluatedReference], Hashable],
) -> list[EvaluatedReference]:
    """The references beyond those that each have one like it among the others."""
    counts = Counter(map(alike, others))
    left = []
    for each in these:
        what = alike(each)
        if counts[what]:
            counts[what] -= 1
        else:
            left.append(each)
    return left


def _outcome_there(each: EvaluatedReference) -> Hashable:
    return _place(each), outcome(each)


def _place(each: EvaluatedReference) -> Hashable:
    return each.reference.referrer, each.reference.path


def reason_of_loss(before: EvaluatedObject | None, after: EvaluatedObject | None) -> Serving | None:
    """Why nothing serves an object any more, if something may have before and no verdict says so already; else None."""
    may_serve = before is not None and any(not row.backends and row.serves is not Serves.NO for row in before.serving)
    if after is None or not may_serve:
        return None
    return next(iter(unserved(after.serving)), None)

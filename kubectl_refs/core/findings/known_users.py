"""Whether nobody uses a grant, or only nobody that could be seen: its findings tell of entries that nobody can use."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.grants.usage import Usage
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.findings import GrantFinding


def all_users_known(usage: Usage, found: Sequence[GrantFinding]) -> bool:
    """Whether every possible user of a grant could be looked at; of an entry that never matches there are none."""
    dead = never_matching(found)
    return all(pair.known or pair.entries & dead for pair in usage.pairs)


def never_matching(found: Sequence[GrantFinding]) -> frozenset[str]:
    """The paths of a grant's entries that equal no reference, by its findings."""
    return frozenset(each.path for each in found if each.code is Code.NEVER_MATCHES)

"""English that several modules share: lists of words and the plurals of kinds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

LISTED = 10
"""How many words of a list are written out where nothing else is said."""


def listing(words: Sequence[str], joint: str = ", ", beyond: int = 0, most: int = LISTED) -> str:
    """Words one after the other, but only the first `most`: sentences about many words each would grow without end.

    `beyond` is the number of further items that are not among the words.
    """
    beyond += len(words[most:])
    return joint.join(words[:most]) + (f" and {beyond} more" if beyond else "")


def enumerated(words: Sequence[str], last: str = "and", beyond: int = 0, most: int = LISTED) -> str:
    """`a`, `a and b`, `a, b and c`, but only the first `most` words: `a, b and 3 more`. `beyond` is as for `listing`."""
    beyond += len(words[most:])
    shown = [*words[:most], *([f"{beyond} more"] if beyond else [])]
    return f" {last} ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:])))


@lru_cache(2**8)
def several(kind: str) -> str:
    """The plural of a kind: `HTTPRoutes`, `Gateways`, `SecurityPolicies`, `GatewayClasses`. A kind that is a plural
    already, such as `Endpoints`, or `HTTPRoutes` where somebody wrote that as a kind, stays as it is."""
    if re.search("[b-hj-rtv-z]s$", kind):
        return kind
    if re.search("[^aeiou]y$", kind):
        return f"{kind[:-1]}ies"
    return f"{kind}es" if re.search("(s|x|z|ch|sh)$", kind) else f"{kind}s"


def with_article(noun: str) -> str:
    """`a Service`, `an EnvoyProxy`, `an HTTPRoute`, `an XListenerSet`."""
    return f"{'an' if re.match('[AEIOaeio]|HTTP|X[A-Z]|MCP|L4', noun) else 'a'} {noun}"


def counted(count: int, noun: str) -> str:
    """`1 reference`, `2 references`."""
    return f"{count} {noun if count == 1 else several(noun)}"

"""When the hostnames of a listener and a route have a name in common (docs/rules.md 5.3)."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.attachment.listeners import intersect
from tests.support.builders import PROPERTY


@pytest.mark.parametrize(
    ("own", "other", "common"),
    [
        ("a.example.com", "a.example.com", True),
        ("a.example.com", "b.example.com", False),
        ("A.Example.com", "a.example.COM", True),
        ("*.example.com", "a.example.com", True),
        ("*.example.com", "a.b.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "aexample.com", False),
        ("*.example.com", "*.example.com", True),
        ("*.a.example.com", "*.example.com", True),
        ("*.a.example.com", "*.b.example.com", False),
        ("*.com", "example.com", True),
        ("*.com", "*.example.com", True),
        ("*.com", "com", False),
        ("*.EXAMPLE.com", "a.example.com", True),
        ("example.com", "example.com.evil.org", False),
    ],
)
def test_hostnames_intersect_as_dns_wildcards_do(own: str, other: str, common: bool) -> None:
    assert intersect(own, other) is common
    assert intersect(other, own) is common


NAMES = [".".join(labels) for count in (1, 2, 3, 4) for labels in product("ab", repeat=count)]
HOSTNAMES = st.builds(
    lambda star, labels: star + ".".join(labels),
    st.sampled_from(("", "*.")),
    st.lists(st.sampled_from("ab"), min_size=1, max_size=3),
)


def covers(pattern: str, name: str) -> bool:
    """Whether a hostname or wildcard matches a name: label by label, with at least one label for a wildcard."""
    labels, wanted = name.split("."), pattern.split(".")
    if wanted[0] != "*":
        return labels == wanted
    return len(labels) >= len(wanted) and labels[len(labels) - len(wanted) + 1 :] == wanted[1:]


@PROPERTY
@given(HOSTNAMES, HOSTNAMES)
def test_hostnames_intersect_if_and_only_if_some_name_is_covered_by_both(own: str, other: str) -> None:
    assert intersect(own, other) == any(covers(own, name) and covers(other, name) for name in NAMES)

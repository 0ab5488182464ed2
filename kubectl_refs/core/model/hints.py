"""How a group or a kind as written differs from the expected one."""

from __future__ import annotations

import re
from collections.abc import Container
from enum import StrEnum

from kubectl_refs.core.model.kinds import ROUTES
from kubectl_refs.core.model.objects import GATEWAY_GROUP
from kubectl_refs.core.text.similarity import is_close


class Hint(StrEnum):
    """Why a field of a grant differs from what a reference needs, or a field of a reference from what an object has."""

    TYPO = "typo"
    CASE = "case"
    PLURAL = "plural"
    SHORT_NAME = "short-name"
    CORE_ALIAS = "core-alias"
    WRONG_GROUP = "wrong-group"
    GROUP_WITH_VERSION = "group-with-version"
    OLD_GROUP = "old-group"
    OTHER_KIND = "other-kind"
    OTHER_NAMESPACE = "other-namespace"
    OTHER_NAME = "other-name"
    WRONG_PLACEMENT = "wrong-placement"
    SWAPPED = "swapped"
    SPLIT = "split"
    TOO_MANY = "too-many"
    NAME_FORM = "name-form"
    TARGET_PORT = "target-port"
    OTHER_PORT = "other-port"
    WRONG_TYPE = "wrong-type"


SLIPS = frozenset(
    {
        Hint.TYPO,
        Hint.CASE,
        Hint.PLURAL,
        Hint.SHORT_NAME,
        Hint.CORE_ALIAS,
        Hint.GROUP_WITH_VERSION,
        Hint.OLD_GROUP,
        Hint.WRONG_GROUP,
        Hint.NAME_FORM,
        Hint.TARGET_PORT,
        Hint.WRONG_TYPE,
    }
)
"""Hints of values that hardly anybody writes on purpose: a repair gives what the author wanted all along."""

NUMBERS = frozenset({Hint.TARGET_PORT, Hint.OTHER_PORT, Hint.WRONG_TYPE})
"""Hints of fields that hold a number."""


GEP_709_GROUP = "networking.gateway.k8s.io"
"""The group that GEP-709's example used until Gateway API 1.7; copies of it stay in circulation (docs/rules.md 1.6)."""

KNOWN_WRONG_GROUPS = frozenset({GEP_709_GROUP, "networking.k8s.io", "gateway.k8s.io", "gateway.api.k8s.io", ""})

OLD_GROUPS = frozenset(
    {
        ("networking.x-k8s.io", GATEWAY_GROUP),
        ("gateway.networking.x-k8s.io", GATEWAY_GROUP),
        ("config.gateway.envoyproxy.io", "gateway.envoyproxy.io"),
        ("inference.networking.x-k8s.io", "inference.networking.k8s.io"),
    }
)
"""Groups of earlier releases, or of experimental kinds, each with the group that has their kinds now."""

_EXISTING_GROUPS = frozenset(group for pair in OLD_GROUPS for group in pair)
"""Groups that exist, or did: none of them is a typo of another, however alike they are."""

VERSION = re.compile(r"v\d+((alpha|beta)\d+)?")


_ROUTES = frozenset(route.kind for route in ROUTES)


def plural_of(kind: str) -> set[str]:
    """The lower-case plurals that people write for a kind."""
    lower = kind.lower()
    plurals = {lower + "s", lower + "es"}
    return plurals | {lower[:-1] + "ies"} if lower.endswith("y") else plurals


def group_hint(wanted: str, found: str | None) -> Hint:
    if found is None:
        return Hint.WRONG_GROUP
    bare, _, version = found.partition("/")
    if wanted == "" and bare.lower() == "core":
        return Hint.CORE_ALIAS
    if VERSION.fullmatch(found) or (version and bare == wanted):
        return Hint.GROUP_WITH_VERSION
    if (found, wanted) in OLD_GROUPS:
        return Hint.OLD_GROUP
    if found.lower() == wanted:
        return Hint.CASE
    if found not in KNOWN_WRONG_GROUPS | _EXISTING_GROUPS and is_close(wanted, found):
        return Hint.TYPO
    return Hint.WRONG_GROUP


def kind_hint(wanted: str, found: str | None, short_names: Container[str]) -> Hint:
    """`short_names` are those of the wanted kind."""
    if found is None:
        return Hint.OTHER_KIND
    if found.lower() in plural_of(wanted):
        return Hint.PLURAL
    if found.lower() == wanted.lower():
        return Hint.CASE
    if found.lower() in short_names:
        return Hint.SHORT_NAME
    # The names of the route kinds differ by only a letter or two, and each is meant as written.
    return Hint.TYPO if found not in _ROUTES and is_close(wanted, found) else Hint.OTHER_KIND

"""The groups and kinds that the rules know: those of the core, Gateway API and implementations, and common mistakes."""

from __future__ import annotations

from kubectl_refs.core.fields.gateway_api import TABLE
from kubectl_refs.core.model.hints import KNOWN_WRONG_GROUPS, OLD_GROUPS
from kubectl_refs.core.model.kinds import CONFIG_MAP, GATEWAY, HTTP_ROUTE, LISTENER_SET, ROUTES, SECRET, TCP_ROUTE
from kubectl_refs.core.model.objects import GATEWAY_GROUP, GroupKind
from kubectl_refs.core.view.offline import IMPLEMENTATION_KINDS, offline_catalog

_MORE_CORE_KINDS = ("Event", "LimitRange", "PodTemplate", "ReplicationController", "ResourceQuota")
"""The namespaced core kinds that no known reference names; with them the core group is complete."""

KINDS: dict[str, tuple[str, ...]] = {}
"""The namespaced kinds of each group whose kinds are all known."""

ELSEWHERE: dict[str, tuple[str, ...]] = {}
"""The cluster-scoped kinds of the same groups, which no grant can mean."""

for _group in ("", HTTP_ROUTE.group, *dict.fromkeys(kind.group for kind in IMPLEMENTATION_KINDS)):
    _served = [each for each in offline_catalog() if each.group == _group]
    KINDS[_group] = tuple(each.kind for each in _served if each.namespaced) + (_MORE_CORE_KINDS if not _group else ())
    ELSEWHERE[_group] = tuple(each.kind for each in _served if not each.namespaced)

_PLURALS = {each.group_kind: each.plural for each in offline_catalog()}

SPELLINGS = {
    group: {
        word: kind
        for kind in kinds
        for word in (kind.lower(), _PLURALS.get(GroupKind(group, kind), f"{kind.lower()}s"))
    }
    for group, kinds in KINDS.items()
}
"""For each group, what people write for a kind, in lower case and plurals included, and the kind."""

GROUPS = {word: group for group in (HTTP_ROUTE.group, "") for word in SPELLINGS[group]}
"""The group of a core or Gateway API kind, by what people write for the kind."""

MISTAKEN_GROUPS = tuple(sorted((KNOWN_WRONG_GROUPS | {old for old, new in OLD_GROUPS if new == GATEWAY_GROUP}) - {""}))
"""Groups that are written by mistake for Gateway API's. One of them may exist, but with other kinds."""

HELD = (SECRET.kind, CONFIG_MAP.kind)
"""Kinds that hold certificates and the like, and serve no requests."""
SERVING = tuple(
    kind.kind for kind in ROUTES if not any(TABLE.may_need_grant(kind, held) for held in (SECRET, CONFIG_MAP))
)
"""Kinds without a field that needs a grant and takes one of these."""
_ROUTES = sorted(kind.kind for kind in ROUTES)
ATTACHING = {
    GATEWAY.kind: (*(kind for kind in _ROUTES if kind != TCP_ROUTE.kind), LISTENER_SET.kind),
    LISTENER_SET.kind: (*_ROUTES, LISTENER_SET.kind),
}
"""The kinds of parents, and for each the kinds that reach it only by parentRefs. A TCPRoute may also have a Gateway as
a backend (AWS Load Balancer Controller, docs/rules.md 8.4); no other controller that was read takes one there."""

"""The names that objects can have: whatever the rest of a cluster holds, there is no object of another name."""

from __future__ import annotations

import re
from functools import lru_cache

from kubectl_refs.core.model.kinds import CLUSTER_TRUST_BUNDLE, NAMESPACE, SERVICE
from kubectl_refs.core.model.objects import GroupKind, ObjectKey
from kubectl_refs.core.model.values import unsubstituted

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_PART = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_PART}(\.{_PART})*")
_NAMED_BY_LABELS = (SERVICE, NAMESPACE)


def is_label(name: str) -> bool:
    """Whether a name is a DNS label (RFC 1123), as names of namespaces and Services are."""
    return _LABEL.fullmatch(name) is not None


def is_subdomain(name: str) -> bool:
    """Whether a name is a DNS subdomain (RFC 1123), as names of most kinds, API groups and prefixes of labels are."""
    return _SUBDOMAIN.fullmatch(name) is not None


@lru_cache(2**12)
def can_be_named(kind: GroupKind, name: str) -> bool:
    """Whether an object of a kind can have a name, as written or once its placeholders are substituted."""
    if kind == CLUSTER_TRUST_BUNDLE or unsubstituted(name):
        return True
    return is_label(name) if kind in _NAMED_BY_LABELS else is_subdomain(name)


def can_exist(key: ObjectKey) -> bool:
    """Whether there can be an object of that name in that namespace."""
    return can_be_named(key.group_kind, key.name) and (not key.namespace or can_be_named(NAMESPACE, key.namespace))


def naming_rule(kind: GroupKind) -> str:
    """What names of a kind consist of, as a clause."""
    dots = "" if kind in _NAMED_BY_LABELS else ', "."'
    return f'lower-case letters, digits{dots} and "-"'

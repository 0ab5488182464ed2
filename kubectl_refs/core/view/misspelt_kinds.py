"""Objects in manifests whose kind or group is a slip of a kind of the Gateway API that holds references.

An API server refuses such an object, and nothing else would say that its references are not looked at.
"""

from __future__ import annotations

from functools import lru_cache

from kubectl_refs.core.model.kinds import GATEWAY_API_GROUPS
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind
from kubectl_refs.core.model.unknown_kinds import UnknownKind
from kubectl_refs.core.model.values import key_of, text, was_created
from kubectl_refs.core.text.language import several
from kubectl_refs.core.text.similarity import count_slips, distance_if_close, is_close
from kubectl_refs.core.view.catalog import Catalog, meant_as_gateway_api
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS

_VERSIONS = {each.group_kind: each.versions for each in GATEWAY_API_KINDS}


def unknown_kind(obj: JSON, catalog: Catalog) -> UnknownKind | None:
    """What is wrong with an object's kind; None if it exists, or if no kind that holds references may be meant."""
    key = key_of(obj)
    if catalog.table.fields_of(key.group_kind) or was_created(obj):
        return None
    served = catalog.served(key.group_kind)
    if served is not None and not served.guessed:
        return None
    meant = _meant(key.group_kind)
    if meant is None or not catalog.table.fields_of(meant):
        return None
    known = catalog.served(meant)
    versions = _VERSIONS[meant] if known is None else known.versions
    written = text(obj.get("apiVersion")) or ""
    version = written.rpartition("/")[2]
    return UnknownKind(key, written, meant, f"{meant.group}/{version if version in versions else versions[0]}")


@lru_cache(2**10)
def _meant(kind: GroupKind) -> GroupKind | None:
    """The kind of the Gateway API that another one is a slip of; None if there is none."""
    if not meant_as_gateway_api(kind.group) or kind in _VERSIONS:
        return None
    # Those of its own group come first, then the Gateway API's own.
    known = sorted(_VERSIONS, key=lambda each: (each.group != kind.group, each.group != GATEWAY_GROUP))
    known = [each for each in known if each.group in GATEWAY_API_GROUPS]
    for alike in (_same, _of_another_form, _close):
        if found := [each for each in known if alike(each.kind, kind.kind)]:
            return min(found, key=lambda each: count_slips(each.kind.lower(), kind.kind.lower()))
    return None


def _same(known: str, written: str) -> bool:
    return known == written


def _of_another_form(known: str, written: str) -> bool:
    return written.lower() in (known.lower(), several(known).lower())


def _close(known: str, written: str) -> bool:
    """Whether a kind may be a typo. The Gateway API's routes differ in the letters of their protocol: another protocol
    is no typo, nor is an X before a kind, which stands for an experimental one."""
    one, other = known.lower(), written.lower()
    if not is_close(one, other) or one.removeprefix("x") == other.removeprefix("x"):
        return False
    protocol, wanted = other.removesuffix("route"), one.removesuffix("route")
    of_one_slip = len(protocol) != len(wanted) and distance_if_close(wanted, protocol, 1) is not None
    return protocol == other or of_one_slip or set(protocol) == set(wanted)

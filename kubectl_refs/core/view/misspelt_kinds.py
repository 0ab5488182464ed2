"""Objects in manifests whose kind or group is a slip of a kind of the Gateway API that holds references, or whose version
is not served.

An API server refuses such an object, and nothing else would say that the references of a misspelt kind are not looked at.
"""

from __future__ import annotations

from functools import lru_cache

from kubectl_refs.core.model.kinds import GATEWAY_API_GROUPS
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind
from kubectl_refs.core.model.unknown_kinds import UnknownKind
from kubectl_refs.core.model.values import key_of, text, version_of, was_created
from kubectl_refs.core.text.language import enumerated, several
from kubectl_refs.core.text.similarity import count_slips, distance_if_close, is_close
from kubectl_refs.core.view.catalog import Catalog, ServedKind, meant_as_gateway_api, version_order
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS, IMPLEMENTATION_KINDS, NO_LONGER_SERVED

_VERSIONS = {each.group_kind: each.versions for each in GATEWAY_API_KINDS}
_ASSUMED = {each.group_kind: each for each in (*GATEWAY_API_KINDS, *IMPLEMENTATION_KINDS)}
"""The kinds that are taken to exist where no server and no CustomResourceDefinition defines them."""


def unknown_kind(obj: JSON, catalog: Catalog) -> UnknownKind | None:
    """What is wrong with an object's kind; None if it is served, or if no kind that holds references may be meant."""
    key = key_of(obj)
    if was_created(obj):
        return None
    served = catalog.served(key.group_kind)
    if catalog.table.fields_of(key.group_kind):
        return None if served is None or served.guessed else _of_another_version(obj, served)
    if served is not None and not served.guessed:
        return None
    meant = _meant(key.group_kind)
    if meant is None or not catalog.table.fields_of(meant):
        return None
    known = catalog.served(meant)
    versions = _VERSIONS[meant] if known is None else known.versions
    written = text(obj.get("apiVersion")) or ""
    version = version_of(obj)
    return UnknownKind(key, written, meant, f"{meant.group}/{version if version in versions else versions[0]}")


def _of_another_version(obj: JSON, served: ServedKind) -> UnknownKind | None:
    """What is wrong with the version of an object; None if it is served, or if that is not known."""
    version, kind = version_of(obj), served.group_kind
    if version in served.versions:
        return None
    if served is not _ASSUMED.get(kind):
        # A server or a CustomResourceDefinition says which versions there are.
        unserved = f"{kind.kind} is served only as {enumerated(served.versions)}, not as {version}"
    elif kind in _VERSIONS and version_order(version) > version_order(served.versions[0]):
        since = NO_LONGER_SERVED.get((kind, version))
        release = f"no release since Gateway API {since}" if since else "no release of the Gateway API"
        unserved = f"{release} serves {kind.kind} as {version}"
    else:
        # A later release may serve it.
        return None
    return UnknownKind(key_of(obj), text(obj.get("apiVersion")) or "", kind, served.api_version, unserved)


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

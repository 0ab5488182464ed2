"""The kinds a server serves, and kubectl's way of naming them (TYPE, TYPE.GROUP, TYPE.VERSION.GROUP)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from kubectl_refs.core.fields.gateway_api import TABLE
from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.model.kinds import KUBERNETES_GROUPS, X_GROUP
from kubectl_refs.core.model.objects import GATEWAY_GROUP, GroupKind
from kubectl_refs.core.model.values import unsubstituted
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.similarity import distance_if_close, is_close

REFERENCE_GRANT = GroupKind(GATEWAY_GROUP, "ReferenceGrant")

_GRANTS = ("grant", "grants")

COMPLETE_GROUPS = frozenset({"", GATEWAY_GROUP, X_GROUP, "gateway.envoyproxy.io", "snapshot.storage.k8s.io"})
"""Groups in which this version knows all kinds that a reference may name, whether their CRDs are at hand or not."""


@lru_cache(2**10)
def _misspells(group: str) -> bool:
    """Whether a group is one slip away from a group of COMPLETE_GROUPS: hardly anybody else owns it."""
    return any(known and distance_if_close(known, group, 1) is not None for known in COMPLETE_GROUPS)


_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def is_no_group(group: str) -> bool:
    """Whether no API has a group: the groups without a dot are Kubernetes' own, since the API server admits only domains
    for CustomResourceDefinitions."""
    own = not group or group in KUBERNETES_GROUPS
    return not own and not unsubstituted(group) and _DOMAIN.fullmatch(group) is None


def meant_as_gateway_api(group: str) -> bool:
    """Whether a group is the Gateway API's or easily taken for it, as Ingress's is. Others may have kinds of the same
    names."""
    *words, owner, top = ("", "", *group.lower().split("."))
    like_it = f"{owner}.{top}" in ("k8s.io", "x-k8s.io") and not {"gateway", "networking"}.isdisjoint(words)
    return not group or like_it or is_close(GATEWAY_GROUP, group)


@dataclass(frozen=True, slots=True)
class ServedKind:
    """A kind as discovery shows it. `versions` are the served ones, the server's preferred first. `guessed` says that
    only objects of the kind are known, in manifests."""

    group: str
    kind: str
    plural: str
    versions: tuple[str, ...]
    namespaced: bool = True
    singular: str = ""
    short_names: tuple[str, ...] = ()
    guessed: bool = False

    @property
    def group_kind(self) -> GroupKind:
        return GroupKind(self.group, self.kind)

    @property
    def qualified(self) -> str:
        """The resource in kubectl's error messages: `httproutes.gateway.networking.k8s.io`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    def api_version(self, version: str | None = None) -> str:
        version = version or self.versions[0]
        return f"{self.group}/{version}" if self.group else version

    def answers_to(self, word: str) -> bool:
        """Whether a lower-case word is one of the kind's names: plural, singular, kind or short name."""
        return word in (self.plural, self.singular or self.kind.lower(), self.kind.lower(), *self.short_names)


def version_order(version: str) -> tuple[int, int, int, str]:
    """The API server's order of preference: stable before beta before alpha, newer first, other names last."""
    parts = re.fullmatch(r"v(\d+)(?:(alpha|beta)(\d+))?", version)
    if parts is None:
        return 3, 0, 0, version
    major, stage, minor = parts.groups()
    return ("beta", "alpha").index(stage) + 1 if stage else 0, -int(major), -int(minor or 0), version


CORE_KINDS = tuple(
    ServedKind("", kind, plural, ("v1",), namespaced, kind.lower(), short)
    for kind, plural, namespaced, short in (
        ("Service", "services", True, ("svc",)),
        ("Secret", "secrets", True, ()),
        ("ConfigMap", "configmaps", True, ("cm",)),
        ("Namespace", "namespaces", False, ("ns",)),
        ("Pod", "pods", True, ("po",)),
        ("Node", "nodes", False, ("no",)),
        ("ServiceAccount", "serviceaccounts", True, ("sa",)),
        ("Endpoints", "endpoints", True, ("ep",)),
        ("PersistentVolume", "persistentvolumes", False, ("pv",)),
        ("PersistentVolumeClaim", "persistentvolumeclaims", True, ("pvc",)),
    )
)
"""The core kinds a reference may name. They are fixed, so discovery need not ask for them (docs/kubectl.md 6)."""


class Catalog:
    """The served kinds of a cluster, or the kinds known to a set of manifests.

    `stale_groups` are groups whose server did not answer discovery: a kind of theirs may exist without being listed.
    `live` tells a cluster from a set of manifests, `overlaid` says that manifests are laid over the cluster. `table` says which of the kinds reference what. `held` are the
    namespaces that manifests speak of, where they are a part of a cluster; None where everything is there: for a
    cluster, or for manifests that are a whole one.
    """

    def __init__(
        self,
        kinds: Iterable[ServedKind],
        stale_groups: Iterable[str] = (),
        *,
        live: bool = True,
        overlaid: bool = False,
        table: Table = TABLE,
        held: Iterable[str] | None = None,
    ) -> None:
        self._kinds = {served.group_kind: served for served in kinds}
        self.stale_groups = frozenset(stale_groups)
        self.live = live
        self._of_manifests = overlaid or not live
        self.table = table
        self._held = None if held is None else frozenset(held)

    def __iter__(self) -> Iterator[ServedKind]:
        return iter(self._kinds.values())

    def served(self, group_kind: GroupKind) -> ServedKind | None:
        return self._kinds.get(group_kind)

    def short_names(self, group_kind: GroupKind) -> tuple[str, ...]:
        """The short names of a kind, as kubectl takes them on its command line."""
        served = self._kinds.get(group_kind)
        return () if served is None else served.short_names

    @property
    def is_part(self) -> bool:
        """Whether these are the kinds of manifests that are a part of a cluster."""
        return self._held is not None

    def is_open(self, name: str) -> bool:
        """Whether a name or a kind is not known yet: it holds a placeholder, and some of the objects are manifests. Objects of a
        cluster alone have been applied, so it is a name there like any other."""
        return self._of_manifests and unsubstituted(name)

    def holds(self, namespace: str) -> bool:
        """Whether a namespace was looked at: always, except where manifests that are a part of a cluster hold neither
        the Namespace nor anything in it."""
        return self._held is None or namespace in self._held

    def serves(self, group_kind: GroupKind) -> bool | None:
        """Whether a kind exists; None where that is not known: its API does not answer, it is not substituted yet, or
        there are only manifests, which say nothing about groups that they do not name. A part of a cluster need not hold all kinds even of a
        group that it names, so there only COMPLETE_GROUPS are known. For manifests, a misspelling of such a group has
        no kinds, nor has what cannot be a group."""
        if group_kind in self._kinds:
            return True
        group = group_kind.group
        if self.is_open(str(group_kind)):
            return None
        if is_no_group(group):
            return False
        if not self.live and _misspells(group) and all(kind.group != group for kind in self._kinds.values()):
            return False
        if self.is_part:
            return False if group in COMPLETE_GROUPS else None
        spoken_of = self.live or any(kind.group == group for kind in self._kinds.values())
        return False if spoken_of and group not in self.stale_groups else None

    def lacking(self, group_kind: GroupKind) -> bool:
        """Whether a kind is taken not to exist: it is not served, and nothing leaves room for it."""
        room = self.is_part or self.is_open(str(group_kind))
        unsure = group_kind.group in self.stale_groups or (room and self.serves(group_kind) is None)
        return group_kind not in self._kinds and not unsure

    def resolve(self, word: str) -> ServedKind | None:
        """The kind that kubectl's TYPE, TYPE.GROUP or TYPE.VERSION.GROUP names, in any case; None if there is none.

        `grant` and `grants` mean ReferenceGrant where no kind is called so. Among several groups Gateway API's wins,
        then core, then the rest in discovery's order.
        """
        lower = word.lower()
        name, _, group = lower.partition(".")
        _, _, group_after_version = group.partition(".")
        version = group.partition(".")[0]
        found = [kind for kind in self._kinds.values() if kind.answers_to(name)]
        if group:
            found = [
                kind
                for kind in found
                if kind.group == group or (kind.group == group_after_version and version in kind.versions)
            ]
        if not found and lower in _GRANTS:
            return self.served(REFERENCE_GRANT)
        return min(found, key=lambda kind: (kind.group != GATEWAY_GROUP, kind.group != ""), default=None)

    def word(self, group_kind: GroupKind) -> str:
        """The TYPE to call a kind by in a kubectl command: with its group where another kind has the same names."""
        word = group_kind.kind.lower()
        same = [kind for kind in self._kinds.values() if kind.answers_to(word)]
        return word if len(same) < 2 else f"{word}.{group_kind.group}" if group_kind.group else f"{word}.v1."

    def lacks(self, group_kind: GroupKind) -> str:
        """The sentence that says a kind is not served."""
        kind = group_kind if group_kind.group else f"{group_kind.kind} in the core group"
        if is_no_group(group_kind.group):
            return f'there is no kind {kind}: no API group is named "{group_kind.group}"'
        return f"the server has no kind {kind}" if self.live else f"no kind {kind} is known to these manifests"

    @property
    def grant_version(self) -> str:
        """The apiVersion to write a ReferenceGrant in: `v1` if served, else a version that is (docs/rules.md 1.1)."""
        served = self.served(REFERENCE_GRANT)
        versions = served.versions if served else ()
        version = "v1" if "v1" in versions else versions[0] if versions else "v1beta1"
        return f"{GATEWAY_GROUP}/{version}"

"""Kubernetes objects and what identifies them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

JSON = Mapping[str, Any]
"""A Kubernetes object as the API server sent it, or as a manifest holds it. Never modified by this project."""

GATEWAY_GROUP = "gateway.networking.k8s.io"

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""The annotation in which `kubectl apply` keeps the manifest that it applied."""


class GroupKind(NamedTuple):
    """A kind with its API group; the group of core kinds is the empty string. No version: references ignore it."""

    group: str
    kind: str

    def __str__(self) -> str:
        return f"{self.kind}.{self.group}" if self.group else self.kind


@cache
def _group_kind(group: str, kind: str) -> GroupKind:
    """One shared instance for each kind: it is asked for many times for each of thousands of objects."""
    return GroupKind(group, kind)


class ObjectKey(NamedTuple):
    """One object of a cluster. The namespace is empty for cluster-scoped kinds.

    Keys are looked up by the million: as tuples they are compared and hashed without any Python code.
    """

    group: str
    kind: str
    namespace: str
    name: str

    @property
    def group_kind(self) -> GroupKind:
        return _group_kind(self.group, self.kind)

    @property
    def path(self) -> str:
        """`namespace/name`, or the bare name of a cluster-scoped object."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    def __str__(self) -> str:
        return f"{self.kind} {self.path}"

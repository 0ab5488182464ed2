"""Kinds whose objects make other objects: a Certificate its Secret, a Bundle a ConfigMap in every namespace."""

from __future__ import annotations

from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.records import dataclass


@dataclass(frozen=True, slots=True)
class Producer:
    """One row: an object of kind `producer` makes objects of kind `produces`.

    `names` are paths of their names, of field names and `[*]` for every entry of a list; the first path that leads to
    any counts. They are made in the producer's own namespace, or in the one that the path `namespace` leads to where
    there is one, or with `everywhere` in namespaces that are not known. `when` is the path of a field without which
    nothing is made, `annotation` the annotation. With `of` the names are not the producer's but those in an object
    of its namespace, which the reference at that path names. `implementation` is who makes them.
    """

    producer: GroupKind
    produces: GroupKind
    names: tuple[str, ...]
    implementation: str = ""
    namespace: str = ""
    everywhere: bool = False
    when: str = ""
    annotation: str = ""
    of: str = ""

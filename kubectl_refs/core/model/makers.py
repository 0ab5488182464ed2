"""Kinds whose objects make other objects: a Certificate its Secret, a Bundle a ConfigMap in every namespace."""

from __future__ import annotations

from typing import NamedTuple

from kubectl_refs.core.model.objects import GroupKind, ObjectKey
from kubectl_refs.core.records import dataclass


@dataclass(frozen=True, slots=True)
class Maker:
    """One row: an object of kind `maker` makes objects of kind `makes`.

    `names` are paths to the names, made of field names and `[*]` for every entry of a list; the first path that leads
    to a name counts. The objects are made in the maker's own namespace; in the one that the path `namespace` leads
    to, if there is one; or, with `everywhere`, in namespaces that are not known. Nothing is made without the field at
    the path `when`, or without the annotation `annotation`, or if the field at the path `policy` says so ("Merge" or
    "None"). With `of` the names are not in the maker itself but in an object of its namespace, which the reference
    at that path names. `type` is the path to the type of a Secret, which is Opaque without it; empty if that is not
    known. In a list it stands beside the name. `implementation` is who makes them.
    """

    maker: GroupKind
    makes: GroupKind
    names: tuple[str, ...]
    implementation: str = ""
    namespace: str = ""
    everywhere: bool = False
    when: str = ""
    annotation: str = ""
    of: str = ""
    policy: str = ""
    type: str = ""


class Made(NamedTuple):
    """What is known of an object that will be made: by which object, and if it is a Secret, of which type (empty if that
    is not known) by which field."""

    maker: ObjectKey
    type: str = ""
    type_field: str = ""

"""The object that will make a Secret or ConfigMap not in the cluster yet: a Certificate, an ExternalSecret, …"""

from __future__ import annotations

from kubectl_refs.core.fields.makers import made_by_objects
from kubectl_refs.core.model.objects import GroupKind, ObjectKey
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.view.view import View


def maker_of(view: View, missing: ObjectKey) -> ObjectKey | None:
    """The object in the same namespace that makes a missing one; None where none is found, or may be read.

    A Gateway or TLSPolicy with an issuer makes it by a Certificate, which is found. For manifests see `Answer.made_by`.
    """
    if not view.catalog.live:
        return None
    rows = [
        row
        for row in view.catalog.table.makers
        if row.makes == missing.group_kind
        and not (row.annotation or row.of or row.everywhere)
        and view.catalog.served(row.maker) is not None
    ]
    effect = f"what is to make {missing} is not known"

    def search(subview: View) -> ObjectKey | None:
        kinds = dict.fromkeys(row.maker for row in rows)
        objects = [obj for kind in kinds for obj in subview.list(kind, missing.namespace, effect=effect).objects]
        made = made_by_objects(objects, rows, {}).get(missing)
        return None if made is None else made.maker

    return view.without_gaps(search) if rows else None


def made_by_name(view: View, kind: GroupKind, namespace: str, name: str) -> list[ObjectKey]:
    """What objects of a name make there under another name: people name a Certificate but mean its Secret."""
    rows = [row for row in view.catalog.table.makers if row.makes == kind and not (row.annotation or row.of)]
    effect = f'what objects named "{name}" make is not known'
    makers = dict.fromkeys(row.maker for row in rows if view.catalog.served(row.maker) is not None)
    listed = (obj for maker in makers for obj in view.list(maker, namespace, effect=effect).objects)
    made = made_by_objects([obj for obj in listed if key_of(obj).name == name], rows, {})
    return sorted(key for key in made if key.namespace == namespace and key.name != name)

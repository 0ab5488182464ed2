"""References whose implementation goes by the kind alone, whatever group is written.

By the specification another group is another kind. Envoy Gateway's documentation leaves out the group of a
ClusterTrustBundle, and its controller accepts that.
"""

from __future__ import annotations

from kubectl_refs.core.fields.controllers import ENVOY_GATEWAY, controller_of
from kubectl_refs.core.model.kinds import CLUSTER_TRUST_BUNDLE, GATEWAY_CLASS
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.model.references import FoundReference
from kubectl_refs.core.model.values import at, text
from kubectl_refs.core.records import dataclass, replace
from kubectl_refs.core.view.status_entries import counting_entries
from kubectl_refs.core.view.view import View


@dataclass(frozen=True, slots=True)
class GroupRemark:
    """A remark on a group that does not count, and what to write instead; sentences without full stop."""

    message: str
    advice: str


def ignored_group_remark(found: FoundReference) -> GroupRemark | None:
    """The remark on a reference whose written group is not that of the kind it is taken for; None for any other."""
    written, group = text(found.entry.get(found.field.group_field)) or "", found.reference.to.group
    if not found.field.by_kind or found.field.kind_field == "type" or written == group:
        return None
    by = found.field.implementation or ENVOY_GATEWAY.name
    message = f'{by} looks at the kind alone here; by the specification the group of {found.reference.to.kind} is "{group}", not "{written}"'
    return GroupRemark(message, f"write {found.field.group_field} {group or QUOTED}, as the specification asks")


QUOTED = '""'


def is_group_omitted(view: View, found: FoundReference, holder: JSON) -> bool:
    """Whether a CA certificate of the specification's own kinds is a ClusterTrustBundle without its group, and its
    controller accepts that. The controller is known from the status, or else from all GatewayClasses."""
    to = found.reference.to
    if found.field.by_kind or found.field.role is not Role.CA or (to.group, to.kind) != ("", CLUSTER_TRUST_BUNDLE.kind):
        return False
    written = [text(each.get("controllerName")) for each in counting_entries(view, holder)]
    classes = view.without_gaps(lambda subview: subview.list(GATEWAY_CLASS, None, effect=""))
    names = written or [text(at(each, "spec", "controllerName")) for each in classes.objects]
    return bool(names) and all(controller_of(name) is ENVOY_GATEWAY for name in names)


def with_implied_group(found: FoundReference) -> FoundReference:
    """The same reference, leading to the ClusterTrustBundle that is meant."""
    group, kind = CLUSTER_TRUST_BUNDLE
    to = found.reference.to._replace(group=group, kind=kind, namespace="")
    field = replace(found.field, by_kind=(CLUSTER_TRUST_BUNDLE,))
    return replace(found, field=field, reference=replace(found.reference, to=to))

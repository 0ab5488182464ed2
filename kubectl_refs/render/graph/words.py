"""Words that the formats of a graph share: names of nodes, labels of edges, and stable identifiers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from kubectl_refs.core.grants.grant import shown_kind
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import (
    BACKEND_TLS_POLICY,
    CONFIG_MAP,
    GATEWAY,
    GATEWAY_CLASS,
    LISTENER_SET,
    NAMESPACE,
    REFERENCE_GRANT,
    ROUTES,
    SECRET,
    SERVICE,
    namespace_key,
)
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, Role
from kubectl_refs.core.queries.drawn_graph import Edge, Graph, Grouping, Only, Permit
from kubectl_refs.core.text.language import counted, listing
from kubectl_refs.render.text.gaps import GapGroup
from kubectl_refs.render.text.words import reason_of_gap

FIELDS: Mapping[Role, str] = {
    Role.PARENT: "parentRef",
    Role.BACKEND: "backendRef",
    Role.MIRROR: "requestMirror",
    Role.AUTH: "externalAuth",
    Role.EXTENSION: "extensionRef",
    Role.CERTIFICATE: "certificateRef",
    Role.CLIENT_CERTIFICATE: "clientCertificateRef",
    Role.CA: "caCertificateRef",
    Role.PARAMETERS: "parametersRef",
    Role.POLICY_TARGET: "targetRef",
    Role.OTHER: "reference",
}
"""The name of a reference in a picture: that of the Gateway API field with the same role."""

NO_NAMESPACE = "(no namespace)"
"""The node that sums up cluster-scoped objects."""

_PLAIN = frozenset(
    {
        *(SERVICE, SECRET, CONFIG_MAP, NAMESPACE, GATEWAY, GATEWAY_CLASS, LISTENER_SET, BACKEND_TLS_POLICY),
        *(*ROUTES, REFERENCE_GRANT),
    }
)
"""Kinds with different names, so that kind, namespace and name identify their objects without the group."""
_NAMED = 3
"""The most grants that are named on one edge; the rest are counted."""
_LABEL = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def identifier(key: ObjectKey, prefix: str = "") -> str:
    """A word of letters, digits and `_` that identifies one object uniquely, and is the same in every picture."""
    parts = [part for part in (key.namespace, key.name) if part]
    word = "__".join([f"{prefix}{key.kind}", *(part.replace("-", "_") for part in parts)])
    if key.group_kind in _PLAIN and key.name and all(_LABEL.fullmatch(part) for part in parts):
        return word
    written = "\0".join((key.group, key.kind, key.namespace, key.name)).encode(errors="surrogatepass")
    # Graphviz would take a word that begins with a digit for a number.
    return f"x{re.sub('[^A-Za-z0-9_]', '_', word)}_{hashlib.sha256(written).hexdigest()[:12]}"


def frame_identifier(namespace: str) -> str:
    return identifier(namespace_key(namespace))


def permit_identifier(permit: Permit) -> str:
    return identifier(permit.by, "" if permit.mechanism is Mechanism.REFERENCE_GRANT else f"{permit.mechanism}_")


def name_of(key: ObjectKey) -> tuple[str, ...]:
    """The lines of a node: kind and name, or the name of a namespace."""
    if key.group_kind == NAMESPACE:
        return (key.name or NO_NAMESPACE,)
    if not key.name:
        return ("nothing",)
    return shown_kind(key.group, key.kind), key.name


def full_name(key: ObjectKey) -> str:
    """An object's kind, namespace and name; for a namespace only its name."""
    kind, *name = name_of(key)
    return " ".join([kind, *(key.path for _ in name)])


def permit_name(permit: Permit) -> tuple[str, ...]:
    """The lines of a permit: `ReferenceGrant` and its name, or `allowedRoutes of` and the Gateway."""
    if permit.mechanism is Mechanism.REFERENCE_GRANT:
        return name_of(permit.by)
    field = "allowedRoutes" if permit.mechanism is Mechanism.ALLOWED_ROUTES else "allowedListeners"
    return f"{field} of", f"{permit.by.kind} {permit.by.name}"


def field_of(edge: Edge) -> str:
    """The field of an edge: `backendRef`, or `backendRef x3` for several references."""
    return FIELDS[edge.role] if edge.count == 1 else f"{FIELDS[edge.role]} x{edge.count}"


def label_of(edge: Edge) -> tuple[str, ...]:
    """The lines of an edge: its field, the verdict and reason if not allowed, or the grants of a summed-up edge."""
    if edge.verdict is not Verdict.ALLOWED:
        return field_of(edge), f"{edge.verdict}: {edge.because}" if edge.because else str(edge.verdict)
    by = by_grants(edge)
    return (field_of(edge), by) if by and edge.evaluated is None else (field_of(edge),)


def by_grants(edge: Edge) -> str:
    """`permitted by ReferenceGrant shared-services/allow-app-routes`; empty if no grant permits the edge."""
    if not edge.grants:
        return ""
    omitted = edge.evaluated.grants_omitted if edge.evaluated else 0
    grants = listing([*map(str, edge.grants)], beyond=omitted, most=_NAMED)
    return f"permitted by ReferenceGrant{'s' if len(edge.grants) + omitted > 1 else ''} {grants}"


def gap_lines(group: GapGroup) -> tuple[str, ...]:
    """The lines of gaps shown as one: what was asked for, and why there was no answer."""
    return f"not read: {group.request}", reason_of_gap(group.first)


def summing_remark(graph: Graph) -> str:
    """A remark that the picture sums up objects without being asked to; empty if it does not."""
    if not graph.summed:
        return ""
    count = sum(edge.count for edge in graph.edges)
    return (
        f"{graph.summed} objects with {count} references are too many to be drawn one by one and are summed by namespace; "
        "--by object draws each"
    )


def remarks_of(graph: Graph) -> list[str]:
    """Remarks on what the picture leaves out, as sentences without their full stop."""
    remarks = [summed] if (summed := summing_remark(graph)) else []
    if graph.hidden and graph.only is Only.CROSSING:
        one = graph.hidden == 1
        count = f"{counted(graph.hidden, 'reference')} that {'crosses' if one else 'cross'} no namespaces"
        remarks.append(f"{count} {'is' if one else 'are'} not shown; --only all shows {'it' if one else 'them'}")
    if not graph.complete:
        remarks.append("not everything could be read: there may be more references")
    return remarks


def total_of(graph: Graph) -> str:
    """`6 objects in 4 namespaces, 5 references: 5 allowed`."""
    count = sum(edge.count for edge in graph.edges)
    verdicts = ", ".join(f"{number} {verdict}" for verdict, number in graph.summary.items() if number)
    if graph.by is Grouping.NAMESPACE:
        nodes = counted(len(graph.nodes), "namespace")
    else:
        places = len({node.key.namespace for node in graph.nodes} - {""})
        nodes = f"{counted(len(graph.nodes), 'object')} in {counted(places, 'namespace')}"
    return f"{nodes}, {counted(count, 'reference')}" + (f": {verdicts}" if verdicts else "")

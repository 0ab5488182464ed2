"""Parents of a route: may it attach, and if not, which listener refuses it for what (spec.md 4).

Gateways and ListenerSets decide by `allowedRoutes`, Services (mesh) admit every route. No ReferenceGrant plays a
part in either; one that was written for this purpose is called what it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kubectl_refs.core import listeners, target
from kubectl_refs.core.catalog import REFERENCE_GRANT
from kubectl_refs.core.codes import Code
from kubectl_refs.core.commands import Kubectl
from kubectl_refs.core.effect import effect_of
from kubectl_refs.core.extract import Held
from kubectl_refs.core.grants import Grant
from kubectl_refs.core.kinds import GATEWAY, LISTENER_SET, SERVICE, SERVICE_IMPORT
from kubectl_refs.core.model import (
    JSON,
    Check,
    Confidence,
    ExplainedReference,
    Fix,
    Layer,
    Mechanism,
    ObjectKey,
    Outcome,
    Reference,
    Verdict,
)
from kubectl_refs.core.objects import at, entries, labels_of, mapping, text
from kubectl_refs.core.selector import NAME_LABEL, wanted_labels
from kubectl_refs.core.snapshot import World
from kubectl_refs.core.wording import nearest

_MESH_KINDS = (SERVICE, SERVICE_IMPORT)


def is_mesh(reference: Reference) -> bool:
    """Whether a parentRef binds the route to a Service, so that a mesh and no Gateway acts on it (spec.md 4.4)."""
    return reference.to.group_kind in _MESH_KINDS


def explain_parent(world: World, held: Held, route: JSON, kubectl: Kubectl) -> ExplainedReference:
    """The verdict on one parentRef."""
    kind = held.reference.to.group_kind
    if kind in (GATEWAY, LISTENER_SET):
        explained = _explain_listeners(world, held, route, kubectl)
    elif kind in _MESH_KINDS:
        explained = _explain_mesh(world, held)
    else:
        explained = _explain_other(world, held)
    if explained.verdict in (Verdict.ALLOWED, Verdict.UNKNOWN):
        return explained
    return replace(explained, effect=effect_of(held, route))


def _explain_listeners(world: World, held: Held, route: JSON, kubectl: Kubectl) -> ExplainedReference:
    reference = held.reference
    parent = world.get(reference.to, effect=f"whether {reference.to} lets this route attach is not known")
    if not parent.known:
        return _explained(held, Verdict.UNKNOWN, None, Code.UNREADABLE, f"{reference.to} could not be read")
    if not parent.served:
        message = f"the server has no kind {reference.to.group_kind}"
        return _explained(held, Verdict.BROKEN, None, Code.PARENT_KIND, message, layer=Layer.KIND)
    if parent.object is None:
        return _missing(world, held, kubectl)
    labels = _labels(world, reference) if listeners.needs_labels(parent.object, reference) else listeners.Labels({})
    answers = [
        listeners.ask(index, listener, reference.to.namespace, reference, route, labels)
        for index, listener in enumerate(listeners.listeners_of(parent.object))
    ]
    accepting = [answer.name for answer in answers if answer.accepts]
    if accepting:
        names = " and ".join(f'"{name}"' for name in accepting)
        return _explained(held, Verdict.ALLOWED, "Accepted", None, f"allowedRoutes of listener {names} admits it")
    return _refused(world, held, parent.object, answers, labels, kubectl)


def _refused(
    world: World,
    held: Held,
    parent: JSON,
    answers: list[listeners.ListenerAnswer],
    labels: listeners.Labels,
    kubectl: Kubectl,
) -> ExplainedReference:
    """The answer where no listener accepts. The reason is that of the listener that came nearest to accepting."""
    selected = [answer for answer in answers if answer.selected]
    because = "; ".join(f'listener "{answer.name}": {answer.why}' for answer in selected)
    if not selected:
        return _no_listener(held, answers, kubectl)
    if any(answer.accepts is None for answer in selected):
        return _explained(held, Verdict.UNKNOWN, None, Code.UNREADABLE, because)
    if any(answer.admits for answer in selected):
        return _explained(held, Verdict.BROKEN, "NoMatchingListenerHostname", Code.NO_MATCHING_HOSTNAME, because)
    explained = _explained(
        held, Verdict.REFUSED, "NotAllowedByListeners", Code.NOT_ALLOWED_BY_LISTENERS, because, layer=Layer.PERMISSION
    )
    fixable = [answer for answer in selected if answer.kind is not False and answer.hostname]
    fixes = _admit(world, held.reference, parent, fixable[0].index, labels, kubectl) if fixable else ()
    return replace(explained, fixes=fixes, notes=_inert_grants(world, held.reference))


def _no_listener(held: Held, answers: list[listeners.ListenerAnswer], kubectl: Kubectl) -> ExplainedReference:
    reference = held.reference
    names = [answer.name for answer in answers]
    wanted = [f'named "{reference.section_name}"'] if reference.section_name is not None else []
    wanted += [f"on port {reference.port}"] if reference.port is not None else []
    offered = ", ".join(f'"{name}"' for name in names) or "none"
    because = f"{reference.to} has no listener {' '.join(wanted)}".rstrip() + f"; it has {offered}"
    explained = _explained(held, Verdict.BROKEN, "NoMatchingParent", Code.NO_MATCHING_PARENT, because)
    near = nearest(reference.section_name or "", names)
    if near is None:
        return explained
    path = f"/spec/parentRefs/{held.indices[0]}/sectionName"
    operations = (
        {"op": "test", "path": path, "value": reference.section_name},
        {"op": "replace", "path": path, "value": near},
    )
    fix = _route_fix(reference, f'set {held.reference.path}.sectionName to "{near}"', operations, kubectl)
    return replace(explained, fixes=(fix,))


def _missing(world: World, held: Held, kubectl: Kubectl) -> ExplainedReference:
    """A parent that does not exist: controllers write no status entry for it at all (spec.md 6)."""
    reference = held.reference
    found = target.absent(world, reference)
    assert found.failure is not None
    because = found.failure.message
    fixes: tuple[Fix, ...] = ()
    code = Code.PARENT_NOT_FOUND
    if found.elsewhere:
        code = Code.NAMESPACE_OMITTED
        places = " and ".join(found.elsewhere)
        because += f"; the reference has no namespace, which means its own; one of that name is in {places}"
        if len(found.elsewhere) == 1:
            fixes = (add_namespace(held, found.elsewhere[0], kubectl),)
    explained = _explained(held, Verdict.BROKEN, None, code, because, layer=Layer.TARGET)
    return replace(explained, fixes=fixes)


def add_namespace(held: Held, namespace: str, kubectl: Kubectl) -> Fix:
    """The patch of the route that writes out a namespace left out."""
    reference = held.reference
    pointer = "/" + reference.path.replace("[", "/").replace("]", "").replace(".", "/")
    operations = (
        {"op": "test", "path": f"{pointer}/name", "value": reference.to.name},
        {"op": "add", "path": f"{pointer}/namespace", "value": namespace},
    )
    return _route_fix(reference, f"write namespace: {namespace} at {reference.path}", operations, kubectl)


def _route_fix(reference: Reference, title: str, operations: tuple[JSON, ...], kubectl: Kubectl) -> Fix:
    key = reference.referrer
    return Fix(
        "patch",
        key,
        f"{title} of {key}",
        kubectl.patch(key.kind.lower(), key, operations),
        Confidence.LIKELY,
        patch=operations,
    )


def _explain_mesh(world: World, held: Held) -> ExplainedReference:
    reference = held.reference
    side = "consumer" if reference.crosses else "producer"
    answer = world.get(reference.to, effect=f"whether {reference.to} exists and has the port is not known")
    if not answer.known:
        return _explained(held, Verdict.UNKNOWN, None, Code.UNREADABLE, f"{reference.to} could not be read")
    if not answer.served:
        message = f"the server has no kind {reference.to.group_kind}"
        return _explained(held, Verdict.BROKEN, None, Code.PARENT_KIND, message, layer=Layer.KIND)
    if answer.object is None:
        failure = target.absent(world, reference).failure
        return _explained(
            held, Verdict.BROKEN, None, Code.PARENT_NOT_FOUND, failure.message if failure else "", layer=Layer.TARGET
        )
    port = target.port_check(reference, answer.object) if reference.port is not None else None
    if port and port.outcome is Outcome.FAILED:
        return _explained(held, Verdict.BROKEN, "NoMatchingParent", Code.PORT_NOT_FOUND, port.message, layer=Layer.PORT)
    return _explained(
        held, Verdict.ALLOWED, "Accepted", None, f"mesh, {side} route: a Service parent needs no permission"
    )


def _explain_other(world: World, held: Held) -> ExplainedReference:
    reference = held.reference
    kind = reference.to.group_kind
    if kind.kind == SERVICE.kind and kind.group == GATEWAY.group:
        message = (
            'there is no kind Service in group gateway.networking.k8s.io, the default here; a Service needs group: ""'
        )
        return _explained(held, Verdict.BROKEN, None, Code.PARENT_KIND, message, layer=Layer.KIND)
    if world.catalog.served(kind) is None and kind.group not in world.catalog.stale_groups:
        message = f"the server has no kind {kind}"
        return _explained(held, Verdict.BROKEN, None, Code.PARENT_KIND, message, layer=Layer.KIND)
    message = f"how a {kind} admits routes is up to its implementation"
    return _explained(held, Verdict.UNKNOWN, None, Code.PARENT_KIND, message, layer=Layer.KIND)


def _explained(
    held: Held, verdict: Verdict, reason: str | None, code: Code | None, because: str, layer: Layer = Layer.PERMISSION
) -> ExplainedReference:
    outcome = {Verdict.ALLOWED: Outcome.OK, Verdict.UNKNOWN: Outcome.UNKNOWN}.get(verdict, Outcome.FAILED)
    mechanism = Mechanism.MESH if is_mesh(held.reference) else Mechanism.ALLOWED_ROUTES
    return ExplainedReference(
        held.reference, mechanism, verdict, reason, code, because, (Check(layer, outcome, because),)
    )


def _labels(world: World, reference: Reference) -> listeners.Labels:
    namespace = reference.referrer.namespace
    answer = world.get(
        ObjectKey("", "Namespace", "", namespace),
        effect=f"the labels of namespace {namespace} are not known, and a listener of {reference.to} asks for them",
    )
    if not answer.known:
        return listeners.Labels(None)
    # Manifests may leave a namespace out although something lives there; then its labels are not known.
    return listeners.Labels(labels_of(answer.object) if answer.object else {}, complete=answer.object is not None)


def _admit(
    world: World, reference: Reference, parent: JSON, index: int, labels: listeners.Labels, kubectl: Kubectl
) -> tuple[Fix, ...]:
    """The change of allowedRoutes, or the label, that admits the route's namespace."""
    listener = listeners.listeners_of(parent)[index]
    namespaces = mapping(at(listener, "allowedRoutes", "namespaces"))
    fixes = []
    if listeners.namespaces_from(listener) == "Selector":
        wanted = wanted_labels(namespaces.get("selector"))
        missing = {key: value for key, value in (wanted or {}).items() if (labels.values or {}).get(key) != value}
        if wanted and not any(key in (labels.values or {}) for key in missing):
            fixes.append(_label(reference, missing, kubectl))
    selector = _widened(namespaces, reference, parent)
    if selector is not None:
        fixes.append(_allow(reference, parent, index, listener, selector, kubectl))
    return tuple(fixes)


def _label(reference: Reference, labels: dict[str, str], kubectl: Kubectl) -> Fix:
    namespace = reference.referrer.namespace
    shown = " ".join(f"{key}={value}" for key, value in labels.items())
    return Fix(
        "edit",
        ObjectKey("", "Namespace", "", namespace),
        f"label namespace {namespace} {shown}, as the listener asks",
        kubectl.line("label", "namespace", namespace, *(f"{key}={value}" for key, value in labels.items())),
        Confidence.LIKELY,
        widens=(f"whatever else selects namespaces labelled {shown}",),
    )


def _widened(namespaces: JSON, reference: Reference, parent: JSON) -> JSON | None:
    """The listener's rule for namespaces with the route's added; None where it cannot be written as one rule."""
    namespace, own = reference.referrer.namespace, reference.to.namespace
    if (text(namespaces.get("from")) or "Same") == "Same":
        return _by_name({own, namespace})
    selector = namespaces.get("selector")
    if not isinstance(selector, dict):
        return _by_name({namespace})
    requirements = entries(selector.get("matchExpressions"))
    if not mapping(selector.get("matchLabels")) and len(requirements) == 1:
        only = mapping(requirements[0])
        if only.get("key") == NAME_LABEL and only.get("operator") == "In":
            return _by_name({namespace, *map(str, entries(only.get("values")))})
    if list(mapping(selector.get("matchLabels"))) == [NAME_LABEL] and not requirements:
        return _by_name({namespace, str(selector["matchLabels"][NAME_LABEL])})
    return None


def _by_name(namespaces: set[str]) -> JSON:
    names = {"key": NAME_LABEL, "operator": "In", "values": sorted(namespaces)}
    return {"from": "Selector", "selector": {"matchExpressions": [names]}}


def _allow(reference: Reference, parent: JSON, index: int, listener: JSON, namespaces: JSON, kubectl: Kubectl) -> Fix:
    place = f"/spec/listeners/{index}"
    operations: list[JSON] = [{"op": "test", "path": f"{place}/name", "value": listener.get("name")}]
    current: Any = at(listener, "allowedRoutes", "namespaces")
    if current is not None:
        operations.append({"op": "test", "path": f"{place}/allowedRoutes/namespaces", "value": current})
        operations.append({"op": "replace", "path": f"{place}/allowedRoutes/namespaces", "value": namespaces})
    elif at(listener, "allowedRoutes") is not None:
        operations.append({"op": "add", "path": f"{place}/allowedRoutes/namespaces", "value": namespaces})
    else:
        operations.append({"op": "add", "path": f"{place}/allowedRoutes", "value": {"namespaces": namespaces}})
    kinds = "s and ".join(kind.kind for kind in listeners.allowed_kinds(listener) or (reference.referrer.group_kind,))
    return Fix(
        "patch",
        reference.to,
        f'admit namespace {reference.referrer.namespace} in allowedRoutes of listener "{listener.get("name")}" of {reference.to}',
        kubectl.patch(reference.to.kind.lower(), reference.to, operations),
        Confidence.CERTAIN,
        patch=tuple(operations),
        widens=(
            f"every one of the {kinds}s of {reference.referrer.namespace} to attach: allowedRoutes knows no names",
        ),
    )


def _inert_grants(world: World, reference: Reference) -> tuple[str, ...]:
    """Grants that somebody wrote so that this route may attach: they do not govern parentRefs (spec.md 7.12)."""
    found = world.list(
        REFERENCE_GRANT,
        reference.to.namespace,
        effect=f"whether a ReferenceGrant in {reference.to.namespace} was meant for this parentRef is not known",
    )
    grants = [Grant.parse(obj) for obj in found.objects]
    referrer = reference.referrer
    return tuple(
        f"ReferenceGrant {grant.grant} permits {referrer.kind}s of {referrer.namespace} to refer to kind {reference.to.kind}; that has no "
        "effect on parentRefs, which allowedRoutes alone governs"
        for grant in grants
        if any((entry.kind, entry.namespace) == (referrer.kind, referrer.namespace) for entry in grant.from_)
        and any(entry.kind == reference.to.kind for entry in grant.to)
    )

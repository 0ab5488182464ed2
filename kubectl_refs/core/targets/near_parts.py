"""Which port or part of its target may a reference mean if it names one that is not there?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubectl_refs.core.model.kinds import GATEWAY, LISTENER_SETS, SERVICE, WITH_PORTS
from kubectl_refs.core.model.listeners import listeners_of, selects
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import integer, text
from kubectl_refs.core.records import replace
from kubectl_refs.core.targets.ports import carries, ports_of
from kubectl_refs.core.targets.sections import PARTS, section_names
from kubectl_refs.core.text.similarity import looks_deliberate
from kubectl_refs.core.text.vocabulary import nearest
from kubectl_refs.core.view.view import View


def by_part(view: View, reference: Reference, obj: JSON) -> Iterator[Reference]:
    """The existing ports or parts of the target that a reference may mean instead."""
    kind = reference.to.group_kind
    if reference.wrong_port:
        yield from by_port(reference, obj) if kind in WITH_PORTS else by_number(reference)
    elif kind in (GATEWAY, *LISTENER_SETS):
        # A similar name among its own listeners comes before the same name in a ListenerSet; its others do not.
        own = reference.section_name is None or _misspelt(reference.section_name, section_names(kind, obj))
        # Imported here: few parentRefs name a listener that is not there.
        from kubectl_refs.core.targets.near_listener_sets import with_listener

        yield from (() if own else tuple(with_listener(view, reference))) or _by_listener(reference, obj)
    elif reference.section_name is not None and kind in PARTS:
        near = _by_number(reference, obj) or _misspelt(reference.section_name, section_names(kind, obj))
        if near is not None:
            yield replace(reference, section_name=near)
    else:
        yield from by_port(reference, obj)


def _by_number(reference: Reference, obj: JSON) -> str | None:
    """The name of the Service's port whose number is written instead."""
    if reference.to.group_kind != SERVICE:
        return None
    of_number = (each for each in ports_of(obj) if str(each.get("port")) == reference.section_name)
    return next((text(each.get("name")) for each in of_number), None)


def _misspelt(wanted: str, names: Sequence[str]) -> str | None:
    """The name of a part that differs by a slip; not one that differs on purpose, as https and http do."""
    near = nearest(wanted, names)
    return near if near is not None and not looks_deliberate(wanted, near) else None


def _by_listener(reference: Reference, obj: JSON) -> Iterator[Reference]:
    """The listener of the written or a similar name, whatever its port, and the only one on the port. If there is
    neither, the only listener, unless its name differs on purpose."""
    offered = listeners_of(obj)
    by_name = {text(each.get("name")) or "": each for each in offered}
    wanted = reference.section_name
    on_port = [name for name, each in by_name.items() if each.get("port") == reference.port]
    likely: list[str] = []
    if wanted is not None:
        near = wanted if wanted in by_name else _misspelt(wanted, list(by_name))
        likely += [near] if near is not None else []
    if reference.port is not None and len(on_port) == 1:
        likely += on_port
    only = [name for name in by_name if len(by_name) == 1 and (wanted is None or not looks_deliberate(wanted, name))]
    for name in dict.fromkeys(likely or only):
        port = None if reference.port is None else integer(by_name[name].get("port"))
        # A reference to a port cannot mean a listener without one, which only manifests have.
        if reference.port is None or port is not None:
            yield replace(reference, section_name=name if wanted is not None else None, port=port)


def by_port(reference: Reference, obj: JSON) -> Iterator[Reference]:
    """The port whose number or name is written as a text; else the one whose targetPort is written; else the only
    port."""
    ports = [each for each in ports_of(obj) if carries(reference, each) and integer(each.get("port")) is not None]
    written = reference.written_port
    by_text = [each for each in ports if reference.wrong_port and written in (str(each.get("port")), each.get("name"))]
    behind = [each for each in ports if written is not None and str(each.get("targetPort")) == written]
    for port in by_text[:1] or behind[:1] or (ports if len(ports) == 1 else ()):
        if port.get("port") != reference.port:
            yield replace(reference, port=integer(port.get("port")), wrong_port="")


_HIGHEST_PORT = 65535


def by_number(reference: Reference) -> Iterator[Reference]:
    """The port whose number is written as a text, where the target's ports are not known."""
    written = reference.written_port or ""
    if written.isascii() and written.isdigit() and 0 < int(written) <= _HIGHEST_PORT:
        yield replace(reference, port=int(written), wrong_port="")


def has_port(reference: Reference, obj: JSON) -> bool:
    """Whether a Service has the port that a reference names."""
    return any(each.get("port") == reference.port and carries(reference, each) for each in ports_of(obj))


def with_part(view: View, reference: Reference, obj: JSON, *, needs_port: bool) -> Reference:
    """The reference to an object that may be meant, with the only port or part of it that may be meant where it lacks
    the written one. `needs_port` says that a Service is referenced by one of its ports."""
    kind = reference.to.group_kind
    if kind in WITH_PORTS:
        lacks = needs_port and kind == SERVICE if reference.written_port is None else not has_port(reference, obj)
        return next(by_port(reference, obj), reference) if lacks else reference
    if kind not in (GATEWAY, *LISTENER_SETS) or (reference.section_name is None and reference.port is None):
        return reference
    if any(selects(reference, each) for each in listeners_of(obj)):
        return reference
    meant = [each for each in by_part(view, reference, obj) if each.to == reference.to]
    return meant[0] if len(meant) == 1 else reference

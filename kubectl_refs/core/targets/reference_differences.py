"""The fields in which a reference differs from one that would mean another object, and why each may differ."""

from __future__ import annotations

from collections.abc import Iterator

from kubectl_refs.core.model.hints import Hint, group_hint, kind_hint
from kubectl_refs.core.model.kinds import GATEWAY, LISTENER_SETS, WITH_PORTS
from kubectl_refs.core.model.near_misses import Difference
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.model.references import FoundReference, Reference
from kubectl_refs.core.model.values import at, text
from kubectl_refs.core.targets.ports import ports_of
from kubectl_refs.core.targets.sections import section_names
from kubectl_refs.core.text.language import with_article
from kubectl_refs.core.text.similarity import abbreviates, is_affixed, is_close, looks_deliberate
from kubectl_refs.core.view.existence import namespace_answer
from kubectl_refs.core.view.view import View


def reference_differences(view: View, found: FoundReference, meant: Reference) -> tuple[Difference, ...]:
    """The differences between a reference as it is written and as it would be if it meant another object."""
    return tuple(_differences(view, found, meant))


_CORE = 'the core group, ""'


def _differences(view: View, found: FoundReference, meant: Reference) -> Iterator[Difference]:
    reference, path = found.reference, found.reference.path
    written, to = reference.to, meant.to
    own, other = written.group_kind, to.group_kind
    if own.group != other.group:
        hint = Hint.OTHER_KIND if own.kind != other.kind else group_hint(other.group, own.group)
        value = text(found.entry.get(found.field.group_field))
        note = "" if value is not None else f"left out, it means {own.group or _CORE}"
        yield Difference(f"{path}.{found.field.group_field}", other.group, value, hint, note)
    if own.kind != other.kind:
        hint = (
            Hint.OTHER_KIND
            if own in LISTENER_SETS
            else kind_hint(other.kind, own.kind, view.catalog.short_names(other))
        )
        value = text(found.entry.get("kind"))
        note = "" if value is not None else f"left out, it means {own.kind}"
        yield Difference(f"{path}.kind", other.kind, value, hint, note)
    formed = "/" in written.name or "." in written.name or ":" in written.name
    if written.namespace != to.namespace:
        yield _namespace(view, found, to.namespace, formed=formed and written.name != to.name)
    if written.name != to.name:
        hint = Hint.NAME_FORM if formed else _name_hint(to.name, written.name)
        yield Difference(f"{path}.name", to.name, written.name, hint, _class_named(view, found, to))
    if reference.port != meant.port:
        yield _port(view, found, meant)
    if reference.section_name != meant.section_name and meant.section_name is not None:
        hint = _section_hint(view, reference, meant.to, meant.section_name)
        yield Difference(f"{path}.sectionName", meant.section_name, reference.section_name, hint)


def _class_named(view: View, found: FoundReference, to: ObjectKey) -> str:
    """The note that the written name is that of the Gateway's class; empty where it is not."""
    name = found.reference.to.name
    if found.field.role is not Role.PARENT or to.group_kind != GATEWAY:
        return ""
    gateway = view.get(to, effect=f"which class {to} has is not known").object
    said = f'GatewayClass "{name}" is that of {to}'
    return said if text(at(gateway, "spec", "gatewayClassName")) == name else ""


def _namespace(view: View, found: FoundReference, wanted: str, *, formed: bool) -> Difference:
    reference = found.reference
    own, path = reference.referrer.namespace, reference.path
    if not found.may_cross:
        note = "the field has no namespace of its own"
        return Difference("metadata.namespace", wanted, own, Hint.WRONG_PLACEMENT, note)
    if not reference.explicit_namespace:
        note = f"left out, it means {own}" if own else f"{with_article(reference.to.kind)} needs one"
        return Difference(f"{path}.namespace", wanted, None, Hint.NAME_FORM if formed else Hint.OTHER_NAMESPACE, note)
    written = reference.to.namespace
    answer = namespace_answer(view, written)
    hint = _name_hint(wanted, written) if answer.absent or answer.assumed else Hint.OTHER_NAMESPACE
    hint = Hint.OTHER_NAMESPACE if hint is Hint.OTHER_NAME else hint
    if reference.wrong_namespace:
        hint = Hint.NAME_FORM if written.partition(".")[0] == wanted else hint
        note = "no namespace can have that name"
    elif answer.absent:
        note = f'no namespace "{written}" exists'
    elif answer.assumed:
        note = f'nothing of namespace "{written}" is among these manifests'
    else:
        among = " among these manifests" if view.catalog.is_part else ""
        note = f'namespace "{written}" has none of that name{among}'
    return Difference(f"{path}.namespace", wanted, written, hint, note)


def _name_hint(wanted: str, found: str) -> Hint:
    if wanted.lower() == found.lower():
        return Hint.CASE
    if abbreviates(wanted, found):
        return Hint.TYPO
    meant = looks_deliberate(wanted, found) or is_affixed(wanted, found)
    return Hint.TYPO if is_close(wanted, found) and not meant else Hint.OTHER_NAME


def _section_hint(view: View, reference: Reference, to: ObjectKey, wanted: str) -> Hint:
    """Why a section name differs. The name of an existing part is no typo of another part's."""
    written = reference.section_name or ""
    obj = view.get(to, effect=f"which parts {to} has is not known").object or {}
    return Hint.OTHER_NAME if written in section_names(to.group_kind, obj) else _name_hint(wanted, written)


def _port(view: View, holder: FoundReference, meant: Reference) -> Difference:
    reference = holder.reference
    path = f"{reference.path}.{holder.field.port_field}"
    found, wanted = reference.written_port, str(meant.port)
    number = found is not None and not reference.wrong_port.startswith('"')
    if reference.wrong_port and found == wanted:
        return Difference(path, wanted, found, Hint.WRONG_TYPE, "without quotes")
    if meant.to.group_kind not in WITH_PORTS:
        return Difference(path, wanted, found, Hint.OTHER_PORT, "the port of that listener", number)
    ports = ports_of(view.get(meant.to, effect=f"which ports {meant.to} has is not known").object or {})
    of_number = [each for each in ports if at(each, "port") == meant.port]
    if reference.wrong_port and any(at(each, "name") == found for each in of_number):
        return Difference(path, wanted, found, Hint.WRONG_TYPE, "the port of that name")
    if found is not None and any(str(at(each, "targetPort")) == found for each in of_number):
        return Difference(path, wanted, found, Hint.TARGET_PORT, f"{found} is its targetPort", number)
    return Difference(path, wanted, found, Hint.OTHER_PORT, f"the only port of {meant.to}", number)

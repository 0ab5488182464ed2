"""kubectl's way of naming objects on the command line: TYPE/NAME…, TYPE NAME…, TYPE.GROUP, TYPE.VERSION.GROUP, -l.

And the way of naming findings: by a code's number or its name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kubectl_refs.core.model import selectors as selector
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.kinds import SERVICE
from kubectl_refs.core.model.names import is_label, is_subdomain
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.catalog import Catalog, ServedKind
from kubectl_refs.process.errors import unknown_type, usage


@dataclass(frozen=True, slots=True)
class ObjectArgument:
    """A type as written, and one name, empty if only a type was given."""

    type: str
    name: str


def parse(arguments: Sequence[str]) -> tuple[ObjectArgument, ...]:
    """The objects that arguments name, each once; RefsError in kubectl's words (cli-runtime resource/builder.go)."""
    if any(map(is_url, arguments)):
        raise usage("a URL is only for 'why'")
    slashed = [argument for argument in arguments if "/" in argument]
    if slashed and len(slashed) != len(arguments):
        raise usage(
            "there is no need to specify a resource type as a separate argument when passing arguments in "
            "resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of "
            "'kubectl get resource resource/<resource_name>'"
        )
    if slashed:
        wanted = [_split(argument) for argument in slashed]
    else:
        types, names = arguments[:1], arguments[1:] or [""]
        wanted = [ObjectArgument(word, name) for each in types for word in each.split(",") for name in names]
    for each in wanted:
        check_segment("resource name", each.name)
    return tuple(dict.fromkeys(wanted))


def is_url(argument: str) -> bool:
    """Whether a word is a URL: no TYPE/NAME holds `://`."""
    return "://" in argument


def _split(argument: str) -> ObjectArgument:
    type_, _, name = argument.partition("/")
    if "/" in name:
        raise usage("arguments in resource/name form may not have more than one slash")
    if not type_ or not name or "," in type_:
        raise usage("arguments in resource/name form must have a single resource and name")
    return ObjectArgument(type_, name)


def check_segment(what: str, value: str) -> None:
    """Refuse a value that cannot be one segment of a path, as client-go does (apimachinery's path validation)."""
    if value in (".", ".."):
        raise usage(f"invalid {what} \"{value}\": [may not be '{value}']")
    for char in "/%":
        if char in value:
            raise usage(f"invalid {what} \"{value}\": [may not contain '{char}']")


_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_SERVICE_HOST = rf"({_LABEL})\.({_LABEL})\.svc(?:\..*)?"
"""The DNS name of a Service in a cluster, whatever the cluster's domain."""


def service_host(name: str) -> tuple[str, str] | None:
    """The name and the namespace in the DNS name of a Service; None for any other name."""
    host = re.fullmatch(_SERVICE_HOST, name)
    return (host[1], host[2]) if host else None


def check_namespace(value: str) -> None:
    """Refuse a value that is not valid as the name of a namespace."""
    if not is_label(value):
        raise usage(f'invalid namespace "{value}": a ReferenceGrant names one namespace, which is a DNS label')


def named_target(kind: ServedKind, name: str, namespace: str | None) -> tuple[str, str | None]:
    """The name and the namespace in NAME, in NAME.NAMESPACE or in the DNS name of a Service.

    The part after the last dot is the namespace, unless `namespace` is given: a Secret's name may hold dots too. A
    Service's may not, so there it always is. RefsError for an invalid name.
    """
    if not name or "/" in name:
        raise usage("arguments in resource/name form must have a single resource and name")
    name_and_port = re.fullmatch(r"(.+):\d*", name)
    if name_and_port:
        raise usage(f'invalid resource name "{name}": a ReferenceGrant has no ports: use {name_and_port[1]}')
    service = kind.group_kind == SERVICE
    if service and (host := service_host(name)):
        return host
    if "." in name and (namespace is None or service):
        name, _, namespace = name.rpartition(".")
        if service and "." in name:
            raise usage(f'invalid resource name "{name}": the name of a Service has no dots')
        if not name or not namespace:
            raise usage("arguments in resource/name form must have a single resource and name")
        check_namespace(namespace)
    if name == "*":
        raise usage(f"there are no wildcards: name one of the {kind.plural}")
    check_segment("resource name", name)
    if not is_subdomain(name):
        raise usage(
            f'invalid resource name "{name}": it must be a DNS subdomain, as in {kind.singular or kind.kind.lower()}/web'
        )
    return name, namespace


def resolve(catalog: Catalog, word: str) -> ServedKind:
    """The kind a type word names; RefsError if there is none."""
    kind = catalog.resolve(word)
    if kind is not None:
        return kind
    if GATEWAY_GROUP in catalog.stale_groups:
        raise usage(f'resource type "{word}" is not known: API group {GATEWAY_GROUP} does not answer discovery')
    if catalog.live:
        raise unknown_type(word)
    raise usage(f'the manifests have no resource type "{word}"')


def refuse_with_names(*, all_namespaces: bool, selector: str | None = None) -> None:
    """RefsError, in kubectl's words, for what cannot stand beside the names of objects."""
    if all_namespaces:
        raise usage("a resource cannot be retrieved by name across all namespaces")
    if selector:
        raise usage("name cannot be provided when a selector is specified")


def labels(expression: str | None) -> JSON:
    """The LabelSelector that `-l` means, without one a selector for everything; RefsError if invalid."""
    try:
        return selector.parse(expression) if expression else {}
    except ValueError as error:
        raise usage(str(error)) from None


def code(word: str, flag: str = "") -> Code:
    """A code by its number or its name, in any case; RefsError for any other word, which names `flag`, if given."""
    known = {str(each): each for each in Code} | {each.slug: each for each in Code}
    found = known.get(word.upper()) or known.get(word.lower())
    if found is None:
        raise usage(f'unknown code "{word}"' + (f" in {flag}" if flag else "; the command 'explain' lists all"))
    return found

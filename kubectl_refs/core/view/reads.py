"""Reads that the analysis asks for, and the answers to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.selectors import matches, parse
from kubectl_refs.core.model.values import at, labels_of, unsubstituted
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.catalog import Catalog


class Get(NamedTuple):
    """Read one object; with `metadata_only` its existence and metadata suffice (never fetch a Secret's data)."""

    key: ObjectKey
    metadata_only: bool = False

    @property
    def group_kind(self) -> GroupKind:
        return self.key.group_kind

    @property
    def namespace(self) -> str:
        """The object's namespace; empty for a cluster-scoped object, while None stands for all namespaces in a List."""
        return self.key.namespace

    @property
    def name(self) -> str:
        return self.key.name


class List(NamedTuple):
    """Read all objects of a kind in one namespace, or in all (None). With `name`, only objects of that name; with
    `labels` (a selector in kubectl's notation), only objects that it selects.

    `digest` gives what to keep of each object, where a question about thousands of them needs little of each.
    """

    group_kind: GroupKind
    namespace: str | None
    name: str | None = None
    metadata_only: bool = False
    digest: Callable[[JSON], JSON] | None = None
    labels: str = ""

    def holds(self, obj: JSON) -> bool:
        """Whether an object has the name and the labels asked for."""
        named = self.name is None or at(obj, "metadata", "name") == self.name
        return named and (not self.labels or bool(matches(parse(self.labels), labels_of(obj))))


Read = Get | List


def names_placeholder(read: Read) -> bool:
    """Whether a read is of an object or a namespace whose name holds a placeholder. In manifests that is a name not
    known yet, so no list tells whether there is such an object."""
    return any(map(unsubstituted, (read.namespace or "", read.name or "")))


@dataclass(frozen=True, slots=True)
class Failure:
    """A read that got no answer: the HTTP status (None if the server sent none) and the server's words."""

    http_status: int | None
    message: str


PENDING = Failure(None, "not read yet")


def not_substituted(namespace: str) -> Failure:
    """Why the grants of a namespace are not known whose name holds a placeholder."""
    return Failure(None, f'"{namespace}" is not substituted yet')


@dataclass(frozen=True, slots=True)
class Answer:
    """What a read returned. A Get that found nothing has no objects and no failure.

    `served` is False where the server has no such kind; `failure` is set where nothing can be concluded. `partial`
    says that the objects are known by their identity alone: a namespace that manifests put something into without
    holding the Namespace itself exists, but its labels are not known. `assumed` says that further objects may exist:
    the manifests are a part of a cluster, and the rest of it is not looked at. `made_by` is the object that makes this
    one, where the manifests hold the maker instead: a part of a cluster then has the made object, known by its identity
    alone, and a whole cluster still lacks it. `type_field` is the maker's field for the type of a made Secret, which is
    then known too; empty if it is not.
    """

    objects: tuple[JSON, ...] = ()
    failure: Failure | None = None
    served: bool = True
    partial: bool = False
    assumed: bool = False
    made_by: ObjectKey | None = None
    type_field: str = ""

    @property
    def object(self) -> JSON | None:
        return self.objects[0] if self.objects else None

    @property
    def known(self) -> bool:
        return self.failure is None

    @property
    def pending(self) -> bool:
        """Whether the read is yet to be made: whatever depends on its failure must wait."""
        return self.failure is PENDING

    @property
    def absent(self) -> bool:
        """True only where the object is known not to exist."""
        return self.failure is None and not self.objects and not self.assumed

    @property
    def exists(self) -> bool | None:
        """Whether the object exists; None where that is not known."""
        return True if self.objects else False if self.absent else None


class Source(Protocol):
    """Where answers come from: a cluster, or manifests."""

    @property
    def catalog(self) -> Catalog: ...

    def read(self, reads: Iterable[Read]) -> Mapping[Read, Answer]:
        """Answer every read; what fails is an Answer with a failure, never an exception."""
        ...


@runtime_checkable
class Holding(Source, Protocol):
    """A source that has objects of its own: manifests, by themselves or laid over a cluster."""

    @property
    def objects(self) -> Sequence[JSON]: ...


class Answers(Protocol):
    """What has been read so far; a dictionary is one."""

    def get(self, read: Read, /) -> Answer | None: ...


def unserved(catalog: Catalog, read: Read) -> Answer:
    """The answer to a read of a kind that the catalog does not have."""
    group = read.group_kind.group
    if group not in catalog.stale_groups:
        return Answer(served=False)
    return Answer(failure=Failure(None, f"the kinds of API group {group} are not known: its discovery is incomplete"))

"""What follows from lists that have been read (single objects, namespaces, names), and what does not."""

from __future__ import annotations

from kubectl_refs.core.model.kinds import NAMESPACE, SECRET, SERVICE
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.view.reads import Answer, Failure, Get, List
from kubectl_refs.core.view.slimming import slim
from kubectl_refs.core.view.store import Library
from tests.support.builders import service

API, OTHER = service(), service("elsewhere", "other")


def library(*objects: JSON, read: List | None = None, partial: bool = False, served: bool = True) -> Library:
    found = Library()
    found.add({read or List(SERVICE, None): Answer(objects, partial=partial, served=served)})
    return found


def names(answer: Answer | None) -> list[str]:
    assert answer is not None
    return [key_of(obj).name for obj in answer.objects]


def test_a_list_of_all_namespaces_answers_for_each_object_and_namespace() -> None:
    known = library(API, OTHER)
    assert names(known.get(Get(key_of(API)))) == ["api"]
    assert names(known.get(List(SERVICE, "elsewhere", metadata_only=True))) == ["other"]
    assert names(known.get(List(SERVICE, None, name="api", metadata_only=True))) == ["api"]


def test_what_a_whole_list_lacks_is_absent() -> None:
    known = library(API)
    answer = known.get(Get(ObjectKey("", "Service", "backend", "gone")))
    assert answer is not None
    assert answer.absent
    assert names(known.get(List(SERVICE, "empty"))) == []


def test_a_list_of_one_namespace_says_nothing_of_others() -> None:
    known = library(API, read=List(SERVICE, "backend"))
    assert names(known.get(Get(key_of(API)))) == ["api"]
    assert known.get(Get(key_of(OTHER))) is None
    assert known.get(List(SERVICE, None)) is None


def test_metadata_does_not_answer_for_whole_objects() -> None:
    known = library(read=List(SECRET, None, metadata_only=True))
    key = ObjectKey("", "Secret", "infra", "cert")
    assert known.get(Get(key)) is None
    assert known.get(Get(key, metadata_only=True)) == Answer()


def test_a_list_of_which_little_was_kept_answers_for_itself_alone() -> None:
    def bare(obj: JSON) -> JSON:
        return {"apiVersion": "v1", "kind": "Service", "metadata": obj["metadata"]}

    kept = library(API, read=List(SERVICE, None, digest=slim(SERVICE)))
    assert names(kept.get(Get(key_of(API)))) == ["api"]
    little = List(SERVICE, None, digest=bare)
    assert library(API, read=little).get(Get(key_of(API))) is None
    assert names(library(API, read=little).get(little)) == ["api"]


def test_a_list_that_failed_or_is_partial_answers_for_itself_alone() -> None:
    failed = Library()
    failed.add({List(SERVICE, None): Answer(failure=Failure(403, "forbidden"))})
    assert failed.get(Get(key_of(API))) is None
    assert failed.get(List(SERVICE, None)) is not None
    partial = library(read=List(NAMESPACE, None), partial=True)
    assert partial.get(Get(ObjectKey("", "Namespace", "", "backend"))) is None


def test_a_kind_that_is_not_served_is_not_served_anywhere() -> None:
    answer = library(served=False).get(Get(key_of(API)))
    assert answer is not None
    assert not answer.served

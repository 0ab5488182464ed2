"""The fake API server made writable, as far as `fix` needs: access reviews, creation and JSON Patch."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import at
from tests.support.builders import PatchError, patched
from tests.support.fakes.api import Canned, FakeAPI, Request, status

REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


class Writing:
    """Answers to what FakeAPI refuses. Reviews allow the verbs in `allowed`, except in the namespaces in `closed`.

    `before_write` runs when a write has arrived, before it is carried out, to do what somebody else does meanwhile.
    `refuse` may answer a write in the server's place.
    """

    def __init__(self, api: FakeAPI) -> None:
        self._api = api
        self.allowed = {"create", "patch"}
        self.closed: set[str] = set()
        self.before_write: Callable[[], None] = lambda: None
        self.refuse: Callable[[Request], Canned | None] = lambda request: None
        api.fault = self._answer

    @property
    def writes(self) -> list[Request]:
        """Every request that is neither a read nor a review."""
        return [each for each in self._api.requests if each.method != "GET" and each.path != REVIEWS]

    @property
    def reviews(self) -> list[JSON]:
        """The resourceAttributes that were asked about."""
        sent = [json.loads(each.body) for each in self._api.requests if each.path == REVIEWS]
        return [each["spec"]["resourceAttributes"] for each in sent]

    def grants(self) -> list[JSON]:
        return [obj for obj in self._api.objects if obj["kind"] == "ReferenceGrant"]

    def _answer(self, request: Request) -> Canned | None:
        if request.method == "GET":
            return None
        if request.path == REVIEWS:
            return self._review(json.loads(request.body))
        self.before_write()
        refused = self.refuse(request)
        if refused is not None:
            return refused
        (content_type,) = request.header("Content-Type")
        body = json.loads(request.body)
        if request.method == "POST":
            return self._create(request, body)
        assert content_type == "application/json-patch+json"
        return self._patch(request, body)

    def _review(self, review: dict[str, Any]) -> Canned:
        attributes = review["spec"]["resourceAttributes"]
        assert (attributes["group"], attributes["resource"]) in {(k.group, k.plural) for k in self._api.kinds}
        allowed = attributes["verb"] in self.allowed and attributes["namespace"] not in self.closed
        return Canned(201, {**review, "status": {"allowed": allowed}})

    def _stored(self, path: str) -> JSON | None:
        *before, plural, name = path.split("/")
        namespace = before[-1] if before[-2] == "namespaces" else None
        kinds = {each.kind for each in self._api.kinds if each.plural == plural}
        for obj in self._api.objects:
            found = at(obj, "metadata", "namespace"), at(obj, "metadata", "name")
            if obj["kind"] in kinds and found == (namespace, name):
                return obj
        return None

    def _create(self, request: Request, body: JSON) -> Canned:
        name = body["metadata"]["name"]
        if self._stored(f"{request.path}/{name}") is not None:
            message = f'referencegrants.gateway.networking.k8s.io "{name}" already exists'
            return Canned(409, status(409, "AlreadyExists", message))
        if "dryRun" not in request.query:
            self._api.objects.append(body)
        return Canned(201, body)

    def _patch(self, request: Request, operations: list[dict[str, Any]]) -> Canned:
        stored = self._stored(request.path)
        if stored is None:
            return Canned(404, status(404, "NotFound", "referencegrants not found", name="g"))
        try:
            changed = _with_additions(stored, operations)
        except PatchError:
            return Canned(422, status(422, "Invalid", "the server rejected our request due to an error in our request"))
        if "dryRun" not in request.query:
            self._api.objects[self._api.objects.index(stored)] = changed
        return Canned(200, changed)


def _with_additions(obj: JSON, operations: list[dict[str, Any]]) -> JSON:
    """`patched`, which also appends entries to the end of lists."""
    plain = [each for each in operations if not each["path"].endswith("/-")]
    result = copy.deepcopy(patched(obj, plain))
    for operation in operations:
        if operation["path"].endswith("/-"):
            result["spec"][operation["path"].split("/")[2]].append(operation["value"])
    return result

"""Servers that refuse, break off, lag or lie: the program says what it could not read, and builds nothing on it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.view.catalog import CORE_KINDS
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS
from tests.support.builders import grant
from tests.support.fakes.api import Canned, FakeAPI, Request, status
from tests.support.fixing import resolved
from tests.support.running import EXAMPLES, REFUSED, WORKING, Done, Program, objects_of

ROUTE = ("httproute/frontend-routes", "-n", "frontend")
CROSSING = "spec.rules[0].backendRefs[0]"
PARENT = "spec.parentRefs[0]"
LOCAL = "spec.rules[1].backendRefs[0]"
PERMITTED = dict.fromkeys((CROSSING, PARENT, LOCAL), "allowed")

HTML = {"Content-Type": "text/html"}


@pytest.fixture
def api(refs: Program) -> Iterator[FakeAPI]:
    """A cluster in which every reference of the route is allowed."""
    with FakeAPI(objects_of(WORKING)) as server:
        refs.use(server)
        yield server


def answer_at(ending: str, canned: Canned) -> Callable[[Request], Canned | None]:
    return lambda request: canned if request.path.endswith(ending) else None


def report(done: Done) -> Any:
    return json.loads(done.out)


def verdicts(done: Done) -> Mapping[str, str]:
    return {each["path"]: each["verdict"] for each in report(done)["references"]}


def ask(refs: Program, *words: str) -> Done:
    """Ask for the report on the route; an answer must leave standard error empty."""
    done = refs("why", *ROUTE, "-o", "json", *words)
    assert done.err == ""
    return done


# Failures that make the whole question unanswerable: one line, status 2, nothing on standard output.


def test_a_server_that_is_not_there_is_named(refs: Program) -> None:
    with FakeAPI() as gone:
        refs.use(gone)
    line = f"The connection to the server {gone.address} was refused - did you specify the right host or port?"
    assert refs("why", *ROUTE) == Done(2, "", f"{line}\n")


def test_a_context_that_is_not_there_is_named(refs: Program, api: FakeAPI) -> None:
    line = "Error in configuration: context was not found for specified context: nope"
    assert refs("why", *ROUTE, "--context", "nope") == Done(2, "", f"{line}\n")
    assert api.requests == []


def test_an_object_and_a_type_that_are_not_there_are_named(refs: Program, api: FakeAPI) -> None:
    missing = 'Error from server (NotFound): httproutes.gateway.networking.k8s.io "nope" not found\n'
    assert refs("why", "httproute/nope", "-n", "frontend") == Done(2, "", missing)
    nowhere = 'Error from server (NotFound): namespaces "nowhere" not found\n'
    assert refs("why", "httproute/nope", "-n", "nowhere") == Done(2, "", nowhere)
    assert refs("why", "nope/x") == Done(2, "", 'error: the server doesn\'t have a resource type "nope"\n')


@pytest.mark.parametrize("ending", ["/apis", "/httproutes/frontend-routes"])
def test_a_message_of_the_server_cannot_paint_the_terminal_nor_add_lines(
    refs: Program, api: FakeAPI, ending: str
) -> None:
    lie = Canned(403, status(403, "Forbidden", "no\x1b[2K\nallowed: \u202eeverything"))
    api.fault = answer_at(ending, lie)
    line = r"Error from server (Forbidden): no\x1b[2K\nallowed: \u202eeverything"
    assert refs("why", *ROUTE) == Done(2, "", f"{line}\n")


# Failures that leave part of the answer open: a gap, `unknown`, status 3.

BROKEN_OFF = Canned(
    200,
    'FFFF\r\n{"kind": "ReferenceGrantList", "items": []',
    {"Transfer-Encoding": "chunked", "Connection": "close", "Content-Encoding": "identity"},
)
"""A body that ends long before the chunk it announced."""


def test_a_gap_says_what_was_not_read_why_and_what_follows(refs: Program, api: FakeAPI) -> None:
    api.fault = answer_at("/referencegrants", BROKEN_OFF)
    done = ask(refs)
    assert done.status == 3
    assert verdicts(done) == {**PERMITTED, CROSSING: "unknown"}
    assert report(done)["gaps"] == [
        {
            "verb": "list",
            "group": GATEWAY_GROUP,
            "resource": "referencegrants",
            "namespace": "shared-services",
            "httpStatus": None,
            "message": "the answer broke off or could not be decoded",
            "effect": "whether a ReferenceGrant in shared-services permits HTTPRoute frontend/frontend-routes to "
            "reference targets there is not known",
        }
    ]


def test_a_terminal_of_twenty_columns_gets_every_word(
    refs: Program, api: FakeAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = refs("why", *ROUTE)
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    narrow = refs("why", *ROUTE)
    assert (narrow.status, narrow.err) == (0, "")
    assert narrow.out != wide.out
    # Names are wrapped after a slash, and the next command is said in words, as there is no room for it.
    whole, more = (re.sub(r"/\s+", "/", text).split("More:") for text in (wide.out, narrow.out))
    assert whole[0].split() == more[0].split()
    assert more[1].split() == ["the", "same", "command", "with", "-o", "wide"]


def test_labels_that_were_not_read_satisfy_no_selector(refs: Program) -> None:
    with FakeAPI(objects_of(str(EXAMPLES / "tenant-isolation" / "working.yaml"))) as api:
        refs.use(api, "tenant-b")
        assert refs("why", "httproute/tenant-b-routes").status == 0
        api.forbid("namespaces")
        done = refs("why", "httproute/tenant-b-routes", "-o", "json")
    assert (done.status, done.err) == (3, "")
    assert verdicts(done)[PARENT] == "unknown"
    assert [(gap["resource"], gap["name"], gap["httpStatus"]) for gap in report(done)["gaps"]] == [
        ("namespaces", "tenant-b", 403)
    ]


# Users and servers of other kinds.


def forbid_all_but(api: FakeAPI, namespace: str) -> None:
    """Leave what a Role in one namespace gives: nothing in other namespaces, and nothing with cluster scope."""
    for other in {obj["metadata"].get("namespace", "") for obj in api.objects} - {namespace} | {""}:
        for kind in (*CORE_KINDS, *GATEWAY_API_KINDS):
            api.forbid(kind.plural, other)


def test_a_user_of_one_namespace_gets_every_answer_that_can_be_had(refs: Program, api: FakeAPI) -> None:
    forbid_all_but(api, "frontend")
    done = ask(refs)
    assert done.status == 3
    assert verdicts(done) == {PARENT: "unknown", CROSSING: "unknown", LOCAL: "allowed"}
    gaps = {(gap["verb"], gap["resource"], gap["namespace"]): gap for gap in report(done)["gaps"]}
    assert set(gaps) == {
        ("get", "gateways", "pingora-system"),
        ("list", "referencegrants", "shared-services"),
        ("get", "services", "shared-services"),
    }
    assert {gap["httpStatus"] for gap in gaps.values()} == {403}
    assert all(gap["effect"].endswith("is not known") for gap in gaps.values())


def test_a_user_of_one_namespace_gets_the_question_for_the_owner_of_the_other(refs: Program, api: FakeAPI) -> None:
    forbid_all_but(api, "frontend")
    done = refs("why", *ROUTE)
    assert (done.status, done.err) == (3, "")
    assert (
        "  ask:     the owner of shared-services: Does a ReferenceGrant permit HTTPRoutes in frontend to reference "
        "Service shared-services/auth-service?\n"
    ) in done.out
    assert (
        'not read: forbidden: User "jane" cannot read gateways in namespace pingora-system; services and referencegrants in '
        "namespace shared-services\n"
    ) in done.out
    assert "3 references: 1 allowed, 2 unknown" in done.out.splitlines()


def test_what_a_controller_reports_of_what_may_not_be_read_is_one_line_on_the_page(refs: Program, api: FakeAPI) -> None:
    (route,) = (each for each in api.objects if each["metadata"]["name"] == "frontend-routes")
    (entry,) = resolved("False", "RefNotPermitted", by="example.com/gateway-controller")["parents"]
    entry["parentRef"] = route["spec"]["parentRefs"][0]
    reporting = {**route, "status": {"parents": [entry]}}
    api.objects[:] = [reporting if each is route else each for each in api.objects]
    api.forbid("referencegrants", "shared-services")
    page, wide = refs("why", *ROUTE).out, refs("why", *ROUTE, "-o", "wide").out
    assert "(reported refused)" in page
    for answer, told in ((page, False), (wide, True)):
        assert ("this depends on something that could not be checked" in answer) is told
        assert ("so whether a ReferenceGrant in shared-services permits" in answer) is told


def test_grants_that_may_be_read_decide_though_the_target_may_not(refs: Program) -> None:
    with FakeAPI(objects_of(REFUSED)) as api:
        refs.use(api)
        api.forbid("services", "shared-services")
        done = ask(refs)
    assert done.status == 1
    assert verdicts(done)[CROSSING] == "refused"


def test_a_typo_is_called_one_only_as_far_as_namespaces_could_be_read(refs: Program) -> None:
    with FakeAPI(objects_of(REFUSED)) as api:
        refs.use(api)
        api.forbid("namespaces")
        done = refs("why", *ROUTE)
    assert (done.status, done.err) == (1, "")
    assert (
        '  cause:   spec.from[0].namespace is "fronted", expected "frontend", in ReferenceGrant '
        'shared-services/allow-app-routes (perhaps a typo: whether a namespace "fronted" exists is not known)  [REF002]\n'
    ) in done.out
    assert 'not read: forbidden: User "jane" cannot get namespaces "fronted"\n' in done.out
    assert 'no namespace "fronted" exists' not in done.out


def test_a_server_without_grants_permits_no_crossing_and_is_not_said_to_refuse(refs: Program) -> None:
    kinds = [kind for kind in (*CORE_KINDS, *GATEWAY_API_KINDS) if kind.kind != "ReferenceGrant"]
    with FakeAPI(objects_of(WORKING), kinds=kinds) as api:
        refs.use(api)
        done = ask(refs)
    assert done.status == 3
    assert verdicts(done) == {**PERMITTED, CROSSING: "unknown"}
    (gap,) = report(done)["gaps"]
    assert (gap["httpStatus"], gap["message"]) == (404, f"the server has no kind ReferenceGrant.{GATEWAY_GROUP}")
    assert not [path for path in api.paths if "referencegrants" in path]


@pytest.mark.parametrize("discovery", ["v2", "v2beta1", "legacy"])
@pytest.mark.parametrize(("manifests", "status_"), [(WORKING, 0), (REFUSED, 1)])
def test_every_form_of_discovery_leads_to_the_same_report(
    refs: Program, discovery: str, manifests: str, status_: int
) -> None:
    with FakeAPI(objects_of(manifests)) as newest:
        refs.use(newest)
        expected = ask(refs)
    with FakeAPI(objects_of(manifests), discovery=discovery) as api:
        refs.use(api)
        assert ask(refs) == expected
    assert expected.status == status_


def test_a_group_whose_discovery_fails_is_not_said_to_lack_the_type(refs: Program) -> None:
    with FakeAPI(objects_of(WORKING), stale=[GATEWAY_GROUP]) as api:
        refs.use(api)
        done = refs("why", *ROUTE)
    line = f'error: resource type "httproute" is not known: API group {GATEWAY_GROUP} does not answer discovery'
    assert done == Done(2, "", f"{line}\n")


def test_another_group_whose_discovery_fails_does_not_matter(refs: Program) -> None:
    with FakeAPI(objects_of(WORKING), stale=["metrics.k8s.io"]) as api:
        refs.use(api)
        done = ask(refs)
    assert (done.status, verdicts(done)) == (0, PERMITTED)


def test_a_warning_of_the_server_is_printed_once_after_the_answer(refs: Program, api: FakeAPI) -> None:
    api.warnings = ("v1beta1 ReferenceGrant is deprecated", "use \x1b[31mv1")
    done = refs("why", *ROUTE, "-o", "json")
    assert (done.status, verdicts(done)) == (0, PERMITTED)
    assert done.err == "Warning: v1beta1 ReferenceGrant is deprecated\nWarning: use \\x1b[31mv1\n"


# Long lists.


PAGE = 5
IN_PAGES = f"--chunk-size={PAGE}"


def many_grants(namespace: str, count: int) -> list[JSON]:
    """Grants that permit nothing here and precede the one that does, whose name is the last in the list."""
    return [grant(namespace=namespace, name=f"a-{number:04}", to=[]) for number in range(count)]


def test_a_grant_on_the_last_of_several_pages_permits(refs: Program, api: FakeAPI) -> None:
    api.objects += many_grants("shared-services", 2 * PAGE)
    done = ask(refs, IN_PAGES)
    assert (done.status, verdicts(done)) == (0, PERMITTED)
    assert len([path for path in api.paths if path.endswith("/referencegrants")]) == 3


EXPIRED = Canned(410, status(410, "Expired", "The provided continue parameter is too old"))


def test_a_list_that_expires_between_two_pages_is_read_again_from_the_start(refs: Program, api: FakeAPI) -> None:
    api.objects += many_grants("shared-services", PAGE)
    expiring = iter([EXPIRED])
    api.fault = lambda request: next(expiring, None) if "continue" in request.query else None
    done = ask(refs, IN_PAGES)
    assert (done.status, verdicts(done)) == (0, PERMITTED)
    pages = ["continue" in request.query for request in api.requests if request.path.endswith("/referencegrants")]
    assert pages == [False, True, False, True]


@pytest.mark.parametrize("canned", [EXPIRED, Canned(500, "<html>", HTML), Canned(reset=True)])
def test_half_a_list_is_no_list(refs: Program, api: FakeAPI, canned: Canned) -> None:
    api.objects += many_grants("shared-services", PAGE)
    api.fault = lambda request: canned if "continue" in request.query else None
    done = ask(refs, IN_PAGES)
    assert done.status == 3
    assert verdicts(done) == {**PERMITTED, CROSSING: "unknown"}

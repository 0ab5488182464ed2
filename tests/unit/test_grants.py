"""grants as its users see it: which grants are shown, what goes to which stream, with which exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.view.catalog import CORE_KINDS, REFERENCE_GRANT
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS
from tests.support.builders import from_entry, grant, namespaces, route_to, service, to_entry
from tests.support.fakes.api import FakeAPI
from tests.support.running import Done, Program


def labelled(obj: JSON, **labels: str) -> JSON:
    return {**obj, "metadata": {**obj["metadata"], "labels": labels}}


OBJECTS: tuple[JSON, ...] = (
    *namespaces("frontend", "backend", "other"),
    service(),
    service(name="auth"),
    route_to(("backend", "api")),
    route_to(("backend", "auth"), name="tries"),
    labelled(grant([from_entry()], [to_entry(name="api")], name="used"), app="web"),
    labelled(grant([from_entry(namespace="other")], [to_entry(name="auth")], name="idle"), app="auth"),
    grant([from_entry(kind="Gateway")], [to_entry(kind="Secret", name="tls")], name="secret", namespace="other"),
)


@pytest.fixture
def live(refs: Program, api: FakeAPI) -> Program:
    """The program with the fake server as its cluster and `backend` as the current namespace."""
    refs.use(api, "backend")
    return refs


def names(done: Done) -> list[str]:
    return [f"{each['namespace']}/{each['name']}" for each in json.loads(done.out)["grants"]]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ((), ["backend/idle", "backend/used"]),
        (("-n", "other"), ["other/secret"]),
        (("-A",), ["backend/idle", "backend/used", "other/secret"]),
        (("-A", "-n", "backend"), ["backend/idle", "backend/used", "other/secret"]),
        (("used",), ["backend/used"]),
        (("used", "idle"), ["backend/idle", "backend/used"]),
        (("-A", "--from", "frontend"), ["backend/used", "other/secret"]),
        (("-A", "--to", "service"), ["backend/idle", "backend/used"]),
        (("-A", "--to", "secrets"), ["other/secret"]),
        (("--to", "svc/api"), ["backend/used"]),
        (("-A", "--unused"), ["backend/idle", "other/secret"]),
        (("-A", "--findings"), ["other/secret"]),
        (("-A", "--findings", "--severity", "info"), ["backend/idle", "other/secret"]),
        (("-l", "app=web"), ["backend/used"]),
        (("-l", "app in (web,auth),!gone"), ["backend/idle", "backend/used"]),
        (("-A", "-l", "app!=web"), ["backend/idle", "other/secret"]),
        (("-l", ""), ["backend/idle", "backend/used"]),
        (("--sort-by", "used.references"), ["backend/idle", "backend/used"]),
        (("--sort-by", "from[0].namespace"), ["backend/used", "backend/idle"]),
        (("-A", "--sort-by", "{.metadata.name}"), ["backend/idle", "other/secret", "backend/used"]),
        (("-A", "--sort-by=.metadata.namespace"), ["backend/idle", "backend/used", "other/secret"]),
    ],
)
def test_the_grants_asked_for_are_shown(live: Program, words: tuple[str, ...], shown: list[str]) -> None:
    assert names(live("grants", *words, "-o", "json")) == shown


@pytest.mark.parametrize(
    ("words", "status", "line"),
    [
        (("-n", "frontend", "--findings"), 0, "No resources found in frontend namespace."),
        (("used", "--unused"), 0, "No resources found in backend namespace."),
        (("nope", "--findings"), 2, f'Error from server (NotFound): referencegrants.{GATEWAY_GROUP} "nope" not found'),
    ],
)
def test_where_nothing_is_shown_it_is_said_why(live: Program, words: tuple[str, ...], status: int, line: str) -> None:
    assert live("grants", *words) == Done(status, "", f"{line}\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("used", "--findings"), "1 ReferenceGrant; no findings\n"),
        (
            ("-n", "other", "--findings", "--ignore", "REF105", "--ignore", "REF104"),
            "1 ReferenceGrant; no findings shown\n1 finding left out by --code, --ignore or --only-refused\n",
        ),
    ],
)
def test_that_there_are_no_findings_is_said(live: Program, words: tuple[str, ...], said: str) -> None:
    assert live("grants", *words) == Done(0, said, "")


@pytest.mark.parametrize("format_", [(), ("-o", "wide"), ("-o", "name"), ("-o", "sarif"), ("-o", "junit")])
def test_findings_are_those_of_check(live: Program, api: FakeAPI, format_: tuple[str, ...]) -> None:
    api.objects = [*OBJECTS, grant([from_entry()], [to_entry("core", name="api")], name="wrong")]
    done = live("grants", "-A", "--findings", *format_)
    assert done.status == 1
    assert done == live("check", "referencegrants", "-A", *format_)


def test_findings_of_a_baseline_do_not_count(live: Program, api: FakeAPI, tmp_path: Path) -> None:
    api.objects = [*OBJECTS, grant([from_entry()], [to_entry("core", name="api")], name="wrong")]
    path = str(tmp_path / "known.json")
    assert live("grants", "-A", "--findings", "--write-baseline", path, "--exit-zero").status == 0
    assert live("grants", "-A", "--findings", "--baseline", path).status == 0
    done = live("check", "referencegrants", "-A", "--baseline", path)
    assert done.status == 0
    assert "2 findings of the baseline not counted" in done.out


@pytest.mark.parametrize("flag", [("--severity", "error"), ("--code", "REF101"), ("--baseline", "x"), ("-o", "sarif")])
def test_flags_of_findings_without_findings_are_refused(live: Program, flag: tuple[str, str]) -> None:
    shown = " ".join(flag) if flag[0] == "-o" else flag[0]
    assert live("grants", *flag) == Done(2, "", f"error: {shown} is used with --findings\n")


def test_what_is_not_known_about_a_grant_is_told(live: Program, api: FakeAPI) -> None:
    api.objects = [each for each in OBJECTS if each["metadata"]["name"] != "idle"]
    api.forbid("httproutes", "frontend")
    done = live("grants", "--findings")
    assert (done.status, done.err) == (3, "")
    assert "so which HTTPRoutes in frontend use a grant is not known" in done.out


def test_what_never_matches_is_among_what_nobody_uses(live: Program, api: FakeAPI) -> None:
    api.objects.append(grant([from_entry()], [to_entry("core", name="api")], name="core"))
    assert names(live("grants", "--unused", "-o", "json")) == ["backend/core", "backend/idle"]


def test_manifests_answer_like_a_cluster(live: Program, manifests: str) -> None:
    for words in (("-n", "backend"), ("-A",), ("used", "-n", "backend"), ("--to", "service/api", "-n", "backend")):
        ours, theirs = live("grants", *words, "-f", manifests, "--whole"), live("grants", *words)
        assert (ours.status, ours.err) == (theirs.status, theirs.err)
        # A page about one grant ends with how to ask for more.
        tables = [each.out.partition("\nMore:")[0].splitlines() for each in (ours, theirs)]
        assert [line.split() for line in tables[0]] == [line.split() for line in tables[1]]


def test_manifests_without_a_namespace_are_shown_whole(refs: Program, manifests: str) -> None:
    assert names(refs("grants", "-f", manifests, "--whole", "-o", "json")) == [
        "backend/idle",
        "backend/used",
        "other/secret",
    ]


def test_a_part_of_a_cluster_without_a_namespace_is_no_server_that_cannot_be_reached(
    refs: Program, manifests: str
) -> None:
    said = "error: these manifests hold nothing of namespace elsewhere\n"
    assert refs("grants", "-n", "elsewhere", "-f", manifests) == Done(2, "", said)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("used", "-A"), "error: a resource cannot be retrieved by name across all namespaces"),
        (("used", "-l", "a=b"), "error: name cannot be provided when a selector is specified"),
        (("-l", "a b"), 'error: unable to parse requirement: "a b"'),
        (("-l", "a=b,"), 'error: unable to parse requirement: ""'),
        (("--to", "nothing"), 'error: the server doesn\'t have a resource type "nothing"'),
        (("--to", "service/"), "error: arguments in resource/name form must have a single resource and name"),
        (
            ("--to", "service/api", "-A"),
            "error: who references service/api depends on its namespace: service/api.NAMESPACE or -n NAMESPACE",
        ),
        (("--to", "service/*.backend"), "error: there are no wildcards: name one of the services"),
        (("--from", "a,*"), 'error: invalid namespace "*": a ReferenceGrant names one namespace'),
        (("-A", "--sort-by", "nosuch"), 'error: couldn\'t find any field with path "nosuch" in the list of objects'),
        (("--ignore", "REF999"), 'error: unknown code "REF999" in --ignore'),
        (("--sort-by", "a["), 'error: invalid --sort-by "a[": Invalid jmespath'),
        (("--sort-by", ""), "error: --sort-by needs a field, for example used.references"),
        (("-o", "csv"), 'error: unable to match a printer suitable for the output format "csv", allowed formats are: '),
        (("a/b",), "error: invalid resource name \"a/b\": [may not contain '/']"),
    ],
)
def test_a_mistake_is_one_line(live: Program, words: tuple[str, ...], line: str) -> None:
    done = live("grants", *words)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(line)
    assert done.err.count("\n") == 1


def test_a_name_that_is_missing_is_told_in_kubectls_words_after_the_others(live: Program) -> None:
    done = live("grants", "used", "gone", "-o", "name")
    assert done == Done(
        2,
        f"referencegrant.{GATEWAY_GROUP}/used\n",
        f'Error from server (NotFound): referencegrants.{GATEWAY_GROUP} "gone" not found\n',
    )


def test_no_grants_at_all_are_said_on_standard_error(live: Program) -> None:
    assert live("grants", "-n", "frontend") == Done(0, "", "No resources found in frontend namespace.\n")
    assert live("grants", "-A", "--from", "nowhere") == Done(0, "", "No resources found\n")
    assert json.loads(live("grants", "-n", "frontend", "-o", "json").out)["grants"] == []


def test_a_namespace_that_does_not_exist_is_told(live: Program) -> None:
    assert live("grants", "-n", "gone") == Done(2, "", 'Error from server (NotFound): namespaces "gone" not found\n')


def test_the_table_has_kubectls_columns(live: Program) -> None:
    header = ["NAME", "FROM", "TO", "USED", "NOTES", "AGE"]
    assert live("grants").out.splitlines()[0].split() == header
    assert live("grants", "-A").out.splitlines()[0].split() == ["NAMESPACE", *header]
    assert [line.split()[0] for line in live("grants", "--no-headers").out.splitlines()] == ["idle", "used"]
    assert [line.split()[0] for line in live("grants", "-o", "wide", "--no-headers").out.splitlines()] == [
        "idle",
        "used",
    ]


@pytest.mark.parametrize(
    ("ignored", "left"),
    [
        (("REF105",), {"secret": ["REF104"], "idle": []}),
        (("no-known-user",), {"secret": ["REF104"], "idle": []}),
        (("REF105=referencegrant/idle.backend",), {"secret": ["REF104"], "idle": []}),
        (("REF105=refgrant/idle.other",), {"secret": ["REF104"], "idle": ["REF105"]}),
        (("REF104=referencegrant/secret.other", "REF105"), {"secret": [], "idle": []}),
    ],
)
def test_findings_are_suppressed_by_code_and_object(
    live: Program, ignored: tuple[str, ...], left: dict[str, list[str]]
) -> None:
    words = [word for each in ignored for word in ("--ignore", each)]
    data = json.loads(live("grants", "-A", "-o", "json", *words).out)
    found = {each["name"]: [finding["code"] for finding in each["findings"]] for each in data["grants"]}
    assert {name: found[name] for name in left} == left
    assert data["summary"]["findings"] == sum(map(len, found.values()))


def test_ignoring_a_finding_changes_no_fact_about_the_grant(live: Program, api: FakeAPI) -> None:
    wrong = grant([from_entry(namespace="other")], [to_entry("core", name="api")], name="wrong")
    api.objects = [*OBJECTS, wrong]
    (whole,) = json.loads(live("grants", "wrong", "-o", "json").out)["grants"]
    (ignoring,) = json.loads(live("grants", "wrong", "-o", "json", "--ignore", "REF101").out)["grants"]
    assert [finding["code"] for finding in whole["findings"]] == ["REF101"]
    assert ignoring == {**whole, "findings": []}
    described = live("grants", "wrong", "--ignore", "REF101").out
    assert "it matches no reference\n" in described
    assert "see the error below" not in described


def test_a_targets_view_tells_who_is_refused_by_its_exit_status(live: Program, api: FakeAPI) -> None:
    done = live("grants", "--to", "service/auth")
    assert done.status == 1
    *_, row, _, more = done.out.splitlines()
    assert row.split("   ") == [
        "httproute/tries.frontend",
        "spec.rules[0].backendRefs[0]",
        "refused",
        "none of the 2 ReferenceGrants in namespace backend permits HTTPRoutes in frontend to reference Service auth; "
        'the nearest, used, has spec.to[0].name "api"',
    ]
    assert more == "More: kubectl refs why httproute/tries -n frontend"
    assert f"  cause:   {row.split('   ')[-1]}" in live("why", "httproute/tries", "-n", "frontend").out
    assert live("grants", "--to", "service/api").status == 0
    missing = Done(2, "", 'Error from server (NotFound): services "gone" not found\n')
    assert live("grants", "--to", "service/gone") == missing
    assert live("why", "service/gone") == missing
    for kind in GATEWAY_API_KINDS:
        api.forbid(kind.plural, "", ["list"])
    assert "not read" in live("why", "service/api").out
    assert live("why", "service/gone") == missing


def test_a_user_of_one_namespace_learns_what_is_not_known(live: Program, api: FakeAPI) -> None:
    for kind in GATEWAY_API_KINDS:
        for namespace in ("", "frontend", "other"):
            api.forbid(kind.plural, namespace)
    api.forbid("namespaces")

    done = live("grants")

    assert done.status == 3
    assert done.out.count("<unknown>") == 2 + 2  # the uses and the ages
    assert "so which HTTPRoutes in frontend use a grant is not known" in done.out
    assert "no-known-user" not in done.out
    unused = live("grants", "--unused", "-o", "json")
    assert (unused.status, names(unused)) == (3, [])
    report = json.loads(unused.out)
    assert not report["complete"]
    assert [each["name"] for each in report["undecided"]] == ["idle", "used"]
    assert live("grants", "--unused").err == (
        "Not shown: backend/idle, backend/used. Whether anything uses them is not known.\n"
        "No resources found in backend namespace.\n"
    )
    view = live("grants", "--to", "service/api")
    assert (view.status, view.err) == (3, "No references to Service backend/api found in what could be read.\n")


def test_what_is_known_of_a_grant_is_a_lower_bound_where_something_is_not(live: Program, api: FakeAPI) -> None:
    api.objects.append(grant([from_entry(), from_entry(namespace="other")], [to_entry(name="api")], name="both"))
    api.forbid("httproutes", "other")
    assert "at least 1 reference, of 1 object" in live("grants").out


def test_many_namespaces_that_could_not_be_read_are_told_together(live: Program, api: FakeAPI) -> None:
    for number in range(9):
        api.objects.append(grant([from_entry(namespace=f"n{number}")], [to_entry(name="api")], name=f"g{number}"))
    api.forbid("httproutes")

    done = live("grants")

    assert done.out.count("not read: ") == 1
    assert "cannot read httproutes in namespaces " in done.out
    assert "n0, n1, n2, n3, n4, n5, n6" in done.out
    assert len(json.loads(live("grants", "-o", "json").out)["gaps"]) == 11


def test_grants_that_may_not_be_read_leave_nothing_to_say(live: Program, api: FakeAPI) -> None:
    api.forbid("referencegrants", "")
    done = live("grants", "-A")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"Error from server (Forbidden): referencegrants.{GATEWAY_GROUP} is forbidden: ")


def test_who_references_a_target_is_told_where_its_grants_may_not_be_read(live: Program, api: FakeAPI) -> None:
    api.forbid("referencegrants")
    done = live("why", "service/auth", "-o", "json")
    assert done.status == 3
    assert [each["verdict"] for each in json.loads(done.out)["references"]] == ["unknown"]


def test_a_cluster_without_the_kind_is_told_in_kubectls_words(refs: Program) -> None:
    kinds = [kind for kind in (*CORE_KINDS, *GATEWAY_API_KINDS) if kind.group_kind != REFERENCE_GRANT]
    with FakeAPI((), kinds=kinds) as api:
        refs.use(api)
        assert refs("grants") == Done(2, "", 'error: the server doesn\'t have a resource type "referencegrants"\n')


def test_a_warning_of_the_server_is_passed_on(live: Program, api: FakeAPI) -> None:
    api.warnings = ("this version is old",)
    assert live("grants").err == "Warning: this version is old\n"


def test_nothing_is_written_and_no_secret_is_read_whole(live: Program, api: FakeAPI) -> None:
    for words in (("-A",), ("secret", "-n", "other"), ("--to", "service/auth"), ("-A", "--findings")):
        live("grants", *words)
    assert {request.method for request in api.requests} == {"GET"}
    whole = [each for each in api.requests if "secrets" in each.path and "PartialObjectMetadata" not in each.accept]
    assert whole == []


def test_what_the_lists_of_all_namespaces_hold_is_not_read_again(live: Program, api: FakeAPI) -> None:
    live("grants", "-A")
    asked = [request.path for request in api.requests if "namespaces" in request.path or "grants" in request.path]
    assert asked.count("/api/v1/namespaces") == 1
    assert [path for path in asked if path.endswith("/referencegrants")] == [
        f"/apis/{GATEWAY_GROUP}/v1beta1/referencegrants"
    ]
    assert not any(path.startswith("/api/v1/namespaces/") and path.count("/") == 4 for path in asked)


def test_a_target_and_several_namespaces_are_named_as_elsewhere(live: Program) -> None:
    def names(*words: str) -> str:
        return live("grants", *words, "-o", "name").out

    assert names("-A", "--to", "service/api.backend") == names("-n", "backend", "--to", "service/api")
    assert names("-A", "--from", "nobody,frontend") == names("-A", "--from", "frontend") != ""


@pytest.mark.parametrize("local", [False, True])
def test_a_grant_that_a_reference_without_its_namespace_means_is_not_to_be_deleted(
    live: Program, api: FakeAPI, *, local: bool
) -> None:
    route = route_to(("", "auth"), namespace="other")
    del route["spec"]["rules"][0]["backendRefs"][0]["namespace"]
    api.objects += [route, *([service("other", name="auth")] if local else [])]
    (idle,) = json.loads(live("grants", "idle", "-o", "json").out)["grants"]
    (finding,) = idle["findings"]
    assert [fix["action"] for fix in finding["fixes"]] == (["delete"] if local else [])
    assert ("look at HTTPRoute other/web first" in live("grants", "idle").out) is not local

"""A user's own rows, from files and from their folder: checked one by one, and used by all rules like built-in ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kubectl_refs.app.input.user_kinds import FOLDER, table_with
from kubectl_refs.core.fields.gateway_api import TABLE
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.reference_fields import Mechanism, ReferenceField, Role, Shown
from kubectl_refs.process.errors import USAGE, RefsError
from tests.support.running import ROOT, WORKING, Program

WIDGET = GroupKind("acme.org", "Widget")
ROW = """
- referrer: {group: acme.org, kind: Widget}
  path: spec.backends[*].ref
  governedBy: ReferenceGrant
  default: {group: "", kind: Service}
  role: backend
  implementation: Acme
"""
MINIMAL = """
- {referrer: {group: acme.org, kind: Widget}, path: spec.**.ref, governedBy: Local}
"""

Write = Callable[[str, str], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, text: str) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)

    return write


def test_without_files_the_table_is_the_known_one(tmp_path: Path) -> None:
    assert table_with([], {"HOME": str(tmp_path)}) is TABLE
    assert table_with([], {}) is TABLE


def test_a_row_is_read_with_all_its_fields(write: Write) -> None:
    table = table_with([write("a.yaml", ROW)], {})
    assert table.fields_of(WIDGET) == (
        ReferenceField(
            (WIDGET,),
            "spec.backends[*].ref",
            Mechanism.REFERENCE_GRANT,
            Role.BACKEND,
            GroupKind("", "Service"),
            Shown.NOWHERE,
            "Acme",
        ),
    )
    assert tuple(table)[1:] == tuple(TABLE)


def test_what_may_be_left_out_has_a_default(write: Write) -> None:
    (row,) = table_with([write("a.yaml", MINIMAL)], {}).fields_of(WIDGET)
    assert (row.default, row.role, row.implementation) == (None, Role.OTHER, "user-defined")
    assert row.governed_by is Mechanism.LOCAL


def test_files_come_in_the_order_given_and_those_of_the_users_folder_after_them_by_name(
    write: Write, tmp_path: Path
) -> None:
    def row(path: str) -> str:
        return MINIMAL.replace("spec.**.ref", path)

    for name, path in (("b.yaml", "d"), ("a.yml", "c"), ("no.txt", "x"), ("a.yaml.bak", "y")):
        write(f".config/{FOLDER}/{name}", row(path))
    files = [write("2.yaml", row("a")), write("1.yaml", row("b"))]
    found = table_with(files, {"HOME": str(tmp_path)}).fields_of(WIDGET)
    assert [each.path for each in found] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({"XDG_CONFIG_HOME": "{0}/xdg"}, True),
        ({"XDG_CONFIG_HOME": "{0}/xdg", "HOME": "{0}/nowhere"}, True),
        ({"XDG_CONFIG_HOME": "", "HOME": "{0}/home"}, False),
        ({"XDG_CONFIG_HOME": "relative", "HOME": "{0}/xdg"}, False),
    ],
)
def test_the_folder_is_that_of_the_environment(
    write: Write, tmp_path: Path, environ: dict[str, str], found: bool
) -> None:
    write(f"xdg/{FOLDER}/a.yaml", MINIMAL)
    given = {name: value.format(tmp_path) for name, value in environ.items()}
    assert bool(table_with([], given).fields_of(WIDGET)) is found


def test_a_row_says_where_an_entry_holds_what_and_when_a_grant_is_asked_for(write: Write) -> None:
    more = """
  groupField: apiGroup
  kindField: type
  portField: port.number
  strictMode: ACME_MODE=strict
  note: a note
  since: "2.1"
  readIn: acme/acme v2.1
"""
    (row,) = table_with([write("a.yaml", ROW.rstrip() + more)], {}).fields_of(WIDGET)
    assert (row.group_field, row.kind_field, row.port_field) == ("apiGroup", "type", "port.number")
    assert (row.strict_mode, row.note, row.since, row.read_in) == (
        "ACME_MODE=strict",
        "a note",
        "2.1",
        "acme/acme v2.1",
    )


def test_an_empty_file_and_empty_documents_add_nothing(write: Write) -> None:
    assert tuple(table_with([write("a.yaml", "---\n# nothing\n---\n")], {})) == tuple(TABLE)


def changed(old: str, new: str) -> str:
    assert old in ROW
    return ROW + ROW.replace(old, new)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("kind: Widget", "it must be a list of rows, each with referrer, path and governedBy"),
        ("- 7", "[0]: it must be a mapping"),
        (
            changed("role:", "rôle:"),
            "[1].rôle: unknown field; the fields are default, governedBy, groupField, implementation, kindField, note, path, "
            "portField, readIn, referrer, role, selects, since, strictMode",
        ),
        (ROW + "- {path: a, governedBy: Local}", "[1]: it has no referrer"),
        (ROW + "- {referrer: {group: a, kind: B}, governedBy: Local}", "[1]: it has no path"),
        (ROW + "- {referrer: {group: a, kind: B}, path: a}", "[1]: it has no governedBy"),
        (
            changed("{group: acme.org, kind: Widget}", "Widget"),
            '[1].referrer: must have group and kind; the core group is ""',
        ),
        (changed("group: acme.org, ", ""), '[1].referrer: must have group and kind; the core group is ""'),
        (changed("acme.org,", "Acme.org,"), '[1].referrer.group: "Acme.org" is not a valid group'),
        (changed("acme.org,", "acme.org/v1,"), '[1].referrer.group: "acme.org/v1" is not a valid group'),
        (changed("kind: Widget", "kind: 7"), '[1].referrer.kind: "7" is not a valid kind'),
        (changed("kind: Service", 'kind: ""'), '[1].default.kind: "" is not a valid kind'),
        (changed("ReferenceGrant", "Grant"), '[1].governedBy: "Grant" is not one of ReferenceGrant, Local, Ungoverned'),
        (changed("ReferenceGrant", "Mesh"), '[1].governedBy: "Mesh" is not one of ReferenceGrant, Local, Ungoverned'),
        (changed("implementation: Acme", "implementation: 7"), "[1].implementation: must be a string"),
        (changed("path: spec.backends[*].ref", "path: [spec]"), "[1].path: must be a string"),
    ],
)
def test_a_mistake_is_told_in_one_line_with_file_and_entry(write: Write, text: str, problem: str) -> None:
    file = write("a.yaml", text)
    with pytest.raises(RefsError) as caught:
        table_with([file], {})
    assert caught.value.line == f"error: {file}: {problem}"
    assert caught.value.status == USAGE


@pytest.mark.parametrize(
    "path", ["", ".spec", "spec.", "spec..a", "spec[0].a", "spec.a[]", "spec.**", "spec.a b", "**"]
)
def test_a_path_of_another_form_is_a_mistake(write: Write, path: str) -> None:
    file = write("a.yaml", changed("spec.backends[*].ref", f'"{path}"'))
    with pytest.raises(RefsError, match=r"\[1\]\.path: "):
        table_with([file], {})


def test_the_role_of_a_parent_is_not_to_be_had(write: Write) -> None:
    file = write("a.yaml", changed("role: backend", "role: parent"))
    with pytest.raises(RefsError, match=r'\[1\]\.role: "parent" is not one of backend, mirror'):
        table_with([file], {})


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"- {a: 1, a: 2}", "already set"), (b"- [", "error converting YAML"), (b"\xff: a: b", "error converting YAML")],
)
def test_what_is_no_yaml_names_the_file(tmp_path: Path, content: bytes, problem: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(content)
    with pytest.raises(RefsError) as caught:
        table_with([str(file)], {})
    assert caught.value.line.startswith(f"error: error parsing {file}: ")
    assert problem in caught.value.line


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RefsError) as caught:
        table_with([str(tmp_path / "none.yaml")], {})
    assert caught.value.line == f"error: open {tmp_path / 'none.yaml'}: no such file or directory"


MANIFESTS = """
apiVersion: acme.org/v1
kind: Widget
metadata: {name: w, namespace: shop}
spec:
  backends:
    - ref: {name: api, namespace: backend}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: backend}
"""
GRANT = """
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: g, namespace: backend}
spec:
  from: [{group: acme.org, kind: Widget, namespace: shop}]
  to: [{group: "", kind: Service, name: api}]
"""


def test_why_explains_a_kind_of_the_users_own(refs: Program, write: Write) -> None:
    rows, manifests = write("rows.yaml", ROW), write("m.yaml", MANIFESTS)
    unknown = refs("why", "widget/w", "-f", manifests)
    assert (unknown.status, unknown.out) == (2, "")
    assert "hold no references that this version knows" in unknown.err
    refused = refs("why", "widget/w", "-f", manifests, "--kinds", rows)
    assert refused.status == 1
    assert refused.out.startswith("refused: Widget shop/w -> Service backend/api\n  cause:   ")
    assert "kind: Widget" in refused.out
    allowed = refs("why", "widget/w", "-f", write("g.yaml", MANIFESTS + GRANT), "--kinds", rows)
    assert allowed.status == 0
    assert "permitted by ReferenceGrant backend/g" in allowed.out


def test_grants_count_the_users_of_such_a_kind(refs: Program, write: Write) -> None:
    manifests = write("g.yaml", MANIFESTS + GRANT)
    assert "1 reference, of 1 object" in refs("grants", "-A", "-f", manifests, "--kinds", write("rows.yaml", ROW)).out
    assert "<unknown>" in refs("grants", "-A", "-f", manifests).out


def test_check_counts_such_a_kind_and_tells_what_is_refused(refs: Program, write: Write) -> None:
    rows, manifests = write("rows.yaml", ROW), write("m.yaml", MANIFESTS)
    assert "Widget" not in refs("check", "-A", "-f", manifests).out
    done = refs("check", "widgets", "-A", "-f", manifests, "--kinds", rows)
    assert (done.status, "refused" in done.out) == (1, True)
    assert "widget.acme.org/w" in refs("check", "-A", "-f", manifests, "--kinds", rows, "-o", "name").out
    assert refs("check", "-A", "-f", write("g.yaml", MANIFESTS + GRANT), "--kinds", rows).status == 0


def test_fix_writes_the_grant_for_such_a_kind_and_the_users_folder_is_enough(refs: Program, write: Write) -> None:
    write(f".config/{FOLDER}/rows.yaml", ROW)
    done = refs("fix", "widget/w", "-f", write("m.yaml", MANIFESTS))
    assert "kind: Widget" in done.out
    assert "name: api" in done.out


PRODUCER = """
- producer: {group: acme.org, kind: Vault}
  produces: {group: "", kind: Secret}
  name: [spec.secret, metadata.name]
"""
VAULT = """
apiVersion: acme.org/v1
kind: Vault
metadata: {name: cert, namespace: infra}
spec: {secretNamespace: shop}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: g, namespace: %s}
spec:
  gatewayClassName: c
  listeners: [{name: l, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: cert}]}}]
"""


@pytest.mark.parametrize(
    ("row", "namespace", "assumed"),
    [
        (PRODUCER, "infra", 0),
        (PRODUCER, "shop", 1),
        (PRODUCER + "  namespace: spec.secretNamespace\n", "shop", 0),
        (PRODUCER + "  namespace: '*'\n", "anywhere", 0),
        (PRODUCER + "  when: spec.secretNamespace\n", "infra", 0),
        (PRODUCER + "  when: spec.absent\n", "infra", 1),
    ],
)
def test_what_a_users_kind_makes_counts_as_there(
    refs: Program, write: Write, row: str, namespace: str, assumed: int
) -> None:
    manifests = write("m.yaml", VAULT % namespace)
    words = ("why", "-f", manifests, "--query", "summary.assumed")
    assert refs(*words).out == "1\n"
    assert refs(*words, "--kinds", write("rows.yaml", row)).out == f"{assumed}\n"


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (PRODUCER + "  path: spec.x\n", ".path: unknown field; the fields are implementation, name, namespace, "),
        (PRODUCER.replace("[spec.secret, metadata.name]", "[]"), ".name: must be a string"),
        (PRODUCER.replace("[spec.secret, metadata.name]", "spec.**.x"), '.name: "spec.**.x" is not a path: '),
        (PRODUCER.replace("[spec.secret, metadata.name]", "[3]"), '.name: "3" is not a path: '),
        (PRODUCER.replace("  name: [spec.secret, metadata.name]\n", ""), ": it has no name"),
        (PRODUCER.replace('{group: "", kind: Secret}', "Secret"), ".produces: must have group and kind"),
    ],
)
def test_a_mistake_in_a_row_of_who_makes_something_is_one_line(write: Write, row: str, complaint: str) -> None:
    file = write("rows.yaml", row)
    with pytest.raises(RefsError) as caught:
        table_with([file], {})
    assert caught.value.line.startswith(f"error: {file}: [0]{complaint}")


def test_the_rows_of_the_documentation_and_of_the_help_are_rows(refs: Program, write: Write) -> None:
    documented = (ROOT / "docs/kinds.md").read_text().split("```yaml\n")[1].split("```")[0]
    assert "Acme Gateway" in refs("kinds", "widget", "--kinds", write("doc.yaml", documented), "-f", WORKING).out
    shown = [line.removeprefix("  #   ") for line in refs("kinds", "--help").out.splitlines() if "  #   " in line]
    rows = write("help.yaml", "\n".join(shown) + "\n")
    table = table_with([rows], {})
    assert [row.path for row in table.fields_of(WIDGET)] == ["spec.backends[*].ref"]
    assert table.makers[0].names == ("spec.secret", "metadata.name")


def test_a_mistake_in_a_file_ends_every_command_that_reads_it(refs: Program, write: Write) -> None:
    file = write(f".config/{FOLDER}/rows.yaml", "- 7")
    for words in (["why"], ["grants"], ["fix"], ["kinds"], ["check"], ["graph"]):
        done = refs(*words, "-f", write("m.yaml", MANIFESTS))
        assert (done.status, done.out, done.err) == (2, "", f"error: {file}: [0]: it must be a mapping\n")


def test_a_users_row_comes_before_the_known_one_for_the_same_place_and_touches_no_condition(
    refs: Program, write: Write
) -> None:
    rows = write(
        "rows.yaml",
        "- referrer: {group: gateway.networking.k8s.io, kind: HTTPRoute}\n"
        "  path: spec.rules[*].backendRefs[*]\n"
        "  governedBy: Ungoverned\n"
        '  default: {group: "", kind: Service}\n',
    )
    manifests = write(
        "m.yaml",
        "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: w, namespace: shop}\n"
        "spec: {rules: [{backendRefs: [{name: api, namespace: backend, port: 1}]}]}\n---\n"
        "apiVersion: v1\nkind: Service\nmetadata: {name: api, namespace: backend}\nspec: {ports: [{port: 1}]}\n",
    )
    assert refs("why", "-f", manifests).status == 1
    done = refs("why", "-f", manifests, "--kinds", rows, "-o", "wide")
    assert (done.status, "nothing governs it" in done.out) == (0, True)


def test_a_row_for_a_route_of_any_role_is_told_without_an_effect(refs: Program, write: Write) -> None:
    manifests = write(
        "m.yaml",
        "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: w, namespace: shop}\n"
        "spec: {own: {name: api, namespace: backend}}\n",
    )
    for role in (role for role in Role if role is not Role.PARENT):
        rows = write(
            "rows.yaml",
            "- referrer: {group: gateway.networking.k8s.io, kind: HTTPRoute}\n"
            f"  path: spec.own\n  governedBy: ReferenceGrant\n  role: {role}\n"
            '  default: {group: "", kind: Service}\n',
        )
        done = refs("why", "-f", manifests, "--whole", "--kinds", rows)
        assert (done.status, done.err) == (1, "")
        assert "refused: HTTPRoute shop/w -> Service backend/api" in done.out

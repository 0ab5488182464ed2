"""Commands survive a POSIX shell word for word, names that no server accepts survive bash, and the YAML parses back."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.fixes.json_patch import json_pointer
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.objects import GATEWAY_GROUP, ObjectKey
from kubectl_refs.core.text.yaml import flow_lines, to_yaml, yaml_chunks
from kubectl_refs.core.view.catalog import CORE_KINDS, Catalog, ServedKind
from kubectl_refs.render.kubectl import Kubectl
from tests.support.builders import CATALOG, PROPERTY, grant

GRANT = ObjectKey(GATEWAY_GROUP, "ReferenceGrant", "backend", "g")


WORDS = st.lists(st.text(st.characters().filter(str.isprintable)))


def patch(key: ObjectKey, *operations: dict[str, Any]) -> Fix:
    return Fix("patch", key, "", Confidence.CERTAIN, patch=operations)


@PROPERTY
@given(st.text(st.characters().filter(str.isprintable)), WORDS)
def test_a_command_splits_into_its_words_again(name: str, flags: list[str]) -> None:
    fix = Fix("delete", GRANT._replace(name=name), "", Confidence.CERTAIN)
    words = ["delete", f"referencegrant/{name}", "-n", "backend"]
    assert shlex.split(Kubectl(CATALOG, tuple(flags)).command(fix)) == ["kubectl", *words, *flags]


@pytest.mark.parametrize("word", ["a\nallowed: x", "\t", "it's\x1b[2J\\", "\x9b\u202e'\u200b\xad", "ü\U000e0041 $HOME"])
def test_what_cannot_be_seen_is_spelled_out_on_the_same_line_as_bash_reads_it(word: str) -> None:
    kubectl = Kubectl(CATALOG, ("--context", word))
    key = ObjectKey(GATEWAY_GROUP, "ReferenceGrant", word, word)
    for command, words in (
        (
            kubectl.command(Fix("edit", key, "", Confidence.GUESS)),
            ["edit", f"referencegrant/{word}", "-n", word, "--context", word],
        ),
        (
            kubectl.command(patch(key)),
            ["patch", f"referencegrant/{word}", "-n", word, "--type=json", "-p", "[\n \n]", "--context", word],
        ),
    ):
        assert command.replace("\n", "").isprintable()
        assert "\nallowed" not in command
        assert run_with_fake_kubectl(command, "bash") == (words, "")


def test_words_that_need_no_quotes_have_none() -> None:
    fix = Fix("delete", GRANT, "", Confidence.CERTAIN)
    assert Kubectl(CATALOG, ("--context", "prod")).command(fix) == (
        "kubectl delete referencegrant/g -n backend --context prod"
    )


def test_labels_are_written_by_kubectl_label() -> None:
    labels = {"tenant": "a", "shared": ""}
    fix = Fix("edit", ObjectKey("", "Namespace", "", "frontend"), "", Confidence.LIKELY, labels=labels)
    assert Kubectl(CATALOG).command(fix) == "kubectl label namespace/frontend tenant=a shared="


def test_what_another_person_runs_has_none_of_the_callers_flags() -> None:
    fix = Fix("create", GRANT, "", Confidence.GUESS, manifest=grant(), for_owner=True)
    assert Kubectl(CATALOG, ("--context", "prod")).command(fix).startswith("kubectl create -f - <<'EOF'\n")


def run_with_fake_kubectl(command: str, shell: str = "sh") -> tuple[list[str], str]:
    """The words and the standard input that kubectl gets when a real shell runs a command."""
    script = f"kubectl() {{ for word; do printf '%s\\0' \"$word\"; done; printf '\\1'; cat; }}\n{command}\n"
    output = subprocess.run(
        [shell, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    ).stdout
    words, _, stdin = output.partition("\1")
    return words.split("\0")[:-1], stdin


def test_a_shell_hands_a_created_manifest_to_kubectl_unchanged() -> None:
    manifest = grant(name="a$HOME`id`'\"\\")
    fix = Fix("create", GRANT, "", Confidence.CERTAIN, manifest=manifest)
    words, stdin = run_with_fake_kubectl(Kubectl(CATALOG, ("--context", "it's")).command(fix))
    assert words == ["create", "-f", "-", "--context", "it's"]
    assert yaml.safe_load(stdin) == manifest


def test_a_shell_hands_a_patch_to_kubectl_unchanged() -> None:
    operations: list[dict[str, Any]] = [
        {"op": "test", "path": "/spec", "value": {"from": [{"kind": 'it\'s $HOME `id` "x" \\'}]}},
        {"op": "replace", "path": "/spec/from/0/kind", "value": "ü\n"},
    ]
    words, _ = run_with_fake_kubectl(Kubectl(CATALOG, ("--context", "prod")).command(patch(GRANT, *operations)))
    assert words[:6] == ["patch", "referencegrant/g", "-n", "backend", "--type=json", "-p"]
    assert json.loads(words[6]) == operations
    assert words[7:] == ["--context", "prod"]


def test_a_cluster_scoped_object_is_patched_without_a_namespace() -> None:
    operation = {"op": "add", "path": "/metadata/labels", "value": {"tenant": "a"}}
    *words, body = shlex.split(Kubectl(CATALOG).command(patch(ObjectKey("", "Namespace", "", "frontend"), operation)))
    assert words == ["kubectl", "patch", "namespace/frontend", "--type=json", "-p"]
    assert json.loads(body) == [operation]


def test_a_kind_whose_name_another_group_has_too_is_patched_by_its_full_name() -> None:
    catalog = Catalog([*CORE_KINDS, ServedKind("serving.knative.dev", "Service", "services", ("v1",))])
    kubectl = Kubectl(catalog)
    assert shlex.split(kubectl.command(patch(ObjectKey("serving.knative.dev", "Service", "a", "b"))))[2] == (
        "service.serving.knative.dev/b"
    )


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("spec.from[0].kind", "/spec/from/0/kind"),
        (
            "spec.rules[10].backendRefs[2].filters[0].requestMirror.backendRef",
            "/spec/rules/10/backendRefs/2/filters/0/requestMirror/backendRef",
        ),
        ("metadata.namespace", "/metadata/namespace"),
    ],
)
def test_a_field_path_becomes_a_json_pointer(path: str, pointer: str) -> None:
    assert json_pointer(path) == pointer


ODD = (
    *(
        "",
        " ",
        "on",
        "On",
        "OFF",
        "yes",
        "no",
        "y",
        "N",
        "true",
        "False",
        "null",
        "Null",
        "~",
        "1",
        "1e3",
        "0x10",
        "0o7",
        "1_000",
    ),
    *(
        "1:30",
        ".5",
        ".inf",
        ".nan",
        "-",
        "- a",
        "--- ",
        "...",
        "? a",
        "a: b",
        "a:",
        ": a",
        "a #b",
        "#a",
        "&a",
        "*a",
        "!a",
        "|",
        ">",
    ),
    *(
        "%a",
        "@a",
        "`a",
        "{}",
        "[]",
        "{a: b}",
        "[a]",
        "'",
        '"',
        "\\",
        "a\nb",
        "\n",
        "a\n",
        "\t",
        "a\tb",
        " a",
        "a ",
        "=",
        "<<",
    ),
    *(
        "2026-01-02",
        "2026-01-02T03:04:05Z",
        "é",
        "日本",
        "\u00a0",
        "\u0085",
        "\u2028",
        "\u2029",
        "\ufeff",
        "\x7f",
        "\x00",
        "\x1b",
    ),
    *("🙂", "a🙂b", "\ufffe", "\uffff", "gateway.networking.k8s.io/v1", "v1beta1", "httproute-a-to-b"),
)


@pytest.mark.parametrize("word", ODD)
def test_an_odd_word_is_read_back_as_value_key_and_item(word: str) -> None:
    value = {word: word, "items": [word, {word: word}, [word]], "inner": {word: {word: word}}}
    assert yaml.safe_load(to_yaml(value)) == value


def test_plain_words_are_not_quoted_and_others_are() -> None:
    assert to_yaml({"apiVersion": "gateway.networking.k8s.io/v1", "group": "", "kind": "HTTPRoute", "name": "on"}) == (
        'apiVersion: gateway.networking.k8s.io/v1\ngroup: ""\nkind: HTTPRoute\nname: "on"\n'
    )


@pytest.mark.parametrize("word", ["y", "N", "yes", "No", "on", "OFF", "true", "False", "null", "~", "1", "1e3", "0x10"])
def test_what_any_version_of_yaml_reads_as_no_string_is_quoted(word: str) -> None:
    assert to_yaml({"name": word}) == f'name: "{word}"\n'


def test_a_grant_is_written_as_people_write_it() -> None:
    assert (
        to_yaml(grant())
        == """\
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata:
  name: g
  namespace: backend
spec:
  from:
  - group: gateway.networking.k8s.io
    kind: HTTPRoute
    namespace: frontend
  to:
  - group: ""
    kind: Service
"""
    )


@pytest.mark.parametrize(
    "value",
    [
        {"a": {}},
        {"a": []},
        {"a": [{}]},
        {"a": [[]]},
        {"a": [[], {}]},
        {"a": {"b": {}}},
        {"a": [{"b": []}]},
        {"a": [None]},
    ],
)
def test_empty_mappings_and_lists_stay_what_they_are(value: dict[str, Any]) -> None:
    assert yaml.safe_load(to_yaml(value)) == value


WORDS = st.one_of(st.sampled_from(ODD), st.text(max_size=20))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=12,
)


@PROPERTY
@given(st.dictionaries(WORDS, VALUES, min_size=1, max_size=4))
def test_any_manifest_is_read_back_as_it_was(value: dict[str, Any]) -> None:
    assert yaml.safe_load(to_yaml(value)) == value


@PROPERTY
@given(st.dictionaries(WORDS, VALUES, max_size=4), st.integers(1, 200))
def test_data_in_flow_style_is_read_back_as_it_was_however_it_is_broken(value: dict[str, Any], width: int) -> None:
    assert yaml.safe_load("\n".join(flow_lines("spec:", value, width))) == {"spec": value}


def test_flow_style_is_broken_between_its_entries_alone() -> None:
    long = {"name": "n" * 60, "namespace": "s" * 63}
    assert flow_lines("metadata:", long, 80) == [f"metadata: {{name: {'n' * 60},", f"  namespace: {'s' * 63}}}"]
    assert flow_lines("  to:", [{"name": "a" * 30}, {"name": "b" * 30}], 60) == [
        f"  to: [{{name: {'a' * 30}}},",
        f"    {{name: {'b' * 30}}}]",
    ]
    assert flow_lines("metadata:", {"name": "api", "ports": [80]}, 80) == ["metadata: {name: api, ports: [80]}"]


@PROPERTY
@given(VALUES)
def test_any_data_is_read_back_as_it_was_and_is_ascii(value: Any) -> None:
    assert yaml.safe_load(to_yaml(value)) == value
    assert to_yaml(value).isascii()


def test_a_sentence_needs_no_quotes_and_is_not_folded() -> None:
    sentence = f"no grant permits it, so requests to [0] get {'very ' * 50}soon 500s"
    assert to_yaml({"because": [sentence]}) == f"because:\n- {sentence}\n"


def test_a_key_longer_than_readers_look_ahead_is_read_back() -> None:
    value = {"k" * 2000: {"a": [1]}, "l" * 2000: [1], "é" * 300: "x", "m" * 2000: 3}
    assert yaml.safe_load(to_yaml(value)) == value


def test_half_a_surrogate_pair_is_replaced_as_go_replaces_it() -> None:
    assert yaml.safe_load(to_yaml("a\ud83d")) == "a\ufffd"


def test_an_iterator_is_a_list_that_is_written_as_it_is_made() -> None:
    made: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(3):
            made.append(number)
            yield number

    chunks = yaml_chunks({"kind": "List", "none": iter(()), "items": numbers()})
    assert [next(chunks) for _ in range(3)] == ["kind: List\n", "none: []\n", "items:\n- 0\n"]
    assert made == [0]
    assert "".join(chunks) == "- 1\n- 2\n"

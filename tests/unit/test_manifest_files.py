"""Files and folders named by `-f` are read as kubectl reads them, and refused in its words."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.values import key_of
from kubectl_refs.manifests.source import Manifests, load
from kubectl_refs.process.errors import USAGE, RefsError


def line_of(name: str) -> str:
    """A Service on one line of YAML."""
    return f"{{apiVersion: v1, kind: Service, metadata: {{name: {name}}}}}\n"


def loaded(*paths: Path | str, recursive: bool = False, stdin: bytes = b"") -> Manifests:
    return load(
        list(map(str, paths)), recursive=recursive, default_namespace="default", stdin=io.BytesIO(stdin), whole=True
    )


def names(manifests: Manifests) -> list[str]:
    return [key_of(each).name for each in manifests.objects]


def error_of(*paths: Path | str, recursive: bool = False, stdin: bytes = b"") -> str:
    with pytest.raises(RefsError) as raised:
        loaded(*paths, recursive=recursive, stdin=stdin)
    assert raised.value.status == USAGE
    assert "\n" not in raised.value.line
    return raised.value.line


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """b.yaml, a.yml, c.json, d/e.yaml, d/f/g.yaml and files of other types; each object is named after its file."""
    folder = tmp_path / "tree"
    (folder / "d" / "f").mkdir(parents=True)
    for file in ("b.yaml", "a.yml", "d/e.yaml", "d/f/g.yaml", "notes.txt", "h.yaml.bak"):
        (folder / file).write_text(line_of(Path(file).stem))
    (folder / "c.json").write_text('{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "c"}}')
    return folder


class TestPaths:
    def test_a_folder_gives_its_own_manifests_by_name(self, tree: Path) -> None:
        assert names(loaded(tree)) == ["a", "b", "c"]

    def test_recursively_a_folder_gives_those_below_it_too(self, tree: Path) -> None:
        assert names(loaded(tree, recursive=True)) == ["a", "b", "c", "e", "g"]

    def test_a_file_named_itself_needs_no_known_extension(self, tree: Path) -> None:
        assert names(loaded(tree / "notes.txt")) == ["notes"]

    def test_several_arguments_are_read_in_their_order(self, tree: Path) -> None:
        assert names(loaded(tree / "d" / "e.yaml", tree / "b.yaml")) == ["e", "b"]

    def test_a_pattern_stands_for_the_files_it_matches(self, tree: Path) -> None:
        assert names(loaded(tree / "*.y*ml")) == ["a", "b"]

    def test_a_folder_reached_through_a_link_is_read_but_links_in_it_are_not_followed(self, tree: Path) -> None:
        (tree.parent / "link").symlink_to(tree / "d")
        (tree / "d" / "f" / "up").symlink_to(tree)
        assert names(loaded(tree.parent / "link", recursive=True)) == ["e", "g"]

    def test_a_folder_named_like_a_manifest_is_a_folder(self, tree: Path) -> None:
        (tree / "folder.yaml").mkdir()
        (tree / "folder.yaml" / "h.yaml").write_text(line_of("h"))
        assert names(loaded(tree)) == ["a", "b", "c"]
        assert names(loaded(tree, recursive=True)) == ["a", "b", "c", "e", "g", "h"]

    def test_standard_input_is_read_where_it_is_named(self, tree: Path) -> None:
        assert names(loaded(tree / "b.yaml", "-", tree / "a.yml", stdin=line_of("in").encode())) == ["b", "in", "a"]

    def test_standard_input_cannot_be_read_twice(self) -> None:
        assert error_of("-", "-") == "error: standard input cannot be used for multiple arguments"

    def test_standard_input_that_is_not_open_is_an_error(self) -> None:
        with pytest.raises(RefsError, match="error: standard input is not open"):
            load(["-"], recursive=False, default_namespace="default", stdin=None, whole=True)

    @pytest.mark.parametrize("path", ["missing.yaml", "no*match.yaml", "missing/folder"])
    def test_a_path_that_is_not_there_is_an_error(self, tmp_path: Path, path: str) -> None:
        assert error_of(tmp_path / path) == f'error: the path "{tmp_path / path}" does not exist'

    def test_a_link_to_nothing_is_an_error(self, tmp_path: Path) -> None:
        link = tmp_path / "link.yaml"
        link.symlink_to(tmp_path / "gone.yaml")
        assert error_of(link) == f'error: the path "{link}" does not exist'
        assert error_of(tmp_path) == f"error: open {link}: no such file or directory"

    def test_a_path_through_a_file_is_an_error(self, tree: Path) -> None:
        path = tree / "b.yaml" / "x"
        assert error_of(path) == f'error: the path "{path}" cannot be accessed: not a directory'

    @pytest.mark.parametrize("recursive", [False, True])
    def test_a_folder_without_manifests_is_an_error(self, tmp_path: Path, recursive: bool) -> None:
        (tmp_path / "notes.txt").write_text("x")
        expected = f"error: error reading [{tmp_path}]: recognized file extensions are [.json .yaml .yml]"
        assert error_of(tmp_path, recursive=recursive) == expected

    def test_a_file_that_may_not_be_read_is_an_error(self, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, **__: object) -> NoReturn:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("builtins.open", refuse)
        assert error_of(tree / "b.yaml") == f"error: open {tree / 'b.yaml'}: permission denied"


class TestText:
    def test_an_object_without_a_namespace_is_put_into_the_default_one(self) -> None:
        assert [key_of(each).namespace for each in loaded("-", stdin=line_of("a").encode()).objects] == ["default"]

    def test_several_documents_are_several_objects_and_empty_ones_none(self) -> None:
        text = "# nothing\n---\n" + line_of("a") + "---\n---\n" + line_of("b") + "---\n"
        assert names(loaded("-", stdin=text.encode())) == ["a", "b"]

    def test_a_byte_order_mark_is_ignored(self) -> None:
        stream = '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "b"}}' * 2
        for text in (line_of("b"), stream):
            assert names(loaded("-", stdin=b"\xef\xbb\xbf" + text.encode())) == ["b"]

    @pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
    def test_utf_16_is_known_by_its_mark_as_windows_writes_it(self, mark: bytes) -> None:
        text = f"{line_of('ü')}---\n{line_of('b')}".encode("utf-16-le" if mark == b"\xff\xfe" else "utf-16-be")
        assert names(loaded("-", stdin=mark + text)) == ["ü", "b"]
        more = "# ".encode("utf-16-le" if mark == b"\xff\xfe" else "utf-16-be") + b"x"
        assert names(loaded("-", stdin=mark + text + more)) == ["ü", "b"]

    def test_a_file_without_objects_is_an_empty_cluster(self) -> None:
        assert loaded("-", stdin=b"# nothing\n").objects == ()

    def test_a_time_stays_the_text_it_was(self) -> None:
        text = b"apiVersion: v1\nkind: Service\nmetadata: {name: a, creationTimestamp: 2024-01-01T00:00:00Z}"
        assert loaded("-", stdin=text).objects[0]["metadata"]["creationTimestamp"] == "2024-01-01T00:00:00Z"

    def test_lists_are_unfolded_where_they_stand(self) -> None:
        text = (
            line_of("a")
            + "---\n{apiVersion: v1, kind: List, items: ["
            + line_of("b").strip()
            + ", {apiVersion: v1, kind: ServiceList, items: [{metadata: {name: c}}]}]}\n---\n"
            + line_of("d")
        )
        manifests = loaded("-", stdin=text.encode())
        assert names(manifests) == ["a", "b", "c", "d"]
        assert {each["kind"] for each in manifests.objects} == {"Service"}

    @pytest.mark.parametrize("items", ["[]", "null"])
    def test_a_list_of_nothing_holds_no_objects(self, items: str) -> None:
        assert loaded("-", stdin=f"{{apiVersion: v1, kind: List, items: {items}}}".encode()).objects == ()

    def test_a_kind_that_merely_ends_like_a_list_is_an_object(self) -> None:
        assert names(loaded("-", stdin=b"{apiVersion: x.io/v1, kind: AllowList, metadata: {name: a}}")) == ["a"]

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("kind: Service\nmetadata:\n  name: a\n   x: y", "error parsing STDIN: error converting YAML to JSON: yaml: line 4: "),
            ("a: 1\na: 2", 'error parsing STDIN: error converting YAML to JSON: yaml: line 2: key "a" already set in map'),
            ("apiVersion: v1\nmetadata: {name: a}", "unable to decode \"STDIN\": Object 'Kind' is missing in "
             """'{"apiVersion":"v1","metadata":{"name":"a"}}'"""),
            ("{}", "unable to decode \"STDIN\": Object 'Kind' is missing in '{}'"),
            ("kind: A\nmetadata: {name: a}", "unable to decode \"STDIN\": Object 'apiVersion' is missing in "
             """'{"kind":"A","metadata":{"name":"a"}}'"""),
            ("kind: 3", "unable to decode \"STDIN\": Object 'Kind' is missing in '{\"kind\":3}'"),
            ("hello", "unable to decode \"STDIN\": this is not an object: \"hello\""),
            ("[a]", "unable to decode \"STDIN\": this is not an object: [\"a\"]"),
            ("{apiVersion: v1, kind: A}", "unable to decode \"STDIN\": metadata.name is missing in "
             """'{"apiVersion":"v1","kind":"A"}'"""),
            ("{apiVersion: v1, kind: A, metadata: [a]}", 'unable to decode "STDIN": metadata.name is missing in '),
            ("{apiVersion: v1, kind: A, metadata: {name: 12}}", 'unable to decode "STDIN": metadata.name must be a string, not 12'),
            ("{apiVersion: v1, kind: A, metadata: {name: a, namespace: no}}",
             'unable to decode "STDIN": metadata.namespace must be a string, not false'),
            *((f"{{apiVersion: v1, kind: List, items: {items}}}", 'unable to decode "STDIN": items must be a list in ')
              for items in ("3", "{}", '""', "0", "false")),
            (line_of("a") + "---\n# nothing\n---\nkind: A", "unable to decode \"STDIN\" (document 3): Object 'apiVersion' is missing in "),
            ("{apiVersion: v1, kind: List, items: [" + line_of("a") + ", {kind: A}]}",
             "unable to decode \"STDIN\" items[1]: Object 'apiVersion' is missing in "),
        ],
    )  # fmt: skip
    def test_what_is_no_object_is_an_error_that_says_why(self, text: str, problem: str) -> None:
        assert error_of("-", stdin=text.encode()).startswith(f"error: {problem}")

    def test_an_error_names_the_file(self, tmp_path: Path) -> None:
        file = tmp_path / "x.yaml"
        file.write_text("a: b: c")
        assert error_of(tmp_path).startswith(
            f"error: error parsing {file}: error converting YAML to JSON: yaml: line 1: "
        )

    def test_a_long_object_is_told_in_part(self) -> None:
        line = error_of("-", stdin=b"apiVersion: v1\ndata: " + b"x" * 5000)
        assert len(line) < 300
        assert line.endswith("…'")

    def test_what_is_no_utf_8_becomes_a_sign_for_it_as_with_kubectl(self) -> None:
        text = line_of("a").encode() + b"---\n# \xff\napiVersion: v1\nkind: Service\nmetadata: {name: b\xe2\x82c}"
        assert names(loaded("-", stdin=text)) == ["a", "b\ufffdc"]


class TestOrigins:
    """The places of an object and its fields in a file."""

    def test_an_object_has_its_file_its_document_and_the_lines_of_its_fields(self, tmp_path: Path) -> None:
        file = tmp_path / "all.yaml"
        file.write_text(line_of("first") + "---\n# Source: x\n\napiVersion: v1\nkind: Service\nmetadata:\n  name: a\n")
        manifests = loaded(str(file))
        origin = manifests.origin(key_of(manifests.objects[1]))
        assert origin is not None
        assert (origin.file, origin.number) == (str(file), 2)
        assert [origin.line(), origin.line("metadata.name"), origin.line("spec.ports[0]")] == [5, 8, 5]

    def test_the_items_of_lists_within_lists_stand_where_they_are_written(self) -> None:
        text = """\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ServiceList
  items:
  - metadata: {name: a}
  - metadata:
      name: b
"""
        manifests = loaded("-", stdin=text.encode())
        origins = [manifests.origin(key_of(obj)) for obj in manifests.objects]
        lines = [(each.file, each.number, each.line(), each.line("metadata.name")) for each in origins if each]
        assert lines == [("STDIN", 1, 7, 7), ("STDIN", 1, 8, 9)]

    def test_of_an_object_given_twice_it_is_where_the_one_that_counts_stands(self) -> None:
        manifests = loaded("-", stdin=f"{line_of('a')}---\n{line_of('b')}---\n{line_of('a')}".encode())
        origins = [manifests.origin(key_of(obj)) for obj in manifests.objects]
        assert [each.number for each in origins if each] == [2, 3]

    def test_an_implied_namespace_stands_nowhere(self) -> None:
        manifests = loaded("-", stdin=line_of("a").encode())
        assert manifests.origin(ObjectKey("", "Namespace", "", "default")) is None


def test_yaml_is_not_imported_before_a_manifest_is_read() -> None:
    program = "import sys, kubectl_refs.manifests.source; sys.exit('yaml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

"""New tokens are put into the text of a kubeconfig, whatever its style; everything else stays as it was written."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_mock import MockerFixture

from kubectl_refs.kube.config.rewriting import keep, with_tokens
from kubectl_refs.process.errors import RefsError

TOKENS = {"id-token": 'new: "one"', "refresh-token": "r2"}
BLOCK = """\
# a comment
users:
- name: other
  user: {auth-provider: {name: oidc, config: {id-token: same, refresh-token: r1}}}
- name: jane   # me
  user:
    auth-provider:
      config:
        client-id: c
        %s
        refresh-token: r1  # secret
      name: oidc
port: 0123
"""


def after(content: str) -> Any:
    changed = with_tokens(content, "jane", TOKENS)
    before, now = yaml.safe_load(content), yaml.safe_load(changed)
    (user,) = (each for each in before["users"] if each["name"] == "jane")
    user["user"]["auth-provider"]["config"] |= TOKENS
    assert now == before
    return changed


@pytest.mark.parametrize(
    "old",
    [
        "id-token: old",
        "id-token: 'old'",
        'id-token: "ol\\"d"',
        "id-token:",
        "id-token: ''  # empty",
        "id-token: |\n          old",
        "id-token: >-\n          old\n          still",
        "id-token: old\n          still",
        "extra: 1",
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_only_the_tokens_change(old: str, newline: str) -> None:
    changed = after(BLOCK.replace("%s", old).replace("\n", newline))
    for part in ("# a comment", "config: {id-token: same, refresh-token: r1}", "# me", "# secret", "port: 0123"):
        assert part in changed
    assert changed.count(newline) >= 12


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    "config", [{"id-token": "old", "refresh-token": "r1"}, {"client-id": "c", "refresh-token": "r1"}]
)
def test_json_stays_json(config: dict[str, str], indent: int | None) -> None:
    content = {"users": [{"name": "jane", "user": {"auth-provider": {"name": "oidc", "config": config}}}]}
    json.loads(after(json.dumps(content, indent=indent)))


def test_a_byte_order_mark_and_other_letters_are_no_obstacle() -> None:
    assert after("\ufeff# Grüße 😀\n" + BLOCK.replace("%s", "id-token: old")).startswith("\ufeff# Grüße 😀\n")


@pytest.mark.parametrize(
    "content", ["", "[]", "users: {}", "users: [{name: bob}]", "users: [{name: jane, user: {token: x}}]"]
)
def test_a_user_without_the_entry_is_an_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "config"
    path.write_text(content)
    with pytest.raises(RefsError) as caught:
        keep(path, "jane", TOKENS)
    assert caught.value.line.endswith(
        f'could not persist new tokens: {path}: user "jane" has no auth-provider any more'
    )
    assert path.read_text() == content
    assert [each.name for each in tmp_path.iterdir()] == ["config"]


def test_a_file_that_is_mounted_by_itself_is_written_where_it_is(tmp_path: Path, mocker: MockerFixture) -> None:
    path = tmp_path / "config"
    path.write_text(BLOCK.replace("%s", "id-token: old"))
    number = path.stat().st_ino
    mocker.patch("kubectl_refs.kube.config.rewriting.os.replace", side_effect=OSError(16, os.strerror(16)))
    keep(path, "jane", TOKENS)
    assert path.read_text() == with_tokens(BLOCK.replace("%s", "id-token: old"), "jane", TOKENS)
    assert path.stat().st_ino == number
    assert [each.name for each in tmp_path.iterdir()] == ["config"]


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path, mocker: MockerFixture) -> None:
    path = tmp_path / "config"
    path.write_text(content := BLOCK.replace("%s", "id-token: old"))
    mocker.patch("kubectl_refs.kube.config.rewriting.os.replace", side_effect=OSError(28, os.strerror(28)))
    with pytest.raises(RefsError, match=r"could not persist new tokens: open .*: no space left on device"):
        keep(path, "jane", TOKENS)
    assert path.read_text() == content
    assert [each.name for each in tmp_path.iterdir()] == ["config"]

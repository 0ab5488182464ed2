"""who-can on manifests: the same answer as for a cluster that holds them."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from kubectl_refs.core.model.objects import JSON
from tests.support.rbac import aggregating, binding, group, labelled, role, rule, user
from tests.support.running import Done, Program

OBJECTS = (
    role("writer", rule("create", "update"), namespace="shared"),
    binding("team-writes", "Role/writer", group("team"), namespace="shared"),
    role("everything", rule("*", group="*", resource="*")),
    binding("admins", "ClusterRole/everything", user("root")),
)


def manifests(folder: Path, *objects: JSON) -> str:
    path = folder / "objects.yaml"
    path.write_text(yaml.safe_dump_all([dict(obj) for obj in objects]))
    return str(path)


def test_manifests_are_read_whole_unless_a_namespace_is_named(refs: Program, tmp_path: Path) -> None:
    files = manifests(
        tmp_path,
        *OBJECTS,
        role("writer", rule("delete"), namespace="other"),
        binding("b", "Role/writer", group("others"), namespace="other"),
    )

    everywhere, here = (
        json.loads(refs("who-can", "-f", files, "-o", "json", *more).out) for more in ((), ("-n", "other"))
    )

    assert [each["subject"]["name"] for each in everywhere["writers"]] == ["others", "team", "root"]
    assert [each["subject"]["name"] for each in here["writers"]] == ["others", "root"]
    assert (everywhere["namespace"], everywhere["caller"], here["namespace"]) == (None, None, "other")


def test_manifests_tell_nothing_of_the_caller(refs: Program, tmp_path: Path) -> None:
    done = refs("who-can", "-f", manifests(tmp_path, *OBJECTS))

    assert done.status == 0
    assert "\nyou:" not in done.out


def test_a_namespace_that_manifests_do_not_hold_is_said_so(refs: Program, tmp_path: Path) -> None:
    done = refs("who-can", "-n", "sharde", "-f", manifests(tmp_path, *OBJECTS))

    assert "note:     namespace sharde is not in the manifests\n" in done.out


def test_manifests_aggregate_as_the_controller_will(refs: Program, tmp_path: Path) -> None:
    files = manifests(
        tmp_path,
        aggregating("admin", tier="admin"),
        labelled(role("grants", rule("create")), tier="admin"),
        binding("owners", "ClusterRole/admin", group("owners"), namespace="shared"),
    )

    done = refs("who-can", "-f", files)

    assert done.out.splitlines()[1].startswith("owners ")
    assert "note:" not in done.out


def test_empty_manifests_are_a_mistake(refs: Program, tmp_path: Path) -> None:
    assert refs("who-can", "-f", manifests(tmp_path)) == Done(2, "", "error: no objects passed to who-can\n")


def test_a_namespace_that_is_no_segment_of_a_path_is_refused(refs: Program) -> None:
    done = refs("who-can", "-n", "a/b")

    assert done == Done(2, "", "error: invalid namespace \"a/b\": [may not contain '/']\n")


def test_a_role_that_the_manifests_do_not_hold_leaves_open_what_it_gives(refs: Program, tmp_path: Path) -> None:
    files = manifests(tmp_path, binding("admins", "ClusterRole/admin", group("team"), namespace="shared"))

    done = refs("who-can", "-f", files, "-n", "shared")

    assert done.status == 3
    assert done.out.startswith(
        "No binding to a role that the manifests hold lets anybody create, update, patch or delete"
    )
    assert done.out.endswith(
        "\nThe list might not be complete, because the manifests do not hold these roles:\n"
        "unknown:  RoleBinding shared/admins gives ClusterRole admin to Group team\n"
    )
    assert refs("who-can", "-f", files, "-n", "shared", "--exit-zero").status == 0
    assert refs("who-can", "-f", files, "-n", "shared", "-o", "json").status == 3

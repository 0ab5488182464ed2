from __future__ import annotations

import os

import pytest

from kubectl_refs.process.bundle import callers

BUNDLE = os.path.join(os.sep, "opt", "kubectl-refs", "_internal")
LINKER = ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH", "DYLD_FALLBACK_LIBRARY_PATH"]


@pytest.mark.parametrize("name", LINKER)
def test_a_variable_that_the_bootloader_added_is_gone(name: str) -> None:
    assert callers({"HOME": "/root", name: BUNDLE}, BUNDLE) == {"HOME": "/root"}


@pytest.mark.parametrize("name", LINKER)
def test_a_variable_that_the_bootloader_replaced_is_what_it_was(name: str) -> None:
    environ = {name: f"{BUNDLE}{os.pathsep}/usr/lib/mine", f"{name}_ORIG": "/usr/lib/mine"}
    assert callers(environ, BUNDLE) == {name: "/usr/lib/mine"}


@pytest.mark.parametrize("name", LINKER)
def test_a_variable_of_the_callers_own_is_kept(name: str) -> None:
    assert callers({name: "/usr/lib/mine"}, BUNDLE) == {name: "/usr/lib/mine"}


@pytest.mark.parametrize("name", LINKER)
def test_only_the_bundles_own_folders_are_taken_out_of_a_list(name: str) -> None:
    listed = os.pathsep.join([BUNDLE, os.path.join(BUNDLE, "lib"), f"{BUNDLE}-mine", "/usr/lib/mine"])
    assert callers({name: listed}, BUNDLE) == {name: os.pathsep.join([f"{BUNDLE}-mine", "/usr/lib/mine"])}


def test_the_bootloaders_notes_to_itself_are_gone() -> None:
    environ = {"_PYI_ARCHIVE_FILE": "x", "_PYI_PARENT_PROCESS_LEVEL": "1", "_": "/bin/kubectl", "PYINSTALLER": "mine"}
    assert callers(environ, BUNDLE) == {"_": "/bin/kubectl", "PYINSTALLER": "mine"}

"""A profile lies in one folder; Puffling's own files are found wherever it is installed."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from puffling.core import paths as places
from puffling.core.errors import PufflingError, StoreReadOnlyError
from puffling.core.paths import Paths, default_paths, resources
from tests.core.limits import ordinary_person


def test_everything_a_profile_keeps_is_below_its_folder(tmp_path: Path):
    paths = Paths(tmp_path / "profile")
    every = [
        paths.settings,
        paths.database,
        paths.market,
        paths.marker,
        paths.layouts,
        paths.backups,
        paths.logs,
        paths.lock,
    ]
    assert len(set(every)) == len(every)
    assert all(each.is_relative_to(paths.root) for each in every)


def test_the_folders_are_made_for_their_owner_alone(tmp_path: Path):
    paths = Paths(tmp_path / "profile")
    paths.make()
    paths.make()
    for folder in (paths.root, paths.layouts, paths.backups, paths.logs):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_says_so(open_folder: Path):
    open_folder.chmod(0o555)
    with ordinary_person(), pytest.raises(StoreReadOnlyError):
        Paths(open_folder / "profile").make()


def test_the_system_sets_aside_a_folder_of_its_own():
    assert default_paths().root.name == "puffling"
    assert default_paths().root.is_absolute()


def test_the_resources_of_a_checkout_lie_beside_the_packages():
    assert resources() == Path(places.__file__).parents[2] / "resources"


def test_the_resources_of_a_bundle_lie_inside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources() != tmp_path / "resources"
    (tmp_path / "resources").mkdir()
    assert resources() == tmp_path / "resources"


def test_the_resources_of_a_wheel_lie_inside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(places, "__file__", str(tmp_path / "puffling/core/paths.py"))
    with pytest.raises(PufflingError, match="files are missing"):
        resources()
    (tmp_path / "puffling/resources").mkdir(parents=True)
    assert resources() == tmp_path / "puffling/resources"


def test_the_installed_program_keeps_its_data_beside_itself_where_a_folder_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "puffling"))
    (tmp_path / "puffling-data").mkdir()
    assert default_paths().root != tmp_path / "puffling-data"  # not installed: from a checkout
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert default_paths().root == tmp_path / "puffling-data"
    (tmp_path / "puffling-data").rmdir()
    assert default_paths().root.name == "puffling"

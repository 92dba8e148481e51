"""A file is written whole or not at all, and a refusal is said in words."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest

from puffling.core.errors import StoreError, StoreFullError, StoreReadOnlyError
from puffling.core.files import file_errors, set_aside, write_whole
from tests.core.limits import full_disk, ordinary_person

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_replaced_by_the_new_one(tmp_path: Path):
    path = tmp_path / "deep/er/file.json"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_a_full_disk_leaves_the_old_file_and_no_rubbish(tmp_path: Path):
    path = tmp_path / "file.json"
    write_whole(path, b"old")
    with full_disk(), pytest.raises(StoreFullError, match="disk is full"):
        write_whole(path, b"x" * 1_000)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_may_not_be_written_says_so(open_folder: Path):
    open_folder.chmod(0o555)
    with ordinary_person(), pytest.raises(StoreReadOnlyError, match="may not be written"):
        write_whole(open_folder / "file.json", b"x")


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, StoreFullError),
        (errno.EDQUOT, StoreFullError),
        (errno.EROFS, StoreReadOnlyError),
        (errno.EPERM, StoreReadOnlyError),
        (errno.EIO, StoreError),
    ],
)
def test_each_refusal_of_the_system_has_its_own_words(
    tmp_path: Path, number: int, kind: type[StoreError]
):
    with pytest.raises(StoreError) as caught, file_errors(tmp_path / "file"):
        raise OSError(number, "as the system says")
    assert type(caught.value) is kind


def test_a_file_that_is_set_aside_keeps_its_content_and_takes_nobodys_place(tmp_path: Path):
    path = tmp_path / "settings.json"
    for number in range(3):
        path.write_text(str(number))
        set_aside(path, stamp="now")
    assert not path.exists()
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {
        "settings.broken-now.json": "0",
        "settings.broken-now-2.json": "1",
        "settings.broken-now-3.json": "2",
    }

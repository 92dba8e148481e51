"""A copy that was asked for takes the database's place before it is opened, or nothing changes."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from puffling.core.errors import BadValueError, StoreError, StoreReadOnlyError
from puffling.store.backups import list_copies, verify
from puffling.store.halts import Halt, HaltStore
from puffling.store.opening import open_storage, restore
from puffling.store.orders import OrderStore
from puffling.store.restoring import (
    RestoreNote,
    chosen,
    leave_note,
    read_note,
    restore_noted,
)
from tests.store.samples import NOW, HandClock, fill_up, order, read_everything

if TYPE_CHECKING:
    from puffling.core.paths import Paths
    from puffling.store.opening import Storage


def test_without_a_note_nothing_is_restored(paths: Paths):
    assert restore_noted(paths, NOW) is None


def test_a_noted_copy_takes_the_place_of_the_file_which_is_kept_and_named(
    storage: Storage, paths: Paths
):
    fill_up(storage.user)
    copy = storage.backup_now()
    OrderStore(storage.user).add_intent(order("later"))
    storage.close()
    leave_note(paths, RestoreNote(copy.name, "desk"))
    restored = restore_noted(paths, NOW)
    assert restored is not None
    (aside,) = paths.root.glob("puffling.replaced-*.db")
    assert restored.text == f"{copy.name} was restored. What was there is kept in {aside.name}."
    assert restored.note == RestoreNote(copy.name, "desk")
    assert read_note(paths) is None
    again = open_storage(paths, HandClock())
    assert read_everything(again.user) == 3
    again.close()


def test_the_kill_switch_of_the_replaced_file_is_handed_on(storage: Storage, paths: Paths):
    copy = storage.backup_now()
    HaltStore(storage.user).set(Halt(NOW, "desk", "a drill"))
    storage.close()
    leave_note(paths, RestoreNote(copy.name, "desk"))
    restored = restore_noted(paths, NOW)
    assert restored is not None
    assert restored.halt == Halt(NOW, "desk", "a drill")


@pytest.mark.parametrize("name", ["puffling-20260101-000000-000000.db", "../puffling.db", ""])
def test_a_note_of_what_is_no_copy_changes_nothing_and_is_not_tried_again(
    storage: Storage, paths: Paths, name: str
):
    fill_up(storage.user)
    storage.backup_now()
    storage.close()
    before = paths.database.read_bytes()
    leave_note(paths, RestoreNote(name, "desk"))
    restored = restore_noted(paths, NOW)
    assert restored is not None
    assert "not restored, and everything is as it was" in restored.text
    assert restored.note is None
    assert paths.database.read_bytes() == before
    assert read_note(paths) is None


def test_a_damaged_copy_changes_nothing_and_says_so(storage: Storage, paths: Paths):
    fill_up(storage.user)
    copy = storage.backup_now()
    storage.close()
    copy.write_bytes(b"SQLite format 3\0" + b"\xff" * 9_000)
    leave_note(paths, RestoreNote(copy.name, "desk"))
    restored = restore_noted(paths, NOW)
    assert restored is not None
    assert restored.text.startswith(f"{copy.name} was not restored")
    again = open_storage(paths, HandClock())
    assert read_everything(again.user) == 3
    again.close()


def test_a_note_that_cannot_be_understood_restores_nothing(storage: Storage, paths: Paths):
    storage.backup_now()
    storage.close()
    paths.restore.write_text("[")
    restored = restore_noted(paths, NOW)
    assert restored is not None
    assert restored.text.startswith("the backup that was asked for was not restored")
    assert not paths.restore.exists()


def test_a_note_that_cannot_be_removed_opens_nothing(
    storage: Storage, paths: Paths, monkeypatch: pytest.MonkeyPatch
):
    copy = storage.backup_now()
    storage.close()
    leave_note(paths, RestoreNote(copy.name, "desk"))

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "no")

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(StoreReadOnlyError):
        restore_noted(paths, NOW)


def test_a_copy_that_cannot_be_put_in_place_leaves_the_old_file_with_its_log(
    storage: Storage, paths: Paths, monkeypatch: pytest.MonkeyPatch
):
    fill_up(storage.user)
    copy = storage.backup_now()
    storage.close()
    log = paths.database.with_name("puffling.db-wal")
    log.write_bytes(b"its log")
    before = paths.database.read_bytes()
    replace = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if target == paths.database and self.suffix == ".restoring":
            raise OSError(5, "the disk failed")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(StoreError, match="the disk failed"):
        restore(paths, copy, NOW)
    assert (paths.database.read_bytes(), log.read_bytes()) == (before, b"its log")
    assert not list(paths.root.glob("*.broken-*"))


def test_a_copy_is_described_and_checked_without_being_touched(storage: Storage, paths: Paths):
    fill_up(storage.user)
    copy = storage.backup_now()
    (listed,) = list_copies(paths)
    assert (listed.name, listed.made_at, listed.size) == (copy.name, NOW, copy.stat().st_size)
    found = verify(copy)
    assert found.copy == listed
    assert found.words.startswith("3 orders")
    assert list(paths.backups.iterdir()) == [copy]


def test_a_copy_is_chosen_by_its_name_or_as_the_newest(
    storage: Storage, paths: Paths, clock: HandClock
):
    with pytest.raises(BadValueError, match="no backup yet"):
        chosen(paths, "")
    old = storage.backup_now()
    clock.turn(hours=1)
    new = storage.backup_now()
    assert (chosen(paths, ""), chosen(paths, old.name)) == (new, old)
    with pytest.raises(BadValueError, match=r"There is no backup \.\./puffling\.db"):
        chosen(paths, "../puffling.db")


def test_an_empty_copy_says_that_it_holds_nothing_yet(storage: Storage):
    copy = storage.backup_now()
    assert verify(copy).words == "nothing yet"
    connection = sqlite3.connect(copy)
    connection.execute("UPDATE alembic_version SET version_num = ''")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match=copy.name):
        verify(copy)

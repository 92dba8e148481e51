"""One process holds a profile, and the lock dies with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from puffling.core.errors import StoreReadOnlyError
from puffling.core.lock import ProfileLock
from tests.core.limits import ordinary_person

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import pathlib, sys
from puffling.core.lock import ProfileLock
lock = ProfileLock(pathlib.Path(sys.argv[1]))
print(lock.acquire(), flush=True)
sys.stdin.read()
"""


def test_one_holds_it_and_a_second_does_not(tmp_path: Path):
    first, second = ProfileLock(tmp_path / "lock"), ProfileLock(tmp_path / "lock")
    assert first.acquire()
    assert first.acquire()
    assert first.held
    assert not second.acquire()
    assert not second.held
    assert second.holder() == os.getpid()
    assert first.holder() == os.getpid()
    first.release()
    first.release()
    assert second.holder() is None
    assert second.acquire()
    second.release()


def test_nobody_holds_a_lock_that_was_never_taken(tmp_path: Path):
    assert ProfileLock(tmp_path / "lock").holder() is None


def test_a_holder_that_has_not_said_its_number_is_still_a_holder(tmp_path: Path):
    path = tmp_path / "lock"
    first, second = ProfileLock(path), ProfileLock(path)
    assert first.acquire()
    path.write_text("")
    assert second.holder() == 0
    first.release()


def test_the_lock_is_free_at_once_when_its_holder_is_killed(tmp_path: Path):
    path = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"True\n"
        ours = ProfileLock(path)
        assert not ours.acquire()
        assert ours.holder() == holder.pid
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        assert ours.holder() is None
        assert ours.acquire()
        ours.release()


def test_a_folder_that_may_not_be_written_is_not_taken_for_a_second_instance(open_folder: Path):
    open_folder.chmod(0o555)
    with ordinary_person(), pytest.raises(StoreReadOnlyError):
        ProfileLock(open_folder / "lock").acquire()


def test_a_fault_of_the_disk_is_not_taken_for_a_second_instance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    import fcntl

    from puffling.core.errors import StoreError

    def fail(handle: int, how: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", fail)
    with pytest.raises(StoreError, match="No locks available"):
        ProfileLock(tmp_path / "lock").acquire()

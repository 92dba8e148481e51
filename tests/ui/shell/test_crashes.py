from __future__ import annotations

import asyncio
import logging
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import qWarning

from puffling.ui.shell.crashes import KEPT, CrashNet

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

SECRET = "Authorization: Bearer abcdef0123456789abcdef0123456789"


@pytest.fixture
def net(qapp):
    made = CrashNet()
    made.install()
    yield made
    made.remove()


@pytest.fixture
def heard(net):
    reports: list[str] = []
    net.caught.connect(reports.append)
    return reports


def divide(by: int) -> float:
    return 1 / by


def test_a_slot_that_fails_is_caught_and_the_program_goes_on(net, heard, caplog):
    sys.excepthook(*_raised(lambda: divide(0)))
    assert "ZeroDivisionError" in heard[0]
    assert net.count == 1
    assert "ZeroDivisionError" in caplog.text


def test_the_same_crash_again_is_counted_but_not_announced_again(net, heard):
    for _ in range(3):
        net.report(_error(lambda: divide(0)))
    assert net.count == 3
    assert len(heard) == 1
    assert len(net.recent) == 3


def test_only_the_last_crashes_are_kept(net):
    for _ in range(KEPT + 5):
        net.report(_error(lambda: divide(0)))
    assert len(net.recent) == KEPT


def test_a_report_holds_no_secret(net, heard):
    def leak() -> None:
        raise RuntimeError(SECRET)

    net.report(_error(leak))
    assert "RuntimeError" in heard[0]
    assert "abcdef0123456789" not in heard[0]


def test_a_crash_on_another_thread_is_caught(net, heard, qtbot):
    thread = threading.Thread(target=lambda: divide(0))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(heard))
    assert "ZeroDivisionError" in heard[0]


def test_what_the_loop_lets_fall_is_caught(net, heard, caplog):
    loop = asyncio.new_event_loop()
    net.watch(loop)
    loop.call_exception_handler({"message": "a task failed", "exception": ValueError("lost")})
    loop.call_exception_handler({"message": "only words"})
    loop.close()
    assert "ValueError: lost" in heard[0]
    assert "only words" in caplog.text
    assert len(heard) == 1


def test_words_of_qt_go_to_the_log(qapp, caplog):
    net = CrashNet()
    net.install()
    try:
        with caplog.at_level(logging.WARNING, logger="puffling.qt"):
            qWarning("a Qt warning")
    finally:
        net.remove()
    assert "a Qt warning" in caplog.text


def test_the_hooks_are_put_back(qapp):
    before = sys.excepthook, threading.excepthook
    net = CrashNet()
    net.install()
    assert sys.excepthook != before[0]
    net.remove()
    assert (sys.excepthook, threading.excepthook) == before


def _error(work: Callable[[], object]) -> BaseException:
    try:
        work()
    except Exception as error:  # noqa: BLE001 - the test wants whatever it is
        return error
    raise AssertionError("It did not fail")


def _raised(
    work: Callable[[], object],
) -> tuple[type[BaseException], BaseException, TracebackType | None]:
    error = _error(work)
    return type(error), error, error.__traceback__

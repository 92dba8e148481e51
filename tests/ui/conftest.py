"""Fixtures with Qt: the theme, the loop the desk runs on, and a look at what a test left behind."""

from __future__ import annotations

import asyncio
import gc
import threading
from typing import TYPE_CHECKING

import pytest
import qasync
from PySide6.QtCore import QEvent, Qt, QTimer
from shiboken6 import isValid
from typing_extensions import override

from puffling.core.settings import Appearance
from puffling.ui.bridge import Signals
from puffling.ui.links import Links
from puffling.ui.panel import Parts
from puffling.ui.run import Runner
from puffling.ui.theme.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication

    from puffling.app import App
    from puffling.commands.registry import Registry
    from puffling.core.bus import EventBus
    from tests.conftest import Opening


@pytest.fixture(autouse=True)
def nothing_left(qapp: QApplication) -> Iterator[None]:
    """Fail the test that leaves a window, a running timer or a thread behind.

    Garbage is collected here and nowhere else: a collection that happens on a worker's thread
    destroys Qt objects there, and their timers go on firing at nothing.
    """
    # As the program has it: without, a floating window makes all its neighbours native, and the
    # offscreen platform crashes over what is left of them.
    qapp.setAttribute(Qt.ApplicationAttribute.AA_DontCreateNativeWidgetSiblings)
    gc.disable()
    gc.freeze()  # what is alive by now need not be looked through again
    windows, threads = windows_open(qapp), threads_running()
    yield
    gc.collect()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    more = (windows_open(qapp) - windows) | timers_running() | (threads_running() - threads)
    assert not more, f"Left behind: {more}"


def windows_open(app: QApplication) -> set[str]:
    """Return the top-level windows that belong to nobody."""
    app.processEvents()
    return {f"window {each!r}" for each in app.topLevelWidgets() if each.parent() is None}


def timers_running() -> set[str]:
    """Return the timers that still tick."""
    timers = [each for each in gc.get_objects() if type(each) is QTimer]
    return {f"timer {each!r}" for each in timers if isValid(each) and each.isActive()}


def threads_running() -> set[str]:
    """Return the threads of our own; the interpreter would wait for them at the end."""
    return {
        f"thread {each.name}"
        for each in threading.enumerate()
        if not each.daemon and each is not threading.main_thread()
    }


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    theme = Theme()
    theme.apply(qapp, Appearance())
    yield theme
    qapp.setStyleSheet("")  # its pictures go with the theme


class Stepped:
    """A step of a task that Qt may take between two runs of the loop, as if the loop ran."""

    def __init__(self, handle: asyncio.Handle, loop: asyncio.AbstractEventLoop) -> None:
        self._handle, self._loop = handle, loop

    @property
    def _cancelled(self) -> bool:
        return self._handle.cancelled()

    def _run(self) -> None:
        running = asyncio._get_running_loop()
        asyncio._set_running_loop(self._loop)
        try:
            self._handle._run()
        finally:
            asyncio._set_running_loop(running)


class PatientLoop(qasync.QEventLoop):
    """The desk's loop for tests that run it many times and let Qt handle events in between.

    Qt then steps waiting tasks too, and whatever they await asks for the running loop.
    """

    @override
    def _add_callback(self, handle: asyncio.Handle, delay: float = 0) -> asyncio.Handle:
        super()._add_callback(Stepped(handle, self), delay)
        return handle


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[qasync.QEventLoop]:
    """The loop the desk runs on: asyncio driven by Qt."""
    loop = PatientLoop(qapp, already_running=False)
    unseen: list[object] = []
    loop.set_exception_handler(lambda _loop, context: unseen.append(context))
    asyncio.set_event_loop(loop)
    with loop:
        yield loop
        left = asyncio.all_tasks(loop)
        assert not left, f"Tasks left behind: {left}"
    asyncio.set_event_loop(None)
    assert not unseen, f"Nobody saw: {unseen}"


@pytest.fixture
def signals(bus: EventBus) -> Iterator[Signals]:
    signals = Signals(bus)
    yield signals
    signals.dispose()


@pytest.fixture
def puffling(loop: qasync.QEventLoop, opening: Opening) -> Iterator[App]:
    """A whole app on the desk's loop, without a window; the market stands at its first open."""
    profile = opening()
    opened = loop.run_until_complete(profile.__aenter__())
    yield opened
    loop.run_until_complete(profile.__aexit__(None, None, None))


@pytest.fixture
def parts(
    puffling: App, registry: Registry, theme: Theme, loop: qasync.QEventLoop
) -> Iterator[Parts]:
    """What a panel is built from, with AAPL as the linked symbol."""
    context = puffling.context
    signals = Signals(context.bus)
    runner = Runner(context, registry, context.bus, loop=loop)
    yield Parts(context, registry, signals, runner, Links("AAPL"), theme)
    loop.run_until_complete(runner.close())
    signals.dispose()

"""Fixtures every test may use: a whole app without a window, and its stand-ins. No Qt here."""

from __future__ import annotations

import asyncio
import gc
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from puffling.core.bus import EventBus
from puffling.core.paths import Paths
from tests.fakes import FakeBroker, FakeClock, FakeDesk, FakeGate, NoNetwork, Stepper
from tests.outside import FakeSecrets, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from puffling.app import App
    from puffling.commands import Registry

    Opening = Callable[[], AbstractAsyncContextManager[App]]

SLOW_SECONDS = 600
# How long an example takes says more of the machine than of the code; pytest-timeout stops what hangs.
# The same code is tried on the same examples each time; PUFFLING_EXPLORE=1 looks for new ones.
settings.register_profile(
    "puffling",
    deadline=None,
    derandomize="PUFFLING_EXPLORE" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("puffling")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# curl does not know of blocked sockets; nothing listens there.
os.environ.setdefault("HTTPS_PROXY", "http://127.0.0.1:9")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is slow anyway gets longer on a busy computer before it counts as hung."""
    for each in items:
        is_slow = each.get_closest_marker("slow") or each.get_closest_marker("desktop")
        if is_slow and each.get_closest_marker("timeout") is None:
            each.add_marker(pytest.mark.timeout(SLOW_SECONDS))


@pytest.fixture(autouse=True)
def rubbish() -> Iterator[None]:
    """Collect between tests, in this thread: Qt's part of a widget must not end in a worker's."""
    gc.disable()
    yield
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > gc.get_threshold()[generation]:
            gc.collect(generation)
            return


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def bus() -> EventBus:
    return EventBus()


@pytest.fixture
def broker() -> FakeBroker:
    return FakeBroker()


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def gate(clock: FakeClock) -> FakeGate:
    return FakeGate(clock)


@pytest.fixture
def stepper() -> Stepper:
    """The replay's sleep: it stands still until a test steps it, one minute at a time."""
    return Stepper()


@pytest.fixture
def registry() -> Registry:
    from puffling.commands import all_commands

    return all_commands()


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "profile")


@pytest.fixture
def world(clock: FakeClock) -> World:
    """A broker and prices of now that do what they are told."""
    return World(clock.now())


@pytest.fixture
def keyring() -> FakeSecrets:
    return FakeSecrets()


@pytest.fixture
def opening(  # noqa: PLR0913, PLR0917 - each is a stand-in of its own
    paths: Paths,
    clock: FakeClock,
    desk: FakeDesk,
    gate: FakeGate,
    stepper: Stepper,
    world: World,
    keyring: FakeSecrets,
) -> Opening:
    """Open the profile, as often as a test restarts it."""

    @asynccontextmanager
    async def open_profile() -> AsyncIterator[App]:
        from puffling.app import build

        before = asyncio.all_tasks()
        opened = build(
            paths,
            clock=clock,
            desk=desk,
            gate=gate,
            online=NoNetwork(),
            outside=world,
            secrets=keyring,
            sleep=stepper,
            actor="test",
        )
        # One step of the replay for each sleep: a day of 16 seconds has steps of 41 ms.
        opened.context.settings.change("demo", day_seconds=16)
        await opened.start()
        try:
            yield opened
        finally:
            await opened.stop()
            left = asyncio.all_tasks() - before - {asyncio.current_task()}
            assert not left, "Something was left running"

    return open_profile


@pytest.fixture
async def puffling(opening: Opening) -> AsyncIterator[App]:
    """A whole app on a fresh profile; the market stands at its first open."""
    async with opening() as opened:
        yield opened

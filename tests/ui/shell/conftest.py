"""A whole desk for tests: the real session, window and app, on one turn of the loop."""

from __future__ import annotations

import asyncio
from functools import wraps
from inspect import Parameter, signature
from typing import TYPE_CHECKING

import pytest

from puffling.core.settings_store import SettingsStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from puffling.core.bus import EventBus
    from puffling.core.paths import Paths

PATIENCE = 240.0


@pytest.fixture
def profile(paths: Paths, bus: EventBus) -> Paths:
    """A profile that has been welcomed before."""
    paths.make()
    SettingsStore(paths.settings, bus).change("general", welcomed=True)
    return paths


def story(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run an async test on the desk's loop, from beginning to end in one go.

    qasync steps waiting tasks once more after each `run_until_complete`, when no loop runs; so a
    test with a whole desk calls it only once, when the desk is closed again.
    """

    @wraps(test)
    def run(loop: asyncio.AbstractEventLoop, **fixtures: object) -> None:
        loop.run_until_complete(asyncio.wait_for(test(**fixtures), PATIENCE))

    own = signature(test)
    mine = Parameter("loop", Parameter.POSITIONAL_OR_KEYWORD)
    # What pytest reads to know which fixtures to bring.
    vars(run)["__signature__"] = own.replace(parameters=[mine, *own.parameters.values()])
    vars(run).pop("__wrapped__")
    return run

"""Each service in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.puffin.ai.stage import NAMES, PATIENT, staged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.puffin.ai.stage import Stage


@pytest.fixture(params=NAMES)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async with staged(request.param) as built:
        yield built


@pytest.fixture(params=NAMES)
async def once(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """The same, and nothing is asked twice."""
    async with staged(request.param, PATIENT) as built:
        yield built

"""A profile in a folder of its own, opened and closed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from puffling.core.paths import Paths
from puffling.store.accounts import AccountStore
from puffling.store.opening import open_storage
from tests.core.limits import anybodys_folder
from tests.store.samples import ACCOUNT, HandClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from puffling.store.database import Database
    from puffling.store.opening import Storage


@pytest.fixture
def open_folder() -> Iterator[Path]:
    with anybodys_folder() as folder:
        yield folder


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "profile")


@pytest.fixture
def storage(paths: Paths, clock: HandClock) -> Iterator[Storage]:
    storage = open_storage(paths, clock, busy_seconds=0.05)
    yield storage
    storage.close()


@pytest.fixture
def database(storage: Storage) -> Database:
    """The user's database with an account in it."""
    AccountStore(storage.user).open(ACCOUNT)
    return storage.user

"""A folder that anybody may enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.core.limits import anybodys_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def open_folder() -> Iterator[Path]:
    with anybodys_folder() as folder:
        yield folder

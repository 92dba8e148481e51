from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from puffin.errors import BarsError
from puffin.monitor.series import read_series

if TYPE_CHECKING:
    from pathlib import Path


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.csv"
    path.write_text(text)
    return path


def test_equity_is_taken_as_it_is(tmp_path: Path):
    found = read_series(written(tmp_path, "Date,Equity\n2012-06-01,100\n2012-06-04,110\n"))
    assert found.values.tolist() == [100, 110]
    assert (found.name, found.from_returns) == ("mine", False)
    assert found.time.tolist() == [1_338_508_800_000_000_000, 1_338_768_000_000_000_000]


@pytest.mark.parametrize(
    "text",
    [
        "date,returns\n2012-06-01,0.1\n2012-06-04,0.2\n",
        "2012-06-01;10%\n2012-06-04;20 %\n",
        "day\tx\n2012-06-01\t0.1\n2012-06-04\t0.2\n".replace("x", "Change"),
    ],
)
def test_returns_become_what_a_hundred_grew_to(tmp_path: Path, text: str):
    found = read_series(written(tmp_path, text))
    assert found.values == pytest.approx([100, 110, 132])
    assert found.from_returns


def test_a_loss_tells_that_numbers_are_returns(tmp_path: Path):
    found = read_series(written(tmp_path, "2012-06-01,0.1\n2012-06-04,-0.5\n"))
    assert found.values == pytest.approx([100, 110, 55])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("date,equity\n2012-06-01,=1+1\n", "line 2: a cell is a formula"),
        ("2012-06-04,1\n2012-06-01,2\n", "line 2: the date is not after"),
        ("date,equity\nyesterday,1\n", "line 2: a cell is not a date"),
        ("date,equity\n2012-06-01\n", "line 2: a cell is empty"),
        ("date,equity\n", "has no values"),
        ("2012-06-01,0.1\n2012-06-04,-1\n", "−100 % or less"),
    ],
)
def test_what_cannot_be_trusted_is_named_by_its_line(tmp_path: Path, text: str, words: str):
    with pytest.raises(BarsError, match=words):
        read_series(written(tmp_path, text))


def test_a_file_that_is_too_large_or_not_there_is_refused(tmp_path: Path):
    path = written(tmp_path, "2012-06-01,1\n2012-06-04,2\n")
    with pytest.raises(BarsError, match="larger than"):
        read_series(path, largest_bytes=3)
    with pytest.raises(BarsError, match="more than 1 rows"):
        read_series(path, most_rows=1)
    with pytest.raises(BarsError, match="not a file"):
        read_series(tmp_path / "nothing.csv")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BarsError, match="not a text"):
        read_series(path)

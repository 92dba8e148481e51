"""A file is read whole or refused with a sentence that names the line."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puffin.data.bars import Bar, Interval
from puffin.data.csv import read_bars
from puffin.errors import BarsError, CancelledError

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.data.bars import Bars

REFERENCE = Path(__file__).parents[4] / "shared/reference"
HEADER = "Date,Open,High,Low,Close,Volume"
GOOD = [
    HEADER,
    "2012-06-04,10,12,9,11,100",
    "2012-06-05,11,13,10,12,200",
    "2012-06-06,12,14,11,13,300",
]


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Bars]:
    def reader(content: str | bytes | list[str], **options: Any) -> Bars:
        path = tmp_path / "prices.csv"
        if isinstance(content, list):
            content = "\n".join(content) + "\n"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_bars(path, "ABC", **options)

    return reader


def with_line(number: int, text: str) -> list[str]:
    lines = list(GOOD)
    lines[number - 1] = text
    return lines


def test_a_plain_file_is_read(read: Callable[..., Bars]):
    bars = read(GOOD)
    assert bars.interval is Interval.D1
    assert bars.bar(0) == Bar(datetime(2012, 6, 4, tzinfo=UTC), 10, 12, 9, 11, 100)
    assert (len(bars), bars.source, bars.adjusted_close) == (3, "prices.csv", None)


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + "\n".join(GOOD),
        "\r\n".join(GOOD) + "\r\n\r\n",
        "\n\n" + "\n\n".join(GOOD),
        "\n".join(GOOD).replace(",", ";"),
        "\n".join(GOOD).replace(",", "\t"),
        "\n".join([HEADER.replace("Date", "timestamp").lower(), *GOOD[1:]]),
        "\n".join([HEADER.upper().replace("DATE", "Date/Time"), *GOOD[1:]]),
        "\n".join([GOOD[0], *reversed(GOOD[1:])]),
        "\n".join(GOOD).replace("2012-06-04", "06/04/2012").replace("2012-06-05", "06/05/2012").replace("2012-06-06", "06/06/2012"),
        f"{HEADER}\n6/4/2012,10,12,9,11,100\n6/5/2012,11,13,10,12,200\n6/6/2012,12,14,11,13,300",
        "\n".join(GOOD).replace("2012-06-0", "2012060"),
        "\n".join([HEADER, *(each.replace(",1", " 00:00:00-04:00,1", 1) for each in GOOD[1:])]),
        "Date;Open;High;Low;Close;Volume\n2012-06-04;10,0;12,0;9,0;11,0;100\n2012-06-05;11;13;10;12;200\n2012-06-06;12,00;14;11;13;300",
        'Date,Close/Last,Volume,Open,High,Low\n2012-06-04,$11.00,"100",$10,$12,$9\n2012-06-05,$12,200,$11,$13,$10\n2012-06-06,$13,300,$12,$14,$11',
    ],
    ids=["bom", "windows", "blank-lines", "semicolons", "tabs", "lower-case", "upper-case", "newest-first",
         "american", "american-short", "compact", "zone", "decimal-comma", "dollars"],
)  # fmt: skip
def test_the_many_ways_of_writing_the_same_prices(read: Callable[..., Bars], content: str):
    assert read(content).data_hash == read(GOOD).data_hash


def test_the_adjusted_close_and_thousands_are_read(read: Callable[..., Bars]):
    bars = read(
        ["Date,Open,High,Low,Close,Adj Close,Volume,Remark",
         '2012-06-04,"1,010.50",1012,1009,1011,505.5,"1,234,567",=1+1']
    )  # fmt: skip
    assert bars.adjusted_close is not None
    assert (bars.open[0], bars.adjusted_close[0], bars.volume[0]) == (1010.5, 505.5, 1_234_567)


@pytest.mark.parametrize(
    ("line", "text", "words"),
    [
        (3, "2012-06-05,=1+1,13,10,12,200", "the open is a formula"),
        (3, "2012-06-05,@SUM(A1),13,10,12,200", "the open is a formula"),
        (3, "2012-06-05,+cmd|' /C calc'!A0,13,10,12,200", "the open is a formula"),
        (4, '2012-06-06,"=HYPERLINK(""x"")",14,11,13,300', "the open is a formula"),
        (3, "=TODAY(),11,13,10,12,200", "the date is a formula"),
        (3, "2012-06-05,11,1e999,10,12,200", "the high is too large"),
        (3, "2012-06-05,11,nan,10,12,200", "the high is not a number"),
        (3, "2012-06-05,11,inf,10,12,200", "the high is not a number"),
        (3, "2012-06-05,11,null,10,12,200", "the high is not a number"),
        (3, "2012-06-05,11,1_3,10,12,200", "the high is not a number"),
        (3, "2012-06-05,11,١٣,10,12,200", "the high is not a number"),
        (3, "2012-06-05,11,0x1F,10,12,200", "the high is not a number"),
        (3, "2012-06-05,11,,10,12,200", "the high is empty"),
        (3, "2012-06-05,11,-13,10,12,200", "the high must be more than zero"),
        (3, "2012-06-05,11,0,10,12,200", "the high must be more than zero"),
        (3, "2012-06-05,11,9,10,12,200", "the high 9 is below the low 10"),
        (3, "2012-06-05,11,13,10,14,200", "the close 14 is outside"),
        (3, "2012-06-05,11,13,10,12,-5", "the volume is negative"),
        (4, "2012-06-05,11,13,10,12,200", "2012-06-05 is there twice"),
        (3, "2012-06-31,11,13,10,12,200", "the date is no date that exists"),
        (3, "13/06/2012,11,13,10,12,200", "the date is no date that exists, month before day"),
        (3, "yesterday,11,13,10,12,200", "the date is not a date such as"),
        (3, "0012-06-05,11,13,10,12,200", "the date is outside 1800 to 2200"),
        (3, "2012-06-05,11,13,10,12", "there are 5 cells, the header has 6"),
        (3, "2012-06-05,11,13,10,12,200,7", "there are 7 cells"),
        (3, '2012-06-05,"11"x,13,10,12,200', "the line cannot be read"),
        (1, "Date,Open,High,Low,Last price,Volume", "no column is named Close"),
        (1, "Date,Open,High,Low,Close,Close", "two columns hold the close"),
        (1, "2012-06-01,1,1,1,1,1", "no column is named Date or Open"),
    ],
)  # fmt: skip
def test_the_line_of_the_first_bad_cell_is_named(
    read: Callable[..., Bars], line: int, text: str, words: str
):
    with pytest.raises(BarsError) as raised:
        read(with_line(line, text))
    assert str(raised.value).startswith(f"prices.csv, line {line}: ")
    assert words in str(raised.value)
    assert raised.value.hint


def test_blank_lines_and_quoted_line_ends_are_counted(read: Callable[..., Bars]):
    with pytest.raises(BarsError, match="line 6: the open is a formula"):
        read("\n".join([HEADER, "", "", GOOD[1], "", "2012-06-05,=1,13,10,12,200"]))
    with pytest.raises(BarsError, match="line 4: the open is a formula"):
        read(f'{HEADER},Note\n{GOOD[1]},"two\nlines"\n2012-06-05,=1,13,10,12,200,x\n')


def test_lines_are_right_when_the_newest_row_is_first(read: Callable[..., Bars]):
    with pytest.raises(BarsError, match="line 3: the close 20 is outside"):
        read([HEADER, GOOD[3], "2012-06-05,11,13,10,20,200", GOOD[1]])


def test_a_nul_is_named_by_its_line(read: Callable[..., Bars]):
    with pytest.raises(BarsError, match="line 3: there is a NUL"):
        read("\n".join(GOOD).encode().replace(b"06-05", b"06\x0005"))


def test_mixed_encodings_are_refused_with_the_line(read: Callable[..., Bars]):
    with pytest.raises(BarsError, match="line 3: a character is not UTF-8"):
        read("\n".join(with_line(2, GOOD[1] + "é")).encode().replace(b"06-05", b"06\xe905"))
    with pytest.raises(BarsError, match="line 1: the file is UTF-16"):
        read("\n".join(GOOD).encode("utf-16"))


def test_a_million_rows_are_refused_at_once(read: Callable[..., Bars]):
    content = (HEADER + "\n" + "2012-06-04,10,12,9,11,100\n" * 1_000_000).encode()
    began = time.process_time()
    with pytest.raises(BarsError, match="more than 500,000 rows"):
        read(content)
    assert time.process_time() - began < 1.0


def test_a_million_blank_lines_are_no_rows(read: Callable[..., Bars]):
    assert len(read("\n".join(GOOD) + "\n" * 1_000_000)) == 3


def test_the_row_cap_counts_rows_not_lines(read: Callable[..., Bars]):
    assert len(read("\n\n".join(GOOD), most_rows=3)) == 3
    with pytest.raises(BarsError, match="more than 2 rows"):
        read("\n\n".join(GOOD), most_rows=2)


def test_a_large_file_is_refused_by_its_size(read: Callable[..., Bars]):
    with pytest.raises(BarsError, match=r"has 1\.0 MB; at most 0\.5 MB"):
        read(b"x" * 2**20, largest_bytes=2**19)


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_said(read: Callable[..., Bars], content: str):
    with pytest.raises(BarsError, match="is empty"):
        read(content)


def test_a_header_without_rows_is_said(read: Callable[..., Bars]):
    with pytest.raises(BarsError, match="no rows under its header"):
        read(HEADER)


def test_a_folder_and_a_missing_file_are_said(tmp_path: Path):
    with pytest.raises(BarsError, match="is not a file"):
        read_bars(tmp_path, "ABC")
    with pytest.raises(BarsError, match=r"gone\.csv is not a file"):
        read_bars(tmp_path / "gone.csv", "ABC")


@pytest.mark.parametrize(
    ("step", "interval"),
    [
        (timedelta(minutes=1), Interval.M1),
        (timedelta(minutes=5), Interval.M5),
        (timedelta(hours=1), Interval.H1),
        (timedelta(days=1), Interval.D1),
        (timedelta(days=7), Interval.W1),
    ],
)
def test_the_interval_is_told_by_the_distance_of_rows(
    read: Callable[..., Bars], step: timedelta, interval: Interval
):
    start = (
        datetime(2012, 6, 4, 9, 30, tzinfo=UTC)
        if step < timedelta(days=1)
        else datetime(2012, 6, 4, tzinfo=UTC)
    )
    pattern = "%Y-%m-%d %H:%M" if step < timedelta(days=1) else "%Y-%m-%d"
    rows = [f"{start + step * each:{pattern}},10,12,9,11,100" for each in range(6)]
    bars = read([HEADER, *rows])
    assert bars.interval is interval


def test_months_are_told_and_odd_distances_refused(read: Callable[..., Bars]):
    months = [f"2012-{month:02}-01,10,12,9,11,100" for month in range(1, 9)]
    assert read([HEADER, *months]).interval is Interval.MO1
    with pytest.raises(BarsError, match="30 minutes apart"):
        read([HEADER, "2012-06-04 09:30,10,12,9,11,1", "2012-06-04 10:00,10,12,9,11,1"])
    with pytest.raises(BarsError, match="interval cannot be told"):
        read([HEADER, "2012-06-04 09:30,10,12,9,11,1"])
    with pytest.raises(BarsError, match="92 days apart"):
        read([HEADER, "2012-03-01,10,12,9,11,1", "2012-06-01,10,12,9,11,1"])


def test_a_time_without_a_zone_is_a_time_in_new_york(read: Callable[..., Bars]):
    rows = ["2012-06-04 09:30,10,12,9,11,100", "2012-06-04T13:31:00Z,10,12,9,11,100"]
    bars = read([HEADER, *rows])
    assert bars.first == datetime(2012, 6, 4, 13, 30, tzinfo=UTC)
    assert bars.interval is Interval.M1


def test_date_and_time_may_stand_in_two_columns(read: Callable[..., Bars]):
    bars = read(
        [
            "Date,Time,Open,High,Low,Close,Volume",
            "06/04/2012,09:30,10,12,9,11,100",
            "06/04/2012,09:35,10,12,9,11,100",
        ]
    )
    assert (bars.interval, bars.last) == (Interval.M5, datetime(2012, 6, 4, 13, 35, tzinfo=UTC))


def test_a_chosen_interval_is_kept(read: Callable[..., Bars]):
    assert read(GOOD, interval=Interval.W1).interval is Interval.W1


def test_progress_is_told_and_may_stop_the_reading(read: Callable[..., Bars]):
    days = [date(1990, 1, 1) + timedelta(days=each) for each in range(9000)]
    content = [HEADER, *(f"{day},10,12,9,11,100" for day in days)]
    told: list[float] = []
    read(content, progress=told.append)
    assert told[0] == 0
    assert told[-1] == 1
    assert told == sorted(told)
    assert len(told) == 4

    def stop(share: float) -> None:
        if share > 0:
            raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        read(content, progress=stop)


@settings(max_examples=200)
@given(content=st.binary(max_size=300))
def test_no_bytes_whatever_crash_the_reader(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    with pytest.raises(BarsError):
        read_bars(path, "ABC")


@settings(max_examples=200)
@given(cells=st.lists(st.lists(st.text(max_size=8), min_size=6, max_size=6), max_size=5))
def test_no_cells_whatever_crash_the_reader(
    tmp_path_factory: pytest.TempPathFactory, cells: list[list[str]]
):
    path = tmp_path_factory.getbasetemp() / "cells.csv"
    text = "\n".join([HEADER, *(",".join(row) for row in cells)])
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(BarsError):
        read_bars(path, "ABC")


@pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference numbers are not beside this checkout"
)
def test_the_reference_file_is_read():
    bars = read_bars(REFERENCE / "backtest/GOOG.csv", "GOOG")
    assert (len(bars), bars.interval) == (2148, Interval.D1)

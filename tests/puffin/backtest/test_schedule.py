from __future__ import annotations

import numpy as np
import pytest

from puffin.backtest.schedule import Every, Schedule
from puffin.errors import ParameterError

DAY = 86_400_000_000_000
START = np.datetime64("2012-01-02", "ns").astype(np.int64)  # a Monday
DAYS = START + np.arange(120) * DAY


def dates(schedule, first=0, time=DAYS) -> list[str]:
    rows = schedule.looks(time, first)
    days = time[rows].astype("datetime64[ns]").astype("datetime64[D]")
    return [str(each) for each in days]


def test_a_week_month_or_quarter_is_looked_at_on_its_first_close():
    assert dates(Schedule(Every.WEEK))[:3] == ["2012-01-02", "2012-01-09", "2012-01-16"]
    assert dates(Schedule(Every.MONTH)) == ["2012-01-02", "2012-02-01", "2012-03-01", "2012-04-01"]
    assert dates(Schedule(Every.QUARTER)) == ["2012-01-02", "2012-04-01"]


def test_a_first_session_that_is_missing_moves_the_look_to_the_next():
    kept = np.delete(DAYS, [7, 30])
    assert "2012-01-10" in dates(Schedule(Every.WEEK), time=kept)
    assert dates(Schedule(Every.MONTH), time=kept)[1] == "2012-02-02"


def test_the_first_weights_are_followed_at_once():
    assert dates(Schedule(Every.MONTH), first=10)[:2] == ["2012-01-12", "2012-02-01"]
    assert dates(Schedule(Every.BARS, bars=50), first=10) == [
        "2012-01-12",
        "2012-03-02",
        "2012-04-21",
    ]


def test_without_weights_nothing_is_looked_at():
    for every in Every:
        assert not Schedule(every).looks(DAYS, len(DAYS)).any()


def test_a_look_is_never_decided_by_what_comes_after():
    for every in Every:
        whole = Schedule(every).looks(DAYS, 3)
        for cut in range(1, 60):
            assert Schedule(every).looks(DAYS[:cut], 3).tolist() == whole[:cut].tolist()


def test_it_has_words_for_each():
    said = {Schedule(every).words for every in Every}
    assert len(said) == len(Every)
    assert Schedule(Every.BARS, bars=1).words == "at every close"
    assert "more than 5.0% of the money off" in Schedule(Every.DRIFT).words


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ParameterError, match="one bar or more"):
        Schedule(Every.BARS, bars=0)
    with pytest.raises(ParameterError, match="band must lie between"):
        Schedule(Every.DRIFT, band=0)

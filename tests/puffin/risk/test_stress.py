"""Scenarios lose what they say, by the records they name, and never count what is not known."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from pydantic import ValidationError

from puffin.errors import ParameterError
from puffin.risk.stress import SCENARIOS, Held, Scenario, gap, stress, stress_all

REFERENCE = Path(__file__).parents[4] / "shared/reference/numeric/sp500_adjclose_arch.csv"
BY_ID = {each.id: each for each in SCENARIOS}


@pytest.mark.skipif(
    not REFERENCE.is_file(), reason="the reference numbers are not beside this checkout"
)
@pytest.mark.parametrize(
    ("name", "start", "end"),
    [("2008", "2007-10-09", "2009-03-09"), ("2008_autumn", "2008-09-12", "2008-11-20")],
)
def test_a_crisis_fell_as_far_as_the_record_says(name, start, end):
    with REFERENCE.open(newline="") as lines:
        closes = {row["Date"]: float(row["Adj Close"]) for row in csv.DictReader(lines)}
    assert BY_ID[name].market == pytest.approx(closes[end] / closes[start] - 1, abs=1e-6)


def test_every_scenario_says_where_it_comes_from_and_has_a_name_of_its_own():
    assert len(BY_ID) == len(SCENARIOS)
    for each in SCENARIOS:
        assert each.market < 0
        assert each.source.endswith(".")
        assert each.source != Scenario().source
    assert BY_ID["2020"].market == pytest.approx(-0.339, abs=0.001)
    assert BY_ID["1987"].market == pytest.approx(-0.205, abs=0.001)


def test_a_position_moves_by_its_beta_a_bond_by_its_duration_a_name_by_its_own():
    scenario = Scenario(market=-0.2, rates=1, names={"GAPS": -0.5})
    book = [
        Held("A", 1000, 1.5),
        Held("B", -500, 1.0),
        Held("TLT", 1000, -0.3, 17),
        Held("GAPS", 100),
    ]
    found = stress(book, scenario, equity=10_000)
    wanted = {"A": -300, "B": 100, "TLT": -170, "GAPS": -50}
    assert found.profits == pytest.approx(wanted)
    assert found.profit == pytest.approx(-420)
    assert found.share == pytest.approx(-0.042)
    assert found.complete


def test_what_has_no_beta_is_named_and_not_counted():
    found = stress([Held("A", 1000, 1.0), Held("NEW", 9000)], BY_ID["2020"])
    assert found.unknown == ("NEW",)
    assert not found.complete
    assert list(found.profits) == ["A"]
    assert found.share is None
    assert stress([Held("NEW", 1)], BY_ID["2020"]).profit is None


def test_an_empty_book_loses_nothing():
    found = stress([], BY_ID["2020"], equity=100)
    assert (found.profit, found.share) == (0, 0)
    assert len(stress_all([])) == len(SCENARIOS)


def test_nothing_falls_by_more_than_all_it_is_worth():
    assert stress([Held("A", 100, 5.0)], BY_ID["2008"]).profit == -100
    assert stress([Held("A", 100, 5.0)], BY_ID["2008"], equity=0).share is None


def test_the_largest_position_gaps_by_itself():
    book = [Held("A", 100, 1.0), Held("B", -900)]
    found = stress_all(book)[-1]
    assert found.scenario.names == {"B": -0.3}
    assert found.profits == pytest.approx({"A": 0, "B": 270})
    assert found.complete


def test_a_market_that_stands_still_needs_no_beta():
    assert stress([Held("A", 100)], Scenario(rates=2)).profit == 0


@pytest.mark.parametrize(
    "bad",
    [
        {"market": -1.1},
        {"market": float("nan")},
        {"rates": 21},
        {"names": {"A": -1.5}},
        {"names": {"A": float("nan")}},
        {"names": {" ": -0.5}},
        {"names": {"A": -0.5, "a ": -0.1}},
        {"wrong": 1},
        {"title": ""},
    ],
)
def test_a_scenario_of_your_own_is_checked(bad):
    with pytest.raises(ValidationError):
        Scenario(**bad)


def test_a_scenario_of_your_own_is_tried_like_the_others():
    own = Scenario(title="Chips", market=-0.1, names={"nvda ": -0.4})
    book = [Held("NVDA", 1000.0, 1.7), Held("KO", 1000.0, 0.6)]
    found = stress_all(book, (own, *SCENARIOS), equity=10_000)[0]
    assert found.scenario.title == "Chips"
    assert found.profits == pytest.approx({"NVDA": -400, "KO": -60})
    assert found.share == pytest.approx(-0.046)


def test_what_is_left_out_of_the_sum_is_said():
    book = [Held("NVDA", 1000.0), Held("KO", 1000.0, 0.6)]
    found = stress(book, Scenario(market=-0.1, names={"INTC": -0.4}))
    assert (found.unknown, found.absent) == (("NVDA",), ("INTC",))
    assert found.notes == (
        "Not counted, as no beta is known: NVDA.",
        "Not in the book, so its own shock changes nothing: INTC.",
    )
    assert stress(book[1:], BY_ID["2020"]).notes == ()


def test_a_gap_without_sense_is_refused():
    with pytest.raises(ParameterError, match="cannot change by -120%"):
        gap("A", -1.2)
    with pytest.raises(ParameterError, match="The change of A is not a number"):
        gap("A", float("nan"))

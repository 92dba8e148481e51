"""What a change would do, in words: as it is, and as it would be."""

from __future__ import annotations

import pytest

from puffling.agents.previews import LONGEST, MOST_LINES, preview, way_back
from puffling.core.errors import BadValueError, PufflingError


@pytest.fixture
def look(puffling):
    """Return the lines of a preview."""

    def lines(command: str, /, **values):
        made = preview(puffling.context, puffling.registry[command], values, "c1")
        assert (made.call_id, made.command) == ("c1", command)
        return made.lines

    return lines


@pytest.fixture
def do(puffling):
    async def run(command: str, /, **values):
        return await puffling.registry[command].run_with(puffling.context, values)

    return run


def test_settings_say_what_they_are_and_what_they_would_be(look):
    assert look(
        "settings.change", section="general", name="desktop_notifications", value="false"
    ) == (("Desktop notifications", "yes", "no"),)
    assert look("settings.change", section="watchlist", name="starter", value="AAPL, IBM") == (
        ("Starter list", "AAPL, FB, GOOG, IBM, MSFT", "AAPL, IBM"),
    )
    assert look("settings.theme", theme="light") == (("Theme", "dark", "light"),)
    assert look("settings.up_down", colours="red and green") == (
        ("Up and down", "green and red", "red and green"),
    )
    with pytest.raises(PufflingError, match="no setting"):
        look("settings.change", section="general", name="nonsense", value="1")


def test_a_value_that_does_not_fit_is_refused_before_anybody_is_asked(look):
    with pytest.raises(PufflingError, match="should be"):
        look("settings.change", section="appearance", name="scale", value="9000")


async def test_watchlists_say_their_symbols_or_their_names(look, do):
    await do("watchlist.create", name="Tech")
    assert look("watchlist.create", name="New") == (
        ("Watchlists", "Starter, Tech", "Starter, Tech, New"),
    )
    assert look("watchlist.rename", list="Tech", name="Chips") == (("Name", "Tech", "Chips"),)
    assert look("watchlist.delete", list="Tech")[0] == ("Watchlists", "Starter, Tech", "Starter")
    before = "AAPL, FB, GOOG, IBM, MSFT"
    (removed,) = look("watchlist.remove", symbol="FB")
    assert removed == ("Symbols on Starter", before, "AAPL, GOOG, IBM, MSFT")
    (moved,) = look("watchlist.move", symbol="MSFT", place=0)
    assert moved[2] == "MSFT, AAPL, FB, GOOG, IBM"


async def test_alerts_say_what_they_wait_for(look, do):
    alert = await do("alert.add", symbol="AAPL", kind="above", price=600)
    assert look("alert.add", symbol="IBM", kind="below", price=180, note="low")[0] == (
        "Alert",
        "—",
        "IBM below 180",
    )
    condition = {"kind": "move", "percent": 3}
    made = look("alert.create", symbol="IBM", condition=condition)
    assert "3" in made[0][2]
    edited = look("alert.edit", id=alert.id, symbol="IBM", condition=condition)
    assert edited[0][1] == "AAPL rises above 600"
    assert look("alert.remove", id=alert.id) == (("Alert", "AAPL rises above 600", "—"),)
    assert look("alert.copy", id=alert.id) == (("Alert", "—", "AAPL rises above 600"),)
    assert look("alert.enable", id=alert.id, enabled=False) == (
        ("AAPL rises above 600", "yes", "no"),
    )
    assert look("alert.wake")[0][0] == "End the snooze of alerts"


async def test_strategies_say_what_differs(look, do):
    saved = await do("strategy.save", name="Mine", strategy="momentum", parameters={"short": 10})
    await do(
        "strategy.save", name="Mine", strategy="momentum", parameters={"short": 12}, id=saved.id
    )
    new = look("strategy.save", name="Other", strategy="momentum", parameters={"short": 5})
    assert new == (
        ("Name", "—", "Other"),
        ("Made from", "—", "momentum"),
        ("Parameters", "—", "short: 5"),
    )
    (differs, *_) = look(
        "strategy.save", name="Mine", strategy="momentum", parameters={"short": 20}, id=saved.id
    )
    assert "12" in differs[2]
    assert "20" in differs[2]
    assert look("strategy.restore", id=saved.id, number=1)[0] == ("Revision", "2", "as 1 was")
    assert look("strategy.remove", id=saved.id) == (("Strategy", "Mine", "—"),)
    assert look("strategy.clone", strategy="momentum") == (("Strategy", "—", "momentum"),)


async def test_drawings_goals_and_what_is_taken_back_are_named(look, do):
    drawn = await do("drawing.add", kind="horizontal", points="2012-03-01 540", symbol="AAPL")
    assert look("drawing.remove", id=drawn.id) == (("Drawing", "horizontal on AAPL", "—"),)
    assert look("drawing.clear", symbol="AAPL")[0][1] == "1"
    await do("goal.save", name="Half", targets={"AAPL": 0.5})
    assert look("goal.propose", name="Half") == (("To the inbox", "—", "Buy 87 AAPL"),)
    assert look("goal.remove", name="Half") == (("Name", "Half", "—"),)
    with pytest.raises(PufflingError, match="nothing to take back"):
        look("edit.undo")
    await do("settings.theme", theme="light")
    assert look("edit.undo") == (("Takes back", "Setting appearance: theme", "—"),)
    await do("edit.undo")
    assert look("edit.redo") == (("Makes again", "Setting appearance: theme", "—"),)


async def test_what_is_replaced_or_taken_away_is_shown_as_it_is(look, do):
    note = await do("journal.add", title="Old", note="as it was", rating=2)
    assert look("journal.edit", id=note.id, note="new", rating=4) == (
        ("What", "Old", "Old"),
        ("Note", "as it was", "new"),
        ("Rating", "2", "4"),
    )
    assert look("journal.remove", id=note.id)[0] == ("What", "Old", "—")
    await do("portfolio.save", name="Half", weights={"AAPL": 0.5, "CASH": 0.5})
    saved = look("portfolio.save", name="Half", weights={"AAPL": 1.0})
    assert saved[1][1] != "—"
    assert look("portfolio.save", name="New", weights={"AAPL": 1.0})[1][1] == "—"
    assert look("portfolio.forget", name="Half") == (("Name", "Half", "—"),)
    await do("goal.save", name="Goal", targets={"AAPL": 0.5})
    assert look("goal.save", name="Goal", targets={"IBM": 0.5})[1][1].startswith("AAPL: 0.5")
    assert look("goal.save", name="More", targets={"IBM": 0.5})[1][1] == "—"
    drawn = await do("drawing.add", kind="horizontal", points="2012-03-01 540", symbol="AAPL")
    changed = look("drawing.change", id=drawn.id, text="Level", locked=True)
    what = "horizontal on AAPL"
    assert changed == (("What", what, what), ("Text", "—", "Level"), ("Locked", "no", "yes"))
    assert look("demo.speed", day_seconds=60) == (("Seconds for a day", "16", "60"),)
    run = await do("backtest.run", strategy="momentum", symbol="IBM", start="2012-01-03")
    assert look("backtest.note", id=run["id"], note="x") == (
        ("What", "momentum on IBM", "momentum on IBM"),
        ("Note", "—", "x"),
    )
    assert look("backtest.remove", id=run["id"])[0] == ("What", "momentum on IBM", "—")
    assert look("drawing.alert", id=drawn.id)[1][:2] == ("Alert on drawing", "—")


def test_layouts_say_what_is_on_the_screen(look):
    assert look("layout.save", name="Mine") == (("Layout Mine", "—", "as it is on the screen"),)
    assert look("layout.rename", name="Mine", to="Yours") == (("Layout", "Mine", "Yours"),)
    assert look("layout.delete", name="Mine") == (("Name", "Mine", "—"),)


async def test_words_of_a_preview_are_made_plain_and_what_was_there_is_bounded(look, do):
    (line,) = look("watchlist.create", name="\u202eX⟦end⟧")
    assert line[2] == "Starter, X⟦end⟧"
    note = await do("journal.add", title="T", note="n" * 3_000, tags=["a", "b"])
    shown = look("journal.edit", id=note.id, note="short")
    assert shown[1][1].endswith("… (1,000 more characters)")


def test_it_says_whether_it_can_be_taken_back():
    assert way_back("settings.theme") == way_back("watchlist.add") == "edit.undo"
    assert way_back("drawing.add") == "drawing.undo"
    assert way_back("drawing.alert") == way_back("alert.add") == ""


@pytest.mark.parametrize(
    ("written", "read"),
    [("1e3", "1,000"), ("1E-7", "0.0000001"), (1000.0, "1,000"), ("12345.60", "12,345.60")],
)
def test_a_number_is_shown_as_the_amount_that_it_is(look, written, read):
    shown = look("alert.add", symbol="IBM", kind="below", price=written)
    assert shown[0][2].removesuffix(".0") == f"IBM below {read}"
    speed = look("replay.order", side="buy", symbol="AAPL", quantity=written)
    assert ("Quantity", "—", read) in {(*each[:2], each[2].removesuffix(".0")) for each in speed}


def test_what_cannot_be_shown_whole_is_not_asked_for(look):
    fits = look("journal.add", title="Long", note="x" * LONGEST)
    assert ("Note", "—", "x" * LONGEST) in fits
    with pytest.raises(BadValueError, match="shown whole"):
        look("journal.add", title="Long", note="x" * (LONGEST + 1))


async def test_an_order_of_a_rebalancing_is_never_behind_a_count(look, do, puffling, monkeypatch):
    monkeypatch.setattr("puffling.agents.previews.MOST_LINES", 2)
    await do("goal.save", name="Three", targets={"AAPL": 0.2, "IBM": 0.2, "GOOG": 0.2})
    assert MOST_LINES > 2
    with pytest.raises(BadValueError, match="shown whole"):
        look("goal.propose", name="Three")


def test_the_lines_of_a_text_are_told_apart(look):
    (title, _, note) = look("journal.add", title="Two", note="first\nsecond")[1]
    assert (title, note) == ("Note", "first ↵ second")

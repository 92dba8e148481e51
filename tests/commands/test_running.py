"""Each command, run as a form or a terminal runs it: plain values in, plain values out."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from puffin.types import Leg, OrderType, Side, Ticket
from puffling.commands import all_commands
from puffling.commands.orders import parse_legs
from puffling.core.errors import (
    BadValueError,
    NoPriceError,
    NotConfirmedError,
    UnknownOrderError,
)
from puffling.core.events import NoticePosted
from puffling.work.requests import plain
from tests.fakes import until
from tests.ideas import keep_idea

ORDER = Ticket("IBM", Side.BUY, Decimal(3))
IDEA = Ticket(
    "IBM",
    Side.BUY,
    Decimal(52),
    OrderType.LIMIT,
    Decimal(190),
    take_profit=Decimal(210),
    stop_loss=Decimal(180),
)
DESK = {
    "template.save": ("ask_template",),
    "panel.watchlist": ("open_panel", "watchlist"),
    "panel.chart": ("open_panel", "chart"),
    "panel.ticket": ("open_panel", "ticket"),
    "panel.portfolio": ("open_panel", "portfolio"),
    "panel.backtest": ("open_panel", "backtest"),
    "panel.strategies": ("open_panel", "strategies"),
    "panel.risk": ("open_panel", "risk"),
    "panel.performance": ("open_panel", "performance"),
    "journal.snapshot": ("show_journal", True),
    "panel.inbox": ("open_panel", "inbox"),
    "panel.automation": ("open_panel", "automation"),
    "panel.activity": ("open_panel", "activity"),
    "panel.assistant": ("open_panel", "assistant"),
    "panel.close": ("close_panel",),
    "panel.next": ("next_panel",),
    "panel.run": ("run_focused",),
    "panel.previous": ("step", -1),
    "panel.reopen": ("reopen",),
    "dock.focus_left": ("focus", "left"),
    "dock.focus_right": ("focus", "right"),
    "dock.focus_up": ("focus", "up"),
    "dock.focus_down": ("focus", "down"),
    "dock.move_left": ("move", "left"),
    "dock.move_right": ("move", "right"),
    "dock.move_up": ("move", "up"),
    "dock.move_down": ("move", "down"),
    "dock.wider": ("resize", 1, 0),
    "dock.narrower": ("resize", -1, 0),
    "dock.taller": ("resize", 0, 1),
    "dock.lower": ("resize", 0, -1),
    "dock.next_tab": ("turn", 1),
    "dock.previous_tab": ("turn", -1),
    "dock.split_right": ("split", "right"),
    "dock.split_down": ("split", "down"),
    "dock.tab": ("tab", None),
    "dock.maximise": ("maximise",),
    "dock.float": ("float",),
    "dock.link": ("link", ""),
    "ticket.review": ("review_ticket",),
    "assistant.begin": ("show_conversation", ""),
    "assistant.about": ("ask_about", {"symbol": "AAPL"}, ""),
    "trade.buy": ("fill_ticket", Side.BUY, "", None),
    "trade.sell": ("fill_ticket", Side.SELL, "", None),
    "chart.new": ("new_chart",),
    "chart.fit": ("chart_fit",),
    "chart.overlay": ("chart_overlay", "sma", 20),
    "chart.study_add": ("ask_study",),
    "chart.study_remove": ("remove_study", ""),
    "chart.signals": ("chart_signals", ""),
    "drawing.tool": ("chart_draw", ""),
    "chart.goto": ("go_to", None),
    "chart.crosshair": ("crosshair", "colour"),
    "chart.together": ("together", None, None),
    "chart.data": ("data",),
    "chart.alert": ("alert", None),
    "chart.replay": ("replay",),
    "chart.play": ("play",),
    "layout.morning": ("apply_layout", "morning"),
    "layout.trade": ("apply_layout", "trade"),
    "layout.research": ("apply_layout", "research"),
    "layout.quant": ("apply_layout", "quant"),
    "layout.review": ("apply_layout", "review"),
    "layout.monitor": ("apply_layout", "monitor"),
    "layout.reset": ("reset_layout",),
    "layout.manage": ("show", "layouts"),
    "layout.undo": ("undo",),
    "layout.redo": ("redo",),
    "layout.bring_back": ("bring_back",),
    "desk.palette": ("show", "palette"),
    "desk.symbol": ("show", "symbols"),
    "desk.settings": ("show", "settings"),
    "desk.shortcuts": ("show", "shortcuts"),
    "desk.wheel": ("show", "wheel"),
    "desk.leader": ("show", "leader"),
    "desk.hud": ("show", "hud"),
    "macro.record": ("record_lines",),
    "desk.help": ("show", "help"),
    "desk.welcome": ("show", "welcome"),
    "desk.tour": ("show", "tour"),
    "desk.about": ("show", "about"),
    "desk.show": ("show", "window"),
    "desk.full_screen": ("full_screen",),
    "desk.quit": ("quit",),
}
WITH_VALUES: dict[str, tuple[dict[str, Any], tuple[object, ...]]] = {
    "chart.timeframe": ({"interval": "1w"}, ("chart_timeframe", "1w")),
    "chart.overlay": ({"kind": "ema", "window": "50"}, ("chart_overlay", "ema", 50)),
    "chart.study_add": (
        {"study": "rsi 21", "where": "price"},
        ("add_study", "RSI 21", True),
    ),
    "chart.study_remove": ({"study": "rsi"}, ("remove_study", "rsi")),
    "chart.study_edit": ({"study": "rsi", "values": "9"}, ("edit_study", "rsi", "9")),
    "chart.compare": ({"symbol": "spy"}, ("compare", "SPY")),
    "chart.template_save": ({"name": "Mine"}, ("chart_template", "Mine")),
    "chart.template_apply": ({"name": "mine"}, ("apply_template", "Mine")),
    "chart.signals": ({"strategy": "momentum"}, ("chart_signals", "momentum")),
    "chart.type": ({"type": "heikin_ashi"}, ("series", "heikin_ashi")),
    "chart.scale": ({"scale": "log"}, ("scale", "log")),
    "chart.goto": ({"day": "2008-09-15"}, ("go_to", date(2008, 9, 15))),
    "chart.grid": ({"charts": "4"}, ("charts", 4)),
    "chart.together": ({"time": "true"}, ("together", None, True)),
    "chart.alert": ({"price": "182.5"}, ("alert", Decimal("182.5"))),
    "drawing.tool": ({"kind": "trend"}, ("chart_draw", "trend")),
    "chart.export": ({"path": "chart.png"}, ("chart_export", Path("chart.png"))),
    "desk.symbol": ({"symbol": "ibm"}, ("choose_symbol", "IBM")),
    "alert.new": ({"symbol": "ibm", "price": "190.5"}, ("begin_alert", "IBM", Decimal("190.5"))),
    "trade.buy": ({"symbol": "ibm", "quantity": "5"}, ("fill_ticket", Side.BUY, "IBM", Decimal(5))),
    "template.load": ({"name": "usual"}, ("write_ticket", ORDER, True)),
    "layout.save": ({"name": "Mine"}, ("save_layout", "Mine")),
    "layout.open": ({"name": "Mine"}, ("apply_layout", "Mine")),
    "layout.rename": ({"name": "Mine", "to": "Ours"}, ("rename_layout", "Mine", "Ours")),
    "layout.duplicate": ({"name": "Mine", "to": "Ours"}, ("duplicate", "Mine", "Ours")),
    "layout.delete": ({"name": "Ours"}, ("remove_layout", "Ours")),
    "macro.keep": ({"name": "Mine"}, ("recorded_lines",)),
    "macro.run": ({"name": "Mine"}, ("run_lines", ("AAPL 5m", "RISK"))),
    "ticket.write": (
        {"symbol": "ibm", "side": "buy", "quantity": "3"},
        ("write_ticket", ORDER, True),
    ),
    "idea.ticket": ({"id": "a1"}, ("write_ticket", IDEA, True)),
    "backtest.write": (
        {"strategy": "momentum", "symbol": "ibm", "run": True},
        ("run_focused",),
    ),
}


@pytest.fixture
def run(puffling, registry):
    async def run(id_, **values):
        result = await registry[id_].run_with(puffling.context, values)
        json.dumps(plain(result))  # whatever comes back, a terminal can print it
        return result

    return run


async def test_commands_of_the_window_reach_the_desk(run, desk, puffling):
    desk.ticket = ORDER
    keep_idea(puffling.context)
    await run("template.save", name="usual")
    for id_, done in DESK.items():
        await run(id_)
        assert desk.done[-1] == done
    for id_, (values, wanted) in WITH_VALUES.items():
        await run(id_, **values)
        assert desk.done[-1] == wanted


async def test_layouts_are_exchanged_with_a_window_or_without(run, desk):
    assert await run("layout.export", path="a.json", name="Mine") == "a.json"
    assert desk.done[-1] == ("write_file", "Mine", Path("a.json"))
    assert await run("layout.import", path="a.json", use=True) == ["Mine"]
    assert desk.done[-1] == ("apply_layout", "Mine")
    desk.has_window = False
    await run("layout.import", path="a.json", use=True)
    assert desk.done[-1] == ("begin_with", "Mine")


def test_every_command_that_needs_a_window_is_tried_above():
    needing = {each.id for each in all_commands() if each.window_only}
    assert needing == DESK.keys() | WITH_VALUES.keys()


async def test_looking_at_everything_needs_no_values_and_changes_nothing(run, registry, puffling):
    looking = [
        each
        for each in registry
        if each.effect == "look" and not each.window_only and not each.needs_values
    ]
    for each in looking:
        await run(each.id)
    assert len(looking) > 12
    assert puffling.context.audit.all() == []


async def test_a_list_is_followed(run):
    await run("watchlist.create", name="Tech")
    await run("watchlist.add", symbol="msft", list="Tech")
    await run("watchlist.add", symbol="GOOG", list="Tech")
    await run("watchlist.move", symbol="GOOG", place="0", list="Tech")
    shown = await run("watchlist.show", list="Tech")
    assert [each["symbol"] for each in shown["symbols"]] == ["GOOG", "MSFT"]
    assert shown["symbols"][0]["last"] > 0
    await run("watchlist.remove", symbol="MSFT", list="Tech")
    await run("watchlist.rename", list="Tech", name="Big")
    await run("watchlist.delete", list="Big")
    assert (await run("watchlist.show"))["name"] == "Starter"


async def test_an_alert_is_set_muted_and_removed(run):
    alert = await run("alert.add", symbol="aapl", kind="above", price="1,000.50", repeat="daily")
    assert alert.price == Decimal("1000.50")
    assert not (await run("alert.enable", id=alert.id, enabled="false")).enabled
    assert [each.id for each in await run("alert.list")] == [alert.id]
    await run("alert.remove", id=alert.id)
    assert await run("alert.list") == []


async def test_an_alert_of_any_kind_is_made_changed_copied_tried_and_snoozed(run, puffling):
    notices: list[NoticePosted] = []
    puffling.bus.subscribe(NoticePosted, notices.append)
    move = {"kind": "move", "when": "down", "percent": "3"}
    alert = await run("alert.create", condition=move, symbol="ibm", repeat="every", sound="true")
    assert alert.text == "IBM falls 3 % in a day"
    past = await run("alert.rehearse", condition=move, symbol="IBM", days=3650)
    assert past.spoken
    assert all(each.value >= 3 for each in past.spoken)
    loss = {"kind": "day loss", "percent": 2}
    changed = await run("alert.edit", id=alert.id, condition=loss, quiet="22:00-07:00")
    assert (changed.symbol, changed.sound, changed.text) == (
        "",
        False,
        "The day's loss reaches 2 % of equity",
    )
    assert (await run("alert.copy", id=alert.id)).condition == changed.condition
    await run("alert.test", id=alert.id)
    assert notices[-1].title == "Test: The day's loss reaches 2 % of equity"
    assert await run("alert.snooze", span="1 hour") == puffling.context.alerts.quiet_until
    await run("alert.wake")
    assert puffling.context.alerts.quiet_until is None
    for wrong in ({"kind": "moon"}, {"kind": "move", "percent": 0}):
        with pytest.raises(BadValueError):
            await run("alert.create", condition=wrong, symbol="IBM")
    with pytest.raises(BadValueError, match="no symbol"):
        await run("alert.create", condition=loss, symbol="IBM")


async def test_a_line_is_drawn_changed_watched_undone_and_cleared(run):
    drawn = await run(
        "drawing.add",
        kind="ray",
        points="2000-01-03 100, 2005-06-01T15:00:00+00:00 200.5",
        symbol="aapl",
        text="support",
    )
    assert [each.price for each in drawn.anchors] == [100, 200.5]
    changed = await run("drawing.change", id=drawn.id, color="down", width="3", line="dashed")
    assert (changed.style.color, changed.text, changed.anchors) == (
        "down",
        "support",
        drawn.anchors,
    )
    alert = await run("drawing.alert", id=drawn.id, repeat="daily")
    assert alert.text == "AAPL falls below the ray “support”"
    (row,) = await run("drawing.list", symbol="AAPL")
    assert (row["kind"], row["alerts"]) == ("ray", [alert.id])
    await run("drawing.hide", symbol="AAPL")
    assert (await run("drawing.list"))[0]["hidden"]
    assert await run("drawing.undo") == {"undone": "Hide all drawings"}
    assert await run("drawing.redo") == {"redone": "Hide all drawings"}
    await run("drawing.change", id=drawn.id, locked="true")
    assert await run("drawing.clear") == {"removed": 0}
    assert await run("drawing.clear", locked="true") == {"removed": 1}
    level = await run("drawing.add", kind="horizontal", points="2012-01-03 500")
    await run("drawing.remove", id=level.id)
    assert await run("drawing.list") == []
    for wrong in ("moon", "2012-01-03", "2012-01-03 x"):
        with pytest.raises(BadValueError):
            await run("drawing.add", kind="ray", points=wrong)


async def test_prices_are_shown_with_their_source(run):
    shown = await run("data.bars", symbol="aapl", interval="1w", last="3")
    assert (shown["source"], shown["adjusted"], len(shown["bars"])) == ("Demo market", True, 3)
    assert (await run("data.quote", symbol="AAPL")).last > 500
    with pytest.raises(NoPriceError, match="no quote of TSLA"):
        await run("data.quote", symbol="TSLA")
    assert (await run("data.search", text="micro"))[0].symbol == "MSFT"


async def test_a_file_is_imported_in_a_job_and_removed(run, puffling, tmp_path):
    file = tmp_path / "own.csv"
    file.write_text("Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,1,2,5\n2024-01-03,2,2,1,1,5\n")
    imported = await run("data.import_csv", path=str(file))
    assert (imported.symbol, imported.rows) == ("OWN", 2)
    assert puffling.context.jobs.recent()[0].title == "Import own.csv"
    await run("data.remove", symbol="OWN")
    assert puffling.context.bars.imported() == []


async def test_the_demo_market_obeys(run, puffling):
    await run("demo.speed", day_seconds="40")
    assert puffling.context.demo.replay.day_seconds == 40
    await run("demo.pause")
    assert (await run("demo.show"))["paused"]
    await run("demo.resume")
    assert "2 Jan 2009" in (await run("demo.restart", start="2009-01-02"))["market"]
    assert puffling.context.audit.all()[0].action == "demo.restart"
    with pytest.raises(BadValueError, match="day_seconds"):
        await run("demo.speed", day_seconds="1")


async def test_the_past_is_replayed_with_orders_that_are_not_real(run, puffling):
    assert await run("replay.show") == {"running": False}
    with pytest.raises(BadValueError, match="No replay"):
        await run("replay.order", side="buy", quantity="1")
    begun = await run("replay.start", day="2004-06-09", symbol="aapl")
    assert (begun["at"], begun["charts"]) == ("9 Jun 2004", "blue")
    ordered = await run("replay.order", side="buy", quantity="10", target="40", protection="20")
    assert len(ordered["orders"]) == 3
    await run("replay.step", bars="2")
    told = await run("replay.show")
    assert (told["at"], len(told["fills"]), len(told["orders"])) == ("14 Jun 2004", 1, 2)
    moved = await run("replay.change", id=told["orders"][0]["id"], price="41")
    await run("replay.cancel", id=moved["orders"][0]["id"])
    trailing = await run(
        "replay.order", side="sell", quantity="5", type="trailing stop", trail_percent="5"
    )
    assert trailing["orders"][-1]["ticket"].trail_percent == 5
    assert (await run("replay.jump", day="2004-06-09"))["at"] == "9 Jun 2004"
    assert puffling.context.orders.fills() == []
    assert await run("replay.end") == {"running": False}


async def test_a_changed_tolerance_proposes_limits_which_can_be_adopted(run, puffling):
    answer = await run("settings.change", section="trading", name="risk_tolerance", value="80")
    assert answer["proposed"]["band"] == "Aggressive"
    assert puffling.context.settings.current.trading.most_positions == 5
    await run("risk.adopt")
    trading = puffling.context.settings.current.trading
    assert (trading.largest_position, trading.most_positions) == (Decimal("0.20"), 10)
    assert puffling.context.risk.limits().most_positions == 10


async def test_settings_are_changed_by_words(run, puffling):
    await run("settings.change", section="watchlist", name="starter", value="IBM, MSFT")
    assert puffling.context.settings.current.watchlist.starter == ("IBM", "MSFT")
    await run("settings.theme", theme="light")
    await run("settings.up_down", colours="red and green")
    appearance = (await run("settings.show", section="appearance"))["appearance"]
    assert (appearance["theme"], appearance["up_down"]) == ("light", "red and green")
    with pytest.raises(BadValueError, match="no settings called 'nothing'"):
        await run("settings.show", section="nothing")
    with pytest.raises(BadValueError, match="no setting 'nothing'"):
        await run("settings.change", section="trading", name="nothing", value="1")


async def test_resuming_asks_for_the_word(run, desk):
    assert await run("risk.resume") == {"halted": False}
    await run("risk.halt", reason="enough")
    desk.types_the_word = False
    with pytest.raises(NotConfirmedError, match="stays halted"):
        await run("risk.resume")
    assert (await run("risk.limits"))["halted"].reason == "enough"
    desk.types_the_word = True
    await run("risk.resume")
    assert (await run("risk.limits"))["halted"] is None


async def test_notices_are_listed_and_read(run, puffling):
    await run("risk.halt")
    assert puffling.context.notifications.unread() == 1
    assert (await run("notice.list"))[0].title == "Trading is halted"
    assert await run("notice.read") == {"read": 1}
    assert puffling.context.notifications.unread() == 0


async def test_a_backup_is_put_back_only_with_the_word_and_can_be_forgotten(
    run, paths, clock, desk
):
    clock.pass_(1)
    name = Path((await run("backup.now"))["backup"]).name
    assert name in {each.name for each in (await run("backup.list"))["backups"]}
    assert (await run("backup.verify", name=name)).words == "nothing yet"
    with pytest.raises(BadValueError, match="Type RESTORE"):
        await run("backup.restore", name=name, word="please")
    desk.types_the_word = False
    with pytest.raises(NotConfirmedError):
        await run("backup.restore", name=name)
    with pytest.raises(BadValueError, match="waits"):
        await run("backup.forget")
    await run("backup.restore", name=name, word="restore")
    assert (await run("backup.list"))["restored at the next start"] == name
    await run("backup.forget")
    assert "restored at the next start" not in await run("backup.list")


async def test_a_backup_is_a_file(run, paths, clock):
    await until(lambda: list(paths.backups.glob("*.db")))  # the first one of a new profile
    clock.pass_(1)
    made = await run("backup.now")
    assert made["backup"] in {str(each) for each in paths.backups.iterdir()}


async def test_only_a_running_job_can_be_cancelled(run):
    with pytest.raises(BadValueError, match="No job"):
        await run("job.cancel", id="x")


async def test_performance_is_told_exported_and_noted(run, puffling, desk, tmp_path):
    await run("order.place", symbol="AAPL", side="buy", quantity="2")
    await until(lambda: puffling.context.portfolio.position("AAPL"))
    shown = await run("performance.show", period="1m")
    assert shown["curve"].startswith("History starts today")
    (trade,) = await run("performance.trades", symbol="aapl")
    assert (trade["quantity"], trade["closed"], trade["asked_by"]) == (2, None, "test")
    assert (await run("performance.attribution", by="weekday"))["groups"] == []
    assert (await run("performance.behaviour"))["trades"] == 0
    file = tmp_path / "trades.csv"
    written = await run("performance.export", path=str(file))
    assert (written.rows, len(file.read_text().splitlines())) == (1, 2)
    await run("performance.export", path=str(tmp_path / "sheet.pdf"))
    assert desk.done[-1] == ("save_tearsheet", tmp_path / "sheet.pdf")
    with pytest.raises(BadValueError, match=r"no \.csv, \.pdf or \.png"):
        await run("performance.export", path="sheet.doc")


async def test_a_tearsheet_is_told_of_a_backtest_and_of_a_file(run, tmp_path):
    done = await run("backtest.run", strategy="mean_reversion", symbol="ibm")
    told = await run("performance.tearsheet", backtest=done["id"])
    assert told["figures"]["total_return"] == pytest.approx(done["metrics"]["total_return"])
    file = tmp_path / "mine.csv"
    file.write_text("".join(f"2012-06-0{day},{100 + day}\n" for day in range(1, 8)))
    assert (await run("performance.tearsheet", path=str(file)))["title"] == "mine (equity)"
    assert "sessions" in (await run("performance.tearsheet"))["why"]


async def test_a_journal_is_written_found_changed_and_removed(run):
    entry = await run("journal.add", note="Bought too early", tags="early, breakout", rating="2")
    assert (entry.title, entry.tags) == ("Bought too early", ("early", "breakout"))
    assert [each.id for each in await run("journal.find", text="#early bought")] == [entry.id]
    changed = await run("journal.edit", id=entry.id, lessons="Wait for the close")
    assert (changed.lessons, changed.note) == ("Wait for the close", "Bought too early")
    with pytest.raises(BadValueError, match="Nothing is to be changed"):
        await run("journal.edit", id=entry.id)
    assert len(await run("journal.list")) == 1
    await run("journal.remove", id=entry.id)
    assert await run("journal.list") == []


async def test_a_stored_backtest_is_shown_in_the_window(run, desk):
    done = await run("backtest.run", strategy="mean_reversion", symbol="ibm", note="try")
    shown = await run("backtest.show", id=done["id"])
    assert ("show_backtest", done["id"]) in desk.done
    assert shown["metrics"] == done["metrics"]
    assert (await run("backtest.list"))[0].note == "try"
    await run("backtest.remove", id=done["id"])
    assert await run("backtest.list") == []


async def test_an_order_of_every_field_is_placed_changed_and_followed(run, puffling):
    order = await run(
        "order.place",
        symbol="IBM",
        side="buy",
        type="limit",
        limit_price="150",
        notional="900",
        time_in_force="day",
    )
    assert (order.ticket.notional, order.ticket.quantity) == (900, 6)
    told = await run("order.events", id=order.id)
    assert [each["kind"] for each in told] == ["intent", "answer"]
    stop = await run(
        "order.place", symbol="IBM", side="buy", quantity="2", type="stop", stop_price="250"
    )
    changed = await run("order.replace", id=stop.id, stop_price="260", quantity="3")
    assert (changed.ticket.stop_price, changed.ticket.quantity) == (260, 3)
    trail = await run(
        "order.place",
        symbol="IBM",
        side="buy",
        quantity="2",
        type="trailing stop",
        trail_percent="5",
    )
    moved = await run("order.replace", id=trail.id, trail="6", time_in_force="gtc")
    assert (moved.ticket.trail_percent, moved.ticket.time_in_force) == (6, "gtc")
    with pytest.raises(UnknownOrderError):
        await run("order.replace", id="none", quantity="1")
    with pytest.raises(BadValueError, match="a quantity, or an amount"):
        await run("order.place", symbol="IBM", side="buy")
    with pytest.raises(BadValueError, match="less than a millionth"):
        await run("order.place", symbol="IBM", side="buy", notional="0.00001")
    with pytest.raises(NoPriceError, match="cannot be sized"):
        await run("order.place", symbol="NONE", side="buy", notional="10")


def test_legs_are_read_as_they_are_written():
    call, put = "AAPL260116C00250000", "AAPL260116P00240000"
    legs = parse_legs(f"buy 1 {call.lower()} open; sell 2 {put} close;")
    assert legs == (Leg(call, Side.BUY), Leg(put, Side.SELL, 2, opens=False))
    assert parse_legs("") == ()
    with pytest.raises(BadValueError, match="is no leg"):
        parse_legs(f"hold 1 {call}")


async def test_a_position_is_reversed_and_everything_is_flattened_by_a_word(run, puffling, desk):
    puffling.context.settings.change(
        "trading", allow_short=True, largest_position="1", duplicate_seconds=0
    )
    await run("order.place", symbol="IBM", side="buy", quantity="5")
    stop = await run(
        "order.place", symbol="IBM", side="sell", quantity="5", type="stop", stop_price="100"
    )
    turned = await run("position.reverse", symbol="IBM")
    assert turned.status == "filled"
    await until(lambda: puffling.context.portfolio.position("IBM").quantity == -5)
    assert puffling.context.orders.get(stop.id).status == "cancelled"
    with pytest.raises(BadValueError, match="Type FLATTEN"):
        await run("position.flatten", word="flatten")
    basket = await run("position.flatten")
    assert ("ask_word", "FLATTEN") in desk.done
    await until(lambda: puffling.context.portfolio.positions() == [])
    assert (await run("basket.list"))[0].id == basket.id
    assert (await run("basket.show", id=basket.id)).state == "sent"
    with pytest.raises(BadValueError, match="Every order"):
        await run("basket.resume", id=basket.id)
    desk.types_the_word = False
    with pytest.raises(NotConfirmedError, match="Nothing was closed"):
        await run("position.flatten")


async def test_the_inbox_is_listed_shown_changed_approved_and_rejected(run, puffling):
    inbox = puffling.context.inbox
    first = inbox.post("assistant", [Ticket("IBM", Side.BUY, Decimal(5))], "Cheap.")
    second = inbox.post("assistant", [Ticket("GOOG", Side.BUY, Decimal(1))], "Cheap.")
    assert [each.id for each in await run("inbox.list")] == [first, second]
    await run("inbox.edit", id=first, quantity="4")
    assert (await run("inbox.odds", id=first))[0].chance is None
    with pytest.raises(BadValueError, match="names no limit"):
        await run("inbox.reprice", id=first)
    assert (await run("inbox.show", id=first))[0].ticket.quantity == 4
    assert (await run("inbox.approve", id=first)).state == "approved"
    assert (await run("inbox.reject", id=second, note="No.")).note == "No."
    assert {each.id for each in await run("inbox.history")} == {first, second}


async def test_an_order_is_proposed_from_a_terminal_and_nothing_is_sent(run, puffling):
    item = await run(
        "inbox.post",
        symbol="ibm",
        side="buy",
        quantity="5",
        reason="Cheap.",
        limit_price="150",
        stop_loss="140",
        minutes="30",
    )
    assert (item.tickets[0].symbol, item.tickets[0].stop_loss) == ("IBM", 140)
    assert (item.expires_at - item.created_at).total_seconds() == 1_800
    assert puffling.context.orders.all() == []


async def test_a_symbol_is_written_as_brokers_do_however_it_was_typed(run, puffling):
    await run("watchlist.add", symbol="brk-b")
    assert "BRK.B" in puffling.context.watchlists.symbols()
    alert = await run("alert.add", symbol="BTC-USD", kind="above", price="90000")
    assert alert.symbol == "BTC/USD"


async def test_a_goal_is_kept_compared_previewed_proposed_and_forgotten(run, puffling):
    await run("goal.save", name="core", targets="aapl:0.5,ibm:0.3", band="0.1", manner="propose")
    assert [each.name for each in await run("goal.list")] == ["core"]
    assert (await run("goal.drift", name="core"))["largest"] == Decimal("0.8")
    preview = await run("goal.preview", name="core", leave="ibm")
    assert [each.symbol for each in preview["trades"] if each.quantity] == ["AAPL"]
    id_ = await run("goal.propose", name="core")
    assert len(puffling.context.inbox.get(id_).tickets) == 2
    await run("goal.remove", name="core")
    assert await run("goal.list") == []


async def test_a_goal_is_like_equal_shares_what_is_held_or_kept_weights(run, puffling):
    equal = await run("goal.save", name="equal", like="equal", symbols="AAPL,IBM")
    assert equal.targets == {"AAPL": Decimal("0.5"), "IBM": Decimal("0.5")}
    await run("portfolio.save", name="best", weights="AAPL:0.7,CASH:0.3")
    assert (await run("goal.save", name="b", like="best")).targets == {"AAPL": Decimal("0.7")}
    with pytest.raises(BadValueError, match="Nothing is held"):
        await run("goal.save", name="held")
    with pytest.raises(BadValueError, match="not both"):
        await run("goal.save", name="held", like="equal", targets="AAPL:1")


async def test_less_than_one_share_cannot_be_closed(run, puffling):
    await run("order.place", symbol="AAPL", side="buy", quantity="1")
    await until(lambda: puffling.context.portfolio.position("AAPL"))
    with pytest.raises(BadValueError, match="less than one share"):
        await run("position.close", symbol="AAPL", share="0.5")
    assert [each.symbol for each in await run("position.list")] == ["AAPL"]
    assert (await run("order.list", open_only="true")) == []


@pytest.mark.parametrize(
    ("kind", "change"), [("limit", {"limit_price": "660"}), ("stop", {"stop_price": "500"})]
)
async def test_either_exit_of_a_bracket_can_be_changed(run, puffling, kind, change):
    await run(
        "order.place",
        symbol="AAPL",
        side="buy",
        quantity="10",
        take_profit="640",
        stop_loss="540",
    )
    orders = puffling.context.orders

    def exit_of() -> list[str]:
        return [each.id for each in orders.open() if each.ticket.type.value == kind and each.parent]

    await until(lambda: puffling.context.portfolio.position("AAPL") and exit_of())
    await run("order.replace", id=exit_of()[0], **change)
    wanted = Decimal(next(iter(change.values())))
    await until(
        lambda: any(
            wanted in {each.ticket.limit_price, each.ticket.stop_price} for each in orders.open()
        )
    )
    assert len(orders.open()) == 2

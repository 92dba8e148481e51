"""Calls of a model on a whole app: what runs, what asks, what is proposed, what is refused."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from puffin.ai.base import ToolCall
from puffling.agents.calling import DECLINED, HALTED
from puffling.agents.errands import why_not
from puffling.agents.permissions import ACTOR
from puffling.agents.tools import MOST_KEPT, Toolbox
from puffling.commands.terminal import NoDesk
from puffling.core.errors import BadValueError, StoreFullError
from puffling.core.events import HaltChanged
from puffling.store.audit import AuditStore
from tests.agents.puppets import Clicks
from tests.fakes import until

if TYPE_CHECKING:
    from puffin.types import Ticket


def facts(outcome):
    return json.loads(outcome.text.split("\n")[1])


async def test_a_look_runs_and_says_when_and_where_its_data_is_from(ask, puffling):
    told = await ask("get_account_info")
    assert (told.effect, told.is_error, told.command) == ("look", False, "account.show")
    assert facts(told)["cash"] == "100000"
    assert told.facts["cash"] == "100000"
    assert "as of 2012-06-01T13:30:00+00:00 (demo, Demo market (replay))" in told.text
    assert f"snapshot {told.snapshot}" in told.text
    assert told.snapshot == (await ask("account_show")).snapshot
    assert puffling.context.audit.all()[0].actor == ACTOR


async def test_prices_come_between_days_with_a_handle_to_the_rest(ask):
    told = await ask("get_market_data", symbol="AAPL", start="2012-01-03", end="2012-05-31")
    bars = facts(told)["bars"]
    assert bars["count"] == 104
    assert bars["first"][0][0] == "2012-01-03T00:00:00Z"
    page = await ask("read_more", handle=bars["handle"], page=3)
    assert page.facts["rows"][-1][0] == "2012-05-31T00:00:00Z"
    assert told.card.kind == "chart"
    assert told.card.data["times"][-1] == "2012-05-31T00:00:00Z"
    none = await ask("get_market_data", symbol="AAPL", start="2090-01-01")
    assert none.is_error
    assert "There are some from" in none.text


async def test_a_backtest_runs_at_once_and_comes_with_its_verdict(ask):
    told = await ask("run_backtest", strategy_type="momentum", symbols=["IBM"], start="2011-01-03")
    assert told.effect == "look"
    assert told.card.kind == "backtest"
    assert told.card.data["id"] == told.facts["id"]
    assert told.card.data["verdict"]["words"]
    json.dumps(told.card.data)
    listed = await ask("backtest_list")
    assert listed.card.kind == "table"
    assert listed.card.data["count"] == 1


async def test_a_change_waits_for_a_click_on_what_it_would_do(ask, box, puffling):
    no, yes = Clicks(), Clicks({"watchlist.add"})
    refused = await ask("watchlist_add", symbol="CSCO", yes=no)
    (shown,) = no.shown
    assert shown.lines == (
        ("Symbols on Starter", "AAPL, FB, GOOG, IBM, MSFT", "AAPL, FB, GOOG, IBM, MSFT, CSCO"),
    )
    assert shown.undoable
    assert DECLINED in refused.text
    assert refused.card.data["state"] == "refused"
    assert puffling.context.watchlists.get("").symbols[-1] == "MSFT"
    box.heard("talk")
    done = await ask("watchlist_add", symbol="CSCO", yes=yes)
    assert (done.effect, done.card.data["state"]) == ("change", "done")
    assert facts(done)["taken back by"] == "edit.undo"
    assert puffling.context.watchlists.get("").symbols[-1] == "CSCO"
    puffling.context.undo.undo()
    assert puffling.context.watchlists.get("").symbols[-1] == "MSFT"
    same = await ask("watchlist_add", symbol="MSFT", yes=yes)
    assert "nothing would change" in same.text
    assert len(yes.shown) == 1


async def test_a_no_is_not_asked_about_again_until_the_person_says_something(ask, box):
    no = Clicks()
    for _ in range(3):
        assert DECLINED in (await ask("settings_theme", theme="light", yes=no)).text
    assert len(no.shown) == 1
    box.heard("talk")
    await ask("settings_theme", theme="light", yes=no)
    assert len(no.shown) == 2


async def test_what_is_shown_is_what_is_done_to_the_letter(ask, puffling):
    yes = Clicks({"watchlist.create"})
    await ask("watchlist_create", name="Te\u200bch\u202e", yes=yes)
    assert yes.shown[0].lines[0][2] == "Starter, Tech"
    assert [each.name for each in puffling.context.watchlists.all()] == ["Starter", "Tech"]


async def test_long_ago_conversations_are_forgotten_but_not_that_they_ended(ask, box):
    box.lock("ended")
    for each in range(60):
        await ask("find_tools", text="alert", talk=f"talk {each}", id_="same")
    assert (await ask("get_account_info", talk="ended")).is_error
    assert not (await ask("find_tools", text="chart", talk="talk 0", id_="same")).is_error
    assert (await ask("find_tools", text="chart", talk="talk 59", id_="same")).is_error


async def test_only_the_latest_outcomes_are_kept(ask):
    for each in range(MOST_KEPT + 1):
        await ask("read_more", handle="t-none", id_=f"id {each}")
    assert "no table" in (await ask("read_more", handle="t-other", id_="id 0")).text
    other = await ask("read_more", handle="t-other", id_=f"id {MOST_KEPT}")
    assert "another call" in other.text


async def test_a_log_that_cannot_be_written_stops_nothing(ask, monkeypatch, caplog):
    def full(*_: object) -> None:
        raise StoreFullError("The disk is full.")

    monkeypatch.setattr(AuditStore, "add", full)
    assert not (await ask("get_account_info")).is_error
    assert "cannot be written down" in caplog.text


async def test_an_order_only_becomes_a_proposal(ask, puffling, gate):
    made = await ask("place_order", symbol="AAPL", side="buy", qty=10, reason="A\u202e cheap one")
    assert made.effect == "proposal"
    (item,) = puffling.context.inbox.waiting()
    assert (item.source, item.reason) == (ACTOR, "A cheap one")
    assert made.card.data["proposal"] == item.id
    assert made.card.data["order"] == "Buy 10 AAPL at the market, good for the day"
    assert gate.asked == []
    assert puffling.context.orders.all() == []
    await puffling.registry["inbox.approve"].run_with(puffling.context, {"id": item.id})
    assert len(puffling.context.orders.all()) == 1


async def test_a_proposal_that_a_limit_refuses_is_refused_with_the_reason(ask, puffling):
    refused = await ask("place_order", symbol="AAPL", side="buy", qty=100_000)
    assert refused.is_error
    assert puffling.context.inbox.waiting() == []
    posted = await ask("inbox_post", symbol="IBM", side="buy", quantity=1, reason="x", minutes=3)
    assert posted.effect == "proposal"
    limited = await ask(
        "inbox_post", symbol="IBM", side="buy", quantity=1, reason="x", limit_price=189
    )
    assert "limit 189.00" in limited.card.data["order"]


async def test_only_so_many_proposals_wait(ask, puffling):
    said = [
        await ask(
            "place_order",
            symbol="IBM",
            side="buy",
            qty=1,
            order_type="limit",
            limit_price=180 + each,
        )
        for each in range(12)
    ]
    assert "wait already" in said[-1].text
    assert len(puffling.context.inbox.waiting()) == 10


async def test_a_sentence_of_an_error_carries_no_key(ask, puffling, monkeypatch):
    def fails(_: str) -> None:
        raise BadValueError("It said api_key=canary-0123456789.", hint="Bearer canary-0123456789")

    monkeypatch.setattr(puffling.context.watchlists, "get", fails)
    said = await ask("watchlist_show")
    assert said.is_error
    assert "It said" in said.text
    assert "canary" not in said.text


async def test_results_that_stay_are_added_at_a_pace_that_no_disk_minds(
    ask, puffling, clock, monkeypatch
):
    monkeypatch.setattr("puffling.agents.calling.MOST_ADDED", 2)
    run = {"strategy_type": "momentum", "symbols": ["AAPL"]}
    said = [await ask("run_backtest", **run) for _ in range(3)]
    assert [each.is_error for each in said] == [False, False, True]
    assert "within an hour" in said[-1].text
    assert len(puffling.context.backtests.all()) == 2
    clock.pass_(3_601)
    assert not (await ask("run_backtest", **run)).is_error


async def test_a_button_counts_for_its_account_and_for_a_while(ask, puffling, clock):
    made = (await ask("risk_halt")).card.data
    context = puffling.context
    assert why_not(context, made) == ""
    assert "another account" in why_not(context, made | {"account": "of paper"})
    clock.pass_(14 * 60)
    assert why_not(context, made) == ""
    clock.pass_(2 * 60)
    assert "too old" in why_not(context, made)


async def test_what_would_cancel_others_first_becomes_a_button(ask, puffling):
    run = puffling.registry
    place = {"symbol": "AAPL", "side": "buy", "quantity": "5"}
    await run["order.place"].run_with(puffling.context, place)
    await until(puffling.context.portfolio.positions)
    alone = await ask("position_close", symbol="AAPL")
    assert alone.effect == "proposal"
    stop = {"symbol": "AAPL", "side": "sell", "quantity": "5", "type": "stop", "stop_price": "500"}
    order = await run["order.place"].run_with(puffling.context, stop)
    errand = await ask("position_close", symbol="AAPL")
    assert (errand.effect, errand.card.kind) == ("errand", "errand")
    assert errand.card.data["command"] == "position.close"
    assert ["Order", "Sell 5 AAPL at the market, good for the day"] in errand.card.data["lines"]
    cancel = await ask("order_cancel", id=order.id)
    assert cancel.card.data["values"] == {"id": order.id}
    assert cancel.card.data["lines"][0][1].startswith("Sell 5 AAPL")
    every = await ask("order_cancel_all")
    assert len(every.card.data["lines"]) == 1
    changed = await ask("order_replace", id=order.id, stop_price=510)
    assert ["Stop price", "510"] in changed.card.data["lines"]
    more = await ask("order_replace", id=order.id, stop_price="5.1e2", quantity="1e1")
    assert ["Stop price", "510"] in more.card.data["lines"]
    assert ["Quantity", "10"] in more.card.data["lines"]
    assert not cancel.card.data["asks"]
    assert more.card.data["asks"]
    flat = await ask("position_flatten")
    assert flat.card.data["lines"] == [["AAPL", "5"]]
    assert (await ask("risk_halt")).effect == "errand"
    assert (await ask("basket_resume", id="x")).is_error
    assert (await ask("order_cancel", id="x")).is_error
    assert puffling.context.orders.get(order.id).status == order.status


async def test_the_kill_switch_leaves_only_looking(ask, puffling):
    heard: list[HaltChanged] = []
    puffling.bus.subscribe(HaltChanged, heard.append)
    halts = Clicks({"settings.theme"})

    class HaltsMeanwhile:
        async def ask(self, preview):
            await puffling.context.risk.halt("test", "enough")
            return True

    late = await ask("settings_theme", theme="light", yes=HaltsMeanwhile())
    assert HALTED in late.text
    assert puffling.context.settings.current.appearance.theme == "dark"
    for name, values in (
        ("settings_theme", {"theme": "light"}),
        ("place_order", {"symbol": "AAPL", "side": "buy", "qty": 1}),
        ("position_flatten", {}),
    ):
        refused = await ask(name, yes=halts, **values)
        assert (refused.effect, refused.is_error) == ("refused", True)
    assert halts.shown == []
    assert not (await ask("get_account_info")).is_error


async def test_a_proposal_is_not_made_by_a_conversation_that_ended_meanwhile(ask, box, puffling):
    real = puffling.context.risk.prepare

    async def ends(ticket: Ticket) -> None:
        box.lock("talk")
        await real(ticket)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(puffling.context.risk), "prepare", lambda _, ticket: ends(ticket))
        refused = await ask("place_order", symbol="AAPL", side="buy", qty=1)
    assert "has ended" in refused.text
    assert puffling.context.inbox.waiting() == []


async def test_a_yes_to_what_has_changed_meanwhile_changes_nothing(ask, puffling):
    class Renames:
        async def ask(self, preview):
            puffling.context.watchlists.add("", "CSCO")
            return True

    stale = await ask("watchlist_add", symbol="XOM", yes=Renames())
    assert stale.card.data["state"] == "stale"
    assert "XOM" not in puffling.context.watchlists.get("").symbols


async def test_a_call_runs_once_however_often_it_comes(ask, box, puffling):
    yes = Clicks({"watchlist.create"})
    first = await ask("watchlist_create", name="Once", yes=yes, id_="same")
    again = await ask("watchlist_create", name="Once", yes=yes, id_="same")
    assert again.text == first.text
    assert len(yes.shown) == 1
    other = await ask("watchlist_create", name="Twice", yes=yes, id_="same")
    assert other.is_error
    call = ToolCall("both", "watchlist_create", {"name": "Both"})
    both = await asyncio.gather(*(box.call("talk", call, yes) for _ in range(2)))
    assert both[0].text == both[1].text
    assert [each.name for each in puffling.context.watchlists.all()] == ["Starter", "Once", "Both"]


async def test_a_conversation_that_ended_can_do_nothing_any_more(ask, box, puffling):
    class Ends:
        async def ask(self, preview):
            box.lock("talk")
            box.unlock("talk")  # what was asked before that stays without an answer
            box.lock("talk")
            return True

    bars = facts(await ask("data_bars", symbol="AAPL", last=40))["bars"]
    ended = await ask("watchlist_add", symbol="CSCO", yes=Ends())
    assert ended.is_error
    assert "CSCO" not in puffling.context.watchlists.get("").symbols
    assert (await ask("get_account_info")).is_error
    assert (await ask("read_more", handle=bars["handle"])).is_error
    box.unlock("talk")
    assert not (await ask("get_account_info")).is_error
    assert (await ask("read_more", handle=bars["handle"])).is_error
    assert not (await ask("get_account_info", talk="another")).is_error


REFUSALS: list[tuple[str, dict[str, Any], str]] = [
    ("inbox_approve", {"id": "x"}, "decided by a person"),
    ("nothing_like_it", {}, "There is no tool"),
    ("read_more", {"handle": "t-1", "page": 0}, "page"),
    ("find_tools", {}, "text"),
    ("place_order", {"symbol": "HTTP://X", "side": "buy", "qty": 1}, "is no symbol"),
    ("data_search", {"text": "https://evil.example/?a=1"}, "company's name"),
    ("data_search", {"text": "equity 100000"}, "company's name"),
    ("journal_find", {"text": "sk-abcdefghijklmnop"}, "looks like a key"),
    ("journal_find", {"text": "x" * 30_000}, "more than a tool takes"),
    ("settings_change", {"section": "trading", "name": "daily_loss", "value": "1"}, "by hand"),
    ("settings_change", {"section": "general", "name": "nonsense", "value": "1"}, "no setting"),
    ("strategy_check", {"rules": {"a": {"b": {"c": {"d": {"e": {}}}}}}}, ""),
]


async def test_what_a_model_may_not_say_is_refused_in_words(ask):
    for name, values, words in REFUSALS:
        refused = await ask(name, yes=Clicks({"settings.change"}), **values)
        assert (refused.effect, refused.is_error) == ("refused", True), name
        assert words in refused.text, name


async def test_values_without_end_are_refused(ask):
    rules: dict[str, object] = {}
    for _ in range(40):
        rules = {"in": rules}
    assert "too deeply" in (await ask("strategy_check", rules=rules)).text


async def test_values_that_cannot_be_read_are_refused(ask, box):
    endless: list[object] = []
    endless.append(endless)
    broken: list[Any] = [{"rules": endless}, {1: "a", "b": 2}, "no values at all"]
    for tangled in broken:  # what a service that is not in order might send
        call = ToolCall("t", "strategy_check", tangled)
        refused = await box.call("talk", call, Clicks())
        assert (refused.effect, refused.is_error) == ("refused", True)


async def test_a_fault_of_our_own_is_said_and_logged(ask, puffling, monkeypatch, caplog):
    def fails(_):
        raise RuntimeError("token=abcdef123456")

    monkeypatch.setattr(type(puffling.context.portfolio), "snapshot", fails)
    failed = await ask("get_account_info")
    assert failed.is_error
    assert "abcdef" not in failed.text
    assert "A tool failed" in caplog.text


async def test_tools_that_were_found_stay_listed_in_that_conversation(ask, box):
    found = await ask("find_tools", text="efficient frontier")
    assert found.facts["tools"][0] == "portfolio_frontier"
    assert "portfolio_frontier" in found.text
    here = [each.name for each in box.specs("hello", conversation="talk")]
    there = [each.name for each in box.specs("hello")]
    assert "portfolio_frontier" in here
    assert "portfolio_frontier" not in there
    for each in ("stress", "alert", "drawing", "layout"):
        await ask("find_tools", text=each)
    assert len(box.specs("hello", conversation="talk")) == 30


def test_the_list_has_the_named_tools_first_and_its_order_does_not_change(box):
    first = [each.name for each in box.specs("alerts and layouts of charts")]
    assert len(first) == 30
    assert first[0] == "get_market_data"
    assert first[-2:] == ["find_tools", "read_more"]
    order = [each.name for each in box.specs("charts of layouts and alerts")]
    assert order == first
    assert len(box.specs("x", most=3)) >= 10


async def test_without_a_window_nothing_is_offered_that_needs_one(puffling):
    from dataclasses import replace

    box = Toolbox(puffling.registry, replace(puffling.context, desk=NoDesk()))
    names = {each.name for each in box.specs("open the chart panel and add a study")}
    assert not {"panel_chart", "chart_study_add"} & names
    refused = await box.call("talk", ToolCall("1", "panel_chart", {}), Clicks())
    assert "needs the window" in refused.text


async def test_panels_open_and_studies_are_drawn_at_once(ask, desk):
    assert (await ask("panel_chart")).effect == "look"
    assert (await ask("chart_study_add", study="rsi 14")).effect == "look"
    assert ("open_panel", "chart") in desk.done


async def test_where_nobody_sees_a_button_none_is_promised(puffling):
    box = Toolbox(puffling.registry, puffling.context, shows_cards=False)
    refused = await box.call("talk", ToolCall("1", "order_cancel_all", {}), Clicks())
    assert (refused.effect, refused.card) == ("refused", None)
    assert "Only the person" in refused.text

"""Another program uses the desk's tools, and can do no more with them than a model."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from puffling.agents import mcp_desk
from puffling.agents.mcp_desk import MOST_IN_A_ROW, QUIET, McpDesk, program, session_of
from puffling.commands.remote import Remote
from puffling.core.errors import BadValueError, NotConfirmedError, PufflingError
from puffling.store.requests import RequestStore
from tests.fakes import until

if TYPE_CHECKING:
    from puffling.agents.mcp_server import Said

SESSION = "mcp 1234abcd A client"


async def stays() -> bool:
    return False


@pytest.fixture
async def desk_of(puffling, stepper):
    """The tools of a desk with prices, whose person serves other programs."""
    await stepper.step(2)
    puffling.context.quotes.flush()
    puffling.context.settings.change("assistant", mcp=True)
    return McpDesk(puffling.registry, puffling.context)


async def call(tools: McpDesk, tool: str, session: str = SESSION, /, **arguments: object) -> Said:
    return await tools.call(session, tool, json.dumps(arguments), stays)


def watched(puffling) -> tuple[str, ...]:
    found: tuple[str, ...] = puffling.context.watchlists.get("").symbols
    return found


def audited(puffling) -> list[tuple[str, str]]:
    entries = puffling.context.audit.all(50)
    return [(each.action, each.subject) for each in entries if each.action.startswith("tool.")]


async def test_nobody_is_served_until_the_person_says_so(puffling, desk_of):
    puffling.context.settings.change("assistant", mcp=False)
    for asking in (desk_of.tools(), call(desk_of, "data_quote", symbol="AAPL")):
        with pytest.raises(NotConfirmedError, match="serves no other programs"):
            await asking


async def test_what_looks_answers_at_once_and_is_written_down(puffling, desk_of):
    said = await call(desk_of, "data_quote", symbol="AAPL")
    assert not said.is_error
    assert '"symbol":"AAPL"' in said.text
    assert audited(puffling) == [("tool.look", "data.quote")]


async def test_a_few_tools_are_listed_and_all_can_be_found_and_used(desk_of):
    listed = {each.name: each for each in await desk_of.tools()}
    assert len(listed) <= 31
    assert {"place_order", "find_tools", "use_tool", "get_account_info"} <= set(listed)
    assert listed["data_quote"].looks
    assert not listed["place_order"].looks
    assert not listed["watchlist_add"].looks
    assert [each.name for each in await desk_of.tools()] == list(listed)
    found = await call(desk_of, "find_tools", text="list the stored backtests")
    assert 'backtest_list takes {"type": "object"' in found.text
    used = await call(desk_of, "use_tool", name="backtest_list", arguments={})
    assert not used.is_error


async def test_a_change_is_made_after_a_click_in_the_window(puffling, desk_of, desk):
    desk.allows = True
    said = await call(desk_of, "watchlist_add", symbol="ORCL")
    assert not said.is_error
    assert "ORCL" in watched(puffling)
    kind, title, who, line = desk.done[-1]
    assert (kind, title, who) == ("ask_change", "Add to watchlist", "A client")
    assert line[2].endswith("ORCL")
    assert audited(puffling) == [("tool.change", "watchlist.add")]


async def test_a_change_by_another_tools_hand_is_asked_for_too(puffling, desk_of, desk):
    said = await call(desk_of, "use_tool", name="watchlist_add", arguments={"symbol": "ORCL"})
    assert said.is_error
    assert desk.done[-1][0] == "ask_change"
    assert "ORCL" not in watched(puffling)


async def test_no_means_no(puffling, desk_of):
    said = await call(desk_of, "watchlist_add", symbol="ORCL")
    assert said.is_error
    assert "said no" in said.text
    assert "ORCL" not in watched(puffling)


async def test_who_is_told_no_again_and_again_is_not_listened_to(desk_of, desk):
    for symbol in ("TSLA", "NVDA", "META"):
        await call(desk_of, "watchlist_add", symbol=symbol)
    asked = len(desk.done)
    said = await call(desk_of, "watchlist_add", symbol="ORCL")
    assert "no change is asked for any more" in said.text
    assert len(desk.done) == asked
    desk.allows = True
    another = session_of("A client")
    assert not (await call(desk_of, "watchlist_add", another, symbol="ORCL")).is_error


async def test_a_program_that_comes_back_under_other_names_is_not_listened_to_for_a_while(
    desk_of, desk, clock
):
    for _ in range(MOST_IN_A_ROW):
        await call(desk_of, "watchlist_add", session_of("A client"), symbol="ORCL")
    asked = len(desk.done)
    said = await call(desk_of, "watchlist_add", session_of("Another"), symbol="ORCL")
    assert "for a while" in said.text
    assert len(desk.done) == asked
    clock.pass_(QUIET + 1)
    desk.allows = True
    assert not (await call(desk_of, "watchlist_add", session_of("Last"), symbol="ORCL")).is_error


@pytest.mark.parametrize(
    ("served", "name", "written"),
    [
        (False, "data_quote", '{"symbol": "AAPL"}'),
        (True, "data_quote", "no JSON"),
        (True, "use_tool", '{"arguments": {}}'),
        (True, "data_quote", '{"symbol": "' + "A" * 300_000 + '"}'),
    ],
)
async def test_what_is_refused_at_the_door_is_written_down_too(
    puffling, desk_of, served, name, written
):
    puffling.context.settings.change("assistant", mcp=served)
    with pytest.raises(PufflingError):
        await desk_of.call(SESSION, name, written, stays)
    (entry,) = [each for each in puffling.context.audit.all(50) if "tool" in each.action]
    assert (entry.action, entry.subject) == ("tool.refused", name)
    assert len(str(entry.details)) < 2_000


async def test_silence_means_no(puffling, desk_of, desk, monkeypatch):
    monkeypatch.setattr(mcp_desk, "CLICK_WITHIN", 0.04)
    monkeypatch.setattr(mcp_desk, "LOOK_EACH", 0.02)
    desk.allows = None
    said = await call(desk_of, "watchlist_add", symbol="ORCL")
    assert said.is_error
    assert "ORCL" not in watched(puffling)


async def test_a_question_is_taken_away_with_the_one_who_asked(
    puffling, desk_of, desk, monkeypatch
):
    monkeypatch.setattr(mcp_desk, "LOOK_EACH", 0.01)
    desk.allows = None
    asked = 0

    async def leaves() -> bool:
        nonlocal asked
        asked += 1
        return asked > 2

    said = await desk_of.call(SESSION, "watchlist_add", '{"symbol": "ORCL"}', leaves)
    assert said.is_error
    assert "ORCL" not in watched(puffling)


async def test_one_change_is_asked_for_at_a_time(desk_of, desk):
    desk.allows = None
    first = asyncio.create_task(call(desk_of, "watchlist_add", symbol="ORCL"))
    await until(lambda: desk.done and desk.done[-1][0] == "ask_change")
    said = await call(desk_of, "watchlist_add", symbol="TSLA")
    assert said.is_error
    assert "waits for the person's answer already" in said.text
    first.cancel()
    await asyncio.wait({first})


async def test_without_a_window_nothing_is_changed(puffling, desk_of, desk, monkeypatch):
    monkeypatch.setattr(type(desk), "has_window", False)
    desk.allows = True
    said = await call(desk_of, "watchlist_add", symbol="ORCL")
    assert said.is_error
    assert "window is not open" in said.text
    assert "ORCL" not in watched(puffling)


async def test_an_order_is_only_proposed(puffling, desk_of, desk, broker):
    said = await call(desk_of, "place_order", symbol="AAPL", side="buy", qty=10)
    assert not said.is_error
    (item,) = puffling.context.inbox.waiting()
    assert item.source == "assistant"
    assert puffling.context.orders.open() == []
    assert desk.done == []
    assert audited(puffling) == [("tool.proposal", "order.place")]


@pytest.mark.parametrize(
    "name", ["risk_resume", "settings_change", "macro_run", "connection_keys", "inbox_approve"]
)
async def test_what_no_model_may_do_no_program_may(desk_of, desk, name):
    desk.allows = True
    values = {"section": "assistant", "name": "mcp", "value": "false"}
    assert (await call(desk_of, name, **values)).is_error
    assert desk.done == []


async def test_an_ended_session_can_do_nothing(desk_of):
    desk_of.end(SESSION)
    assert (await call(desk_of, "data_quote", symbol="AAPL")).is_error
    another = session_of("A client")
    assert not (await call(desk_of, "data_quote", another, symbol="AAPL")).is_error


@pytest.mark.parametrize(
    "written", ["", "[]", '{"symbol": "AAPL", "symbol": "MSFT"}', '{"quantity": NaN}', "{" * 99]
)
async def test_arguments_that_are_not_exactly_that_are_refused(desk_of, written):
    with pytest.raises(BadValueError):
        await desk_of.call(SESSION, "data_quote", written, stays)


@pytest.mark.parametrize("given", [{}, {"name": 7}, {"name": "x", "arguments": []}, {"x": 1}])
async def test_a_tool_that_is_used_has_a_name_and_values(desk_of, given):
    with pytest.raises(BadValueError):
        await call(desk_of, "use_tool", **given)


def test_a_program_is_called_what_it_says_within_reason():
    assert program(session_of("Claude")) == "Claude"
    assert program(session_of("")) == "A program without a name"
    assert program(session_of("a\nb\u202ec" + "x" * 99)).startswith("a b")
    assert len(program(session_of("x" * 99))) <= 41
    assert session_of("Claude") != session_of("Claude")


# Through the window that has the profile


@pytest.fixture
def remote(puffling, clock):
    async def nobody(_: str) -> bool:
        raise AssertionError("Nothing is asked back")

    store = RequestStore(puffling.context.storage.user)
    return Remote(store, clock, nobody, always_yes=False, actor="mcp")


async def test_the_window_answers_through_the_table(puffling, desk_of, remote):
    listed = await remote.run("mcp.tools", {})
    assert "data_quote" in {each["name"] for each in listed}
    asked = {"session": SESSION, "name": "data_quote", "arguments": '{"symbol": "AAPL"}'}
    said = await remote.run("mcp.call", asked)
    assert said["is_error"] is False
    assert '"symbol":"AAPL"' in said["text"]
    await remote.run("mcp.end", {"session": SESSION})
    assert (await remote.run("mcp.call", asked))["is_error"] is True


@pytest.mark.parametrize("command", ["order.place", "risk.resume", "settings.change", "mcp.else"])
async def test_another_program_reaches_no_command_past_the_tools(desk_of, remote, command):
    with pytest.raises(PufflingError, match="nothing that can be asked for"):
        await remote.run(command, {"symbol": "AAPL", "side": "buy", "quantity": "10"})


async def test_a_call_that_is_given_up_takes_its_question_along(
    puffling, desk_of, desk, remote, monkeypatch
):
    monkeypatch.setattr(mcp_desk, "LOOK_EACH", 0.01)
    desk.allows = None
    asked = {"session": SESSION, "name": "watchlist_add", "arguments": '{"symbol": "ORCL"}'}
    waiting = asyncio.create_task(remote.run("mcp.call", asked))
    await until(lambda: desk.done and desk.done[-1][0] == "ask_change")
    waiting.cancel()
    await asyncio.wait({waiting})
    await until(lambda: audited(puffling) == [("tool.refused", "watchlist.add")])
    desk.allows = True
    assert "ORCL" not in watched(puffling)

"""The app as a whole, from a terminal: alone, beside a window, and when everything else hangs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from puffling import app
from puffling.core.bus import EventBus
from puffling.core.errors import NotConfirmedError, PufflingError, StoreError
from puffling.core.events import HaltChanged
from puffling.core.settings import Mode
from puffling.core.settings_store import SettingsStore
from tests.fakes import NoNetwork, until


@pytest.fixture
def run(paths, registry):
    """Run a command as `puffling run` does."""

    async def run_command(id_: str, *, always_yes: bool = False, **values: object) -> Any:
        return await app.run_command(paths, registry[id_], values, always_yes=always_yes)

    return run_command


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    monkeypatch.setattr("puffling.app.assembly.yahoo", lambda *_: NoNetwork())


async def test_a_command_runs_here_when_no_window_has_the_profile(run):
    assert (await run("data.quote", symbol="aapl")).symbol == "AAPL"
    order = await run("order.place", always_yes=True, symbol="AAPL", side="buy", quantity="1")
    assert order.status == "filled"
    (row,) = await run("position.list")
    assert row.position.quantity == 1


async def test_without_a_yes_nothing_is_sent(run, monkeypatch):
    async def no(_):
        return False

    monkeypatch.setattr("puffling.app.terminal.ask_here", no)
    with pytest.raises(NotConfirmedError):
        await run("order.place", symbol="AAPL", side="buy", quantity="1")
    assert await run("order.list") == []


async def test_a_command_for_the_window_says_so(run):
    with pytest.raises(PufflingError, match="needs the window"):
        await run("desk.palette")


async def test_beside_a_window_the_window_runs_it(puffling, run):
    assert (await run("watchlist.create", name="From outside"))["name"] == "From outside"
    assert [each.name for each in puffling.context.watchlists.all()] == ["Starter", "From outside"]


async def test_without_a_gate_no_order_is_confirmed(paths, registry):
    opened = app.build(paths)
    await opened.start()
    try:
        with pytest.raises(NotConfirmedError):
            await registry["order.place"].run_with(
                opened.context, {"symbol": "AAPL", "side": "buy", "quantity": "1"}
            )
    finally:
        await opened.stop()


async def test_a_halt_from_outside_reaches_the_window_and_holds_at_the_next_start(
    opening, paths, registry
):
    async with opening() as opened:
        heard: list[HaltChanged] = []
        opened.bus.subscribe(HaltChanged, heard.append)
        await registry["order.place"].run_with(
            opened.context,
            {
                "symbol": "IBM",
                "side": "buy",
                "quantity": "1",
                "type": "limit",
                "limit_price": "100",
                "time_in_force": "gtc",
            },
        )
        said = await asyncio.to_thread(app.halt, paths, reason="enough")
        assert said == "Trading is halted. No order is open."
        await until(lambda: heard)
        assert opened.context.orders.open() == []
    assert app.halt(paths, reason="again") == "Trading was halted already. No order is open."


async def test_a_halt_without_a_window_cancels_at_the_next_start(opening, paths, registry):
    async with opening() as opened:
        await registry["order.place"].run_with(
            opened.context,
            {
                "symbol": "IBM",
                "side": "buy",
                "quantity": "1",
                "type": "limit",
                "limit_price": "100",
                "time_in_force": "gtc",
            },
        )
    assert "1 open order is cancelled when Puffling starts" in app.halt(paths, reason="x")
    async with opening() as again:
        assert again.context.orders.open() == []
        assert again.context.risk.halted().reason == "x"


async def test_a_profile_that_cannot_be_opened_is_let_go_of_again(paths):
    paths.make()
    paths.database.write_bytes(b"")
    for _ in range(2):
        with pytest.raises(StoreError):
            app.build(paths)


def test_a_start_that_fails_holds_neither_the_profile_nor_its_files(paths, clock, monkeypatch):
    from puffling.app import build
    from puffling.core.errors import StoreDamagedError

    def damaged(_):
        raise StoreDamagedError("puffling.db is damaged.")

    with monkeypatch.context() as patch:
        patch.setattr("puffling.store.alerts.AlertStore.all", damaged)
        with pytest.raises(StoreDamagedError):
            build(paths, clock=clock)
    again = build(paths, clock=clock)
    again.context.storage.close()
    again.lock.release()


async def test_live_begins_locked_and_says_so(opening, paths):
    paths.make()
    SettingsStore(paths.settings, EventBus()).set_mode(Mode.LIVE)
    async with opening() as opened:
        assert opened.context.market.mode is Mode.DEMO
        said = [each.title for each in opened.context.notifications.all()]
        assert "LIVE is locked until you unlock it; Puffling starts in DEMO." in said

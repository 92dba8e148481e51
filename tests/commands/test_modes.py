from __future__ import annotations

import json

import pytest

from puffling.core.errors import BadValueError, NotConfirmedError, PufflingError
from puffling.core.settings import Mode
from puffling.services.automation import Part
from puffling.work.requests import plain
from tests.fakes import until
from tests.outside import KEY, SECRET

PAPER, LIVE = "alpaca paper", "alpaca live"
LIVE_KEY = "AKLIVELIVELIVE12"


@pytest.fixture
def run(puffling, registry):
    async def run(id_, **values):
        result = await registry[id_].run_with(puffling.context, values)
        text = json.dumps(plain(result))
        assert SECRET not in text
        return result

    return run


async def test_the_mode_is_switched_and_shown(run):
    shown = await run("mode.switch", mode="sim")
    assert (shown["mode"], shown["prices"]) == ("sim", "Polled prices (delayed)")
    offers = (await run("mode.show"))["modes"]
    assert [each.mode for each in offers if each.in_use] == [Mode.SIM]


async def test_switching_to_live_asks_for_the_word_and_shows_the_limits(
    run, desk, keyring, world, puffling
):
    keyring.give(LIVE, key=LIVE_KEY)
    world.opens[LIVE_KEY] = False
    desk.types_the_word = False
    with pytest.raises(NotConfirmedError, match="LIVE stays locked"):
        await run("mode.switch", mode="live")
    assert ("Largest order", "25,000.00") in desk.done[-1]
    desk.types_the_word = True
    assert (await run("mode.switch", mode="live"))["mode"] == "live"


async def test_live_is_unlocked_once_in_a_run(run, desk):
    assert await run("mode.unlock", word="LIVE") == {"unlocked": True}
    await run("mode.unlock")
    assert desk.done == []


async def test_the_simulation_is_reset(run, puffling):
    await run("mode.switch", mode="sim")
    await run("settings.change", section="paper", name="cash", value="5000")
    await run("mode.reset_sim")
    assert puffling.context.portfolio.cash == 5_000


async def test_keys_are_asked_for_and_tried(run, desk, keyring):
    with pytest.raises(NotConfirmedError, match="stay as they were"):
        await run("connection.set_keys", name=PAPER)
    desk.keys = (KEY, SECRET)
    answer = await run("connection.set_keys", name=PAPER)
    assert answer["connection"].works
    assert (await run("connection.test", name=PAPER)).works
    listed = await run("connection.list")
    assert [each.has_keys for each in listed["connections"]] == [True, False]
    assert (await run("connection.remove", name=PAPER))[0].has_keys is False


async def test_no_key_is_a_parameter_of_any_command(registry):
    named = {name for each in registry for name in each.params.model_fields}
    assert not named & {"key", "secret", "api_key", "password", "token"}


async def test_what_the_keyring_says_is_passed_on(run, desk, keyring):
    keyring.note = "Keys are kept for this run only."
    desk.keys = (KEY, SECRET)
    assert (await run("connection.set_keys", name=PAPER))["note"] == keyring.note
    assert (await run("connection.list"))["note"] == keyring.note


async def test_new_keys_of_the_mode_in_use_begin_it_anew(run, desk, keyring, world, puffling):
    keyring.give(PAPER)
    await run("mode.switch", mode="paper")
    desk.keys = (KEY, SECRET)
    world.numbered("••••9999")
    await run("connection.set_keys", name=PAPER)
    assert puffling.context.portfolio.account.number == "••••9999"


async def test_keys_in_use_are_not_removed(run, keyring):
    keyring.give(PAPER)
    await run("mode.switch", mode="paper")
    with pytest.raises(NotConfirmedError, match="PAPER uses these keys"):
        await run("connection.remove", name=PAPER)


async def test_a_connection_that_does_not_exist_is_refused(run):
    with pytest.raises(BadValueError, match="no connection"):
        await run("connection.test", name="ibkr")


async def test_automation_is_paused_and_let_go_on(run):
    assert (await run("automation.pause", reason="lunch"))["why"] == "test paused it: lunch."
    assert (await run("automation.show"))["paused"]
    assert not (await run("automation.resume"))["paused"]


async def test_a_terminal_without_a_person_says_what_it_needs():
    from puffling.commands.terminal import NoDesk

    with pytest.raises(PufflingError, match=r"In force: Largest order 5\."):
        await NoDesk().ask_unlock([("Largest order", "5")])
    with pytest.raises(PufflingError, match="needs a terminal"):
        await NoDesk().ask_keys("Keys", "From their page.")


async def test_the_kill_switch_closes_positions_too_after_a_second_word(run, desk, gate, puffling):
    await run("order.place", symbol="AAPL", side="buy", quantity="1")
    await until(lambda: puffling.context.portfolio.position("AAPL"))
    desk.types_the_word = False
    with pytest.raises(NotConfirmedError, match="Nothing was closed"):
        await run("risk.halt", flatten=True)
    assert puffling.context.risk.halted() is not None
    desk.types_the_word = True
    await run("risk.halt", flatten=True)
    await until(lambda: not puffling.context.portfolio.position("AAPL"))


async def test_resuming_says_what_stays_paused(run, desk, puffling):
    asked: list[str] = []

    async def ask_word(title: str, text: str, word: str) -> bool:
        asked.append(text)
        return True

    puffling.context.automation.register(Part("scans", "Scans", lambda: "2 scans"))
    desk.ask_word = ask_word
    await run("risk.halt")
    await run("risk.resume")
    assert "Scans: 2 scans" in asked[0]
    assert "stays paused until you resume automation" in asked[0]

from __future__ import annotations

import pytest

from puffling.core.errors import BadValueError
from puffling.core.events import KeysChanged
from puffling.core.settings import Mode
from tests.outside import KEY, SECRET

PAPER, LIVE = "alpaca paper", "alpaca live"


@pytest.fixture
def connections(puffling):
    return puffling.context.connections


async def test_keys_are_kept_in_the_keyring_and_noted_without_being_named(
    puffling, connections, keyring
):
    heard: list[str] = []
    puffling.bus.subscribe(KeysChanged, lambda event: heard.append(event.name))
    assert await connections.set_keys(PAPER, f" {KEY} ", SECRET, "test") == ""
    assert keyring.kept == {"alpaca paper key": KEY, "alpaca paper secret": SECRET}
    (entry,) = puffling.context.audit.all()
    assert (entry.action, entry.subject) == ("connection.set_keys", PAPER)
    assert KEY not in repr(entry)
    assert SECRET not in repr(await connections.keys(PAPER))
    assert heard == [PAPER]


async def test_keys_that_work_say_whose_account_they_open(connections, keyring):
    keyring.give(PAPER)
    tried = await connections.test(PAPER)
    assert tried.works
    assert tried.text == "The keys open account ••••1234: 50,000.00 USD in cash."
    assert tried.hint == "…1234"


async def test_keys_of_the_other_account_are_recognised_by_the_broker(connections, keyring, world):
    keyring.give(PAPER)
    world.opens[KEY] = False
    tried = await connections.test(PAPER)
    assert not tried.works
    assert tried.text == (
        "These keys are for the alpaca live account, not for the alpaca paper account."
    )


async def test_keys_that_nobody_knows_are_said_to_be_refused(connections, keyring, world):
    keyring.give(PAPER)
    world.opens.clear()
    assert "refuses these keys" in (await connections.test(PAPER)).text


async def test_a_network_that_is_down_is_not_the_keys_fault(connections, keyring, world):
    keyring.give(PAPER)
    world.down = True
    assert "could not be asked" in (await connections.test(PAPER)).text


async def test_a_blocked_account_is_said(connections, keyring, world):
    keyring.give(PAPER)
    world.blocked("It is under review.")
    assert "cannot trade: It is under review." in (await connections.test(PAPER)).text


@pytest.mark.parametrize(
    ("name", "key", "secret", "words"),
    [
        (PAPER, "AKLIVELIVELIVE12", SECRET, "for the alpaca live account: it begins with AK"),
        (LIVE, KEY, SECRET, "for the alpaca paper account: it begins with PK"),
        (PAPER, "", SECRET, "not a key of Alpaca's"),
        (PAPER, KEY, "two words here", "not a secret of Alpaca's"),
        ("ibkr", KEY, SECRET, "no connection 'ibkr'"),
    ],
)
async def test_keys_that_cannot_be_right_are_not_kept(
    connections, keyring, name, key, secret, words
):
    with pytest.raises(BadValueError, match=words):
        await connections.set_keys(name, key, secret, "test")
    assert keyring.kept == {}


async def test_removed_keys_are_gone(connections, keyring):
    keyring.give(PAPER)
    await connections.test(PAPER)
    await connections.remove(PAPER, "test")
    assert keyring.kept == {}
    assert [(each.has_keys, each.works) for each in await connections.list()] == [
        (False, None),
        (False, None),
    ]
    with pytest.raises(BadValueError, match="no keys"):
        await connections.test(PAPER)


async def test_without_a_keyring_it_says_that_keys_last_for_this_run(connections, keyring):
    keyring.note = "Keys are kept for this run only."
    assert await connections.set_keys(PAPER, KEY, SECRET, "test") == keyring.note
    assert connections.note == keyring.note


async def test_prices_can_be_had_with_either_accounts_keys(connections, keyring):
    assert await connections.any_keys() is None
    keyring.give(LIVE, key="AKLIVELIVELIVE12")
    assert (await connections.any_keys())[0] == LIVE
    keyring.give(PAPER)
    assert (await connections.any_keys())[0] == PAPER


async def test_no_file_of_the_profile_ever_holds_a_key(opening, paths, keyring, world, registry):
    async with opening() as opened:
        context = opened.context
        await context.connections.set_keys(PAPER, KEY, SECRET, "test")
        await registry["connection.test"].run_with(context, {"name": PAPER})
        await context.modes.switch(Mode.PAPER, "test")
        await context.modes.switch(Mode.DEMO, "test")
        await context.connections.remove(PAPER, "test")
    held = [each for each in paths.root.rglob("*") if each.is_file()]
    assert len(held) > 2
    for each in held:
        content = each.read_bytes()
        assert KEY.encode() not in content
        assert SECRET.encode() not in content

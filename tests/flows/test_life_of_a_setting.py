"""From a word typed to the limits, the replay and the file; a broken file never stops the start."""

from __future__ import annotations

import json

import pytest

from puffling.core.errors import BadValueError, RiskRefusedError
from puffling.core.events import SettingsChanged


@pytest.fixture
def change(puffling, registry):
    async def run(section, name, value):
        values = {"section": section, "name": name, "value": value}
        return await registry["settings.change"].run_with(puffling.context, values)

    return run


async def test_it_is_checked_saved_announced_and_in_force(puffling, registry, change, paths):
    heard: list[SettingsChanged] = []
    puffling.bus.subscribe(SettingsChanged, heard.append)
    await change("trading", "largest_order", "50")
    assert heard == [SettingsChanged(frozenset({"trading.largest_order"}))]
    assert json.loads(paths.settings.read_text())["trading"]["largest_order"] == "50"
    with pytest.raises(RiskRefusedError, match=r"more than the 50\.00 allowed"):
        await registry["order.place"].run_with(
            puffling.context, {"symbol": "AAPL", "side": "buy", "quantity": "1"}
        )


async def test_the_running_replay_follows_at_once(puffling, change):
    await change("demo", "day_seconds", "300")
    assert puffling.context.demo.replay.day_seconds == 300


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        ("trading", "largest_position", "2"),
        ("trading", "most_positions", "many"),
        ("demo", "start", "1999-01-01"),
        ("watchlist", "starter", "=1+1"),
    ],
)
async def test_a_value_that_does_not_fit_changes_nothing(puffling, change, section, name, value):
    before = puffling.context.settings.current
    with pytest.raises(BadValueError):
        await change(section, name, value)
    assert puffling.context.settings.current == before


async def test_wrong_types_in_the_file_cost_one_field_and_are_said(opening, paths):
    async with opening():
        pass
    document = json.loads(paths.settings.read_text())
    document["trading"]["most_positions"] = {"not": "a number"}
    document["trading"]["largest_order"] = "123"
    paths.settings.write_text(json.dumps(document))
    async with opening() as again:
        trading = again.context.settings.current.trading
        assert (trading.most_positions, trading.largest_order) == (5, 123)
        titles = [each.title for each in again.context.notifications.all()]
        assert any("Most positions" in each or "most_positions" in each for each in titles)

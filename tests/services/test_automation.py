from __future__ import annotations

import pytest

from puffling.core.errors import BadValueError, StoreFullError
from puffling.core.events import AutomationChanged
from puffling.services.automation import AutomationService, Part


@pytest.fixture
def automation(puffling):
    made = puffling.context.automation
    made.register(Part("scans", "Scans", lambda: "2 scans"))
    made.register(Part("baskets", "Baskets", lambda: "none"))
    return made


def test_what_is_paused_does_not_act_until_it_is_let_go_on(automation, puffling):
    heard: list[AutomationChanged] = []
    puffling.bus.subscribe(AutomationChanged, heard.append)
    assert not automation.is_paused("scans")
    automation.pause("test", "Lunch.")
    assert automation.is_paused("scans")
    assert automation.why == "Lunch."
    automation.resume("test")
    assert not automation.is_paused("scans")
    assert heard == [AutomationChanged(True, "Lunch."), AutomationChanged(False, "")]  # noqa: FBT003


def test_parts_go_on_one_by_one(automation, puffling):
    automation.pause("test", "Lunch.")
    automation.resume("test", ["scans"])
    mine = {each.name: each for each in automation.parts() if each.name in {"scans", "baskets"}}
    assert not mine["scans"].paused
    assert mine["scans"].text == "2 scans"
    assert mine["baskets"].paused
    assert automation.paused
    automation.resume("test", [each.name for each in automation.parts()])
    assert not automation.paused


def test_it_holds_through_a_restart(automation, puffling):
    automation.pause("test", "Lunch.")
    automation.resume("test", ["scans"])
    context = puffling.context
    later = AutomationService(context.state, context.audit, context.bus, context.clock)
    assert later.is_paused("baskets")
    assert not later.is_paused("scans")
    assert later.why == "Lunch."


def test_a_part_that_nobody_knows_is_refused(automation):
    with pytest.raises(BadValueError, match="Nothing called 'robots'"):
        automation.resume("test", ["robots"])


def test_going_on_while_nothing_is_paused_does_nothing(automation, puffling):
    automation.resume("test")
    assert puffling.context.audit.all() == []


def test_a_disk_that_takes_nothing_does_not_stop_a_pause(automation, puffling, monkeypatch):
    def full(*_):
        raise StoreFullError("The disk is full.")

    monkeypatch.setattr(type(puffling.context.state), "put", full)
    monkeypatch.setattr(type(puffling.context.audit), "add", full)
    automation.pause("test", "Lunch.")
    assert automation.is_paused("scans")
    monkeypatch.undo()


async def test_the_kill_switch_pauses_it_and_resuming_leaves_it_paused(automation, puffling):
    await puffling.context.risk.halt("test")
    assert automation.paused
    puffling.context.risk.resume("test", "RESUME")
    assert automation.paused

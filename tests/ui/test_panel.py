from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import pytest
from typing_extensions import override

from puffling.commands.registry import Registry
from puffling.core.events import QuotesChanged
from puffling.ui.links import Link, Links
from puffling.ui.panel import PanelWidget, Parts
from puffling.ui.run import Runner

if TYPE_CHECKING:
    from puffling.commands.context import Context


class Plain(PanelWidget):
    """A panel that notes what it is told."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.shown: list[str] = []
        self.heard: list[object] = []
        self.listen(parts.signals.quotes_changed, self.heard.append)

    @override
    def on_symbol(self, symbol: str) -> None:
        self.shown.append(symbol)


@pytest.fixture
def plain(loop, bus, signals, theme, qtbot):
    context = cast("Context", None)
    runner = Runner(context, Registry([]), bus, loop=loop)
    parts = Parts(context, Registry([]), signals, runner, Links("AAPL"), theme)

    def make():
        panel = Plain(parts)
        qtbot.addWidget(panel)
        return panel

    yield make
    loop.run_until_complete(runner.close())


def test_panels_of_one_colour_share_a_symbol(plain):
    one, other = plain(), plain()
    one.set_symbol("MSFT")
    assert (one.symbol, other.symbol) == ("MSFT", "MSFT")
    assert one.shown == other.shown == ["MSFT"]


def test_a_panel_of_another_colour_keeps_its_own(plain):
    one, other = plain(), plain()
    other.set_link("green")
    one.set_symbol("MSFT")
    assert other.symbol == "AAPL"


def test_joining_a_colour_takes_over_its_symbol(plain):
    one, other = plain(), plain()
    other.set_link("green")
    other.set_symbol("IBM")
    one.set_link("green")
    assert one.symbol == "IBM"
    assert one.shown == ["IBM"]


def test_a_panel_without_a_link_remembers_its_symbol(plain):
    one, later = plain(), plain()
    one.set_link("none")
    one.set_symbol("IBM")
    state = one.state()
    later.set_link("none")
    later.restore(state)
    assert later.symbol == "IBM"
    assert plain().symbol == "AAPL"


@pytest.mark.parametrize("state", [{}, {"symbol": 7}, {"symbol": None}, {"else": []}])
def test_a_state_that_does_not_fit_is_passed_over(plain, state):
    panel = plain()
    panel.set_link("none")
    panel.restore(state)
    assert panel.symbol == "AAPL"


def test_a_shut_panel_hears_nothing_and_does_nothing(plain, bus, loop):
    panel = plain()
    ended = []

    async def for_ever() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.append(True)

    async def go() -> None:
        panel.spawn(for_ever())
        await asyncio.sleep(0)
        panel.shut()
        await asyncio.sleep(0)

    loop.run_until_complete(go())
    panel.shut()  # twice is no harm
    bus.publish(QuotesChanged(frozenset({"AAPL"})))
    panel.parts.links.choose("blue", "MSFT")
    assert ended == [True]
    assert panel.heard == panel.shown == []


def test_its_link_is_announced(plain, qtbot):
    panel = plain()
    with qtbot.waitSignal(panel.link_changed) as heard:
        panel.set_link("amber")
    assert heard.args == ["amber"]
    assert panel.link is Link.AMBER

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from shiboken6 import delete

from puffin.types import Side, Ticket
from puffling.core.settings import Mode
from puffling.ui.dialogs.confirm_order import ConfirmOrder, DialogGate
from tests.ui.dialogs.conftest import LIMIT, STOP, make_proposal, make_quote

if TYPE_CHECKING:
    from puffin.types import Quote
    from puffling.commands.context import Gate

CONTROL = Qt.KeyboardModifier.ControlModifier


class Market:
    """The last quote, as a test sets it."""

    def __init__(self, quote: Quote | None) -> None:
        self.quote = quote

    def last(self, _symbol: str) -> Quote | None:
        return self.quote


@pytest.fixture
def market(clock):
    return Market(make_quote(clock))


@pytest.fixture
def asking(theme, clock, market, qtbot):
    def ask(ticket: Ticket | None = None, mode: Mode = Mode.DEMO, **changes: Any) -> ConfirmOrder:
        proposal = make_proposal(clock, ticket, **changes)
        dialog = ConfirmOrder(theme, proposal, mode, clock=clock, last=market.last)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return ask


def texts(dialog: ConfirmOrder) -> list[str]:
    return [each.text() for each in dialog.findChildren(QLabel)]


@pytest.fixture
def window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def gate(theme, clock, market, window):
    return DialogGate(window, theme, clock=clock, mode=lambda: Mode.DEMO, last=market.last)


def words(dialog: ConfirmOrder) -> str:
    return " | ".join(each.text() for each in dialog.findChildren(QLabel) if each.isVisible())


def test_it_shows_the_order_that_would_be_sent(asking):
    dialog = asking()
    shown = words(dialog)
    for part in (
        "100 AAPL",
        "At the market · good for the day",
        "580.14",
        "58,014.00",
        "1.00",
        "58,015.00",
        "41,985.00",
    ):
        assert part in shown
    assert dialog.facts.text("Position after") == "58.0 % of equity"
    assert dialog.facts.text("Account") == "DEMO · demo-1"
    assert dialog.facts.text("Prices") == "Simulated inside the day"
    assert dialog.verdicts.texts == [
        "The market is closed; it waits for the open.",
        "1 check passed",
    ]
    assert dialog.send.text() == "Send buy order"


def test_a_sale_brings_proceeds_and_a_limit_its_price(asking):
    dialog = asking(LIMIT)
    assert dialog.facts.text("Limit price") == "575.50"
    assert dialog.facts.text("Estimated proceeds") == "58,013.00"
    assert dialog.send.text() == "Send sell order"


def test_how_an_order_works_is_a_sentence(asking):
    assert "Limit 575.50 · good until cancelled" in texts(asking(LIMIT))
    assert "Stop 500.00 · good for the day" in texts(asking(STOP))


def test_what_an_order_brings_with_it_is_shown_before_it_is_sent(asking):
    bracket = Ticket(
        "AAPL", Side.BUY, Decimal(10), take_profit=Decimal(620), stop_loss=Decimal("540.5")
    )
    assert "Target 620.00 · stop loss 540.50" in texts(asking(bracket))


def test_an_order_for_an_amount_shows_the_amount_and_about_how_many(asking):
    ticket = Ticket("AAPL", Side.BUY, Decimal("1.732"), notional=Decimal(1_000))
    dialog = asking(ticket)
    assert "1,000.00 dollars of AAPL" in texts(dialog)
    assert dialog.facts.text("About") == "1.732 AAPL"


def test_what_is_not_known_is_a_dash(asking):
    assert asking(share_after=None).facts.text("Position after") == "—"


def test_somebody_else_asking_is_said(asking):
    assert asking(asked_by="assistant").facts.text("Asked by") == "Assistant"


@pytest.mark.parametrize("mode", [Mode.DEMO, Mode.SIM])
@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.NoModifier, CONTROL])
def test_return_sends_where_no_real_money_is_at_stake(asking, qtbot, mode, modifier):
    dialog = asking(mode=mode)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog, Qt.Key.Key_Return, modifier)


def test_return_cancels_in_live_and_control_return_sends(asking, qtbot):
    dialog = asking(mode=Mode.LIVE)
    assert dialog.cancel.isDefault()
    assert not dialog.send.isDefault()
    qtbot.waitUntil(dialog.cancel.hasFocus)
    dialog.cancel.clearFocus()  # so that only the default one answers
    assert dialog.cancel.isDefault()
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    dialog = asking(mode=Mode.LIVE)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog, Qt.Key.Key_Return, CONTROL)


def test_escape_is_no(asking, qtbot):
    dialog = asking()
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_an_expired_order_cannot_be_sent(asking, qtbot, clock):
    dialog = asking()
    clock.pass_(121)
    dialog.look()
    assert not dialog.send.isEnabled()
    assert "expired" in dialog.notice.text()
    qtbot.keyClick(dialog, Qt.Key.Key_Return, CONTROL)
    assert not dialog.result()
    assert dialog.cancel.text() == "Close"


def test_one_that_expires_while_the_key_goes_down_is_not_sent(asking, qtbot, clock):
    dialog = asking()
    clock.pass_(121)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert not dialog.result()


def test_a_price_that_moved_is_asked_again_and_a_hasty_return_does_nothing(
    asking, qtbot, clock, market
):
    dialog = asking()
    market.quote = make_quote(clock, "590.00")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.notice.text() == (
        "The price moved from 580.14 to 590.00 since you were asked; "
        "the order is now worth about 59,000.00."
    )
    assert not dialog.send.isEnabled()
    dialog._settle.timeout.emit()
    assert dialog.send.text() == "Send at about 590.00"
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)


def test_a_price_that_moves_on_is_asked_again_each_time(asking, clock, market):
    dialog = asking()
    for price in ("590.00", "600.00"):
        market.quote = make_quote(clock, price)
        dialog.look()
        assert price in dialog.notice.text()


@pytest.mark.parametrize("ticket", [LIMIT, STOP])
def test_an_order_that_names_its_price_does_not_mind(asking, clock, market, ticket):
    dialog = asking(ticket)
    market.quote = make_quote(clock, "700.00")
    dialog.look()
    assert dialog.notice.isHidden()


def test_no_quote_is_no_reason_to_ask_again(asking, market):
    dialog = asking()
    market.quote = None
    dialog.look()
    assert dialog.send.isEnabled()


def answer(loop, gate: Gate, proposal, window, key, qtbot):
    async def go() -> object:
        task = asyncio.ensure_future(gate.confirm(proposal))
        await asyncio.sleep(0)
        qtbot.keyClick(window.findChild(ConfirmOrder), key)
        return await task

    return loop.run_until_complete(go())


def test_a_yes_is_for_exactly_this_proposal_and_soon_over(loop, gate, clock, window, qtbot):
    proposal = make_proposal(clock)
    approval = answer(loop, gate, proposal, window, Qt.Key.Key_Return, qtbot)
    assert (approval.proposal_id, approval.digest, approval.by) == ("p1", proposal.digest, "desk")
    assert approval.at == clock.now()
    assert clock.now() < approval.expires_at <= proposal.expires_at


def test_a_no_is_nothing_and_the_dialog_is_gone(loop, gate, clock, window, qtbot):
    assert answer(loop, gate, make_proposal(clock), window, Qt.Key.Key_Escape, qtbot) is None
    qtbot.waitUntil(lambda: not window.findChildren(ConfirmOrder))


def test_other_work_goes_on_while_it_waits(loop, gate, clock, window, qtbot):
    steps = []

    async def go() -> None:
        task = asyncio.ensure_future(gate.confirm(make_proposal(clock)))
        for each in range(5):
            await asyncio.sleep(0)
            steps.append(each)
        window.findChild(ConfirmOrder).reject()
        await task

    loop.run_until_complete(go())
    assert steps == [0, 1, 2, 3, 4]


def test_a_cancelled_question_leaves_no_dialog(loop, gate, clock, window, qtbot):
    async def go() -> None:
        task = asyncio.ensure_future(gate.confirm(make_proposal(clock)))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    loop.run_until_complete(go())
    qtbot.waitUntil(lambda: not window.findChildren(ConfirmOrder))


def test_a_window_that_goes_means_no(loop, theme, clock, market):
    window = QWidget()
    gate = DialogGate(window, theme, clock=clock, mode=lambda: Mode.LIVE, last=market.last)

    async def go() -> object:
        task = asyncio.ensure_future(gate.confirm(make_proposal(clock)))
        await asyncio.sleep(0)
        delete(window)
        return await asyncio.wait_for(task, 5)

    assert loop.run_until_complete(go()) is None


def test_a_buy_in_another_mode_says_so(asking, theme):
    dialog = asking(Ticket("AAPL", Side.BUY, Decimal(1)), Mode.PAPER)
    assert dialog.send.property("tone") == "paper"
    assert dialog.facts.text("Account") == "PAPER · demo-1"


def test_a_change_is_not_called_another_order(theme, clock, market, qtbot):
    proposal = make_proposal(clock, LIMIT)
    order = replace(proposal.order, replaces="an open order")
    changed = replace(proposal, order=order, notes=("Limit 27.00 → 26.34.",))
    dialog = ConfirmOrder(theme, changed, Mode.DEMO, clock=clock, last=market.last)
    qtbot.addWidget(dialog)
    assert dialog.windowTitle() == "Change this sell order?"
    assert dialog.send.text() == "Change sell order"
    assert "Limit 27.00 → 26.34." in [each.text() for each in dialog.findChildren(QLabel)]

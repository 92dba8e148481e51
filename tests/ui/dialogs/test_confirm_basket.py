from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from puffin.risk.limits import Verdict
from puffin.types import Side, Ticket
from puffling.core.settings import Mode
from puffling.services.baskets import BasketProposal
from puffling.services.proposals import Grant
from puffling.ui.dialogs.confirm_basket import ConfirmBasket
from puffling.ui.dialogs.confirm_order import DialogGate

SELL = Ticket("AAPL", Side.SELL, Decimal(10))
BUY = Ticket("IBM", Side.BUY, Decimal(5))


def proposal(clock) -> BasketProposal:
    until = clock.now() + timedelta(minutes=2)
    prices = (Decimal(500), Decimal(190))
    grant = Grant("g", "b", "rebalance", (SELL, BUY), prices, "Rebalance", until, "digest")
    refused = Verdict("cash", allowed=False, warning=False, text="Not enough cash.")
    return BasketProposal(grant, "Rebalance to core", "rebalance", ((), (refused,)))


@pytest.fixture
def dialog(theme, clock, qtbot):
    dialog = ConfirmBasket(theme, proposal(clock), Mode.LIVE, clock=clock)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def words(dialog: ConfirmBasket) -> str:
    return " | ".join(each.text() for each in dialog.findChildren(QLabel) if each.isVisible())


def test_every_order_its_value_and_what_limits_say_are_shown(dialog):
    shown = words(dialog)
    assert "Rebalance to core" in shown
    assert "Sell 10 AAPL at the market, good for the day." in shown
    assert "Buy 5 IBM at the market, good for the day." in shown
    assert "Not enough cash." in shown
    assert "Sells about 5,000.00 first, then buys about 950.00." in shown
    assert dialog.send.text() == "Send 2 LIVE orders"
    assert dialog.cancel.isDefault()  # in LIVE


def test_what_has_expired_cannot_be_sent(dialog, clock):
    clock.pass_(121)
    dialog.send.click()
    assert dialog.isVisible()
    assert not dialog.send.isEnabled()
    assert "has expired" in words(dialog)


async def test_the_gate_gives_a_yes_to_exactly_this_basket(theme, clock, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    gate = DialogGate(window, theme, clock=clock, mode=lambda: Mode.DEMO, last=lambda _: None)
    asked = asyncio.create_task(gate.confirm(proposal(clock)))
    await asyncio.sleep(0)
    (shown,) = window.findChildren(ConfirmBasket)
    shown.send.click()
    approval = await asked
    assert approval is not None
    assert (approval.proposal_id, approval.digest) == ("g", "digest")

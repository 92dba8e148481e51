"""The product's main job, by keyboard in the real window, from welcome to a restart."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtGui import QImage

from puffin.types import OrderStatus, Side
from puffling.app import build
from puffling.core.clock import SystemClock
from puffling.core.events import Level
from puffling.core.settings_store import SettingsStore
from puffling.store.accounts import AccountStore
from puffling.store.alerts import AlertStore
from puffling.store.audit import AuditStore
from puffling.store.backtests import BacktestStore
from puffling.store.halts import HaltStore
from puffling.store.notifications import NotificationStore
from puffling.store.opening import open_storage
from puffling.store.orders import OrderStore
from puffling.ui.shell.start import make_application
from puffling.ui.tour import Tour
from tests.ui.conftest import loop, nothing_left
from tests.ui.shell.conftest import story

__all__ = ["loop", "nothing_left"]

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support .*"),
    pytest.mark.timeout(300),
]


@story
async def walked(paths, pictures):
    tour = Tour(make_application(), paths, pictures, build)
    await tour.run()
    assert len(tour.pictures) == 13


def test_a_person_trades_tests_is_alerted_and_finds_everything_again(loop, paths, bus, tmp_path):
    pictures = tmp_path / "pictures"
    walked(loop=loop, paths=paths, pictures=pictures)
    for each in pictures.iterdir():
        image = QImage(str(each))
        assert image.width() >= 1366, each.name
        assert len({image.pixel(x, y) for x in range(0, 1366, 40) for y in range(0, 700, 40)}) > 8

    storage = open_storage(paths, SystemClock())
    try:
        account = AccountStore(storage.user).current("demo")
        assert account is not None
        orders = OrderStore(storage.user)
        sold, bought = orders.all(account.id)
        assert [bought.ticket.side, sold.ticket.side] == [Side.BUY, Side.SELL]
        assert {bought.status, sold.status} == {OrderStatus.FILLED}
        assert sum(each.side.sign * each.quantity for each in orders.fills(account.id)) == 0
        assert all(each.price > Decimal(0) for each in orders.fills(account.id))
        (kept,) = BacktestStore(storage.user).all()
        assert (kept.strategy_id, kept.symbol) == ("momentum", "IBM")
        assert kept.metrics["total_return"] is not None
        (firing,) = AlertStore(storage.user).firings()
        assert firing.symbol == "IBM"
        assert HaltStore(storage.user).read() is None
        actions = [each.action for each in AuditStore(storage.user).all()]
        assert {"order.submit", "risk.halt", "risk.resume"} <= set(actions)
        said = NotificationStore(storage.user).all()
        assert any(each.level is Level.SUCCESS for each in said)
    finally:
        storage.close()
    assert SettingsStore(paths.settings, bus).current.appearance.theme == "light"

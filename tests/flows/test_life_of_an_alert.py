"""From a level to a toast, a desktop message and the history, when the replay crosses it."""

from __future__ import annotations

from decimal import Decimal

from puffin.data.bars import Interval
from puffling.core.events import AlertFired, NoticePosted
from tests.fakes import until


async def test_it_fires_when_the_replay_crosses_it_and_is_remembered(opening, registry, stepper):
    async with opening() as app:
        context, fired, notices = app.context, [], []
        app.bus.subscribe(AlertFired, fired.append)
        app.bus.subscribe(NoticePosted, notices.append)
        real = context.bars._demo.history(
            "AAPL", Interval.D1, start=context.market.now().replace(hour=0, minute=0)
        ).head(1)
        level = Decimal(str(real.low[0])) + Decimal("0.10")
        values = {"symbol": "AAPL", "kind": "below", "price": str(level), "note": "buy?"}
        alert = await registry["alert.add"].run_with(context, values)
        assert alert.armed

        await stepper.step(390)
        await until(lambda: fired)

        assert len(fired) == 1
        assert fired[0].message.startswith(f"AAPL went below {level}")
        assert (notices[0].desktop, notices[0].panel, notices[0].text) == (
            True,
            "automation",
            "buy?",
        )
        assert context.notifications.all()[0].title == fired[0].message
        assert not context.alerts.get(alert.id).enabled
    async with opening() as again:
        assert [each.alert_id for each in again.context.alerts.history()] == [alert.id]
        assert not again.context.alerts.get(alert.id).enabled

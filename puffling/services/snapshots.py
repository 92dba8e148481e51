"""What the account is worth at the end of each session, kept for good; never for a missed one."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from puffin.data.sessions import exchange_date
from puffin.types import ZERO
from puffling.core.errors import StoreError
from puffling.core.events import Level, NoticePosted, SessionChanged, SnapshotTaken
from puffling.store.performance import EquitySnapshot

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from puffling.core.bus import EventBus
    from puffling.services.market import MarketService
    from puffling.services.positions import PortfolioService
    from puffling.store.performance import PerformanceStore

log = logging.getLogger(__name__)

LATEST = timedelta(hours=1)  # after the close; what is announced later was not seen
TRANSFER = "transfer"


class SnapshotService:
    """Takes a snapshot when the market in use closes.

    A day on which Puffling was closed has none, and none is made up for it later.
    """

    def __init__(
        self,
        store: PerformanceStore,
        portfolio: PortfolioService,
        market: MarketService,
        bus: EventBus,
    ) -> None:
        self._store = store
        self._portfolio = portfolio
        self._market = market
        self._bus = bus
        self._told = False
        bus.subscribe(SessionChanged, self._session_changed)

    def take(self, at: datetime) -> EquitySnapshot | None:
        """Store what the account is worth at the end of a session; None if that is not known.

        Raises:
            StoreError: It could not be stored.
        """
        shown = self._portfolio.snapshot()
        if shown.equity is None:
            log.warning("No snapshot at %s: %s", at, shown.equity_text)
            return None
        account, session = self._portfolio.account.id, exchange_date(at)
        before = self._store.before(account, session)
        snapshot = EquitySnapshot(
            account,
            session,
            at,
            shown.equity,
            shown.cash,
            shown.equity - shown.cash,
            self._flow(account, None if before is None else before.at, at),
        )
        self._store.keep(snapshot)
        return snapshot

    def _flow(self, account: str, after: datetime | None, until: datetime) -> Decimal:
        return sum(
            (
                each.amount
                for each in self._store.activities(account)
                if each.kind == TRANSFER and each.at <= until and (after is None or each.at > after)
            ),
            ZERO,
        )

    def _session_changed(self, event: SessionChanged) -> None:
        session = self._market.calendar.session_on(exchange_date(event.at))
        if event.is_open or session is None or not self._closes(event.at, session.close):
            return
        try:
            taken = self.take(event.at)
        except StoreError as error:
            self._say_unstored(error)
            return
        self._told = False
        if taken is not None:
            self._bus.publish(SnapshotTaken(taken.session))

    @staticmethod
    def _closes(at: datetime, close: datetime) -> bool:
        return close <= at <= close + LATEST

    def _say_unstored(self, error: StoreError) -> None:
        """Say, once until it works again, that the history of equity has a hole."""
        log.warning("The snapshot is not stored: %s", error)
        if self._told:
            return
        self._told = True
        text = f"{error} {error.hint} This session will be missing in Performance."
        self._bus.publish(
            NoticePosted(Level.WARNING, "The day's equity could not be kept", text, "performance")
        )

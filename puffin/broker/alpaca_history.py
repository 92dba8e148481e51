"""What happened in an account at Alpaca: executions, activities, equity, and the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from puffin.broker.alpaca_account import read_activity, read_fill
from puffin.broker.alpaca_lanes import told
from puffin.broker.alpaca_orders import UnreadableError
from puffin.data.alpaca_answers import RefusedError, UnansweredError, decimal
from puffin.data.alpaca_limiter import ThrottledError
from puffin.data.sessions import EXCHANGE, Session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from puffin.broker.alpaca_lanes import AlpacaLanes
    from puffin.broker.alpaca_orders import Names, OrderReader
    from puffin.broker.base import Activity
    from puffin.types import Fill

ACTIVITIES = 100  # to a page
ORDERS = 500
FEW = 3  # orders that are asked for one by one
REGULAR_CLOSE = time(16)
FAILURES = (RefusedError, UnansweredError, ThrottledError, UnreadableError)


class AlpacaHistory:
    """Asks for what is past, page after page.

    Args:
        lanes: Where it asks.
        reader: Reads orders, to learn whose executions they are.
        names: What is known of them already.
        account: The account that executions are booked to.
    """

    def __init__(self, lanes: AlpacaLanes, reader: OrderReader, names: Names, account: str) -> None:
        self._lanes = lanes
        self._reader = reader
        self._names = names
        self._account = account

    async def fills(self, since: datetime | None) -> list[Fill]:
        """Return the executions from `since` on, oldest first."""
        bodies = await self._pages("/account/activities/FILL", {}, since)
        await self._learn(bodies, since)
        found = []
        for body in bodies:
            theirs = str(body.get("order_id") or "")
            ours = self._names.ours.get(theirs, theirs)
            try:
                fill = read_fill(body, self._account, ours, self._names.symbols.get(theirs, ""))
            except UnreadableError as error:
                self._reader.tell_once(f"An execution of Alpaca's was left out: {error}")
                continue
            self._names.executions[str(body.get("id")).partition("::")[2]] = fill.id
            found.append(fill)
        return sorted(found, key=lambda each: each.at)

    async def activities(self, since: datetime | None) -> list[Activity]:
        """Return the other activities from `since` on, oldest first."""
        # They have a date and no time: the whole day is asked for.
        first = None if since is None else since - timedelta(days=1)
        wanted = {"category": "non_trade_activity"}
        found = []
        for body in await self._pages("/account/activities", wanted, first):
            if body.get("activity_type") == "FILL":
                continue
            try:
                activity = read_activity(body)
            except (UnreadableError, ValueError) as error:
                self._reader.tell_once(f"An activity of Alpaca's was left out: {error}")
                continue
            if activity is not None:
                found.append(activity)
        return sorted(found, key=lambda each: each.at)

    async def _pages(
        self, path: str, wanted: Mapping[str, object], since: datetime | None
    ) -> list[dict[str, Any]]:
        asked = {**wanted, "direction": "asc", "page_size": ACTIVITIES}
        if since is not None:
            # "After" leaves out the moment itself.
            asked["after"] = (since - timedelta(milliseconds=1)).astimezone(UTC).isoformat()
        found: list[dict[str, Any]] = []
        while True:
            page = await self._ask(path, asked)
            if not isinstance(page, list):
                raise told(UnreadableError("Alpaca's activities cannot be read"))
            found += [each for each in page if isinstance(each, dict)]
            if len(page) < ACTIVITIES:
                return found
            asked["page_token"] = page[-1].get("id")

    async def _learn(self, bodies: list[dict[str, Any]], since: datetime | None) -> None:
        """Find out which of our ids the orders of these executions have."""
        unknown = self._unknown(bodies)
        if len(unknown) > FEW:
            wanted: dict[str, object] = {"status": "all", "limit": ORDERS, "nested": "true"}
            if since is not None:
                wanted["after"] = (since - timedelta(days=7)).astimezone(UTC).isoformat()
            self._reader.orders(await self._ask("/orders", wanted))
            unknown = self._unknown(bodies)
        for each in unknown:
            try:
                self._reader.orders([await self._lanes.ask("GET", f"/orders/{each}")])
            except RefusedError as error:
                self._reader.tell_once(f"Alpaca does not find the order of an execution: {error}")
            except FAILURES as error:
                raise told(error) from error

    def _unknown(self, bodies: list[dict[str, Any]]) -> list[str]:
        ids = dict.fromkeys(str(each.get("order_id") or "") for each in bodies)
        return [each for each in ids if each and each not in self._names.ours]

    async def equity(self, period: str) -> list[tuple[datetime, Decimal]]:
        """Return the daily equity; days that Alpaca does not know are left out."""
        answer = await self._ask(
            "/account/portfolio/history", {"period": period, "timeframe": "1D"}
        )
        read = answer if isinstance(answer, dict) else {}
        found = []
        pairs = zip(read.get("timestamp") or [], read.get("equity") or [], strict=False)
        for stamp, value in pairs:
            amount = decimal(value)
            if amount is not None:
                found.append((datetime.fromtimestamp(int(stamp), UTC), amount))
        return found

    async def sessions(self, first: datetime, last: datetime) -> list[Session]:
        """Return the sessions between two days, both included."""
        wanted = {"start": first.date().isoformat(), "end": last.date().isoformat()}
        found = []
        for each in await self._ask("/calendar", wanted) or []:
            day = date.fromisoformat(str(each["date"]))
            opens, closes = time.fromisoformat(each["open"]), time.fromisoformat(each["close"])
            begin, end = (
                datetime.combine(day, at, EXCHANGE).astimezone(UTC) for at in (opens, closes)
            )
            found.append(Session(day, begin, end, early=closes < REGULAR_CLOSE))
        return found

    async def _ask(self, path: str, wanted: Mapping[str, object]) -> Any:  # noqa: ANN401 - JSON
        try:
            return await self._lanes.ask("GET", path, wanted)
        except FAILURES as error:
            raise told(error) from error

"""The paper account's money: cash, positions, buying power, day trades, and what a night costs."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from puffin.broker.base import Activity
from puffin.data.sessions import exchange_date
from puffin.execution.costs import CENT
from puffin.execution.ledger import Ledger
from puffin.execution.lending import DAYS_OF_INTEREST, borrow_fee, interest, is_called
from puffin.execution.lots import Lots
from puffin.types import ZERO, AssetClass, Side, asset_of, multiplier_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from puffin.broker.paper_settings import PaperSettings
    from puffin.types import Fill, Position, Split, Ticket


class PaperBooks:
    """Books fills, splits and activities, and says what the account can pay for.

    Args:
        cash: Money the account began with.
        settings: Leverage, short selling and what is charged for loans.
        price: The last price of a symbol, None when none was seen.
    """

    def __init__(
        self, cash: Decimal, settings: PaperSettings, price: Callable[[str], Decimal | None]
    ) -> None:
        self._settings = settings
        self._price = price
        self._ledger = Ledger(cash)
        self._lots = Lots()
        self._day_trades: dict[tuple[date, str, str], None] = {}
        self.fills: list[Fill] = []
        self.activities: dict[str, Activity] = {}

    @property
    def cash(self) -> Decimal:
        """Money not invested."""
        return self._ledger.cash

    def positions(self) -> list[Position]:
        """Return everything that is held."""
        return self._ledger.positions()

    def held(self, symbol: str) -> Decimal:
        """Return the signed quantity of `symbol`."""
        position = self._ledger.position(symbol)
        return ZERO if position is None else position.quantity

    def book(self, fill: Fill) -> None:
        """Take in a fill."""
        self.fills.append(fill)
        self._ledger.book(fill)
        day = exchange_date(fill.at)
        for lot in self._lots.book(fill):
            if exchange_date(lot.opened_at) == day:
                self._day_trades[(day, lot.symbol, lot.closing_order)] = None

    def split(self, split: Split) -> Decimal:
        """Turn old shares into new ones; return by how many the position changed."""
        before = self.held(split.symbol)
        self._ledger.split(split)
        self._lots.split(split)
        return self.held(split.symbol) - before

    def enter(self, activity: Activity) -> bool:
        """Take in what an activity did to cash; False for one that is known."""
        if activity.id in self.activities:
            return False
        self.activities[activity.id] = activity
        if activity.amount:
            self._ledger.pay(activity.amount, activity.symbol)
        return True

    # What it can pay for.

    @property
    def value(self) -> Decimal | None:
        """What is held is worth, net; None when a price is missing."""
        worth = [self._worth(each) for each in self.positions()]
        known = [each for each in worth if each is not None]
        return sum(known, ZERO) if len(known) == len(worth) else None

    @property
    def equity(self) -> Decimal | None:
        """Cash and what is held; None when a price is missing."""
        value = self.value
        return None if value is None else self.cash + value

    @property
    def buying_power(self) -> Decimal:
        """What opening orders may cost; without prices, what positions cost stands for them."""
        if not self._settings.margin:
            return max(self.cash, ZERO)
        return max(self._settings.leverage * self._estimate() - self._gross(), ZERO)

    def day_trades(self, since: date) -> int:
        """Return how many positions were opened and closed within a day, since then."""
        return sum(day >= since for day, _, _ in self._day_trades)

    def refusal(self, fills: Sequence[Fill]) -> str:
        """Return why the account cannot pay for `fills` of one order; empty when it can."""
        for fill in fills:
            if self._sells_short(fill):
                what = "Crypto" if asset_of(fill.symbol) is AssetClass.CRYPTO else "This account"
                return f"{what} cannot be sold short: {self.held(fill.symbol)} is held."
        change = sum((each.cash_change for each in fills), ZERO)
        opened = sum((self._opens(each) for each in fills), ZERO)
        if not opened:
            return ""  # closing always may, even into debt
        if not self._settings.margin:
            if self.cash + change >= 0 or all(each.side is Side.SELL for each in fills):
                return ""
            return f"Not enough cash: the fill needs {-change:,.2f} and there is {self.cash:,.2f}."
        paid = sum((each.commission for each in fills), ZERO)
        need, power = opened + paid * self._settings.leverage, self.buying_power
        if need <= power + self._freed(fills):
            return ""
        return f"Not enough buying power: the fill needs {need:,.2f} and there is {power:,.2f}."

    def too_large(self, ticket: Ticket, price: Decimal) -> str:
        """Return why a buy at `price` is beyond the account from the start; empty when it is not.

        A sale is looked at when it fills: what it sells may be bought before that.
        """
        if ticket.side is Side.SELL or ticket.notional is not None:
            return ""
        opened = max(ticket.quantity + min(self.held(ticket.symbol), ZERO), ZERO)
        need = opened * price * multiplier_of(ticket.symbol)
        if need <= self.buying_power:
            return ""
        kind = "buying power" if self._settings.margin else "cash"
        return (
            f"Not enough {kind}: the order needs {need:,.2f} and there is {self.buying_power:,.2f}."
        )

    def _sells_short(self, fill: Fill) -> bool:
        if fill.side is Side.BUY or fill.quantity <= self.held(fill.symbol):
            return False
        return not self._settings.short or asset_of(fill.symbol) is AssetClass.CRYPTO

    def _opens(self, fill: Fill) -> Decimal:
        """Return what of the fill opens or adds to a position, in money."""
        held = self.held(fill.symbol) * fill.side.sign
        opened = fill.quantity if held >= 0 else max(fill.quantity + held, ZERO)
        return opened * fill.price * multiplier_of(fill.symbol)

    def _freed(self, fills: Sequence[Fill]) -> Decimal:
        """Return the buying power that comes back as other parts of the fills close."""
        closed = ZERO
        for fill in fills:
            value = fill.quantity * fill.price * multiplier_of(fill.symbol)
            closed += value - self._opens(fill)
        return closed

    def _worth(self, position: Position) -> Decimal | None:
        price = self._price(position.symbol)
        return None if price is None else position.quantity * price * multiplier_of(position.symbol)

    def _estimates(self) -> list[Decimal]:
        found = []
        for each in self.positions():
            worth = self._worth(each)
            if worth is None:
                worth = each.quantity * each.average_cost * multiplier_of(each.symbol)
            found.append(worth)
        return found

    def _estimate(self) -> Decimal:
        return self.cash + sum(self._estimates(), ZERO)

    def _gross(self) -> Decimal:
        return sum((abs(each) for each in self._estimates()), ZERO)

    # What a night costs, and when the lender calls.

    def is_called(self) -> bool:
        """Whether equity no longer covers its share of what is held; never without prices."""
        gross, equity = self._gross(), self.equity
        if not self._settings.margin or not gross or equity is None:
            return False
        return is_called(equity, gross, self._settings.maintenance_share)

    def night(self, at: datetime, days: int) -> list[Activity]:
        """Charge for `days` of borrowed money and shares from the close `at` on; once for each.

        Shares are valued at the last price, or at their cost when none was seen.
        """
        years, day = Decimal(days) / DAYS_OF_INTEREST, exchange_date(at)
        found = []
        amount = interest(self.cash, self._settings.interest_rate, years)
        found.append(
            Activity(
                f"interest {day}",
                "interest",
                at,
                -_cents(amount),
                text=f"Interest on {max(-self.cash, ZERO):,.2f} borrowed.",
            )
        )
        for position, worth in zip(self.positions(), self._estimates(), strict=True):
            if position.quantity < 0 and asset_of(position.symbol) is AssetClass.STOCK:
                fee = borrow_fee(-worth, self._settings.borrow_rate, years)
                text = f"Borrowing {-position.quantity.normalize():f} {position.symbol}."
                found.append(
                    Activity(
                        f"borrow {position.symbol} {day}",
                        "fee",
                        at,
                        -_cents(fee),
                        position.symbol,
                        text=text,
                    )
                )
        return [each for each in found if each.amount and self.enter(each)]

    def dividend(
        self, symbol: str, at: datetime, per_share: Decimal, held: Decimal | None = None
    ) -> Activity | None:
        """Pay a dividend on what is held; None when nothing is, or when it was paid before."""
        held = self.held(symbol) if held is None else held
        paid = Activity(
            f"dividend {symbol} {exchange_date(at)}",
            "dividend",
            at,
            _cents(held * per_share),
            symbol,
            text=f"{per_share} a share on {held.normalize():f} {symbol}.",
        )
        return paid if paid.amount and self.enter(paid) else None


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)

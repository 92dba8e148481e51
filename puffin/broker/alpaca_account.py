"""The account in Alpaca's words, read: positions, money, executions, activities, assets, hours."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

from puffin.broker.alpaca_orders import UnreadableError, pair
from puffin.broker.base import Activity, Asset, BrokerAccount, MarketClock
from puffin.data.alpaca_answers import decimal, moment
from puffin.data.times import midnight
from puffin.types import ZERO, AssetClass, Fill, Position, Side

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    Json: TypeAlias = dict[str, Any]

SHOWN = 4  # characters of an account's number
KINDS = {
    "DIV": "dividend",
    "FEE": "fee",
    "CFEE": "fee",
    "PTC": "fee",
    "INT": "interest",
    "CSD": "transfer",
    "CSW": "transfer",
    "JNLC": "transfer",
    "JNLS": "transfer",
    "ACATC": "transfer",
    "ACATS": "transfer",
    "SPLIT": "split",
}
ASSETS = {
    "us_equity": AssetClass.STOCK,
    "crypto": AssetClass.CRYPTO,
    "us_option": AssetClass.OPTION,
}
BLOCKS = {
    "account_blocked": "Alpaca has blocked the account.",
    "trading_blocked": "Alpaca has blocked trading in the account.",
    "trade_suspended_by_user": "Trading is suspended in the account's settings at Alpaca.",
}


def fields(body: object, what: str) -> Json:
    """Return an object's fields.

    Raises:
        UnreadableError: It is none.
    """
    if not isinstance(body, dict):
        raise UnreadableError(f"{what} cannot be read")
    return body


def needed(body: Json, name: str) -> Decimal:
    """Return a number that must be there.

    Raises:
        UnreadableError: It is not.
    """
    value = decimal(body.get(name))
    if value is None:
        raise UnreadableError(f"{name} is missing")
    return value


def read_position(body: object) -> Position:
    """Return what is held of one symbol."""
    read = fields(body, "a position")
    quantity = needed(read, "qty")
    sign = -1 if read.get("side") == "short" else 1
    symbol = pair(str(read.get("symbol") or ""), read.get("asset_class"))
    return Position(symbol, sign * abs(quantity), needed(read, "avg_entry_price"))


def read_account(body: object) -> BrokerAccount:
    """Return the account's figures and flags."""
    read = fields(body, "the account")
    blocked = [sentence for name, sentence in BLOCKS.items() if read.get(name) is True]
    status = str(read.get("status") or "ACTIVE")
    if status != "ACTIVE":
        blocked.append(f"Alpaca says that the account is {status.replace('_', ' ').lower()}.")
    number = str(read.get("account_number") or "")
    trades = decimal(read.get("daytrade_count"))
    return BrokerAccount(
        cash=needed(read, "cash"),
        buying_power=max(needed(read, "buying_power"), ZERO),
        equity=decimal(read.get("equity")),
        last_equity=decimal(read.get("last_equity")),
        multiplier=decimal(read.get("multiplier")) or ZERO + 1,
        shorting=read.get("shorting_enabled") is True,
        pattern_day_trader=read.get("pattern_day_trader") is True,
        day_trades=None if trades is None else int(trades),
        blocked=" ".join(blocked),
        options_level=int(decimal(read.get("options_trading_level")) or 0),
        currency=str(read.get("currency") or "USD"),
        number="•" * max(len(number) - SHOWN, 0) + number[-SHOWN:],
    )


def fill_id(broker_order: str, filled: Decimal) -> str:
    """Return the id of the execution that brought an order to `filled`.

    The stream and the account's history name executions differently, but both say this.
    """
    return f"{broker_order}:{filled.normalize():f}"


def read_fill(body: object, account: str, order_id: str, symbol: str) -> Fill:
    """Return an execution from the account's history; the order's symbol goes before its own."""
    read = fields(body, "an execution")
    at = moment(read.get("transaction_time"))
    if at is None:
        raise UnreadableError("an execution has no time")
    return Fill(
        id=fill_id(str(read.get("order_id")), needed(read, "cum_qty")),
        order_id=order_id,
        account=account,
        symbol=symbol or str(read.get("symbol") or ""),
        side=Side.BUY if read.get("side") == "buy" else Side.SELL,  # or "sell_short"
        quantity=needed(read, "qty"),
        price=needed(read, "price"),
        commission=ZERO,  # Alpaca books its fees as activities
        at=at,
    )


def read_activity(body: object) -> Activity | None:
    """Return what else changed the account; None when it was taken back."""
    read = fields(body, "an activity")
    if read.get("status") == "canceled":
        return None
    word = str(read.get("activity_type") or "")
    day = str(read.get("date") or "")
    at = moment(read.get("created_at")) or (midnight(date.fromisoformat(day)) if day else None)
    if at is None or not read.get("id"):
        raise UnreadableError("an activity has no time or no id")
    kind = KINDS.get(word) or next(
        (known for start, known in KINDS.items() if word.startswith(start)), word.lower()
    )
    return Activity(
        id=str(read["id"]),
        kind=kind,
        at=at,
        amount=decimal(read.get("net_amount")) or ZERO,
        symbol=str(read.get("symbol") or ""),
        quantity=decimal(read.get("qty")) or ZERO,
        text=str(read.get("description") or ""),
    )


def read_asset(body: object) -> Asset:
    """Return what Alpaca says of a symbol: an asset or an option's contract."""
    read = fields(body, "an asset")
    contract = "strike_price" in read
    return Asset(
        symbol=str(read.get("symbol") or ""),
        name=str(read.get("name") or ""),
        asset=AssetClass.OPTION
        if contract
        else ASSETS.get(str(read.get("class")), AssetClass.STOCK),
        tradable=read.get("tradable") is True and read.get("status", "active") == "active",
        fractionable=read.get("fractionable") is True,
        shortable=read.get("shortable") is True,
        easy_to_borrow=read.get("easy_to_borrow") is True,
        marginable=read.get("marginable") is True,
        smallest_price_step=decimal(read.get("price_increment")),
        smallest_quantity=decimal(read.get("min_trade_increment")),
    )


def read_clock(body: object, asked: datetime, answered: datetime) -> MarketClock:
    """Return the exchange's time and hours, and how far the middle of our question was off."""
    read = fields(body, "the market's clock")
    now = moment(read.get("timestamp"))
    opens, closes = moment(read.get("next_open")), moment(read.get("next_close"))
    if now is None or opens is None or closes is None:
        raise UnreadableError("the market's clock has no times")
    middle = asked + (answered - asked) / 2
    return MarketClock(
        now, read.get("is_open") is True, opens, closes, skew=(middle - now).total_seconds()
    )

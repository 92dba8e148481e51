"""The way from what is held to target weights, before anything is traded.

Formula: trade = (target - current) * value / price, rounded towards nothing to what can be traded.
Money, prices and quantities are Decimal: these rows become orders.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import TYPE_CHECKING, Final

from puffin.errors import ParameterError
from puffin.execution.costs import Costs
from puffin.types import ZERO, Side

if TYPE_CHECKING:
    from collections.abc import Mapping

ONE: Final = Decimal(1)
CENT: Final = Decimal("0.01")
FINEST: Final = Decimal("0.000001")
ROUNDING: Final = Decimal("0.000001")
COSTS: Final = Costs(percent=Decimal("0.1"), slippage_bps=Decimal(5), minimum=ONE)


@dataclass(frozen=True, slots=True)
class Trade:
    """One symbol on the way; weights are shares of the account, `quantity` is signed.

    `value` is that of the trade at `price`, `cost` the commission and slippage it is expected to
    take. A row without a trade has quantity 0, and `why` says so.
    """

    symbol: str
    price: Decimal
    held: Decimal
    weight: Decimal
    target: Decimal
    quantity: Decimal
    value: Decimal
    cost: Decimal
    weight_after: Decimal
    why: str = ""

    @property
    def side(self) -> Side | None:
        """Which way to trade; None for not at all."""
        if not self.quantity:
            return None
        return Side.BUY if self.quantity > 0 else Side.SELL


@dataclass(frozen=True, slots=True)
class Preview:
    """All rows, sales first, and what the account looks like before and after.

    `turnover` is what is bought and sold as a share of the account; `cost` all costs in money.
    """

    trades: tuple[Trade, ...]
    value: Decimal
    cash: Decimal
    cash_after: Decimal
    cost: Decimal
    turnover: Decimal
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Account:
    targets: dict[str, Decimal]
    held: dict[str, Decimal]
    prices: dict[str, Decimal]
    cash: Decimal
    value: Decimal
    costs: Costs
    step: Decimal
    smallest: Decimal


def rebalance(  # noqa: PLR0913 - what an account is
    targets: Mapping[str, Decimal],
    holdings: Mapping[str, Decimal],
    prices: Mapping[str, Decimal],
    cash: Decimal,
    *,
    costs: Costs = COSTS,
    cash_weight: Decimal = ZERO,
    whole: bool = True,
    smallest: Decimal = ONE,
) -> Preview:
    """Return the trades that bring holdings to target weights.

    Args:
        targets: Wanted weight of each symbol, as a share of the account; what is held and not
            named is sold.
        holdings: Signed quantity of each symbol.
        prices: What each symbol costs now.
        cash: Money not invested.
        costs: 0.1 % and 5 basis points, at least 1 an order, unless given.
        cash_weight: What stays cash; with it the targets must add up to 1.
        whole: Whether fractions of a share cannot be traded; else to a millionth.
        smallest: Trades of less than this value are left out.

    Raises:
        ParameterError: The weights do not add up, a price is missing, or there is nothing.
    """
    added = sum(targets.values(), ZERO) + cash_weight
    if abs(added - 1) > ROUNDING:
        rest = f", with {cash_weight:.1%} as cash" if cash_weight else ""
        raise ParameterError(
            f"The target weights add up to {added:.2%}{rest}, not 100%.",
            hint="Give the rest to a symbol, or keep it as cash.",
        )
    if not ZERO <= cash_weight <= 1:
        raise ParameterError("What stays cash must lie between 0 % and 100 %.")
    symbols = [*targets, *(symbol for symbol in holdings if symbol not in targets)]
    for symbol in symbols:
        price = prices.get(symbol)
        if price is None or not price.is_finite() or price <= 0:
            raise ParameterError(f"There is no price of {symbol}, so nothing can be weighed.")
    held = {symbol: holdings.get(symbol, ZERO) for symbol in symbols}
    value = cash + sum((held[symbol] * prices[symbol] for symbol in symbols), ZERO)
    if value <= 0:
        raise ParameterError(f"The account is worth {value:,.2f}; there is nothing to split.")
    account = _Account(
        {symbol: targets.get(symbol, ZERO) for symbol in symbols},
        held,
        dict(prices),
        cash,
        value,
        costs,
        ONE if whole else FINEST,
        smallest,
    )
    quantities = _paid_for(account)
    return _preview(account, quantities)


def _paid_for(account: _Account) -> dict[str, Decimal]:
    """Return quantities that leave cash at zero or above, where the targets do not borrow."""
    money, quantities = account.value, dict[str, Decimal]()
    for _ in range(2):  # the second time without what the first would cost
        quantities = {symbol: _quantity(account, symbol, money) for symbol in account.targets}
        paid = sum((_cost(account, *each) for each in quantities.items()), ZERO)
        money = account.value - paid
    long = sum((each for each in account.targets.values() if each > 0), ZERO)
    # Short sales pay for what is held beyond the account.
    least = min(ZERO, account.cash) if long <= 1 + ROUNDING else -account.value
    while (short := least - _left(account, quantities)) > 0:
        bought = [symbol for symbol, size in quantities.items() if size > 0]
        if not bought:
            break
        largest = max(bought, key=lambda symbol: quantities[symbol] * account.prices[symbol])
        fewer = (short / account.prices[largest]).quantize(account.step, ROUND_UP)
        quantities[largest] = max(ZERO, quantities[largest] - fewer)
    return quantities


def _left(account: _Account, quantities: Mapping[str, Decimal]) -> Decimal:
    """Return the cash after these trades."""
    spent = (
        size * account.prices[symbol] + _cost(account, symbol, size)
        for symbol, size in quantities.items()
    )
    return account.cash - sum(spent, ZERO)


def _quantity(account: _Account, symbol: str, money: Decimal) -> Decimal:
    """Return the signed trade of a symbol when the account is worth `money`."""
    price, held = account.prices[symbol], account.held[symbol]
    target = account.targets[symbol]
    wanted = target * money / price
    change = wanted - held
    if target:
        change = change.quantize(account.step, ROUND_DOWN)
    if abs(change) * price < account.smallest:
        return ZERO
    return change


def _cost(account: _Account, symbol: str, quantity: Decimal) -> Decimal:
    """Return commission and slippage, rounded up to a cent."""
    if not quantity:
        return ZERO
    price, size = account.prices[symbol], abs(quantity)
    side = Side.BUY if quantity > 0 else Side.SELL
    slipped = abs(account.costs.slipped(price, side) - price) * size
    return (account.costs.commission(size, price) + slipped).quantize(CENT, ROUND_UP)


def _preview(account: _Account, quantities: Mapping[str, Decimal]) -> Preview:
    rows, paid, traded = list[Trade](), ZERO, ZERO
    after = account.value - sum((_cost(account, *each) for each in quantities.items()), ZERO)
    for symbol, quantity in quantities.items():
        price, held = account.prices[symbol], account.held[symbol]
        cost = _cost(account, symbol, quantity)
        paid += cost
        traded += abs(quantity) * price
        rows.append(
            Trade(
                symbol,
                price,
                held,
                held * price / account.value,
                account.targets[symbol],
                quantity,
                quantity * price,
                cost,
                (held + quantity) * price / after if after > 0 else ZERO,
                "" if quantity else _why_not(account, symbol),
            )
        )
    rows.sort(key=lambda row: (row.quantity == 0, row.quantity > 0))
    cash = _left(account, quantities)
    notes = []
    if cash < min(ZERO, account.cash):
        notes.append(f"Cash would be {cash:,.2f}: short sales pay for what is bought.")
    if paid > account.value / 100:
        notes.append(f"Costs of {paid:,.2f} are {paid / account.value:.1%} of the account.")
    return Preview(
        tuple(rows), account.value, account.cash, cash, paid, traded / account.value, tuple(notes)
    )


def _why_not(account: _Account, symbol: str) -> str:
    price, held = account.prices[symbol], account.held[symbol]
    off = abs(account.targets[symbol] * account.value - held * price)
    if off < account.smallest:
        return "At its target" if off < CENT else f"Off by less than {account.smallest:,.2f}"
    return "Off by less than one share" if account.step == 1 else "Costs leave nothing for it"

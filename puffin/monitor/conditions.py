"""What an alert may wait for: one small checked document for each kind."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from puffin.data.bars import Interval
from puffin.errors import ParameterError
from puffin.strategies.rules import problems
from puffin.strategies.terms import Term
from puffin.strategies.wording import words
from puffin.types import LARGEST_PRICE

if TYPE_CHECKING:
    from collections.abc import Callable

Crossing: TypeAlias = Literal["above", "below"]
Percent: TypeAlias = Annotated[Decimal, Field(gt=0, le=1_000)]
LONGEST_EXTREME: Final = 500  # sessions


class _Condition(BaseModel):
    """What all conditions have in common: strict, and never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class PriceLevel(_Condition):
    """The last price crosses a level."""

    kind: Literal["price"] = "price"
    when: Crossing
    price: Annotated[Decimal, Field(gt=0, le=LARGEST_PRICE)]


class OnDrawing(_Condition):
    """The last price crosses a line that was drawn on the charts of its symbol.

    How high the line is follows the drawing; bars are counted as on the chart it was made on.
    """

    kind: Literal["drawing"] = "drawing"
    when: Crossing
    drawing: Annotated[str, Field(min_length=1, max_length=64)]
    line: Annotated[str, Field(min_length=1, max_length=40)] = "line"
    interval: Interval = Interval.D1
    log: bool = False
    name: Annotated[str, Field(max_length=200)] = "a line on the chart"


class DayMove(_Condition):
    """The last price is so many percent away from the last session's close."""

    kind: Literal["move"] = "move"
    when: Literal["up", "down", "either"] = "either"
    percent: Percent


class Extreme(_Condition):
    """The last price is beyond every price of so many sessions before this one."""

    kind: Literal["extreme"] = "extreme"
    when: Literal["high", "low"]
    sessions: Annotated[int, Field(ge=2, le=LONGEST_EXTREME)] = 20


class Study(_Condition):
    """A rule about indicators begins to hold at the close of a bar."""

    kind: Literal["study"] = "study"
    rule: Term
    interval: Interval = Interval.D1


class OrderEvent(_Condition):
    """Something happens to an order of yours; on any symbol if none is named."""

    kind: Literal["order"] = "order"
    what: Literal["filled", "partly filled", "rejected", "cancelled", "expired", "any"] = "filled"


class PositionProfit(_Condition):
    """What a position made, not yet taken, crosses a number of dollars or percent of its cost."""

    kind: Literal["position"] = "position"
    when: Crossing
    amount: Annotated[Decimal, Field(ge=-100_000_000, le=100_000_000)]
    unit: Literal["dollars", "percent"] = "dollars"


class DayLoss(_Condition):
    """The account has lost so many percent since the session's opening equity."""

    kind: Literal["day loss"] = "day loss"
    percent: Annotated[Decimal, Field(gt=0, le=100)]


class Drawdown(_Condition):
    """The account is so many percent below its highest equity."""

    kind: Literal["drawdown"] = "drawdown"
    percent: Annotated[Decimal, Field(gt=0, le=100)]


class Drift(_Condition):
    """A weight is so many percentage points away from its goal."""

    kind: Literal["drift"] = "drift"
    goal: Annotated[str, Field(min_length=1, max_length=80)]
    points: Annotated[Decimal, Field(gt=0, le=100)]


class Silence(_Condition):
    """No price has come for so many seconds of an open market."""

    kind: Literal["silence"] = "silence"
    seconds: Annotated[int, Field(ge=5, le=86_400)] = 60


class JobEnd(_Condition):
    """A long job ends; `words` must be in its title if given."""

    kind: Literal["job"] = "job"
    how: Literal["done", "failed", "any"] = "any"
    words: Annotated[str, Field(max_length=80)] = ""


Condition: TypeAlias = Annotated[
    PriceLevel
    | OnDrawing
    | DayMove
    | Extreme
    | Study
    | OrderEvent
    | PositionProfit
    | DayLoss
    | Drawdown
    | Drift
    | Silence
    | JobEnd,
    Field(discriminator="kind"),
]

KINDS: Final = {
    "price": "Price crosses a level",
    "drawing": "Price crosses a drawing",
    "move": "Price moves in a day",
    "extreme": "New high or low",
    "study": "Indicator",
    "order": "Order or fill",
    "position": "Profit of a position",
    "day loss": "Loss of the day",
    "drawdown": "Drawdown of the account",
    "drift": "Drift from a goal",
    "silence": "No prices",
    "job": "A job ends",
}
NEEDS_SYMBOL: Final = frozenset({"price", "drawing", "move", "extreme", "study", "position"})
MAY_HAVE_SYMBOL: Final = frozenset({"order", "silence"})
_READER: TypeAdapter[Condition] = TypeAdapter(Condition)


def read_condition(document: object) -> Condition:
    """Read a condition from plain values, as JSON or a form holds them.

    Raises:
        ParameterError: Something in it does not fit; says where.
    """
    try:
        return _READER.validate_python(document)
    except ValidationError as error:
        raise ParameterError(" ".join(problems(error))) from None


def write_condition(condition: Condition) -> dict[str, object]:
    """Return a condition as plain values that JSON can hold."""
    return condition.model_dump(mode="json", exclude_none=True)


def describe(condition: Condition, symbol: str) -> str:
    """Return a condition in words: "AAPL rises above 200", "The day's loss reaches 2 %"."""
    return _WORDS[condition.kind](condition, symbol)


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}" if value != value.to_integral_value() else f"{value:,.0f}"


def _price(condition: PriceLevel, symbol: str) -> str:
    verb = "rises above" if condition.when == "above" else "falls below"
    return f"{symbol} {verb} {condition.price:,f}"


def _on_drawing(condition: OnDrawing, symbol: str) -> str:
    verb = "rises above" if condition.when == "above" else "falls below"
    return f"{symbol} {verb} {condition.name}"


def _move(condition: DayMove, symbol: str) -> str:
    verb = {"up": "rises", "down": "falls", "either": "moves"}[condition.when]
    return f"{symbol} {verb} {_number(condition.percent)} % in a day"


def _extreme(condition: Extreme, symbol: str) -> str:
    return f"{symbol} makes a new {condition.sessions}-session {condition.when}"


def _study(condition: Study, symbol: str) -> str:
    return f"{symbol}, {condition.interval.label}: {words(condition.rule)}"


def _order(condition: OrderEvent, symbol: str) -> str:
    what = "changes" if condition.what == "any" else f"is {condition.what}"
    return f"An order{f' in {symbol}' if symbol else ''} {what}"


def _position(condition: PositionProfit, symbol: str) -> str:
    verb = "rises above" if condition.when == "above" else "falls below"
    unit = "dollars" if condition.unit == "dollars" else "% of its cost"
    return f"Profit on {symbol} {verb} {_number(condition.amount)} {unit}"


def _day_loss(condition: DayLoss, _symbol: str) -> str:
    return f"The day's loss reaches {_number(condition.percent)} % of equity"


def _drawdown(condition: Drawdown, _symbol: str) -> str:
    return f"The account is {_number(condition.percent)} % below its peak"


def _drift(condition: Drift, _symbol: str) -> str:
    return f"A weight drifts {_number(condition.points)} points from the goal {condition.goal}"


def _silence(condition: Silence, symbol: str) -> str:
    what = f" of {symbol}" if symbol else ""
    return f"No price{what} for {condition.seconds} seconds of an open market"


def _job(condition: JobEnd, _symbol: str) -> str:
    how = {"done": "is done", "failed": "fails", "any": "ends"}[condition.how]
    name = f"A job called “{condition.words}”" if condition.words else "A job"
    return f"{name} {how}"


_WORDS: Final[dict[str, Callable[[Any, str], str]]] = {
    "price": _price,
    "drawing": _on_drawing,
    "move": _move,
    "extreme": _extreme,
    "study": _study,
    "order": _order,
    "position": _position,
    "day loss": _day_loss,
    "drawdown": _drawdown,
    "drift": _drift,
    "silence": _silence,
    "job": _job,
}

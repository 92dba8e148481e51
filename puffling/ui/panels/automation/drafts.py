"""What the editor of alerts fills in: plain models for its forms, to alerts and back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, Field

from puffin.data.sessions import EXCHANGE
from puffin.monitor.conditions import (
    DayLoss,
    DayMove,
    Drawdown,
    Drift,
    Extreme,
    JobEnd,
    OnDrawing,
    OrderEvent,
    PositionProfit,
    PriceLevel,
    Silence,
    Study,
)
from puffin.strategies.terms import Compare, Indicator, Number, Price
from puffling.core.formats import day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.store.alerts import Alert

Line = Literal["close", "sma", "ema", "rsi", "atr"]
Against = Literal["number", "close", "sma", "ema"]
Window = Annotated[int, Field(ge=1, le=500)]
Hour = Annotated[str, Field(pattern=r"^$|^([01]\d|2[0-3]):[0-5]\d$", max_length=5)]
HUNDRED = Decimal(100)


class SimpleRule(BaseModel):
    """One comparison at the close of a bar."""

    left: Line = Field("close", title="What")
    left_window: Window = Field(14, title="Its bars", description="Of an indicator.")
    comparison: Literal["crosses above", "crosses below", ">", "<"] = "crosses above"
    right: Against = Field("sma", title="Compared with")
    right_window: Window = Field(200, title="Its bars", description="Of an indicator.")
    number: float = Field(70, title="Number", description="Used when compared with a number.")
    interval: Literal["1d", "1w", "1mo", "1h", "15m", "5m"] = Field("1d", title="Bars")


class MannerForm(BaseModel):
    """How an alert speaks."""

    repeat: Literal["once", "every", "daily"] = Field("once", title="Tells me")
    cooldown: int = Field(
        15, ge=0, le=10_080, title="Rest", description="Minutes between two times of “every”."
    )
    hysteresis: Decimal = Field(
        Decimal(0),
        ge=0,
        le=50,
        title="Must go back",
        description="Percent of the level, before it can tell again.",
    )
    expires: date | None = Field(None, title="Until", description="The last day it watches.")
    quiet_from: Hour = Field("", title="Quiet from", description="Such as 22:00, New York.")
    quiet_until: Hour = Field("", title="Quiet until", description="Such as 07:00, New York.")
    sound: bool = Field(default=False, title="Beep")
    note: str = Field("", max_length=200, title="Note", description="Shown when it tells you.")


MODELS: dict[str, type[BaseModel]] = {
    "price": PriceLevel,
    "drawing": OnDrawing,
    "move": DayMove,
    "extreme": Extreme,
    "study": SimpleRule,
    "order": OrderEvent,
    "position": PositionProfit,
    "day loss": DayLoss,
    "drawdown": Drawdown,
    "drift": Drift,
    "silence": Silence,
    "job": JobEnd,
}


def condition_values(kind: str, values: Mapping[str, object]) -> dict[str, object]:
    """Return the condition's document from what its form holds."""
    if kind != "study":
        return {**values, "kind": kind}
    rule = SimpleRule.model_validate(values)
    return {"kind": "study", "rule": rule_of(rule), "interval": rule.interval}


def rule_of(rule: SimpleRule) -> dict[str, object]:
    """Return a simple comparison as a rule's document."""
    return {
        "kind": "compare",
        "left": _operand(rule.left, rule.left_window),
        "op": rule.comparison,
        "right": {"kind": "number", "value": rule.number}
        if rule.right == "number"
        else _operand(rule.right, rule.right_window),
    }


def _operand(name: str, window: int) -> dict[str, object]:
    if name == "close":
        return {"kind": "price", "field": "close"}
    return {"kind": "indicator", "id": name, "parameters": {"window": window}}


def form_values(alert: Alert) -> dict[str, object] | None:
    """Return what the form of its condition shows; None if it has more parts than that."""
    condition = alert.condition
    if isinstance(condition, OnDrawing):
        return None
    if not isinstance(condition, Study):
        return condition.model_dump(exclude={"kind"})
    rule = condition.rule
    if not isinstance(rule, Compare) or rule.op not in {"crosses above", "crosses below", ">", "<"}:
        return None
    values: dict[str, object] = {"comparison": rule.op, "interval": condition.interval.value}
    for side, operand in (("left", rule.left), ("right", rule.right)):
        if isinstance(operand, Number) and side == "right":
            values |= {"right": "number", "number": operand.value}
        elif isinstance(operand, Price) and operand.field == "close" and not operand.ago:
            values[side] = "close"
        elif isinstance(operand, Indicator) and set(operand.parameters) <= {"window"}:
            values[side] = operand.id
            values[f"{side}_window"] = operand.parameters.get("window", 14)
        else:
            return None
    try:
        found = SimpleRule.model_validate(values)
    except ValueError:
        return None
    return found.model_dump()


def manner_values(alert: Alert) -> dict[str, object]:
    """Return what the form of its manner shows."""
    manner, quiet = alert.manner, alert.manner.quiet
    until = manner.expires_at
    return {
        "repeat": manner.repeat,
        "cooldown": round(manner.cooldown / timedelta(minutes=1)),
        "hysteresis": manner.hysteresis * HUNDRED,
        "expires": None if until is None else (until.astimezone(EXCHANGE) - timedelta(1)).date(),
        "quiet_from": "" if quiet is None else f"{quiet.start:%H:%M}",
        "quiet_until": "" if quiet is None else f"{quiet.end:%H:%M}",
        "sound": alert.sound,
        "note": alert.note,
    }


def command_values(form: MannerForm) -> dict[str, Any]:
    """Return what the commands take of a manner; a day it expires after ends in New York."""
    expires = None
    if form.expires is not None:
        expires = datetime.combine(form.expires + timedelta(days=1), time(), EXCHANGE)
    both = form.quiet_from and form.quiet_until
    return {
        "repeat": form.repeat,
        "cooldown": form.cooldown,
        "hysteresis": form.hysteresis,
        "expires": expires,
        "quiet": f"{form.quiet_from}-{form.quiet_until}" if both else "",
        "sound": form.sound,
        "note": form.note,
    }


def past_words(days: int, moments: list[datetime]) -> str:
    """Return what a rehearsal found: "Would have told you 2 times in 90 days: 3 May, 9 May"."""
    if not moments:
        return f"Would not have told you in the last {days} days."
    times = "once" if len(moments) == 1 else f"{len(moments)} times"
    shown = [day(each, zone=EXCHANGE) for each in moments[-MOST_DAYS:]]
    more = "… " if len(moments) > MOST_DAYS else ""
    return f"Would have told you {times} in {days} days: {more}{', '.join(shown)}"


MOST_DAYS = 6
TEMPLATES: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("{symbol} crosses its 200-day average", "study", {}),
    ("{symbol} moves 3 % in a day", "move", {"percent": Decimal(3)}),
    ("{symbol} makes a new 20-session high", "extreme", {"when": "high"}),
    ("the day's loss reaches 2 %", "day loss", {"percent": Decimal(2)}),
    ("prices stop coming", "silence", {}),
)
"""What an alert may begin as: its words, its kind and what its form shows."""

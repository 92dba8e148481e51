"""What a backtest is asked to do: everything it takes to run it, and to run it again."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from puffin.backtest import sizing
from puffin.backtest.schedule import Every, Schedule
from puffin.backtest.settings import BacktestSettings, FillAt
from puffin.data.bars import Interval
from puffin.errors import PuffinError
from puffin.execution.costs import Costs
from puffin.strategies.specs import StrategySpec
from puffling.core.errors import StoreDamagedError
from puffling.services.periods import Period

if TYPE_CHECKING:
    from collections.abc import Mapping

RULES = {
    each.__name__: each
    for each in (
        sizing.ShareOfEquity,
        sizing.FixedValue,
        sizing.FixedQuantity,
        sizing.RiskPerTrade,
        sizing.VolatilityTarget,
        sizing.KellyFraction,
    )
}


@dataclass(frozen=True, slots=True)
class Plan:
    """A backtest that makes sense: the strategy is known and its parameters fit.

    With several symbols the money is shared; `schedule` then says when weights are restored.
    `saved_strategy` is the id of the one of yours that is tried, if it is one.
    """

    spec: StrategySpec
    symbols: tuple[str, ...]
    settings: BacktestSettings = field(default_factory=BacktestSettings)
    interval: Interval = Interval.D1
    start: date | None = None
    end: date | None = None
    benchmark: str | None = None
    schedule: Schedule = field(default_factory=Schedule)
    note: str = ""
    saved_strategy: str = ""

    @property
    def title(self) -> str:
        """What the strategy is called."""
        return self.spec.title

    @property
    def strategy_id(self) -> str:
        """The strategy's id."""
        return self.spec.id

    @property
    def parameters(self) -> dict[str, Any]:
        """What was set of the strategy."""
        return self.spec.parameters

    @property
    def symbol(self) -> str:
        """The first symbol: the only one, or the one that leads."""
        return self.symbols[0]

    @property
    def period(self) -> Period:
        """Which bars are meant."""
        return Period(self.interval, self.start, self.end)

    @property
    def words(self) -> str:
        """What is done, for the list of jobs."""
        others = len(self.symbols) - 1
        on = self.symbol if not others else f"{self.symbol} and {others} more"
        return f"Backtest {self.title} on {on}"

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {
            "spec": self.spec.to_dict(),
            "symbols": list(self.symbols),
            "settings": settings_to_dict(self.settings),
            "interval": str(self.interval),
            "start": None if self.start is None else self.start.isoformat(),
            "end": None if self.end is None else self.end.isoformat(),
            "benchmark": self.benchmark,
            "schedule": asdict(self.schedule) | {"every": str(self.schedule.every)},
            "note": self.note,
            "saved_strategy": self.saved_strategy,
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Plan:
        """Return the plan that `to_dict` wrote.

        Raises:
            StoreDamagedError: It cannot be read.
        """
        try:
            schedule = dict(plain["schedule"])
            return cls(
                spec=StrategySpec.from_dict(plain["spec"]),
                symbols=tuple(plain["symbols"]),
                settings=settings_from_dict(plain["settings"]),
                interval=Interval(plain["interval"]),
                start=_date(plain["start"]),
                end=_date(plain["end"]),
                benchmark=plain["benchmark"],
                schedule=Schedule(**schedule | {"every": Every(schedule["every"])}),
                note=plain["note"],
                saved_strategy=plain["saved_strategy"],
            )
        except (KeyError, TypeError, ValueError, InvalidOperation, PuffinError) as error:
            raise StoreDamagedError(
                "What this backtest was asked to do cannot be read any more.", hint="Ask it anew."
            ) from error


def settings_to_dict(settings: BacktestSettings) -> dict[str, Any]:
    """Return a backtest's settings as JSON holds them."""
    rule = settings.size_rule
    own = {
        each.name: getattr(settings, each.name)
        for each in fields(settings)
        if each.name not in {"costs", "sizing"}
    }
    costs = {name: str(value) for name, value in asdict(settings.costs).items()}
    size = {each: getattr(rule, each) for each in RULES[type(rule).__name__].__slots__}
    return own | {
        "fill_at": str(settings.fill_at),
        "costs": costs,
        "sizing": {"rule": type(rule).__name__, **size},
    }


def settings_from_dict(plain: Mapping[str, Any]) -> BacktestSettings:
    """Return the settings that `settings_to_dict` wrote."""
    size = dict(plain["sizing"])
    rule = RULES[size.pop("rule")](**size)
    return BacktestSettings(
        **dict(plain)
        | {
            "fill_at": FillAt(plain["fill_at"]),
            "costs": Costs(**{name: Decimal(text) for name, text in plain["costs"].items()}),
            "sizing": rule.share if isinstance(rule, sizing.ShareOfEquity) else rule,
        }
    )


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)

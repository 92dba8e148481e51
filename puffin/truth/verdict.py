"""The verdict on a backtest: every check in a row, and the worst of their grades."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from puffin.data.bars import Bars
from puffin.errors import PuffinError
from puffin.truth.check import Check, Grade
from puffin.truth.decisions import Subject
from puffin.truth.degradation import degradation
from puffin.truth.lookahead import look_ahead
from puffin.truth.memory import anonymous, repeatable
from puffin.truth.overfitting import luck, overfitting
from puffin.truth.robustness import dearer, later, other_fills, too_few_trades
from puffin.truth.survivors import survivors
from puffin.truth.warm_up import warm_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.backtest.schedule import Schedule
    from puffin.backtest.settings import BacktestSettings
    from puffin.measures import Floats
    from puffin.strategies.base import Rule
    from puffin.truth.decisions import Data
    from puffin.truth.robustness import AnyResult

    Tell: TypeAlias = Callable[[float], None]

__all__ = ["Check", "Grade", "Verdict", "judge"]

VERSION = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """What all checks come to: `grade` is the worst of them."""

    grade: Grade
    checks: tuple[Check, ...]

    @classmethod
    def of(cls, checks: tuple[Check, ...]) -> Verdict:
        """Sum up checks."""
        return cls(Grade.worst(check.grade for check in checks), checks)

    @property
    def sentence(self) -> str:
        """What it means, in words."""
        bad = [check.title for check in self.checks if check.grade is self.grade]
        if self.grade is Grade.RED:
            return f"Do not believe this result: {_listed(bad)}."
        if self.grade is Grade.AMBER:
            return f"Believe this result with care: {_listed(bad)}."
        if self.grade is Grade.GREEN:
            return "Nothing was found that speaks against believing this result."
        return "Nothing could be checked."

    def check(self, id_: str) -> Check | None:
        """Return one check, None if it was not made."""
        return next((check for check in self.checks if check.id == id_), None)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        checks = [check.to_dict() for check in self.checks]
        return {"version": VERSION, "grade": str(self.grade), "checks": checks}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Verdict:
        """Return the verdict that `to_dict` wrote.

        Raises:
            PuffinError: It was written by another version, or is damaged.
        """
        if plain.get("version") != VERSION:
            raise PuffinError("This verdict was stored by another version of Puffling.")
        try:
            checks = tuple(Check.from_dict(each) for each in plain["checks"])
            return cls(Grade(plain["grade"]), checks)
        except (KeyError, TypeError, ValueError) as error:
            raise PuffinError(f"The stored verdict is damaged: {error}.") from error


def judge(  # noqa: PLR0913 - the run, and beside it what is known of how it was chosen, by name
    strategy: Rule,
    data: Data,
    settings: BacktestSettings,
    result: AnyResult,
    *,
    tried: int = 1,
    trial_sharpes: Floats | None = None,
    trial_returns: Floats | None = None,
    train_test: tuple[float, float] | None = None,
    schedule: Schedule | None = None,
    progress: Callable[[float], None] | None = None,
) -> Verdict:
    """Return why a backtest should, or should not, be believed.

    Args:
        strategy: What was run.
        data: What it was run on: bars, or a universe.
        settings: What was assumed.
        result: What came of it.
        tried: How many combinations of parameters this one was chosen from.
        trial_sharpes: Their annual Sharpe ratios, if they were kept; NaN where undefined.
        trial_returns: Their returns, a row a period and a column a trial, if they were kept.
        train_test: The figure that was optimised, where it was chosen and where it was not.
        schedule: When a portfolio looked at its weights.
        progress: Told how far along it is, 0 to 1; may raise to stop.

    The strategy decides again some dozen times on long histories and up to a few thousand times on
    short ones, for a fifth of a second; at most four backtests are run.
    """
    tell = progress or _silent
    tell(0.0)
    subject = Subject.of(strategy, data, settings, schedule)
    same = repeatable(subject)
    checks = [
        _searched(subject, same, _share(tell, 0.0, 0.5)),
        same,
        _begun_later(subject, same, _share(tell, 0.5, 0.6)),
        anonymous(subject),
        *(() if isinstance(data, Bars) else (survivors(data),)),
        too_few_trades(len(result.closed_trades)),
        dearer(subject, result, _share(tell, 0.6, 0.7)),
        later(subject, result, _share(tell, 0.7, 0.8)),
        other_fills(subject, result, _share(tell, 0.8, 0.9)),
        luck(result, tried, trial_sharpes),
        overfitting(tried, trial_returns),
        degradation(result, train_test),
    ]
    tell(1.0)
    return Verdict.of(tuple(checks))


def _searched(subject: Subject, same: Check, tell: Tell) -> Check:
    if same.grade is Grade.RED:
        said = "It decides differently each time, so nobody can tell what the future did to it."
        return Check("look_ahead", "Look-ahead", Grade.GREY, said)
    return look_ahead(subject, tell=tell)


def _begun_later(subject: Subject, same: Check, tell: Tell) -> Check:
    if same.grade is Grade.RED:
        said = "It decides differently each time, so nobody can tell what an earlier start did."
        return Check("warm_up", "Warm-up", Grade.GREY, said)
    return warm_up(subject, tell)


def _share(tell: Tell, low: float, high: float) -> Tell:
    """Return what tells of a part of the work."""
    return lambda done: tell(low + (high - low) * done)


def _silent(_done: float) -> None:
    """Tell nobody."""


def _listed(names: list[str]) -> str:
    words = [name[:1].lower() + name[1:] for name in names]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

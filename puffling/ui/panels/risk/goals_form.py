"""A goal as it is typed: percent by symbol, and what happens when it is missed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from puffin.types import ZERO
from puffling.core import formats
from puffling.core.errors import BadValueError
from puffling.services.goal_targets import CASH, ONE, check_targets
from puffling.store.goals import Foreign, Goal, Manner
from puffling.ui.panels.risk.book_words import pairs, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 60
_HUNDRED = Decimal(100)


class GoalForm(BaseModel):
    """The words of a goal."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(default="", max_length=_LONGEST, title="Name")
    shares: str = Field(
        default="",
        max_length=4_000,
        title="Shares (%)",
        description="Percent of the account: AAPL 60, IBM 30. The rest stays cash.",
    )
    band: Decimal = Field(
        default=Decimal(5),
        gt=0,
        le=100,
        title="Band (%)",
        description="How many percent of the account a share may be off.",
    )
    manner: Manner = Field(default=Manner.ALERT, title="When missed")
    foreign: Foreign = Field(default=Foreign.KEEP, title="Other holdings")
    whole: bool = Field(default=True, title="Whole shares only")


def targets_typed(text: str) -> dict[str, Decimal]:
    """Return the shares that were typed, exactly.

    Raises:
        BadValueError: They cannot be read, or make no goal.
    """
    return check_targets(
        {symbol: Decimal(str(round(share, 8))) for symbol, share in pairs(text).items()}
    )


def sum_words(text: str) -> tuple[str, bool]:
    """Return what the typed shares add up to, and whether they make a goal."""
    try:
        shares = targets_typed(text)
    except BadValueError as error:
        return str(error), False
    total = sum(shares.values(), ZERO)
    cash = formats.percent(ONE - total, places=1)
    return f"Together {formats.percent(total, places=1)}; {cash} stays cash.", True


def goal_typed(values: Mapping[str, object], kept: Goal) -> Goal:
    """Return the goal that is typed; when it was made and told of is taken from `kept`.

    Raises:
        BadValueError: The shares cannot be read, or make no goal.
    """
    words = GoalForm.model_validate(dict(values))
    return Goal(
        name=words.name.strip(),
        created_at=kept.created_at,
        targets=targets_typed(words.shares),
        band=words.band / _HUNDRED,
        manner=words.manner,
        foreign=words.foreign,
        whole=words.whole,
        told=kept.told,
    )


def values_of(goal: Goal) -> dict[str, object]:
    """Return a goal as the form shows it."""
    return {
        "name": goal.name,
        "shares": shares_text(goal.targets),
        "band": (goal.band * _HUNDRED).normalize() + ZERO,
        "manner": goal.manner,
        "foreign": goal.foreign,
        "whole": goal.whole,
    }


def shares_text(targets: Mapping[str, Decimal]) -> str:
    """Return shares as they are typed."""
    return text_of((symbol, float(each)) for symbol, each in targets.items() if symbol != CASH)

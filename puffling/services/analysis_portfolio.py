"""Facts about the whole book: exposure, concentration, risk, drift, and a rule for its health."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from puffling.core import formats
from puffling.services.analysis_facts import Analysis, Chapter, Fact, missing, sentences_of
from puffling.services.idea_fit import LARGE, TOO_LARGE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from puffling.services.allocation import LimitRow
    from puffling.services.goal_targets import GoalState
    from puffling.services.portfolio_risk import PortfolioRisk
    from puffling.services.positions import Portfolio

SOURCE: Final = "your account"
SPREAD: Final = ((0, 0.0), (1, 0.2), (3, 0.4), (5, 0.6), (10, 0.8))  # positions and diversification
BEST_CASH: Final = (Decimal("0.30"), Decimal("0.50"))
GOOD_CASH: Final = (Decimal("0.10"), Decimal("0.70"))
NO_OPEN: Final = "what it was worth at the open is not known"
SHARES: Final = frozenset({"cash_share", "exposure"})
# What is told, with the facts it takes; a sentence is left out while one of them is not known.
SENTENCES: Final = (
    "Equity {equity}.",
    "In cash: {cash}.",
    "Of the equity in cash: {cash_share}.",
    "Profit of the day {day}.",
    "Not yet taken {open_profit}.",
    "Positions: {positions}.",
    "The largest: {largest}.",
    "It moves by {volatility} a year.",
    "The deepest fall as held now would have been {max_drawdown}.",
    "Health {health}.",
)
RULE: Final = (
    "50, and up to 20 for how many positions there are (none 0, one 4, up to three 8, five 12, ten "
    "16, more 20), and 15 with 30-50 % in cash, 10 with 10-70 %, else 5. It counts and knows "
    "nothing of prices."
)


@dataclass(frozen=True, slots=True)
class BookAsked:
    """What the desk knows of the book; read on the loop's thread."""

    at: datetime
    portfolio: Portfolio
    limits: Sequence[LimitRow]
    goals: Sequence[GoalState]


def review(asked: BookAsked, risk: PortfolioRisk | None, why_not: str) -> Analysis:
    """Return the facts about the book; `why_not` says why its risk is not known."""
    chapters = (
        _money(asked),
        _concentration(asked),
        _risk(asked, risk, why_not),
        _limits(asked),
        _drift(asked),
        _health(asked),
    )
    return Analysis(
        "Portfolio",
        asked.at,
        sentences_of(chapters, SENTENCES, _goals_told(chapters[4])),
        chapters,
        (f"Health: {RULE}", "Facts and fixed rules, not advice."),
    )


def _fact(asked: BookAsked, id_: str, title: str, value: Decimal | None, text: str) -> Fact:
    if value is None:
        why = _worthless(asked.portfolio) if id_ in SHARES else ""
        return missing(id_, title, why or asked.portfolio.equity_text or NO_OPEN, SOURCE)
    return Fact(id_, title, float(value), text, SOURCE, asked.at)


def _worthless(book: Portfolio) -> str:
    """Return why nothing can be a share of the equity; empty when it can."""
    if book.equity is None:
        return book.equity_text
    if book.equity > 0:
        return ""
    return "the account owes more than it has" if book.equity else "the account is worth nothing"


def _money(asked: BookAsked) -> Chapter:
    book = asked.portfolio
    exposure, cash = _share(book, book.exposure), _cash(book)
    open_profit = _sum([each.unrealised for each in book.rows])
    return Chapter(
        "money",
        "Money",
        (
            _fact(asked, "equity", "Equity", book.equity, formats.money(book.equity)),
            _fact(asked, "cash", "Cash", book.cash, formats.money(book.cash)),
            _fact(asked, "cash_share", "Cash, share of equity", cash, formats.percent(cash)),
            _fact(
                asked, "exposure", "Exposure, share of equity", exposure, formats.percent(exposure)
            ),
            _fact(
                asked,
                "day",
                "Profit of the day",
                book.day_profit,
                formats.money(book.day_profit, sign=True),
            ),
            _fact(
                asked,
                "open_profit",
                "Not yet taken",
                open_profit,
                formats.money(open_profit, sign=True),
            ),
            _fact(
                asked,
                "realised",
                "Taken so far",
                book.realised,
                formats.money(book.realised, sign=True),
            ),
        ),
    )


def _sum(values: list[Decimal | None]) -> Decimal | None:
    known = [each for each in values if each is not None]
    return sum(known, Decimal(0)) if len(known) == len(values) else None


def _cash(book: Portfolio) -> Decimal | None:
    return _share(book, book.cash)


def _share(book: Portfolio, value: Decimal | None) -> Decimal | None:
    if value is None or book.equity is None or book.equity <= 0:
        return None
    return value / book.equity


def _concentration(asked: BookAsked) -> Chapter:
    rows = asked.portfolio.rows
    count = Fact("positions", "Positions", float(len(rows)), str(len(rows)), SOURCE, asked.at)
    weights = [(abs(each.weight), each.symbol) for each in rows if each.weight is not None]
    why = _worthless(asked.portfolio)
    if not rows or why or len(weights) < len(rows):
        why = "nothing is held" if not rows else why or asked.portfolio.equity_text
        return Chapter(
            "concentration",
            "Concentration",
            (count, missing("largest", "Largest position", why, SOURCE)),
        )
    largest, symbol = max(weights)
    heavy = [
        f"{name} {weight:.1%}" for weight, name in sorted(weights, reverse=True) if weight > LARGE
    ]
    said = ", ".join(heavy) or "none"
    return Chapter(
        "concentration",
        "Concentration",
        (
            count,
            _fact(asked, "largest", "Largest position", largest, f"{symbol}, {largest:.1%}"),
            Fact("heavy", f"Above {LARGE:.0%} of the equity", said, said, SOURCE, asked.at),
            Fact(
                "too_heavy",
                f"Above {TOO_LARGE:.0%}",
                float(sum(weight > TOO_LARGE for weight, _ in weights)),
                str(sum(weight > TOO_LARGE for weight, _ in weights)),
                SOURCE,
                asked.at,
            ),
        ),
    )


def _risk(asked: BookAsked, risk: PortfolioRisk | None, why_not: str) -> Chapter:
    if risk is None:
        return Chapter("risk", "Risk", (missing("risk", "Risk", why_not, "prices"),))
    source = f"{risk.returns:,} days, {risk.first:%Y-%m-%d} to {risk.last:%Y-%m-%d}"

    def fact(id_: str, title: str, value: float | None, shown: str) -> Fact:
        if value is None:
            return missing(id_, title, "not known", source)
        return Fact(id_, title, value, shown.format(value), source, asked.at)

    facts = [
        fact("volatility", "Volatility a year", risk.volatility, "{:.1%}"),
        fact("max_drawdown", "Deepest fall as held now", risk.max_drawdown, "{:.1%}"),
        fact("beta", f"Beta against {risk.market or 'the market'}", risk.beta, "{:.2f}"),
        fact("correlation", "Mean correlation", risk.mean_correlation, "{:.2f}"),
        fact("effective", "Positions that count", risk.effective_positions, "{:.1f}"),
    ]
    for tail in risk.book.tails:
        share = tail.value_at_risk / risk.equity
        text = f"{share:.1%} of the equity, {tail.method} at {tail.level:.0%}"
        facts.append(
            Fact(
                f"var_{tail.method}_{tail.level:g}",
                "Loss of a bad day",
                share,
                text,
                source,
                asked.at,
            )
        )
    return Chapter("risk", "Risk", tuple(facts))


def _limits(asked: BookAsked) -> Chapter:
    used = [
        Fact(
            f"limit_{each.rule}",
            each.title,
            each.share,
            each.text or f"{each.share:.0%} used",
            "your limits",
            asked.at,
        )
        for each in asked.limits
        if each.share is not None
    ]
    return Chapter("limits", "Limits", tuple(used))


def _drift(asked: BookAsked) -> Chapter:
    if not asked.goals:
        return Chapter("drift", "Goals", (missing("drift", "Drift", "there is no goal", "goals"),))
    facts = [
        missing(f"drift_{state.goal.name}", state.goal.name, state.why_not, "goals")
        if state.largest is None
        else Fact(
            f"drift_{state.goal.name}",
            state.goal.name,
            float(state.largest),
            f"{state.largest:.1%} off at most, {'more' if state.is_missed else 'no more'} than "
            f"the {state.goal.band:.1%} it allows",
            "goals",
            asked.at,
        )
        for state in asked.goals
    ]
    return Chapter("drift", "Goals", tuple(facts))


def _health(asked: BookAsked) -> Chapter:
    book = asked.portfolio
    cash = _cash(book)
    if cash is None:
        why = missing("health", "Health", _worthless(book), "the rule below")
        return Chapter("health", "Health", (why,))
    count = len(book.rows)
    spread = next((points for most, points in SPREAD if count <= most), 1.0)
    if BEST_CASH[0] <= cash <= BEST_CASH[1]:
        for_cash = 15
    else:
        for_cash = 10 if GOOD_CASH[0] <= cash <= GOOD_CASH[1] else 5
    total = 50 + 20 * spread + for_cash
    noun = "position" if count == 1 else "positions"
    text = f"{total:.0f} of 85: 50 + {20 * spread:.0f} for {count} {noun} + {for_cash} for cash"
    return Chapter("health", "Health", (Fact("health", "Health", total, text, "a rule", asked.at),))


def _goals_told(goals: Chapter) -> list[str]:
    return [f"Goal {fact.title}: {fact.text}." for fact in goals.facts if fact.value is not None]

"""The ways to split money over symbols, by name."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from puffin.errors import ParameterError


class Method(StrEnum):
    """How weights are found."""

    EQUAL = "equal"
    MIN_VARIANCE = "min_variance"
    MAX_SHARPE = "max_sharpe"
    TARGET_RETURN = "target_return"
    TARGET_RISK = "target_risk"
    RISK_PARITY = "risk_parity"
    HRP = "hrp"
    MAX_DIVERSIFICATION = "max_diversification"
    CVAR = "cvar"
    BLACK_LITTERMAN = "black_litterman"


@dataclass(frozen=True, slots=True)
class Card:
    """A method as a person chooses it.

    Attributes:
        id: Its name in commands.
        title: Its name on the screen.
        summary: What it does, in a sentence.
        advice: When it is right, and what it is blind to.
        uses_mean: Whether it believes in expected returns, which are mostly noise.
        needs: The option it cannot do without; "" for none.
    """

    id: Method
    title: str
    summary: str
    advice: str
    uses_mean: bool = False
    needs: str = ""


METHODS: tuple[Card, ...] = (
    Card(
        Method.EQUAL,
        "Equal weight",
        "The same share of every symbol.",
        "Estimates nothing, so nothing can be estimated wrongly: what the others must beat.",
    ),
    Card(
        Method.MIN_VARIANCE,
        "Minimum variance",
        "The mixture that swung least.",
        "Needs no expected returns. Leans on a few calm symbols unless weights are limited.",
    ),
    Card(
        Method.MAX_SHARPE,
        "Maximum Sharpe ratio",
        "The mixture with the most return for its risk (Markowitz, Sharpe).",
        "Trusts past returns, which seldom repeat: look at the comparison out of sample.",
        uses_mean=True,
    ),
    Card(
        Method.TARGET_RETURN,
        "Target return",
        "The least risk that a wanted return takes.",
        "Trusts past returns. A target above the best symbol's cannot be met.",
        uses_mean=True,
        needs="target_return",
    ),
    Card(
        Method.TARGET_RISK,
        "Target risk",
        "The most return at a volatility that may not be passed.",
        "Trusts past returns. A volatility below that of the calmest mixture cannot be met.",
        uses_mean=True,
        needs="target_risk",
    ),
    Card(
        Method.RISK_PARITY,
        "Risk parity",
        "Every symbol adds the same risk (Maillard, Roncalli and Teiletche 2010).",
        "Needs no expected returns and spreads further than minimum variance.",
    ),
    Card(
        Method.HRP,
        "Hierarchical risk parity",
        "Money is split along a tree of what moves together (López de Prado 2016).",
        "Works where the covariance cannot be inverted. The tree can change with little news.",
    ),
    Card(
        Method.MAX_DIVERSIFICATION,
        "Maximum diversification",
        "The most volatility diversified away (Choueifaty and Coignard 2008).",
        "Needs no expected returns. Prefers whatever moves on its own, whatever it earns.",
    ),
    Card(
        Method.CVAR,
        "Minimum expected shortfall",
        "The mixture whose worst days cost least (Rockafellar and Uryasev 2000).",
        "Looks at losses alone, and so at few days: give it a long history.",
    ),
    Card(
        Method.BLACK_LITTERMAN,
        "Black-Litterman",
        "The market's own expectations, moved by your views (Black and Litterman 1992).",
        "Without views it returns the weights that it started from, within the limits.",
        uses_mean=True,
    ),
)


def method(name: str) -> Method:
    """Return the method called `name`; never another one.

    Raises:
        ParameterError: There is none; the hint has the nearest name, or all of them.
    """
    known = [each.value for each in Method]
    if name in known:
        return Method(name)
    near = get_close_matches(name.lower().replace(" ", "_"), known, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(known)}."
    raise ParameterError(f"There is no way to allocate called {name!r}.", hint=hint)


def card(which: Method) -> Card:
    """Return what there is to say about a method."""
    return next(each for each in METHODS if each.id is which)

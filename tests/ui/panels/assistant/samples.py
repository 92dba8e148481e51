"""A card of every kind, as tools make them."""

from __future__ import annotations

from typing import Any

READ = {"as_of": "2012-06-01T13:32:00+00:00", "source": "demo"}
TEXT: dict[str, Any] = {
    "kind": "text",
    "data": {"title": "What a stop is", "text": "It waits for its price."},
}
TABLE: dict[str, Any] = {
    "kind": "table",
    "data": {
        "title": "Positions",
        "columns": ["symbol", "quantity", "profit"],
        "rows": [["AAPL", "10", "+1.2 %"], ["MSFT", "200", "−0.4 %"], ["IBM", None, None]],
        "numeric": [False, True, True],
        "count": 40,
        "handle": "h1",
        **READ,
    },
}
CHART: dict[str, Any] = {
    "kind": "chart",
    "data": {
        "title": "IBM, daily",
        "symbol": "IBM",
        "interval": "1d",
        "times": ["2012-05-30T20:00:00+00:00", "2012-05-31T20:00:00+00:00"],
        "closes": ["190.10", "192.90"],
        "first": "190.10",
        "last": "192.90",
        "change": 0.0147,
        **READ,
    },
}
BACKTEST: dict[str, Any] = {
    "kind": "backtest",
    "data": {
        "title": "momentum on AAPL",
        "id": "b1",
        "name": "momentum",
        "symbols": ["AAPL"],
        "period": "2000-03-01 to 2012-05-31",
        "metrics": [["Return", "+597.93 %"], ["Sharpe", "0.64"], ["Win rate", None]],
        "verdict": {
            "grade": "amber",
            "words": "Believe this result with care.",
            "checks": [["Enough trades", "green", "30 trades"], ["Costs", "red", "The gain goes."]],
        },
        "curve": [100.0, 101.0, 99.0, 120.0],
        **READ,
    },
}
ALERT: dict[str, Any] = {
    "kind": "alert",
    "data": {
        "title": "Alert on MSFT",
        "lines": [["Condition", "MSFT above 30"], ["Repeats", "once"]],
    },
}
DRAFT: dict[str, Any] = {
    "kind": "draft",
    "data": {
        "name": "Golden cross",
        "rules": {"long": "close > sma(close, 200)"},
        "lines": [["Enter long", "", "the close crosses above its 200-day average"]],
        "saved": False,
        "trial": {
            "symbol": "AAPL",
            "period": "2000-03-01 to 2012-05-31",
            "metrics": [["Return", "+12.0 %"]],
            "grade": "red",
            "words": "Do not believe this result.",
            "curve": [1.0, 1.2, 1.1],
        },
    },
}
PREVIEW: dict[str, Any] = {
    "kind": "preview",
    "data": {
        "title": "Add IBM to Starter",
        "call": "watchlist_add",
        "command": "watchlist.add",
        "lines": [["Symbols", "AAPL, MSFT", "AAPL, MSFT, IBM"]],
        "undoable": True,
        "state": "asked",
    },
}
ERRAND: dict[str, Any] = {
    "kind": "errand",
    "data": {
        "title": "Close IBM",
        "command": "watchlist.add",
        "values": {"symbol": "SPY"},
        "lines": [["Held", "5"]],
        "button": "Close…",
    },
}


def proposal(id_: str) -> dict[str, Any]:
    """Return the card of a proposal that waits in the inbox."""
    return {
        "kind": "proposal",
        "data": {
            "proposal": id_,
            "symbol": "IBM",
            "side": "buy",
            "quantity": "5",
            "order": "Buy 5 IBM at the market, good for the day",
            "reason": "It did better.",
            "price": "192.90",
            "lines": [["Worth", "964.50"]],
            **READ,
        },
    }


ALL = (TEXT, TABLE, CHART, BACKTEST, ALERT, DRAFT, PREVIEW, ERRAND)

"""Tools found by what is talked about."""

from __future__ import annotations

from puffling.agents.retrieval import Shelf, words_of


def test_words_lose_their_endings_and_their_little_helpers():
    assert words_of("Alerts, alerting and the alerted") == ["alert"] * 3
    assert words_of("buy") == ["buy", "ord"]
    assert words_of("\u0000 … 5") == []


def test_rare_words_and_titles_count_most():
    shelf = Shelf(
        {
            "stress": (("Stress test", 3), ("what a crisis would cost a book", 1)),
            "alert": (("Add alert", 3), ("tell me when a price crosses a level, a test", 1)),
        }
    )
    assert shelf.ranked("a stress test of my book") == ["stress", "alert"]
    assert shelf.ranked("price alert") == ["alert"]
    assert shelf.ranked("nothing of it") == []
    assert Shelf({}).ranked("x") == []


ASKED = {
    "tell me when AAPL goes above 600": "alert_add",
    "put TSLA on my watchlist": "watchlist_add",
    "what would 2008 have cost my book, a stress test": "portfolio_stress",
    "explain that fill of the backtest": "backtest_explain",
    "compare the two backtests": "backtest_compare",
    "draw a trend line": "drawing_add",
    "add an RSI study to the chart": "chart_study_add",
    "use the dark theme": "settings_theme",
    "which of my orders are open?": "order_list",
    "optimise the parameters of momentum on IBM": "optimise_run",
    "write that down in my journal": "journal_add",
    "was my last month profitable?": "performance_show",
    "cancel my order": "order_cancel",
}


def test_what_traders_ask_for_is_among_the_tools(box):
    missed = {
        about: tool
        for about, tool in ASKED.items()
        if tool not in {each.name for each in box.specs(about)}
    }
    assert missed == {}

"""Facts become tables and lists that a person can read, whatever text is in them."""

from __future__ import annotations

from puffling.agents.fact_tables import MOST_ROWS, markdown


def test_a_record_is_a_table_of_names_and_values_with_what_is_unknown_as_such():
    told = markdown({"cash": "1000.50", "day_profit": None, "open": True, "share": 0.123456789})
    assert told.splitlines()[2:] == [
        "| cash | 1000.50 |",
        "| day profit | — |",
        "| open | yes |",
        "| share | 0.123457 |",
    ]


def test_facts_stand_under_the_title_of_their_chapter():
    facts = [{"id": "rsi", "title": "RSI 14", "value": 33.35, "text": "33.4", "source": "Demo"}]
    told = markdown({"chapters": [{"id": "m", "title": "Momentum", "facts": facts}]})
    assert "**Momentum**" in told
    assert "| RSI 14 | 33.4 |" in told


def test_sentences_are_a_list_and_words_a_line():
    assert markdown(["AAPL", "IBM"]) == "AAPL, IBM"
    assert markdown(["Nothing is held; name weights to measure them.", "x"]).startswith("* Nothing")


def test_records_are_rows_without_what_is_nested_and_long_ones_say_how_much_is_left():
    rows = [{"id": "1", "symbol": "AAPL", "parts": [1]} for _ in range(MOST_ROWS + 2)]
    told = markdown(rows)
    assert told.splitlines()[0] == "| Symbol |"
    assert told.endswith("2 more.")
    assert markdown([]) == markdown({}) == markdown(None) == ""


def test_words_from_outside_make_no_markdown():
    told = markdown({"title": "![x](http://a.b) | <b>now</b>\n# go"})
    assert "![" not in told
    assert "<b>" not in told
    assert told.count("\n") == 2

from __future__ import annotations

from typing import Any

import pytest

from puffling.ui.panels.strategies import words
from puffling.ui.panels.strategies.draft import Draft


def above(value: float = 30) -> dict[str, Any]:
    return {
        "kind": "compare",
        "left": {"kind": "indicator", "id": "rsi", "parameters": {"window": 14}},
        "op": ">",
        "right": {"kind": "number", "value": value},
    }


def draft(**rules: Any) -> Draft:
    return Draft({"name": "Mine", **rules})


def test_the_first_comparison_is_the_rule_itself():
    mine = draft()
    assert mine.add(("entry_long",), above()) == ("entry_long",)
    assert mine.document["entry_long"] == above()
    assert mine.problems() == []


def test_a_second_comparison_joins_the_first_one_in_a_group():
    mine = draft(entry_long=above())
    path = mine.add(("entry_long",), above(70))
    assert path == ("entry_long", "terms", 1)
    assert mine.at(path) == above(70)
    assert mine.document["entry_long"]["kind"] == "all"


def test_a_term_is_added_into_a_group_or_after_a_term_of_it():
    mine = draft(entry_long={"kind": "any", "terms": [above(1), above(2)]})
    assert mine.add(("entry_long",), above(4)) == ("entry_long", "terms", 2)
    assert mine.add(("entry_long", "terms", 1), above(3)) == ("entry_long", "terms", 2)
    values = [each["right"]["value"] for each in mine.document["entry_long"]["terms"]]
    assert values == [1, 2, 3, 4]


def test_a_group_goes_with_its_last_term():
    mine = draft(entry_long=above(), exit_long={"kind": "all", "terms": [above()]})
    assert mine.remove(("exit_long", "terms", 0)) == ("exit_long",)
    assert "exit_long" not in mine.document


def test_after_a_removal_the_nearest_term_is_named():
    mine = draft(entry_long={"kind": "all", "terms": [above(1), above(2)]})
    assert mine.remove(("entry_long", "terms", 1)) == ("entry_long", "terms", 0)


def test_what_an_opposite_is_made_of_goes_with_it():
    mine = draft(entry_long={"kind": "not", "term": above()}, entry_short=above())
    assert mine.remove(("entry_long", "term")) == ("entry_long",)
    assert "entry_long" not in mine.document


def test_turned_twice_into_its_opposite_a_term_is_itself():
    mine = draft(entry_long=above())
    path = mine.negate(("entry_long",))
    assert mine.document["entry_long"] == {"kind": "not", "term": above()}
    assert mine.negate(path) == ("entry_long",)
    assert mine.document["entry_long"] == above()


def test_a_group_changes_its_kind_and_a_term_gets_one():
    mine = draft(entry_long=above())
    mine.join(("entry_long",), "any")
    assert mine.document["entry_long"] == {"kind": "any", "terms": [above()]}
    mine.join(("entry_long",), "all")
    assert mine.document["entry_long"]["kind"] == "all"


def test_a_term_moves_within_its_group_only():
    mine = draft(entry_long={"kind": "all", "terms": [above(1), above(2)]})
    assert mine.move(("entry_long", "terms", 0), -1) == ("entry_long", "terms", 0)
    assert mine.move(("entry_long", "terms", 0), 1) == ("entry_long", "terms", 1)
    assert mine.at(("entry_long", "terms", 0)) == above(2)
    assert mine.move(("entry_long",), 1) == ("entry_long",)


def test_every_step_can_be_taken_back_and_done_again():
    mine = draft()
    mine.add(("entry_long",), above())
    mine.add(("entry_long",), above(70))
    assert mine.undo()
    assert mine.document["entry_long"] == above()
    assert mine.undo()
    assert not mine.undo()
    assert not mine.is_changed
    assert mine.redo()
    assert mine.document["entry_long"] == above()


def test_typing_in_one_place_is_one_step():
    mine = draft(entry_long=above())
    for value in (2, 25, 250):
        mine.put(("entry_long", "right", "value"), value, step="number")
    assert mine.undo()
    assert mine.document["entry_long"] == above()
    assert not mine.can_undo


def test_a_change_leaves_the_document_before_it_alone():
    document = {"name": "Mine", "entry_long": {"kind": "all", "terms": [above()]}}
    mine = Draft(document)
    mine.put(("entry_long", "terms", 0, "op"), "<")
    assert document["entry_long"] == {"kind": "all", "terms": [above()]}


@pytest.mark.parametrize(
    ("rules", "path", "sentence"),
    [
        (
            {"entry_long": above() | {"left": {"kind": "indicator", "id": "rssi"}}},
            ("entry_long", "left", "id"),
            "There is no indicator called rssi. Did you mean rsi?",
        ),
        (
            {"entry_long": {"kind": "all", "terms": [above(), above() | {"op": "over"}]}},
            ("entry_long", "terms", 1, "op"),
            "",
        ),
        (
            {"entry_long": {"kind": "not", "term": above() | {"right": {"kind": "number"}}}},
            ("entry_long", "term", "right", "value"),
            "This is missing.",
        ),
        (
            {"entry_long": above() | {"left": {"kind": "number", "value": 1}}},
            ("entry_long",),
            "This compares two numbers, which is always the same.",
        ),
        (
            {"entry_long": above(), "exit_short": above()},
            ("exit_short",),
            "There is a rule for leaving short positions, none for entering.",
        ),
        ({}, ("entry_long",), "There is no rule for entering, neither long nor short."),
        ({"entry_long": above(), "stop_loss": 200.0}, ("stop_loss",), ""),
    ],
)
def test_what_is_wrong_is_said_at_its_place(rules: dict[str, Any], path: Any, sentence: str):
    found = draft(**rules).problems()
    assert [each.path for each in found] == [path]
    assert found[0].sentence == sentence or (not sentence and found[0].sentence.endswith("."))


def test_two_mistakes_have_two_places():
    wrong = above() | {"right": {"kind": "number"}}
    mine = Draft({"name": "", "entry_long": wrong})
    assert {each.path for each in mine.problems()} == {
        ("name",),
        ("entry_long", "right", "value"),
    }


def test_right_rules_are_said_in_sentences():
    assert draft(entry_long=above(70), stop_loss=2.0).said() == [
        "Buys when Relative strength index 14 is above 70.",
        "Closes at a loss of 2 % from the close that decided.",
    ]
    assert draft().said() == []


def test_a_comparison_that_is_not_right_yet_has_gaps():
    assert words.comparison(above(70)) == "Relative strength index 14 is above 70"
    assert words.comparison(above() | {"right": {"kind": "number"}}).endswith("> …")


def test_stops_and_size_are_said_in_a_line():
    assert words.protection({"stop_loss": 2, "hold": 5, "share": 100}) == "stop 2 %, at most 5 bars"

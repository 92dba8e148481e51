"""Looks of charts under a name."""

from __future__ import annotations

import pytest

from puffling.core.errors import BadValueError
from puffling.services.chart_templates import BUILT_IN, KEY, MOST, ChartTemplate, ChartTemplates
from puffling.services.study_specs import StudySpec

RSI = StudySpec("rsi", {"window": 9}, colors=("#3fa7d6",), levels=(20.0, 80.0))


@pytest.fixture
def templates(puffling) -> ChartTemplates:
    return ChartTemplates(puffling.context.state)


def test_a_template_is_kept_read_replaced_and_forgotten(templates, puffling):
    mine = ChartTemplate("My  look", (RSI,), "line", "log")
    assert templates.save(mine).name == "My look"
    again = ChartTemplates(puffling.context.state)
    assert again.get("MY LOOK") == ChartTemplate("My look", (RSI,), "line", "log")
    again.save(ChartTemplate("my look", (), "area"))
    assert [each.name for each in templates.all()][len(BUILT_IN) :] == ["my look"]
    assert templates.remove("My Look").series == "area"
    assert templates.all() == list(BUILT_IN)
    assert puffling.context.state.get(KEY) is None


def test_built_in_ones_stay_as_they_are(templates):
    with pytest.raises(BadValueError, match="built in"):
        templates.save(ChartTemplate("momentum"))
    with pytest.raises(BadValueError, match="built in and stays"):
        templates.remove("Momentum")
    with pytest.raises(BadValueError, match="no chart template called Momentun") as caught:
        templates.get("Momentun")
    assert caught.value.hint == "Did you mean Momentum?"


def test_names_and_numbers_have_ends(templates, puffling):
    for name in ("", "  ", "x" * 61):
        with pytest.raises(BadValueError, match="1 to 60 characters"):
            templates.save(ChartTemplate(name))
    puffling.context.state.put(KEY, {f"look {number}": {} for number in range(MOST)})
    with pytest.raises(BadValueError, match="200 templates"):
        templates.save(ChartTemplate("one more"))
    templates.save(ChartTemplate("look 7", (RSI,)))


def test_what_was_damaged_is_read_as_far_as_it_can_be(templates, puffling):
    kept = {"a": {"studies": [["sma", 9], 7], "series": 3}, "b": 7, "c": {"scale": None}}
    puffling.context.state.put(KEY, kept)
    own = templates.all()[len(BUILT_IN) :]
    assert own == [ChartTemplate("a", (StudySpec("sma", {"window": 9}),)), ChartTemplate("c")]
    puffling.context.state.put(KEY, [1])
    assert templates.all() == list(BUILT_IN)

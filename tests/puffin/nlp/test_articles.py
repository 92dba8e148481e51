"""The same story counts once, and old ones count less."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.data.news import Article
from puffin.nlp.articles import HALF_LIFE, aggregate, deduplicated
from puffin.nlp.base import Label, Sentiment, label_of

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)


def article(title, hours=0.0, **more):
    return Article(title, published=NOW - timedelta(hours=hours), **more)


def scored(score, hours=0.0):
    found = Sentiment(score, label_of(score), None, "test")
    return article(f"Story {score} {hours}", hours), found


def test_a_story_that_two_sources_tell_is_one_and_names_both():
    found = deduplicated(
        [
            article("Apple raises its dividend by 10%", source="Wire", symbols=("AAPL",)),
            article("Apple raises its dividend by 10 %", source="Paper", symbols=("QQQ",)),
            article("IBM cuts guidance", source="Wire"),
        ]
    )
    assert [each.title for each in found] == [
        "Apple raises its dividend by 10%",
        "IBM cuts guidance",
    ]
    assert found[0].others == ("Paper",)
    assert found[0].symbols == ("AAPL", "QQQ")


def test_one_address_is_one_story_whatever_it_is_called():
    same = "https://example.org/a"
    assert len(deduplicated([article("One", url=same), article("Quite another", url=same)])) == 1


def test_opposite_headlines_of_one_shape_stay_two_stories():
    found = deduplicated([article("IBM raises guidance"), article("IBM cuts its guidance")])
    assert len(found) == 2


def test_an_article_a_half_life_old_counts_half():
    days = HALF_LIFE / timedelta(hours=1)
    found = aggregate([scored(1.0), scored(-1.0, days)], NOW)
    assert found.score == pytest.approx((1 - 0.5) / 1.5, abs=1e-4)
    assert found.label is Label.POSITIVE
    assert found.newest == NOW


def test_one_article_is_too_few_to_say():
    found = aggregate([scored(0.9), scored(None)], NOW)
    assert found.score is None
    assert found.label is Label.UNKNOWN
    assert "1 of 2 articles" in found.text


def test_what_is_dated_later_than_now_or_not_at_all_does_not_count():
    undated = Article("No date"), Sentiment(-1.0, Label.NEGATIVE, None, "test")
    found = aggregate([scored(0.5), scored(0.5, 1), scored(-1.0, -1), undated], NOW)
    assert found.scored == 2
    assert found.score == 0.5


def test_very_old_articles_say_nothing_instead_of_dividing_by_zero():
    ages = 24.0 * 365 * 20
    found = aggregate([scored(1.0, ages), scored(1.0, ages)], NOW)
    assert found.score is None
    assert found.scored == 2


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(0, 500)), min_size=2, max_size=20))
def test_the_mean_lies_between_the_worst_and_the_best(told):
    found = aggregate([scored(score, hours) for score, hours in told], NOW)
    scores = [score for score, _ in told]
    assert min(scores) - 1e-4 <= found.score <= max(scores) + 1e-4

"""Headlines: each story once, scored, and none where there are none."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from puffin.data.news import Article
from puffin.errors import ProviderUnavailableError
from puffin.nlp.base import Label
from puffling.core.errors import BadValueError
from puffling.core.settings import Mode
from puffling.services.news import NewsService


@dataclass
class FakeNews:
    """Has the articles it was given, or fails."""

    articles: list[Article] = field(default_factory=list)
    error: Exception | None = None
    asked: list[str] = field(default_factory=list)
    name: str = "Fake"

    def headlines(self, symbol: str, most: int = 20) -> list[Article]:
        self.asked.append(symbol)
        if self.error is not None:
            raise self.error
        return self.articles[:most]


@pytest.fixture
def context(puffling):
    return puffling.context


def service(context, source):
    told = context
    return NewsService(told.market, told.settings, told.portfolio, told.watchlists, source=source)


@pytest.fixture
def live(context):
    context.market.follow_clock(Mode.SIM, "")
    return context


def test_the_demo_market_has_no_news_and_nobody_is_asked(context):
    source = FakeNews([Article("Apple beats estimates")])
    found = service(context, source).headlines("AAPL")
    assert found.headlines == ()
    assert found.mood is None
    assert "demo market has no news" in found.note
    assert source.asked == []


def test_a_source_that_is_turned_off_is_not_asked(live):
    live.settings.change("data", yahoo=False)
    source = FakeNews([Article("Apple beats estimates")])
    assert "turned off" in service(live, source).headlines("AAPL").note
    assert source.asked == []


def test_headlines_come_scored_and_each_story_once(live):
    now = live.market.now()
    source = FakeNews(
        [
            Article("Apple beats estimates", published=now, source="Wire"),
            Article("Apple beats estimates!", published=now, source="Paper"),
            Article("Apple cuts guidance", published=now - timedelta(days=2), source="Wire"),
        ]
    )
    found = service(live, source).headlines("AAPL")
    assert [each.title for each in found.headlines] == [
        "Apple beats estimates",
        "Apple cuts guidance",
    ]
    assert found.headlines[0].others == ("Paper",)
    assert [each.sentiment.label for each in found.headlines] == [Label.POSITIVE, Label.NEGATIVE]
    assert found.mood is not None
    assert found.mood.scored == 2


def test_no_headlines_and_no_answer_are_two_things(live):
    assert "has none" in service(live, FakeNews()).headlines("AAPL").note
    broken = service(live, FakeNews(error=ProviderUnavailableError("Not reached.")))
    with pytest.raises(ProviderUnavailableError):
        broken.headlines("AAPL")
    assert broken.latest("AAPL").note == "News: Not reached."


def test_what_is_no_symbol_is_not_asked_about(live):
    source = FakeNews()
    with pytest.raises(BadValueError, match="not a symbol"):
        service(live, source).headlines("A B?")
    assert source.asked == []


async def test_a_text_names_what_you_hold_and_watch(context):
    found = service(context, FakeNews()).read("Downgrade hits IBM, ($AAPL) and aapl")
    assert found.watched == ("AAPL", "IBM")
    assert found.held == ()
    assert found.sentiment.label is Label.NEGATIVE
    assert "“Downgrade” -2.3" in found.sentences[0]

"""Headlines and how they sound. All of it is text of others: shown and judged, never obeyed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from puffin.errors import DataError
from puffin.nlp.articles import aggregate, deduplicated
from puffin.nlp.lexical import LexiconScorer
from puffin.types import SYMBOL
from puffling.core.errors import BadValueError
from puffling.core.settings import Mode
from puffling.services.news_cards import Headline, News, TextReading

if TYPE_CHECKING:
    from puffin.data.news import Article, NewsSource
    from puffin.nlp.base import Sentiment, SentimentScorer
    from puffling.core.settings_store import SettingsStore
    from puffling.services.market import MarketService
    from puffling.services.positions import PortfolioService
    from puffling.services.watchlists import WatchlistService

log = logging.getLogger(__name__)

MOST: Final = 50
NONE_IN_DEMO: Final = (
    "The demo market has no news: its prices are of years ago, and what is written today would be "
    "of another time."
)
OFF: Final = "News comes from Yahoo Finance, which is turned off in the settings under Data."


class NewsService:
    """Gathers headlines and scores them by the lexicon. What fetches blocks: call it from a job."""

    def __init__(
        self,
        market: MarketService,
        settings: SettingsStore,
        portfolio: PortfolioService,
        watchlists: WatchlistService,
        *,
        source: NewsSource | None = None,
        scorer: SentimentScorer | None = None,
    ) -> None:
        self._market = market
        self._settings = settings
        self._portfolio = portfolio
        self._watchlists = watchlists
        self._source = source
        self._scorer = scorer or LexiconScorer()

    def score(self, texts: list[str]) -> list[Sentiment]:
        """Return how texts sound, by the lexicon."""
        return self._scorer.score(texts)

    def closed(self) -> str:
        """Return why there are no news at all here, as a sentence; empty when there may be."""
        if self._market.mode is Mode.DEMO:
            return NONE_IN_DEMO
        return "" if self._settings.current.data.yahoo else OFF

    def headlines(self, symbol: str, most: int = 20) -> News:
        """Return the latest headlines about a symbol, each story once, with how they sound; blocks.

        Raises:
            BadValueError: This is no symbol.
            DataError: They cannot be had, with the reason.
        """
        if not SYMBOL.match(symbol):
            raise BadValueError(f"{symbol[:20]!r} is not a symbol.")
        now, why = self._market.now(), self.closed()
        if why:
            return News(symbol, "", now, (), None, why)
        source = self._asked()
        articles = deduplicated(source.headlines(symbol, min(most, MOST)))
        if not articles:
            return News(symbol, source.name, now, (), None, f"{source.name} has none just now.")
        scores = self._scorer.score([each.title for each in articles])
        scored = list(zip(articles, scores, strict=True))
        return News(
            symbol,
            source.name,
            now,
            tuple(_headline(article, sentiment) for article, sentiment in scored),
            aggregate(scored, now),
            "Scored by the headlines' words alone.",
        )

    def latest(self, symbol: str, most: int = 5) -> News:
        """Return `headlines`, or why they cannot be had, instead of failing; blocks."""
        try:
            return self.headlines(symbol, most)
        except DataError as error:
            log.info("No news of %s: %s", symbol, error)
            return News(symbol, "", self._market.now(), (), None, f"News: {error}")

    def read(self, text: str) -> TextReading:
        """Return how a text sounds and which symbols of yours it names.

        A symbol counts when it stands in capitals, or is in brackets or after a dollar sign.
        """
        (sentiment,) = self._scorer.score([text])
        words = {each.strip("$().,:;!?\"'“”") for each in text.split()}
        held = {each.symbol for each in self._portfolio.positions() if each.quantity}
        named = tuple(sorted(words & held))
        watched = tuple(sorted((words & set(self._watchlists.symbols())) - held))
        return TextReading(sentiment, named, watched, tuple(_said(sentiment, named, watched)))

    def _asked(self) -> NewsSource:
        if self._source is None:
            from puffin.data.yahoo_news import YahooNews

            self._source = YahooNews()
        return self._source


def _headline(article: Article, sentiment: Sentiment) -> Headline:
    return Headline(
        article.title,
        article.text,
        article.published,
        article.source,
        article.others,
        article.url,
        article.symbols,
        sentiment,
    )


def _said(sentiment: Sentiment, held: tuple[str, ...], watched: tuple[str, ...]) -> list[str]:
    said = [sentiment_words(sentiment)]
    if held:
        said.append(f"It names {', '.join(held)}, which you hold.")
    if watched:
        said.append(f"It names {', '.join(watched)}, which you watch.")
    return said


def sentiment_words(sentiment: Sentiment) -> str:
    """Return a sentiment in a sentence, with the words that moved it."""
    if sentiment.score is None:
        return f"{sentiment.source}: unknown. {sentiment.why}"
    moved = ", ".join(f"“{each.text}” {each.weight:+.1f}" for each in sentiment.spans)
    because = f", by {moved}" if moved else ""
    return f"{sentiment.source}: {sentiment.label} ({sentiment.score:+.2f}){because}."

"""News from Yahoo Finance, through yfinance: read strictly, as text of others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, Protocol, cast

from puffin.data.names import yahoo_name
from puffin.data.news import Article
from puffin.data.yahoo import YFinanceWire, translated

LONGEST_TITLE: Final = 300
LONGEST_TEXT: Final = 4_000
LONGEST_URL: Final = 2_000


class NewsWire(Protocol):
    """What is needed of yfinance; raises what yfinance raises."""

    def news(self, symbol: str, most: int) -> list[object]:
        """Return what Yahoo has about `symbol`, as it says it."""
        ...


class YFinanceNewsWire:
    """The real yfinance."""

    def __init__(self, wire: YFinanceWire | None = None) -> None:
        self._wire = wire or YFinanceWire()

    def news(self, symbol: str, most: int) -> list[object]:
        """Ask for the latest articles."""
        ticker = self._wire.ready().Ticker(symbol, session=self._wire.session)
        return list(ticker.get_news(count=most))


class YahooNews:
    """The latest articles about whatever Yahoo lists."""

    name = "Yahoo Finance"

    def __init__(self, wire: NewsWire | None = None) -> None:
        self._wire = wire or YFinanceNewsWire()

    def headlines(self, symbol: str, most: int = 20) -> list[Article]:
        """Return the latest articles about `symbol`, newest first; without what cannot be read.

        Raises:
            DataError: They cannot be had, with the reason.
        """
        with translated(symbol):
            told = self._wire.news(yahoo_name(symbol), most)
            read = [_article(each, symbol) for each in told]
        found = [each for each in read if each is not None]
        oldest = datetime.min.replace(tzinfo=UTC)
        return sorted(found, key=lambda each: each.published or oldest, reverse=True)[:most]


def _article(told: object, symbol: str) -> Article | None:
    """Return one article; None for what has no headline."""
    content = _part(told, "content") or told
    title = _words(content, "title", LONGEST_TITLE)
    if not title:
        return None
    return Article(
        title,
        text=_words(content, "summary", LONGEST_TEXT),
        published=_moment(_words(content, "pubDate", 40)),
        source=_words(_part(content, "provider"), "displayName", 80),
        url=_address(content),
        symbols=(symbol,),
    )


def _part(value: object, name: str) -> object:
    if not isinstance(value, Mapping):
        return None
    return cast("Mapping[str, object]", value).get(name)


def _words(value: object, name: str, most: int) -> str:
    """Return a text on one line, without what does not print; empty if there is none."""
    found = _part(value, name)
    if not isinstance(found, str):
        return ""
    plain = "".join(each if each.isprintable() else " " for each in found[: 4 * most])
    return " ".join(plain.split())[:most]


def _address(content: object) -> str:
    for name in ("canonicalUrl", "clickThroughUrl"):
        url = _words(_part(content, name), "url", LONGEST_URL)
        if url.startswith(("https://", "http://")) and " " not in url:
            return url
    return ""


def _moment(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if when.tzinfo is None else when.astimezone(UTC)

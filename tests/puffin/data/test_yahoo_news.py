"""Yahoo's news is read strictly: text of others stays text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from puffin.data.yahoo_news import LONGEST_TITLE, YahooNews
from puffin.errors import ProviderUnavailableError


@dataclass
class FakeWire:
    """Answers as told, or raises."""

    told: list[object] = field(default_factory=list)
    error: Exception | None = None

    def news(self, symbol: str, most: int) -> list[object]:
        if self.error is not None:
            raise self.error
        return self.told


def story(title, date="2026-03-02T15:00:00Z", url="https://example.org/a"):
    return {
        "id": "1",
        "content": {
            "title": title,
            "summary": "Words.",
            "pubDate": date,
            "provider": {"displayName": "Wire"},
            "canonicalUrl": {"url": url},
        },
    }


def headlines(*told):
    return YahooNews(FakeWire(list(told))).headlines("AAPL")


def test_a_story_is_read_with_its_time_source_and_address():
    (found,) = headlines(story("Apple raises its dividend"))
    assert found.title == "Apple raises its dividend"
    assert found.text == "Words."
    assert found.published == datetime(2026, 3, 2, 15, tzinfo=UTC)
    assert found.source == "Wire"
    assert found.url == "https://example.org/a"
    assert found.symbols == ("AAPL",)


def test_the_newest_story_stands_first_and_one_without_a_time_last():
    found = headlines(
        story("Undated", date="soon"),
        story("Old", date="2026-03-01T15:00:00Z"),
        story("New", date="2026-03-02T16:00:00+00:00"),
        story("No zone", date="2026-03-03T15:00:00"),
    )
    assert [each.title for each in found] == ["New", "Old", "Undated", "No zone"]
    assert found[-1].published is None


def test_only_addresses_of_the_web_are_kept():
    for url in ("javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "https://a b"):
        (found,) = headlines(story("A", url=url))
        assert found.url == ""


def test_what_does_not_print_and_what_is_too_long_is_cut():
    (found,) = headlines(story("A\x00\n\u202eB" + "x" * 1_000))
    assert found.title.startswith("A B")
    assert len(found.title) == LONGEST_TITLE


@pytest.mark.parametrize(
    "told", [None, 3, "text", [], {}, {"content": None}, {"content": {"title": 7}}, story("  ")]
)
def test_what_is_not_a_story_is_left_out(told):
    assert headlines(told) == []


def test_a_fault_is_a_sentence():
    with pytest.raises(ProviderUnavailableError, match="cannot be read"):
        YahooNews(FakeWire(error=ValueError("garbage"))).headlines("AAPL")
    with pytest.raises(ProviderUnavailableError, match="cannot be reached"):
        YahooNews(FakeWire(error=ConnectionError("gone"))).headlines("AAPL")

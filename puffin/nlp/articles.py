"""Articles put together: the same story once, and how all of them sound by now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from puffin.nlp.base import NEWS_THRESHOLD, Label, label_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from puffin.data.news import Article
    from puffin.nlp.base import Sentiment

ALIKE: Final = 0.85  # of two headlines: from here on they tell the same story
HALF_LIFE: Final = timedelta(days=2)
FEWEST: Final = 2  # articles that say something, before their mean says anything


@dataclass(frozen=True, slots=True)
class Mood:
    """How several articles sound together.

    Attributes:
        score: Mean of their scores, each weighed by its age; None while they are too few to say.
        label: The score in a word; beyond `NEWS_THRESHOLD` it is not neutral.
        articles: How many there are.
        scored: How many of them have a score and a time.
        positive: Share of those that sound good.
        negative: Share of those that sound bad.
        half_life: Age at which an article counts half.
        newest: When the newest of them was published.
        text: The whole in a sentence, with its counts.
    """

    score: float | None
    label: Label
    articles: int
    scored: int
    positive: float | None
    negative: float | None
    half_life: timedelta
    newest: datetime | None
    text: str


def deduplicated(articles: Iterable[Article]) -> list[Article]:
    """Return each story once, the first that came; it names the other sources that had it."""
    found: list[Article] = []
    for each in articles:
        at = next((at for at, other in enumerate(found) if _same(each, other)), None)
        if at is None:
            found.append(each)
            continue
        known = found[at]
        others = (*known.others, each.source, *each.others)
        found[at] = replace(
            known,
            others=tuple(dict.fromkeys(one for one in others if one and one != known.source)),
            symbols=tuple(dict.fromkeys((*known.symbols, *each.symbols))),
        )
    return found


def _same(one: Article, other: Article) -> bool:
    if one.url and one.url == other.url:
        return True
    # Sorted, so that which of the two came first makes no difference.
    first, second = sorted((_plain(one.title), _plain(other.title)))
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return matcher.quick_ratio() > ALIKE and matcher.ratio() > ALIKE


def _plain(title: str) -> str:
    return " ".join(title.casefold().split())


def aggregate(
    scored: Sequence[tuple[Article, Sentiment]],
    now: datetime,
    half_life: timedelta = HALF_LIFE,
) -> Mood:
    """Return how articles sound together: the mean score, halved for every `half_life` of age.

    What has no score or no time does not count, nor does what is dated later than `now`.
    """
    dated = [
        (sentiment.score, article.published)
        for article, sentiment in scored
        if sentiment.score is not None
        and article.published is not None
        and article.published <= now
    ]
    count, total = len(dated), len(scored)
    newest = max((when for _, when in dated), default=None)
    if count < FEWEST:
        text = f"{count} of {total} articles can be scored: too few to say how they sound."
        return Mood(None, Label.UNKNOWN, total, count, None, None, half_life, newest, text)
    weights = [0.5 ** ((now - when) / half_life) for _, when in dated]
    whole = sum(weights)
    scores = [score for score, _ in dated]
    # Ages of years make every weight vanish: then no article is newer than another.
    mean = sum(s * w for s, w in zip(scores, weights, strict=True)) / whole if whole else None
    score = None if mean is None else round(mean, 4)
    label = label_of(score, NEWS_THRESHOLD)
    labels = [label_of(each) for each in scores]
    good, bad = (labels.count(each) / count for each in (Label.POSITIVE, Label.NEGATIVE))
    said = "too old to say" if score is None else f"{label}, {score:+.2f}"
    text = (
        f"{said}: {count} of {total} articles could be scored, {good:.0%} good, {bad:.0%} bad; "
        f"one {half_life / timedelta(days=1):g} days old counts half."
    )
    return Mood(score, label, total, count, good, bad, half_life, newest, text)

"""How a text sounds by a lexicon: VADER's engine, which minds negation, with our own words.

Hutto and Gilbert's rules (2014) weigh a word by what stands in the three words before it: "not"
turns it round, "very" strengthens it, "hardly" weakens it. Their lexicon is of social media and
takes "shares" for kindness, so none of it is used. What they do not have is added here: things that
go up or down, what may be, what is denied, what is only asked, and "but".
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from puffin.nlp.base import Sentiment, Span, label_of, unknown
from puffin.nlp.lexicon import Role
from puffin.nlp.reading import read, sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puffin.nlp.reading import Piece

NAME: Final = "Lexicon"
HEDGED: Final = 0.5  # of a word's weight where it only may be so
DENIED: Final = 0.0  # where somebody denies it
BEFORE_BUT: Final = 0.5
AFTER_BUT: Final = 1.5
LONGEST: Final = 20_000  # characters of a text
NO_WORDS: Final = "None of its words is in the lexicon."
ASKED: Final = "It only asks."
REACH: Final = 3  # words that the engine's negations reach
# What a negation does not reach across.
WALLS: Final = frozenset(
    {",", ";", ":", "after", "as", "while", "on", "amid", "because", "when", "before", "following"}
)
# Words between a negation and what it bears on that do not count as distance.
SMALL: Final = frozenset({"a", "an", "the", "its", "his", "her", "their", "any"})
VOID: Final = frozenset({Role.HEDGE, Role.DOUBT, Role.TURN, Role.FLAT, Role.DENY})


class LexiconScorer:
    """Scores texts by the lexicon; the same text always has the same score.

    A sentence's score is s / sqrt(s * s + 15), where s is the sum of its words' weights; a text's
    is the mean of its sentences that have any. A sentence that asks counts as nothing.
    """

    name = NAME

    def score(self, texts: Sequence[str]) -> list[Sentiment]:
        """Return how each text sounds, in their order."""
        return [self._score(each) for each in texts]

    def _score(self, text: str) -> Sentiment:
        if len(text) > LONGEST:
            return unknown(NAME, f"It is longer than {LONGEST:,} characters.")
        spans, scores, asked = list[Span](), list[float](), False
        for start, sentence in sentences(text):
            found = _weighed(read(sentence, start))
            if sentence.rstrip().endswith("?"):
                asked = asked or bool(found)
                spans += [Span(each.start, each.end, each.text, 0.0, ASKED) for each in found]
            elif found:
                spans += found
                scores.append(_engine().normalise(sum(each.weight for each in found)))
        if not scores:
            return (
                Sentiment(0.0, label_of(0.0), None, NAME, tuple(spans), ASKED)
                if asked
                else (unknown(NAME, NO_WORDS))
            )
        score = round(sum(scores) / len(scores), 4)
        return Sentiment(score, label_of(score), _agreement(spans), NAME, tuple(spans))


def _agreement(spans: Sequence[Span]) -> float | None:
    """Return how much the words agree: 1 when all point the same way, 0 when they cancel out."""
    total = sum(abs(each.weight) for each in spans)
    return round(abs(sum(each.weight for each in spans)) / total, 4) if total else None


def _weighed(pieces: Sequence[Piece]) -> list[Span]:
    """Return the pieces that say something, with what stands around them minded."""
    weights = _engine().weights(pieces)
    turn = next((at for at, each in enumerate(pieces) if each.role is Role.TURN), None)
    found, hedge = list[Span](), 1.0
    for at, (piece, weight) in enumerate(zip(pieces, weights, strict=True)):
        if piece.role is Role.HEDGE:
            hedge = HEDGED
        elif piece.role is Role.DOUBT:
            hedge = DENIED
        elif piece.role is Role.TURN or piece.word in {",", ";"}:
            hedge = 1.0
        if (piece.role is None and not piece.weight) or piece.role in VOID or not weight:
            continue
        why = [piece.why] if piece.why else []
        if weight * piece.weight < 0:
            why.append("turned round")
        if hedge != 1.0:
            why.append("may be" if hedge == HEDGED else "denied")
        if turn is not None:
            why.append("before “but”" if at < turn else "after “but”")
            weight *= BEFORE_BUT if at < turn else AFTER_BUT  # noqa: PLW2901 - the same weight
        found.append(
            Span(piece.start, piece.end, piece.text, round(weight * hedge, 3), ", ".join(why))
        )
    return found


class _Engine:
    """VADER's sums, without its words."""

    def __init__(self) -> None:
        import vaderSentiment.vaderSentiment

        self._vader: Any = vaderSentiment.vaderSentiment
        # Its constructor reads files of words and pictures, none of which is used.
        kind: Any = self._vader.SentimentIntensityAnalyzer
        self._analyser: Any = kind.__new__(kind)

    def normalise(self, total: float) -> float:
        """Return a sum of weights between -1 and 1."""
        return float(self._vader.normalize(total))

    def weights(self, pieces: Sequence[Piece]) -> list[float]:
        """Return each piece's weight with negations and degrees before it minded."""
        tokens = [_token(at, each) for at, each in enumerate(pieces)]
        self._analyser.lexicon = {
            token: each.weight for token, each in zip(tokens, pieces, strict=True) if _speaks(each)
        }
        walled, places = _walled(pieces, tokens)
        text = self._vader.SentiText("")
        text.words_and_emoticons = walled
        found: list[float] = []
        for at, token in enumerate(walled):
            found = self._analyser.sentiment_valence(0, text, token, at, found)
        return [0.0 if each is None else float(found[each]) for each in places]


@cache
def _engine() -> _Engine:
    return _Engine()


def _speaks(piece: Piece) -> bool:
    return bool(piece.weight) and piece.role not in VOID


def _token(at: int, piece: Piece) -> str:
    """Return a piece as the engine knows it: its own words, "not", or a name of its own."""
    if piece.role is Role.DENY:
        return "not"
    return f"{piece.word}#{at}" if _speaks(piece) else piece.word


def _walled(pieces: Sequence[Piece], tokens: Sequence[str]) -> tuple[list[str], list[int | None]]:
    """Return the tokens with walls where a negation ends, and where each token stands then.

    A phrase that denies, such as "lack of", bears on one piece only. Small words are left out:
    they would make the way from a negation to what it bears on too long.
    """
    found, places, denied = list[str](), list[int | None](), False
    for piece, token in zip(pieces, tokens, strict=True):
        if piece.word in SMALL:
            places.append(None)
            continue
        if piece.word in WALLS:
            found += ["|"] * REACH
        places.append(len(found))
        found.append(token)
        if denied and _speaks(piece):
            found += ["|"] * REACH
        denied = piece.role is Role.DENY or (denied and not _speaks(piece))
    return found, places

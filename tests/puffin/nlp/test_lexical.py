"""What the lexicon says of headlines, and that it shows which words made it say so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.nlp.base import THRESHOLD, Label, label_of
from puffin.nlp.lexical import LONGEST, LexiconScorer
from puffin.nlp.lexicon import lexicon
from tests.puffin.nlp import headlines, more_headlines
from tests.puffin.nlp.headlines import DOWN, FLAT, UP

KNOWN = headlines.KNOWN + more_headlines.MORE_KNOWN
HELD_OUT = headlines.HELD_OUT + more_headlines.MORE_HELD_OUT
SIGNS = {Label.POSITIVE: UP, Label.NEGATIVE: DOWN, Label.NEUTRAL: FLAT, Label.UNKNOWN: FLAT}


def score_of(text):
    return LexiconScorer().score([text])[0]


def rightly_read(headlines):
    return sum(SIGNS[score_of(text).label] == sign for text, sign in headlines) / len(headlines)


def test_the_headlines_it_was_made_with_are_read_rightly():
    assert len(KNOWN) >= 120
    assert len({text for text, _ in (*KNOWN, *HELD_OUT)}) == len(KNOWN) + len(HELD_OUT)
    assert rightly_read(KNOWN) >= 0.97


def test_most_headlines_it_never_saw_are_read_rightly():
    """0.79 when it was mended: of the others it says nothing of two in three, and reads 0.07 wrongly."""
    assert len(HELD_OUT) >= 140
    assert rightly_read(HELD_OUT) >= 0.79
    spoken = [(each, score_of(each[0])) for each in HELD_OUT]
    signed = [(sign, SIGNS[found.label]) for (_, sign), found in spoken if SIGNS[found.label]]
    assert sum(sign == found for sign, found in signed) / len(signed) >= 0.85


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Shares plunge after profit warning", Label.NEGATIVE),
        ("No losses were recorded", Label.POSITIVE),
        ("The results were not good and not profitable", Label.NEGATIVE),
        ("Company files for bankruptcy", Label.NEGATIVE),
        ("Apple beats earnings expectations and raises guidance", Label.POSITIVE),
        ("IBM cuts guidance", Label.NEGATIVE),
        ("IBM cuts losses", Label.POSITIVE),
        ("Costs rise", Label.NEGATIVE),
        ("Dividend raised", Label.POSITIVE),
        ("Is a crash coming?", Label.NEUTRAL),
        ("The annual meeting takes place in Ohio", Label.UNKNOWN),
        ("", Label.UNKNOWN),
    ],
)
def test_the_headlines_that_others_read_wrongly(text, label):
    assert score_of(text).label is label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        # what comes to an end is turned round
        ("Washington lifts ban on chip exports", Label.POSITIVE),
        ("Ban on chip exports lifted", Label.POSITIVE),
        ("The disruption is over, the port says", Label.POSITIVE),
        ("Toymaker emerges from bankruptcy", Label.POSITIVE),
        ("Winning streak ends", Label.NEGATIVE),
        ("Grocer ends record quarter", Label.POSITIVE),
        ("The recovery is over", Label.NEGATIVE),
        ("The dispute ended", Label.POSITIVE),
        ("Miner exempted from tariffs", Label.POSITIVE),
        ("Lender stems losses", Label.POSITIVE),
        # what is compared with what was feared
        ("Not as bad as feared", Label.POSITIVE),
        ("The quarter was less bad than feared", Label.POSITIVE),
        ("As bad as feared", Label.NEGATIVE),
        # who it is about stands between the thing and what becomes of it
        ("Costs at Acme Foods higher than planned", Label.NEGATIVE),
        ("Costs at Acme Foods lower than planned", Label.POSITIVE),
        ("Sales of Acme Foods fall", Label.NEGATIVE),
        ("Deposits at Acme Bank shrink", Label.NEGATIVE),
        # early gains and losses
        ("Shares give up early gains", Label.NEGATIVE),
        ("Shares recoup early losses", Label.POSITIVE),
        ("Shares erase gains", Label.NEGATIVE),
        # debts
        ("Grocer pays off its debt early", Label.POSITIVE),
        ("Grocer misses a debt payment", Label.NEGATIVE),
        ("Grocer burns through cash", Label.NEGATIVE),
        ("Loss widens as fuel bill grows", Label.NEGATIVE),
    ],
)
def test_ends_comparisons_and_names_in_between(text, label):
    assert score_of(text).label is label


def test_the_words_that_moved_a_score_are_shown_where_they_stand():
    text = "Shares do not fall; IBM may cut its dividend"
    found = score_of(text)
    assert [text[each.start : each.end] for each in found.spans] == ["fall", "cut"]
    assert [each.text for each in found.spans] == ["fall", "cut"]
    assert found.spans[0].weight > 0 > found.spans[1].weight
    assert found.spans[0].why == "turned round"
    assert found.spans[1].why == "of “dividend”, may be"
    assert found.source == "Lexicon"


def test_what_may_be_weighs_half_of_what_is():
    sure, perhaps = score_of("IBM cuts its dividend"), score_of("IBM may cut its dividend")
    assert perhaps.spans[0].weight == sure.spans[0].weight / 2


def test_a_negation_does_not_reach_across_a_clause():
    found = score_of("Shares do not fall after weak results")
    assert [each.why for each in found.spans] == ["turned round", ""]


def test_a_text_is_as_good_as_its_sentences_are_on_average():
    good, bad = "Profit soars.", "Sales collapse."
    mean = (score_of(good).score + score_of(bad).score) / 2
    assert score_of(f"{good} {bad}").score == pytest.approx(mean, abs=1e-3)
    assert score_of(f"{good} Will it last?").score == score_of(good).score


def test_no_word_means_no_score_rather_than_zero():
    found = score_of("Tuesday")
    assert found.score is None
    assert found.why
    assert found.confidence is None


def test_a_text_beyond_reading_is_refused_in_words():
    found = score_of("profit rises " * LONGEST)
    assert found.score is None
    assert "longer" in found.why


def test_words_that_agree_give_more_confidence_than_words_that_do_not():
    assert score_of("Profit soars and dividend raised").confidence == 1.0
    assert score_of("Profit soars, sales collapse").confidence < 0.2


@given(st.text(max_size=200))
def test_any_text_has_a_score_within_bounds_and_spans_that_stand_in_it(text):
    found = score_of(text)
    assert found.label is (label_of(found.score))
    assert found.score is None or -1 <= found.score <= 1
    for each in found.spans:
        assert 0 <= each.start < each.end <= len(text)


@given(st.lists(st.sampled_from(sorted(" ".join(each) for each in lexicon())), max_size=12))
def test_any_row_of_its_own_words_is_scored(words):
    found = score_of(" ".join(words))
    assert found.score is None or -1 <= found.score <= 1


def test_its_thresholds_are_those_it_states():
    assert label_of(THRESHOLD) is Label.NEUTRAL
    assert label_of(THRESHOLD + 1e-9) is Label.POSITIVE
    assert label_of(-THRESHOLD - 1e-9) is Label.NEGATIVE
    assert label_of(None) is Label.UNKNOWN


def test_the_file_of_words_is_sound():
    found = lexicon()
    assert len(found) > 1_500
    assert all(-4 <= each.weight <= 4 for each in found.values())
    assert all(words == tuple(each.lower() for each in words) for words in found)

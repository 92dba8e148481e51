"""Sentences of the desk in another language, and the catalogues they come from."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from puffling.core import sentences
from puffling.core.language import Catalogue, Language, Verbatim, catalogue, pseudo
from puffling.core.sentences import Entry

GERMAN = Catalogue(
    [
        Entry("Order", ("Auftrag",)),
        Entry("{shown} of {all} rows", ("{all} Zeilen, davon {shown}",)),
        Entry("Delete {what}", ("{what} löschen",)),
        Entry("this alert", ("diesen Alarm",)),
        Entry("Working", ("Offen",)),
        Entry("Try again later.", ("Bitte später noch einmal.",)),
        Entry("Close", ("Schließen",)),
        Entry("Buy", ("Kaufen",)),
    ]
)


def test_a_sentence_is_said_whole():
    assert GERMAN.say("Order") == "Auftrag"


def test_a_sentence_with_values_is_found_by_its_pattern_and_may_turn_them_round():
    assert GERMAN.say("12 of 40 rows") == "40 Zeilen, davon 12"


def test_values_that_are_words_are_said_too():
    assert GERMAN.say("Delete this alert") == "diesen Alarm löschen"


def test_the_first_letter_follows_its_place():
    assert (GERMAN.say("working"), GERMAN.say("order")) == ("offen", "auftrag")


def test_sentences_in_a_row_are_said_one_by_one():
    assert GERMAN.say("3 of 9 rows · Working") == "9 Zeilen, davon 3 · Offen"
    assert GERMAN.say("Order\nWorking…") == "Auftrag\nOffen…"


def test_figures_symbols_and_what_nobody_translated_stay():
    for each in ("1,234.50", "AAPL", "−3.2 %", "No such sentence here", ""):
        assert GERMAN.say(each) == each
    assert GERMAN.say("Buy 100 AAPL") == "Kaufen 100 AAPL"


def test_somebodys_own_words_are_never_translated():
    assert GERMAN.say("Close") == "Schließen"
    assert GERMAN.say(Verbatim("Close")) == "Close"


def test_what_was_said_is_not_said_again_and_can_be_traced_back():
    backwards = Catalogue([Entry("Order", ("Close",)), Entry("Close", ("Shut",))])
    assert backwards.say(backwards.say("Order")) == "Close"
    assert backwards.meant("Close") == "Order"


def test_a_language_with_three_plurals_has_three_forms():
    header = "Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 ? 1 : 2);\n"
    polish = Catalogue(
        [Entry("", (header,)), Entry("{n} rows", ("{n} wiersz", "{n} wiersze", "{n} wierszy"))]
    )
    assert [polish.say(f"{n} rows") for n in (1, 3, 7)] == ["1 wiersz", "3 wiersze", "7 wierszy"]


def test_a_catalogue_is_read_as_it_was_written():
    entries = [
        Entry('A "quote"\nand a line', ("Ein „Zitat“",), ("puffling/a.py",)),
        Entry("{n} rows", ("{n} wiersz", "{n} wierszy"), ()),
    ]
    _header, *found = sentences.read(sentences.write(entries))
    assert sorted(found, key=lambda each: each.text) == sorted(entries, key=lambda each: each.text)


def test_the_pseudo_language_is_longer_accented_and_keeps_values_in_place():
    made = pseudo("Press {key} to &delete 12 rows")
    assert "{key}" in made
    assert "&" in made
    assert len(made) >= 1.3 * len("Press {key} to &delete 12 rows")
    assert not set("aeiou") & set(made.replace("{key}", ""))


def test_english_needs_no_catalogue_and_the_pseudo_language_knows_the_desk():
    assert catalogue(Language.ENGLISH) is None
    assert [each.label for each in Language if not each.hidden] == ["English"]
    disguised = catalogue(Language.PSEUDO)
    assert disguised is not None
    assert disguised.say("Watchlist") == pseudo("Watchlist")


def test_what_a_translator_left_empty_stays_english():
    begun = Catalogue([Entry("", ("Language: de\n",)), Entry("Order", ("",)), Entry("Buy", ())])
    assert (begun.say("Order"), begun.say("Buy")) == ("Order", "Buy")


def test_what_is_in_no_catalogue_stays_as_it_is():
    for each in ("Lorem ipsum · dolor sit, amet", "Ab CD", "Lorem – ipsum (dolor"):
        assert GERMAN.say(each) == each


def test_values_that_reach_over_sentences_are_found_at_last():
    counted = Catalogue(
        [
            Entry("Chosen {names} of all rows", ("Gewählt {names} aller Zeilen",)),
            Entry("Lost {names}", ("Verloren {names}",)),
        ]
    )
    said = counted.say("Chosen lorem. Ipsum of all rows")
    assert said == "Gewählt lorem. Ipsum aller Zeilen"
    chance = "Lost lorem ipsum dolor sit amet"  # one word is too little for so long a value
    assert counted.say(chance) == chance


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr("puffling.core.language._MOST", 1)
    small = Catalogue([Entry("Order", ("Auftrag",)), Entry("Buy", ("Kaufen",))])
    for _ in range(2):
        assert [small.say(each) for each in ("Order", "Buy", "order", "buy")] == [
            "Auftrag",
            "Kaufen",
            "auftrag",
            "kaufen",
        ]


def test_a_language_is_read_from_its_own_file(monkeypatch, tmp_path):
    page = sentences.write([Entry("Order", ("Auftrag",), ("puffling/a.py",))])
    (tmp_path / "languages").mkdir()
    (tmp_path / "languages/de.po").write_text(page, encoding="utf-8")
    monkeypatch.setattr("puffling.core.language.resources", lambda: tmp_path)
    german = SimpleNamespace(value="de", hidden=False)
    said = catalogue(cast("Language", german))
    assert said is not None
    assert said.say("Order") == "Auftrag"

"""The catalogue that translators start from has every sentence of the source."""

from __future__ import annotations

import pytest

from puffling.app import sentences as finding
from puffling.core import sentences
from puffling.core.language import Language, catalogue
from puffling.core.paths import resources
from puffling.core.settings import Section, Settings
from puffling.ui.panels import PANELS

CATALOGUE = resources() / "languages" / "puffling.pot"


def test_sentences_and_their_patterns_are_found():
    found = set(
        finding.spoken(
            '''
"""A module's own line is not said."""
log.info("Nobody reads %s", 1)
label = QLabel(f"{len(self.rows)} of {total} rows are shown.")
words = "row" if one else "rows"
button.setObjectName("primary button")
class Row(BaseModel):
    most_positions: int
'''
        )
    )
    assert found == {"{0} of {total} rows are shown.", "row", "rows", "Most positions"}


@pytest.mark.parametrize(
    "code", ['"order.place"', '"SELECT a FROM b"', '"%Y-%m-%d"', '"*.csv"', '"aapl"', '"AAPL"']
)
def test_what_only_the_program_reads_is_not_a_sentence(code):
    assert list(finding.spoken(f"use({code})")) == []


def test_the_catalogue_is_complete():
    kept = {each.text for each in sentences.read(CATALOGUE.read_text(encoding="utf-8"))}
    said = {each.text for each in sentences.read(finding.page())}
    assert not said - kept, "Run `make reference`: sentences are missing in the catalogue"


def test_every_command_panel_and_setting_can_be_said_in_another_language(registry):
    disguised = catalogue(Language.PSEUDO)
    assert disguised is not None
    texts = [each.title.rstrip("…") for each in registry]
    texts += [each.help.partition("\n")[0] for each in registry]
    texts += [words for each in PANELS for words in (each.title, each.hint)]
    for section in Settings.model_fields.values():
        kind = section.annotation
        if isinstance(kind, type) and issubclass(kind, Section):
            texts += [each.title or "" for each in kind.model_fields.values()]
            texts += [each.description or "" for each in kind.model_fields.values()]
    assert not [each for each in texts if each and disguised.say(each) == each]

"""Language: how news and notes sound, by a lexicon that is kept here."""

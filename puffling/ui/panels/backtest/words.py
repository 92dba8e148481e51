"""Strategies, parameters and times in words."""

from __future__ import annotations

from puffling.services.result_words import bar_time, parameter_title, parameter_words, title_of

__all__ = ["bar_time", "parameter_title", "parameter_words", "title_of"]

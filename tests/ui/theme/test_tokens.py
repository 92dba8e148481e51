from __future__ import annotations

import re
import tomllib
from dataclasses import fields

import pytest

from puffling.ui.theme.tokens import NAMES, Sizes, Tone, read_tokens, themes_folder

SCHEMES = ("dark", "light")


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_black_on_white_has_the_contrast_everybody_knows():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_both_schemes_name_the_same_colours():
    names = [set(tomllib.loads((themes_folder() / f"{each}.toml").read_text())) for each in SCHEMES]
    assert names[0] == names[1] == set(NAMES)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_token_is_a_colour(scheme):
    tokens = read_tokens(scheme)
    assert all(re.fullmatch(r"#[0-9a-f]{6}", tokens.named(name)) for name in NAMES)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("surface", ["window", "panel", "raised", "inset", "selection", "hover"])
@pytest.mark.parametrize("words", ["text", "muted"])
def test_words_can_be_read_on_every_surface(scheme, surface, words):
    tokens = read_tokens(scheme)
    assert contrast(tokens.named(words), tokens.named(surface)) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("words", "ground"),
    [
        ("on_accent", "accent_strong"),
        ("on_accent", "danger_strong"),
        *[("on_mode", mode) for mode in ("demo", "sim", "paper", "live")],
        *[
            (tone, "panel")
            for tone in ("success", "warning", "danger", "info", "demo", "sim", "paper", "live")
        ],
    ],
)
def test_words_in_colour_can_be_read(scheme, words, ground):
    tokens = read_tokens(scheme)
    assert contrast(tokens.named(words), tokens.named(ground)) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("tone", ["up", "down", "up_alternative", "down_alternative"])
def test_up_and_down_stand_out_on_a_panel(scheme, tone):
    tokens = read_tokens(scheme)
    assert contrast(tokens.named(tone), tokens.panel) >= 4


def test_every_tone_is_a_token():
    assert set(Tone) <= set(NAMES)


def test_an_unknown_name_is_no_colour():
    with pytest.raises(KeyError):
        read_tokens("dark").named("named")


def test_sizes_grow_together():
    doubled, plain = Sizes().scaled(200), Sizes()
    assert all(
        getattr(doubled, each.name) == 2 * getattr(plain, each.name) for each in fields(Sizes)
    )

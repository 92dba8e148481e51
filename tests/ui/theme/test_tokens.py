from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from math import dist

import pytest

from puffling.core.settings import Theme as Scheme
from puffling.core.settings import UpDown
from puffling.ui.theme.theme import PAIRS
from puffling.ui.theme.tokens import NAMES, Sizes, Tone, read_tokens, slug, themes_folder

SCHEMES = tuple(each.value for each in Scheme)
DEPTHS = ("window", "panel", "raised", "inset")
# What one kind of cone sees when it is missing: Machado, Oliveira and Fernandes (2009), in full.
BLINDNESS = {
    "red": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "green": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "blue": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def light_of(color: str) -> list[float]:
    """The amounts of red, green and blue light."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]


def luminance(color: str) -> float:
    red, green, blue = light_of(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def seen(color: str, blindness: str) -> tuple[float, float, float]:
    """The colour in CIE L*a*b*, as an eye without one kind of cone sees it."""
    light = light_of(color)
    red, green, blue = (
        min(max(sum(part * each for part, each in zip(row, light, strict=True)), 0), 1)
        for row in BLINDNESS[blindness]
    )
    x, y, z = (
        each ** (1 / 3) if each > 0.008856 else 7.787 * each + 16 / 116
        for each in (
            (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505,
            0.2126 * red + 0.7152 * green + 0.0722 * blue,
            (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089,
        )
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one: str, other: str, blindness: str) -> float:
    return dist(seen(one, blindness), seen(other, blindness))


def test_black_on_white_has_the_contrast_everybody_knows():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_names_the_same_colours(scheme):
    written = (themes_folder() / f"{slug(scheme)}.toml").read_text()
    assert set(tomllib.loads(written)) == set(NAMES)
    tokens = read_tokens(scheme)
    assert all(re.fullmatch(r"#[0-9a-f]{6}", tokens.named(name)) for name in NAMES)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("words", ["text", "muted"])
def test_words_can_be_read_on_every_surface(scheme, words):
    tokens = read_tokens(scheme)
    least = 7 if scheme == Scheme.HIGH_CONTRAST else 4.5
    for surface in (*DEPTHS, "selection", "hover"):
        assert contrast(tokens.named(words), tokens.named(surface)) >= least, surface


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
    least = 7 if scheme == Scheme.HIGH_CONTRAST else 4.5
    assert contrast(tokens.named(words), tokens.named(ground)) >= least


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("pair", UpDown)
def test_up_and_down_can_be_read_on_a_panel_and_words_on_them(scheme, pair):
    tokens = read_tokens(scheme)
    least = 7 if scheme == Scheme.HIGH_CONTRAST or pair is UpDown.VIVID else 4.5
    for tone in PAIRS[pair]:
        assert contrast(tokens.named(tone), tokens.panel) >= least, tone
        assert contrast(tokens.on_mode, tokens.named(tone)) >= 4.5, tone


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("pair", [UpDown.BLUE_ORANGE, UpDown.VIVID])
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_two_pairs_can_be_told_apart_with_every_colour_vision_deficiency(scheme, pair, blindness):
    up, down = (read_tokens(scheme).named(each) for each in PAIRS[pair])
    assert distance(up, down, blindness) >= 70


def test_the_usual_pair_is_what_the_others_are_there_for():
    tokens = read_tokens("dark")
    assert distance(tokens.up, tokens.down, "green") < 40


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

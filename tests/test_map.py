"""README is the map: it says what the signs on the doors say, and names every room."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
MAP = re.findall(r"^\| `(puff[^`]+)` \| (.+) \|$", README, flags=re.MULTILINE)
ROOMS = sorted(
    each.parent.relative_to(ROOT).as_posix()
    for top in ("puffin", "puffling")
    for each in (ROOT / top).rglob("__init__.py")
)


def sign(room: str) -> str:
    doc = ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text()))
    assert doc is not None
    return doc.splitlines()[0]


@pytest.mark.parametrize(("room", "words"), MAP)
def test_the_map_says_what_the_sign_on_the_door_says(room: str, words: str):
    assert sign(room) == words


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_on_the_map(room: str):
    if room == "puffling":
        return
    assert room in {name for name, _ in MAP}


def test_the_first_lines_say_how_to_run_and_how_to_check():
    head = README[:1200]
    assert head.index("make run") < head.index("make test")


def test_every_picture_and_file_the_readme_names_is_there():
    for link in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / link).exists(), link

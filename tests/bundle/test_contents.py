"""What is read, or asked for by its name, while the program runs is in the bundle."""

from __future__ import annotations

from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path

import pytest

from bundle import contents

ROOT = Path(__file__).parents[2]
CODE = {".py", ".typed"}


def given() -> list[Path]:
    return [Path(source) for source, _ in contents.data_files(ROOT)]


def test_every_file_that_our_packages_read_is_given():
    read = (
        each
        for package in ("puffin", "puffling")
        for each in (ROOT / package).rglob("*")
        if each.is_file() and each.suffix not in CODE and "__pycache__" not in each.parts
    )
    assert [each for each in read if not any(each.is_relative_to(one) for one in given())] == []


def test_each_file_is_where_the_code_looks_for_it():
    places = {Path(source).name: place for source, place in contents.data_files(ROOT)}
    assert places["lexicon.tsv"] == "puffin/nlp"
    assert places["xnys.json"] == "puffin/data"


@pytest.mark.parametrize("name", contents.METADATA)
def test_a_package_that_looks_itself_up_is_installed(name: str):
    assert metadata.version(name)


@pytest.mark.parametrize("name", ["httpx2", "httpcore2"])
def test_a_package_that_asks_for_its_version_on_import_takes_it_along(name: str):
    assert name in contents.METADATA


@pytest.mark.parametrize("name", ["anyio._backends._asyncio", "sqlalchemy.dialects.sqlite"])
def test_what_is_asked_for_by_name_is_named(name: str):
    assert name in contents.HIDDEN
    assert find_spec(name) is not None


def test_the_lexicon_comes_with_its_engine():
    hooks = import_module("PyInstaller.utils.hooks")
    names = {Path(source).name for source, _ in hooks.collect_data_files("vaderSentiment")}
    assert {"vader_lexicon.txt", "emoji_utf8_lexicon.txt"} <= names
    assert all(contents.is_wanted(f"vaderSentiment/{each}") for each in names)


def test_every_module_of_compiled_code_stays_a_file():
    found = {each.stem for each in (ROOT / "puffin" / "backtest").glob("kernel*.py")}
    named = {each.rpartition(".")[2] for each in contents.KERNELS}
    assert named == found - {"kernel_cache"}  # which only says where the others are kept

"""Layouts are imported and exported without a window, with the same care, and found by the next."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from puffling.app.terminal import run_command
from puffling.commands import all_commands
from puffling.core.errors import BadValueError, PufflingError, StoreNewerError
from puffling.store.layouts import LayoutStore
from puffling.ui.shell.builtin_layouts import built_in
from puffling.ui.shell.layout_exchange import LayoutExchange
from puffling.ui.shell.layout_reading import dump, parse

if TYPE_CHECKING:
    from puffling.ui.shell.layout_document import Layout

OTHER = {"version": 2, "name": "Evening", "root": {"tabs": ["chart", "news"], "current": "chart"}}


def built(name: str) -> Layout:
    found = built_in(name)
    assert found is not None
    return found


def read(document: object) -> Layout:
    layout, problems = parse(document)
    assert not problems
    assert layout is not None
    return layout


@pytest.fixture
def store(tmp_path: Path) -> LayoutStore:
    return LayoutStore(tmp_path / "layouts")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "evening.puffling-layout"
    path.write_text(json.dumps({"kind": "puffling layouts", "version": 2, "layouts": [OTHER]}))
    return path


def test_what_was_chosen_is_what_the_next_window_finds(store, file):
    document = {**dump(built("Trade")), "window": {"x": 5, "y": 6, "width": 900, "height": 700}}
    store.save_current({**document, "changed": {"Quant": dump(built("Quant"))}})
    exchange = LayoutExchange(store)
    assert exchange.take_file(file) == ["Evening"]
    exchange.begin_with("Evening")
    kept, notice = store.current()
    assert kept is not None
    layout = read(kept)
    assert layout.window is not None
    assert (layout.name, layout.shown) == ("Evening", ("chart", "news"))
    assert (layout.window.x, layout.window.width) == (5, 900)
    assert "Quant" in kept["changed"]
    assert not notice


def test_the_arrangement_of_the_last_run_is_what_its_name_exports(store, tmp_path):
    trade = built("Trade")
    mine = {**dump(trade), "root": {"tabs": ["chart"], "current": "chart"}}
    store.save_current(mine)
    exchange = LayoutExchange(store)
    place = exchange.write_file("trade", tmp_path / "mine")
    (written,) = json.loads(place.read_text())["layouts"]
    assert written["root"] == mine["root"]
    exchange.write_file("Quant", place)
    (written,) = json.loads(place.read_text())["layouts"]
    assert read(written).root == built("Quant").root


@pytest.mark.parametrize(
    ("content", "error", "says"),
    [
        ("{", BadValueError, "not a file of layouts"),
        ('{"version": 99, "root": {}}', StoreNewerError, "newer Puffling"),
        ('{"version": 2, "name": "a", "root": {"tabs": [7]}}', BadValueError, "Nothing was|text"),
        (" " * 4_000_001, BadValueError, "too large"),
    ],
    ids=["damaged", "newer", "mistaken", "huge"],
)
def test_a_file_that_cannot_be_trusted_changes_nothing(store, tmp_path, content, error, says):
    path = tmp_path / "x.json"
    path.write_text(content)
    with pytest.raises(error, match=says):
        LayoutExchange(store).take_file(path)
    assert store.named() == []
    link = tmp_path / "link.json"
    link.symlink_to(path)
    with pytest.raises(BadValueError, match="is a link"):
        LayoutExchange(store).take_file(link)


def test_what_needs_the_screen_says_so(store):
    with pytest.raises(PufflingError, match="in the window"):
        LayoutExchange(store).undo()
    with pytest.raises(BadValueError, match="no layout called"):
        LayoutExchange(store).begin_with("Nothing")


def test_a_terminal_imports_and_exports_while_no_window_is_open(paths, file, tmp_path, monkeypatch):
    def run(id_: str, **values: object) -> Any:
        return asyncio.run(run_command(paths, all_commands()[id_], values))

    monkeypatch.chdir(tmp_path)
    assert run("layout.import", path=file.name, use=True) == ["Evening"]
    assert run("layout.list")["saved"] == ["Evening"]
    store = LayoutStore(paths.layouts)
    assert read(store.current()[0]).name == "Evening"
    place = run("layout.export", path="again", name="Evening")
    assert Path(place).parent == tmp_path
    assert json.loads(Path(place).read_text())["layouts"][0]["name"] == "Evening"
    with pytest.raises(PufflingError, match="needs the window"):
        run("layout.save", name="Mine")

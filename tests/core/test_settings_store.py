"""Settings survive restarts and broken files; one mistake costs one setting."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from puffling.core.bus import EventBus
from puffling.core.errors import BadValueError, StoreFullError, StoreReadOnlyError
from puffling.core.events import SettingsChanged
from puffling.core.settings import Mode, Settings, Theme
from puffling.core.settings_store import LARGEST_FILE, SettingsStore
from tests.core.limits import full_disk, ordinary_person

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def opened(path: Path) -> SettingsStore:
    return SettingsStore(path, EventBus())


def aside(path: Path) -> list[str]:
    return [each.read_text() for each in path.parent.glob("settings.broken-*.json")]


def test_without_a_file_there_are_defaults_and_no_file_is_made(path: Path):
    store = opened(path)
    assert store.current == Settings()
    assert store.problems == []
    assert not path.exists()


def test_a_change_is_saved_announced_and_there_after_a_restart(path: Path):
    bus, heard = EventBus(), []
    bus.subscribe(SettingsChanged, lambda event: heard.append(event.names))
    store = SettingsStore(path, bus)
    store.change("appearance", theme="light", scale=125)
    store.change("trading", largest_position=Decimal("0.25"))
    store.change("watchlist", starter=["IBM", "FB"])
    store.change("shortcuts", keys={"order.place": "F4"})
    assert heard[0] == {"appearance.theme", "appearance.scale"}
    again = opened(path)
    assert again.problems == []
    assert again.current == store.current
    assert again.current.appearance.theme is Theme.LIGHT
    assert again.current.trading.largest_position == Decimal("0.25")
    assert again.current.watchlist.starter == ("IBM", "FB")


def test_a_change_to_what_is_already_so_is_neither_saved_nor_announced(path: Path):
    bus, heard = EventBus(), []
    bus.subscribe(SettingsChanged, heard.append)
    SettingsStore(path, bus).change("appearance", theme="dark")
    assert heard == []
    assert not path.exists()


def test_values_typed_at_a_terminal_are_understood(path: Path):
    store = opened(path)
    store.change("demo", start="2010-01-04", day_seconds="60", cash="2500.50")
    assert store.current.demo.day_seconds == 60
    assert store.current.demo.cash == Decimal("2500.50")


def test_the_mode_is_saved_and_announced_once(path: Path):
    bus, heard = EventBus(), []
    bus.subscribe(SettingsChanged, heard.append)
    store = SettingsStore(path, bus)
    store.set_mode(Mode.SIM)
    store.set_mode(Mode.SIM)
    assert heard == [SettingsChanged(frozenset({"mode"}))]
    assert opened(path).current.mode is Mode.SIM


@pytest.mark.parametrize(
    ("section", "values", "words"),
    [
        ("apearance", {"theme": "dark"}, "Did you mean 'appearance'"),
        ("zzz", {"theme": "dark"}, "no settings called 'zzz'.$"),
        ("appearance", {"thme": "dark"}, "Did you mean 'theme'"),
        ("appearance", {"theme": "pink"}, "^Theme: "),
        ("appearance", {"scale": 500}, "^Text size: should be less than or equal to 200"),
        ("trading", {"largest_order": "NaN"}, "^Largest order: "),
        ("watchlist", {"starter": ["not one"]}, "^Starter list: 'not one' is not a symbol"),
        ("general", {"alpaca_api_key": "x"}, "looks like a key"),
        ("shortcuts", {"keys": {"order.place": "sk-" + "a" * 20}}, "looks like a key"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name(
    path: Path, section: str, values: dict[str, object], words: str
):
    store = opened(path)
    with pytest.raises(BadValueError, match=words):
        store.change(section, **values)
    assert store.current == Settings()
    assert not path.exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"text"',
        "\0\0",
        '{"version": "1"}',
        '{"version": true}',
        "[" * 100_000,
    ],
)
def test_a_broken_file_is_kept_aside_and_said(path: Path, text: str):
    path.write_text(text)
    store = opened(path)
    assert store.current == Settings()
    assert aside(path) == [text]
    assert len(store.problems) == 1
    assert "settings.broken-" in store.problems[0]
    store.change("appearance", theme="light")
    assert aside(path) == [text]


def test_a_file_that_is_not_text_is_kept_aside(path: Path):
    path.write_bytes(b"\xff\xfe\x00rubbish")
    assert "cannot be read" in opened(path).problems[0]
    assert not path.exists()


def test_a_file_that_is_far_too_long_is_not_read(path: Path):
    path.write_text(json.dumps({"general": {"x": "y" * LARGEST_FILE}}))
    assert "far too long" in opened(path).problems[0]


def test_a_file_of_a_newer_version_is_kept_aside(path: Path):
    path.write_text(json.dumps({"version": 99, "appearance": {"theme": "light"}}))
    store = opened(path)
    assert "newer Puffling" in store.problems[0]
    assert store.current == Settings()
    assert len(aside(path)) == 1


def test_one_wrong_value_falls_back_alone(path: Path):
    document = {
        "mode": "warp",
        "appearance": {"theme": 5, "scale": 150, "glitter": True},
        "demo": "fast",
        "trading": {"most_positions": "many", "allow_short": True},
        "moon": {},
        "general": {"token": "x"},
    }
    path.write_text(json.dumps(document))
    store = opened(path)
    assert store.current.mode is Mode.DEMO
    assert store.current.appearance.theme is Theme.DARK
    assert store.current.appearance.scale == 150
    assert store.current.trading.most_positions == 5
    assert store.current.trading.allow_short
    assert store.current.demo == Settings().demo
    assert len(store.problems) == 7
    assert path.exists()


def test_a_full_disk_keeps_the_old_settings_in_force_and_in_the_file(path: Path):
    bus, heard = EventBus(), []
    store = SettingsStore(path, bus)
    store.change("appearance", scale=110)
    before = path.read_bytes()
    bus.subscribe(SettingsChanged, heard.append)
    with full_disk():
        with pytest.raises(StoreFullError):
            store.change("appearance", scale=120)
        with pytest.raises(StoreFullError):
            store.set_mode(Mode.LIVE)
    assert store.current.appearance.scale == 110
    assert store.current.mode is Mode.DEMO
    assert path.read_bytes() == before
    assert heard == []


def test_a_file_that_may_not_be_read_does_not_stop_the_start(open_folder: Path):
    path = open_folder / "settings.json"
    path.write_text("{}")
    path.chmod(0)
    with ordinary_person():
        store = opened(path)
    assert store.current == Settings()
    assert "Default settings are used" in store.problems[0]


def test_a_broken_file_that_cannot_be_moved_does_not_stop_the_start(open_folder: Path):
    path = open_folder / "settings.json"
    path.write_text("{")
    path.chmod(0o644)
    open_folder.chmod(0o555)
    with ordinary_person():
        store = opened(path)
        assert "could not be put aside" in store.problems[0]
        with pytest.raises(StoreReadOnlyError):
            store.change("appearance", scale=120)
    assert path.read_text() == "{"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
names = {
    section: list(getattr(Settings(), section).__class__.model_fields)
    for section in Settings.model_fields
    if section not in {"version", "mode"}
}
documents = st.fixed_dictionaries(
    {},
    optional={
        "version": json_values,
        "mode": json_values,
        **{
            section: st.fixed_dictionaries({}, optional=dict.fromkeys(fields, json_values))
            | json_values
            for section, fields in names.items()
        },
    },
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(documents)
def test_no_file_at_all_stops_the_start(tmp_path: Path, document: object):
    path = tmp_path / "settings.json"
    path.write_text(json.dumps(document))
    store = opened(path)
    assert isinstance(store.current, Settings)
    for each in tmp_path.iterdir():
        os.unlink(each)  # noqa: PTH108 - quick, for many examples

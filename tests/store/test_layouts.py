"""Layouts survive restarts, strange names and damaged files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from puffling.core.errors import BadValueError, StoreError, StoreFullError, StoreReadOnlyError
from puffling.store.layouts import LARGEST_FILE, RING, VERSION, LayoutStore
from tests.core.limits import full_disk, ordinary_person

if TYPE_CHECKING:
    from pathlib import Path

TRADE = {"version": 1, "name": "Trade", "root": {"tabs": ["chart"]}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "layouts"


@pytest.fixture
def store(folder: Path) -> LayoutStore:
    return LayoutStore(folder)


def numbered(number: int) -> dict[str, Any]:
    return {**TRADE, "number": number}


def file_of(folder: Path) -> Path:
    (path,) = (folder / "named").glob("*.json")
    return path


# The arrangement in use


def test_before_the_first_one_there_is_none_and_nothing_to_say(store: LayoutStore):
    assert store.current() == (None, "")
    assert store.named() == []


def test_the_arrangement_in_use_is_there_after_a_restart(store: LayoutStore, folder: Path):
    store.save_current(TRADE)
    assert LayoutStore(folder).current() == (TRADE, "")


def test_the_last_arrangements_are_kept_and_no_more(store: LayoutStore, folder: Path):
    for number in range(RING + 4):
        store.save_current(numbered(number))
        store.save_current(numbered(number))
    kept = [json.loads(each.read_text())["number"] for each in sorted(folder.glob("*.json"))]
    assert sorted(kept, reverse=True) == list(range(RING + 3, 2, -1))


def test_a_damaged_arrangement_is_kept_aside_and_the_one_before_is_used(
    store: LayoutStore, folder: Path
):
    for number in range(3):
        store.save_current(numbered(number))
    (folder / "current.json").write_text("{")
    document, notice = store.current()
    assert document == numbered(1)
    assert "damaged" in notice
    assert "An earlier one is used" in notice
    assert [each.read_text() for each in folder.glob("current.broken-*.json")] == ["{"]
    store.save_current(numbered(9))
    assert store.current() == (numbered(9), "")


def test_if_all_of_them_are_damaged_there_is_none_and_it_is_said(store: LayoutStore, folder: Path):
    for number in range(3):
        store.save_current(numbered(number))
    for each in folder.glob("current*.json"):
        each.write_text("[]")
    document, notice = store.current()
    assert document is None
    assert notice.startswith("The layout in current.json is damaged.")
    assert notice.count("damaged") == 1
    assert notice.endswith("So are the 2 before it.")
    assert len(list(folder.glob("*.broken-*"))) == 3


def test_an_arrangement_of_a_newer_version_is_put_aside_where_it_would_be_overwritten(
    store: LayoutStore, folder: Path
):
    store.save_current(TRADE)
    (folder / "current.json").write_text(json.dumps({**TRADE, "version": 99}))
    document, notice = store.current()
    assert document is None
    assert "newer Puffling" in notice
    assert len(list(folder.glob("current.broken-*"))) == 1


def test_a_full_disk_leaves_the_arrangement_before(store: LayoutStore):
    store.save_current(numbered(1))
    with full_disk(), pytest.raises(StoreFullError):
        store.save_current(numbered(2))
    document, notice = store.current()
    assert (document, notice) == (numbered(1), "")


def test_what_cannot_be_read_or_moved_is_said(open_folder: Path):
    store = LayoutStore(open_folder)
    store.save_current(TRADE)
    path = open_folder / "current.json"
    path.chmod(0)
    with ordinary_person():
        document, notice = store.current()
    assert document is None
    assert "may not be written" in notice
    path.chmod(0o644)
    path.write_text("{")
    open_folder.chmod(0o555)
    with ordinary_person():
        assert "could not be put aside" in store.current()[1]
        with pytest.raises(StoreReadOnlyError):
            store.save_current(TRADE)


# Named layouts


def test_a_named_layout_is_found_by_its_name_however_it_is_written(store: LayoutStore):
    assert store.save("  My   Desk ", TRADE) == "My Desk"
    assert store.named() == ["My Desk"]
    assert store.load("my desk") == ({**TRADE, "name": "My Desk"}, "")
    store.save("MY DESK", {**TRADE, "second": True})
    assert store.named() == ["MY DESK"]
    store.remove(" My\tdesk")
    assert store.named() == []


def test_names_come_in_alphabetical_order(store: LayoutStore):
    for name in ("zebra", "Ärger", "apple", "Banana"):
        store.save(name, TRADE)
    assert store.named() == ["apple", "Banana", "zebra", "Ärger"]


def test_a_layout_is_renamed_but_never_over_another(store: LayoutStore):
    store.save("one", TRADE)
    store.save("two", {**TRADE, "second": True})
    with pytest.raises(BadValueError, match="already a layout called Two"):
        store.rename("one", "Two")
    assert store.rename("one", "ONE") == "ONE"
    assert store.rename("ONE", "three") == "three"
    assert store.named() == ["three", "two"]
    assert store.load("three") == ({**TRADE, "name": "three"}, "")


def test_a_name_that_is_not_there_offers_the_nearest(store: LayoutStore):
    store.save("Morning", TRADE)
    for use in (store.load, store.remove, lambda name: store.rename(name, "x")):
        with pytest.raises(BadValueError, match="Did you mean Morning"):
            use("Mornin")
    with pytest.raises(BadValueError, match=r"no layout called zzz\.$"):
        store.load("zzz")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "../../etc/passwd",
        "..",
        ".hidden",
        "end.",
        "a/b",
        "a\\b",
        "C:\\x",
        "a\0b",
        "a\nb\x1b",
        "CON",
        "con.json",
        "Lpt1",
        "nul",
        'say "hi"',
        "what?",
        "x" * 61,
        "\u202egnp",
    ],
)
def test_a_name_that_makes_trouble_is_refused(store: LayoutStore, folder: Path, name: str):
    with pytest.raises(BadValueError, match="layout"):
        store.save(name, TRADE)
    assert not folder.exists()


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.text(max_size=70))
def test_whatever_is_typed_nothing_is_written_outside_the_folder(tmp_path: Path, name: str):
    store = LayoutStore(tmp_path / "layouts")
    try:
        shown = store.save(name, TRADE)
    except BadValueError:
        return
    assert store.load(shown)[0] == {**TRADE, "name": shown}
    assert {each.name for each in tmp_path.iterdir()} == {"layouts"}
    assert all(each.name.isascii() for each in (tmp_path / "layouts/named").iterdir())
    store.remove(name)
    assert store.named() == []


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b'{"version": "x"}', b"\xff\xfe", b"[" * 100_000]
)
def test_a_damaged_layout_is_kept_aside_and_said(store: LayoutStore, folder: Path, content: bytes):
    store.save("Desk", TRADE)
    file_of(folder).write_bytes(content)
    assert store.named() == []
    document, notice = store.load("Desk")
    assert document is None
    assert "damaged" in notice
    (aside,) = (folder / "named").iterdir()
    assert aside.read_bytes() == content
    with pytest.raises(BadValueError):
        store.load("Desk")


def test_a_damaged_layout_is_not_renamed(store: LayoutStore, folder: Path):
    store.save("Desk", TRADE)
    file_of(folder).write_text("{")
    with pytest.raises(StoreError, match="damaged"):
        store.rename("Desk", "Other")


def test_a_layout_of_a_newer_version_stays_where_it_is(store: LayoutStore, folder: Path):
    store.save("Desk", TRADE)
    path = file_of(folder)
    path.write_text(json.dumps({**TRADE, "version": 99, "name": "Desk"}))
    assert store.load("Desk") == (
        None,
        f"The layout in {path.name} was saved by a newer Puffling.",
    )
    assert path.exists()


def test_a_file_that_was_put_there_under_a_wrong_name_is_not_listed(
    store: LayoutStore, folder: Path
):
    store.save("Desk", TRADE)
    (folder / "named/other.json").write_text(json.dumps({**TRADE, "name": "../x"}))
    (folder / "named/more.json").write_text(json.dumps({**TRADE, "name": 5}))
    assert store.named() == ["Desk"]


def test_a_file_that_is_too_large_is_neither_written_nor_read(store: LayoutStore, folder: Path):
    with pytest.raises(BadValueError, match="too large"):
        store.save("Desk", {**TRADE, "more": "x" * LARGEST_FILE})
    store.save("Desk", TRADE)
    file_of(folder).write_text(json.dumps({**TRADE, "more": "x" * LARGEST_FILE}))
    assert "damaged" in store.load("Desk")[1]


@pytest.mark.parametrize("value", [float("nan"), object(), {1, 2}])
def test_what_is_not_plain_is_not_saved(store: LayoutStore, value: object):
    with pytest.raises(BadValueError, match="cannot be saved"):
        store.save("Desk", {**TRADE, "more": value})


def test_a_document_without_a_version_gets_one(store: LayoutStore):
    store.save_current({"name": "x"})
    assert store.current()[0] == {"version": VERSION, "name": "x"}


def test_text_that_is_half_a_character_is_kept(store: LayoutStore):
    store.save_current({**TRADE, "odd": "\ud800"})
    assert store.current()[0] == {**TRADE, "odd": "\ud800"}

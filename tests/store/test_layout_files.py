"""Files of layouts from anywhere: whole and sound, or refused with a sentence."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from puffling.core.errors import (
    BadValueError,
    PufflingError,
    StoreError,
    StoreFullError,
    StoreNewerError,
)
from puffling.store.layout_files import (
    ENDING,
    LARGEST,
    MOST_DEPTH,
    MOST_LAYOUTS,
    read_layouts,
    write_layouts,
)
from puffling.store.layouts import MOST_DELETED, VERSION, LayoutStore
from tests.core.limits import full_disk

if TYPE_CHECKING:
    from pathlib import Path

MINE = {"version": VERSION, "name": "Mine", "root": {"tabs": ["chart"], "current": "chart"}}


def test_layouts_come_back_from_a_file_as_they_were(tmp_path: Path):
    ours = {**MINE, "name": "Ours"}
    path = write_layouts(tmp_path / "two", [MINE, ours])
    assert path.name == f"two{ENDING}"
    assert read_layouts(path) == [MINE, ours]
    lines = path.read_text().splitlines()
    assert len(lines) > 10  # a person reads it, and a comparison shows what differs
    assert "/" not in path.read_text()


def test_a_single_layout_copied_from_a_profile_is_read_too(tmp_path: Path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(MINE))
    assert read_layouts(path) == [MINE]


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not a file of layouts"),
        ("[]", "not a file of layouts"),
        ("\x00" * 50, "not a file of layouts"),
        ("[" * 200_000, "not a file of layouts"),
        (json.dumps({**MINE, "deep": nested(MOST_DEPTH + 1)}), "not a file of layouts"),
        (json.dumps({**MINE, "wide": [0] * 200_000}), "not a file of layouts"),
        ('{"version": 1, "name": "x", "root": NaN}', "not a file of layouts"),
        (json.dumps({"version": "1", "layouts": [MINE]}), "not a file of layouts"),
        (json.dumps({"version": 1, "layouts": []}), "1 to 200 layouts"),
        (json.dumps({"version": 1, "layouts": [MINE] * (MOST_LAYOUTS + 1)}), "1 to 200 layouts"),
        (json.dumps({"version": 1, "layouts": [{"version": 1}]}), "no name"),
        (json.dumps({**MINE, "name": "../../x"}), "cannot contain"),
        (json.dumps({**MINE, "name": "CON"}), "cannot be called"),
    ],
)
def test_what_is_no_file_of_layouts_is_refused(tmp_path: Path, text: str, says: str):
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(BadValueError, match=says):
        read_layouts(path)


def test_a_file_of_a_newer_puffling_is_refused_politely(tmp_path: Path):
    path = tmp_path / "new.json"
    for document in ({**MINE, "version": 99}, {"version": 1, "layouts": [{**MINE, "version": 99}]}):
        path.write_text(json.dumps(document))
        with pytest.raises(StoreNewerError, match="newer Puffling"):
            read_layouts(path)


def test_only_plain_files_of_a_modest_size_are_read(tmp_path: Path):
    plain, link, pipe = tmp_path / "plain.json", tmp_path / "link.json", tmp_path / "pipe"
    plain.write_text(json.dumps(MINE))
    link.symlink_to(plain)
    os.mkfifo(pipe)
    with pytest.raises(BadValueError, match="is a link"):
        read_layouts(link)
    with pytest.raises(BadValueError, match="is not a file"):
        read_layouts(pipe)
    with pytest.raises(PufflingError):
        read_layouts(tmp_path)
    with pytest.raises(StoreError):
        read_layouts(tmp_path / "nowhere.json")
    plain.write_bytes(b" " * (LARGEST + 1))
    with pytest.raises(BadValueError, match="too large"):
        read_layouts(plain)


def test_nothing_is_written_through_a_link_or_over_a_folder(tmp_path: Path):
    theirs, link = tmp_path / "theirs.txt", tmp_path / f"link{ENDING}"
    theirs.write_text("theirs")
    link.symlink_to(theirs)
    for place, says in ((link, "is a link"), (tmp_path / "no" / "where.json", "no folder")):
        with pytest.raises(BadValueError, match=says):
            write_layouts(place, [MINE])
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(BadValueError, match="is a folder"):
        write_layouts(tmp_path / "folder.json", [MINE])
    assert theirs.read_text() == "theirs"


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_a_damaged_file_is_an_error_with_a_sentence_and_never_a_crash(
    tmp_path: Path, noise: bytes, at: int
):
    whole = json.dumps({"version": VERSION, "layouts": [MINE]}).encode()
    path = tmp_path / "damaged.json"
    path.write_bytes(whole[:at] + noise)
    try:
        found = read_layouts(path)
    except PufflingError:
        return
    assert all(isinstance(each["name"], str) for each in found)


# What is deleted or replaced


@pytest.fixture
def store(tmp_path: Path) -> LayoutStore:
    return LayoutStore(tmp_path / "layouts")


def test_a_deleted_layout_comes_back_and_so_does_the_one_before(store: LayoutStore):
    for name in ("One", "Two"):
        store.save(name, MINE)
        store.remove(name)
    assert store.named() == []
    assert [store.bring_back(), store.bring_back()] == ["Two", "One"]
    assert store.load("one") == ({**MINE, "name": "One"}, "")
    with pytest.raises(BadValueError, match="No layout was deleted"):
        store.bring_back()


def test_what_was_saved_over_comes_back_under_another_name(store: LayoutStore):
    store.save("Mine", {**MINE, "number": 1})
    store.save("Mine", {**MINE, "number": 2})
    store.save("Mine", {**MINE, "number": 2})  # nothing was lost by this one
    assert store.bring_back() == "Mine 2"
    assert store.load("Mine 2")[0] == {**MINE, "number": 1, "name": "Mine 2"}
    assert store.load("Mine")[0] == {**MINE, "number": 2, "name": "Mine"}


def test_only_the_last_ones_deleted_are_kept(store: LayoutStore, tmp_path: Path):
    for number in range(MOST_DELETED + 5):
        store.save(f"No {number}", MINE)
        store.remove(f"No {number}")
    assert len(list((tmp_path / "layouts/deleted").iterdir())) == MOST_DELETED
    assert store.bring_back() == f"No {MOST_DELETED + 4}"


def test_a_damaged_one_among_the_deleted_is_passed_over(store: LayoutStore, tmp_path: Path):
    for name in ("One", "Two"):
        store.save(name, MINE)
        store.remove(name)
    newest = max((tmp_path / "layouts/deleted").iterdir())
    newest.write_text("{")
    assert store.bring_back() == "One"


def test_several_are_kept_together_and_a_taken_name_gets_a_number(store: LayoutStore):
    store.save("Mine", MINE)
    kept = store.save_all([("Mine", MINE), ("mine", MINE), ("x" * 60, MINE), ("x" * 60, MINE)])
    assert kept == ["Mine 2", "mine 3", "x" * 60, f"{'x' * 58} 2"]
    assert len(store.named()) == 5


def test_of_several_none_is_kept_if_one_cannot_be(store: LayoutStore, tmp_path: Path):
    store.save("Mine", MINE)
    with pytest.raises(BadValueError, match="cannot be saved"):
        store.save_all([("One", MINE), ("Two", {**MINE, "odd": object()})])
    (tmp_path / "layouts" / "named").rename(tmp_path / "layouts" / "kept")
    (tmp_path / "layouts" / "named").write_text("in the way")
    with pytest.raises(StoreError):
        store.save_all([("One", MINE), ("Two", MINE)])


def test_those_written_before_a_failure_are_taken_away_again(store: LayoutStore):
    store.save("Mine", MINE)
    large = {**MINE, "more": "x" * 5_000}
    with full_disk(2_000), pytest.raises(StoreFullError):
        store.save_all([("One", MINE), ("Two", large)])
    assert store.named() == ["Mine"]

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from puffling.core.errors import BadValueError, StoreError
from puffling.core.events import JournalChanged
from puffling.services.journal import Words
from tests.fakes import PICTURE, until

if TYPE_CHECKING:
    from pathlib import Path

    from puffling.app import App
    from puffling.services.journal import JournalService


@pytest.fixture
def journal(puffling: App) -> JournalService:
    return puffling.context.journal


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "chart.png"
    path.write_bytes(PICTURE)
    return path


async def test_an_entry_is_kept_announced_and_found_again(puffling, journal, opening):
    heard: list[JournalChanged] = []
    puffling.bus.subscribe(JournalChanged, heard.append)
    entry = journal.add(Words(note="Waited for the close.\nIt held.", tags=("#Plan", "plan")))
    assert (entry.title, entry.tags, entry.at) == (
        "Waited for the close.",
        ("plan",),
        puffling.context.market.now(),
    )
    assert [each.id for each in heard] == [entry.id]
    assert journal.get(entry.id) == entry
    assert journal.find("HELD #pl") == [entry]
    assert journal.find("#other") == []


async def test_changes_keep_what_is_not_named(journal, puffling, clock):
    entry = journal.add(Words(title="AAPL", note="Bought", symbol="AAPL"))
    clock.pass_(60)
    changed = journal.edit(entry.id, {"rating": 4, "lessons": "  Wait  ", "symbol": "ibm"})
    assert (changed.note, changed.rating, changed.lessons) == ("Bought", 4, "Wait")
    assert changed.symbol == "IBM"
    assert changed.updated_at > entry.updated_at
    assert changed.created_at == entry.created_at


async def test_a_picture_is_copied_and_goes_with_its_entry(journal, paths, picture):
    entry = journal.add(Words(title="Chart"), picture=picture)
    kept = journal.picture(entry)
    assert kept is not None
    assert kept.parent == paths.journal
    assert kept.read_bytes() == PICTURE
    journal.edit(entry.id, {}, picture=picture)
    assert not kept.exists()
    journal.remove(entry.id)
    assert list(paths.journal.iterdir()) == []
    assert picture.exists()
    with pytest.raises(BadValueError, match="no such journal entry"):
        journal.get(entry.id)


async def test_a_picture_can_be_taken_away(journal, picture):
    entry = journal.add(Words(title="Chart"), picture=picture)
    bare = journal.remove_picture(entry.id)
    assert (bare.picture, journal.picture(bare)) == ("", None)
    assert not journal.picture(entry)


async def test_what_is_no_picture_is_refused(journal, tmp_path: Path):
    file = tmp_path / "script.png"
    file.write_text("not one")
    with pytest.raises(BadValueError, match="no PNG or JPEG"):
        journal.add(Words(title="x"), picture=file)
    with pytest.raises(StoreError):
        journal.add(Words(title="x"), picture=tmp_path / "missing.png")
    assert journal.all() == []


async def test_a_picture_outside_the_folder_is_never_shown_or_deleted(journal, picture):
    from dataclasses import replace

    entry = replace(journal.add(Words(title="x")), picture=f"../../{picture.name}")
    assert journal.picture(entry) is None
    journal._store.save(entry)
    journal.remove(entry.id)
    assert picture.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (Words(), "says nothing"),
        (Words(symbol="AAPL"), "says nothing"),
        (Words(title="x" * 201), "title is longer"),
        (Words(note="x" * 20_001), "note is longer"),
        (Words(title="x", rating=6), "from 1 to 5"),
        (Words(title="x", tags=tuple(str(each) for each in range(21))), "up to 20 tags"),
        (Words(title="x", trade_key="nothing"), "no such trade"),
    ],
)
async def test_what_does_not_fit_is_said(journal, words: Words, said: str):
    with pytest.raises(BadValueError, match=said):
        journal.add(words)
    assert journal.all() == []


async def test_an_entry_about_a_trade_is_dated_by_it(journal, puffling, registry, stepper):
    context = puffling.context
    await registry["order.place"].run_with(
        context, {"symbol": "AAPL", "side": "buy", "quantity": "2"}
    )
    await until(lambda: context.portfolio.position("AAPL"))
    (fill,) = context.orders.fills()
    await stepper.step(5)
    entry = journal.add(Words(note="Early", trade_key=fill.id))
    assert entry.at == fill.at < context.market.now()
    assert journal.about(fill.id) == [entry]
    report = context.performance.report(context.performance.now())
    assert report.trades[0].notes == 1

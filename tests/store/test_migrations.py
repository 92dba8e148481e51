"""The tables that migrations make are the tables that a new profile gets."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from alembic.config import Config  # noqa: TID253 - the rule is for start-up time
from alembic.script import ScriptDirectory  # noqa: TID253 - the same

from puffin.backtest.result import BacktestResult
from puffin.data.bars import Interval
from puffling.core.drawing_kinds import DrawingKind
from puffling.core.drawings import Anchor, Drawing
from puffling.core.errors import StoreDamagedError, StoreError, StoreNewerError
from puffling.services.book import Book
from puffling.store import migrations
from puffling.store.accounts import AccountStore
from puffling.store.alerts import AlertStore
from puffling.store.backtests import BacktestStore
from puffling.store.database import Database
from puffling.store.drawings import DrawingStore
from puffling.store.opening import open_storage
from puffling.store.orders import OrderStore
from puffling.store.schema import metadata
from tests.store.samples import NOW, HandClock, fill_up, read_everything

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from puffling.core.paths import Paths

NEWEST = migrations.NEWEST
REVISION = '''"""A revision of a test's."""
from alembic import op
revision = "9999"
down_revision = "{newest}"
def upgrade():
{body}
'''
IMPORTS = """
import sys, pathlib, tempfile
from puffling.core.clock import SystemClock
from puffling.core.paths import Paths
from puffling.store.opening import open_storage
for _ in range(2):
    storage = open_storage(Paths(pathlib.Path(sys.argv[1])), SystemClock())
    storage.close()
print(sorted(each for each in sys.modules if each.startswith(("alembic", "sqlalchemy.orm"))))
"""

AT = "2026-03-02T14:30:00.123456Z"
MARKET_AT = "2012-06-01T13:30:00.000000Z"
# As version 0.1 wrote them.
FIRST_ROWS: tuple[tuple[str, tuple[object, ...]], ...] = (
    ("profile", ("p", AT)),
    ("users", ("default", "D", AT)),
    ("accounts", ("demo-1", "default", "demo", "100000", AT, MARKET_AT)),
    (
        "orders",
        (
            *(1, "filled", "default", "demo-1", "AAPL", "buy", "100", "limit", "579.5", None),
            *("day", "filled", AT, MARKET_AT, AT, "100", "579.4321", "", "desk"),
        ),
    ),
    (
        "orders",
        (
            *(2, "waits", "default", "demo-1", "IBM", "sell", "1.5", "stop", None, "190"),
            *("gtc", "working", AT, MARKET_AT, AT, "0", None, "A split changed it.", "terminal"),
        ),
    ),
    (
        "fills",
        (
            *(1, "filled-1", "default", "filled", "demo-1", "AAPL", "buy", "100", "579.4321"),
            *("1.005", MARKET_AT),
        ),
    ),
    (
        "alerts",
        (
            *("alert-1", "default", "AAPL", "above", "600.1", "every", 1, "breakout", AT),
            *(None, 0),
        ),
    ),
    ("alert_firings", ("f", "default", "alert-1", "AAPL", "AAPL is above", AT, MARKET_AT)),
    (
        "backtests",
        (
            *("b", "default", AT, "momentum", "AAPL", '{"short":10}', '{"sharpe":1.25}', "{}"),
            *("d", "c", "first try"),
        ),
    ),
)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[str], Database]]:
    made: list[Database] = []

    def make(name: str) -> Database:
        made.append(Database(tmp_path / name, synchronous="NORMAL", create=True))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def next_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Add a revision after the newest one, with this body."""

    def add(body: str) -> None:
        scripts = tmp_path / "scripts"
        shutil.copytree(migrations.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
        text = REVISION.format(newest=NEWEST, body=body)
        (scripts / "versions/9999_next.py").write_text(text)
        monkeypatch.setattr(migrations, "SCRIPTS", scripts)
        monkeypatch.setattr(migrations, "REVISIONS", (*migrations.REVISIONS, "9999"))
        monkeypatch.setattr(migrations, "NEWEST", "9999")

    return add


def schema(database: Database) -> dict[str, set[str]]:
    """Return each table and index as a set of its clauses, whose order means nothing."""
    with database.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
        ).all()
    return {name: clauses(str(sql)) for name, sql in rows}


def clauses(sql: str) -> set[str]:
    plain = re.sub(r"\s+", " ", sql.replace('"', "")).replace("( ", "(").replace(" )", ")")
    begin, _, rest = plain.partition("(")
    found, depth = [begin.strip(), ""], 0
    for each in rest.strip().removesuffix(")"):
        depth += {"(": 1, ")": -1}.get(each, 0)
        if each == "," and not depth:
            found.append("")
        else:
            found[-1] += each
    return {each.strip() for each in found}


def test_migrated_tables_are_the_same_as_new_ones(make: Callable[[str], Database]):
    new, migrated = make("new.db"), make("migrated.db")
    with new.write() as connection:
        migrations.create(connection, "profile", NOW)
    migrations.migrate(migrated)
    assert schema(migrated) == schema(new)
    assert len(schema(new)) > 20


def test_the_list_of_revisions_is_that_of_the_files():
    config = Config()
    config.set_main_option("script_location", str(migrations.SCRIPTS))
    scripts = ScriptDirectory.from_config(config)
    assert [each.revision for each in scripts.walk_revisions()] == list(
        reversed(migrations.REVISIONS)
    )


def test_every_table_that_is_yours_belongs_to_a_user():
    ours = {"profile", "users"}
    for name, table in metadata.tables.items():
        assert name in ours or (
            "user_id" in table.c
            and [each.target_fullname for each in table.c.user_id.foreign_keys] == ["users.id"]
        ), name


def test_neither_alembic_nor_the_mapper_is_loaded_when_there_is_nothing_to_migrate(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS, str(tmp_path)], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"


def test_an_older_profile_is_copied_and_then_brought_up_to_date(
    paths: Paths, next_revision: Callable[[str], None]
):
    old = open_storage(paths, HandClock())
    fill_up(old.user)
    old.close()
    next_revision('    op.execute("ALTER TABLE users ADD COLUMN mood TEXT")')
    storage = open_storage(paths, HandClock())
    assert read_everything(storage.user) == 3
    with storage.user.read() as connection:
        assert connection.exec_driver_sql("SELECT mood FROM users").all() == [(None,)]
    (copy,) = paths.backups.glob("*.db")
    assert storage.notices == [
        f"puffling.db was brought from revision {NEWEST} to 9999; a copy from before is in {copy.name}."
    ]
    storage.close()
    again = open_storage(paths, HandClock())
    assert again.notices == []
    again.close()


def test_a_profile_of_the_first_revision_keeps_everything(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
):
    kept = BacktestResult(
        time=np.arange(3),
        equity=np.ones(3),
        drawdown=np.zeros(3),
        position=np.zeros(3),
        close=np.ones(3),
        strategy_id="momentum",
        parameters={"short": 10},
        symbol="AAPL",
        interval=Interval.D1,
        first=NOW,
        last=NOW,
        trades=(),
        metrics={"sharpe": 1.25},
        assumptions={},
        data_hash="d",
        config_hash="c",
    )
    paths.make()
    with monkeypatch.context() as earlier:
        earlier.setattr(migrations, "NEWEST", "0001")
        old = Database(paths.database, synchronous="FULL", create=True)
        migrations.migrate(old)
    with old.write() as connection:
        for table, values in FIRST_ROWS:
            marks = ", ".join("?" * len(values))
            connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({marks})", values)
        connection.exec_driver_sql(
            "INSERT INTO backtest_results VALUES (?, ?, ?)", ("b", "default", kept.to_blob())
        )
    old.close()
    storage = open_storage(paths, HandClock())
    assert read_everything(storage.user) == 2
    book, orders = Book(OrderStore(storage.user)), OrderStore(storage.user)
    (account,) = AccountStore(storage.user).all()
    book.load(account)
    known = (orders.all(), orders.fills(account.id))
    book.rebuild()  # the log tells what the old tables told
    assert (orders.all(), orders.fills(account.id)) == known
    (alert,) = AlertStore(storage.user).all()
    assert (alert.price, alert.armed, alert.note) == (Decimal("600.1"), False, "breakout")
    store = BacktestStore(storage.user)
    (saved,) = store.all()
    assert (saved.note, saved.plan, saved.saved_strategy) == ("first try", None, "")
    whole = store.load("b")
    assert isinstance(whole, BacktestResult)
    assert whole.to_dict() == kept.to_dict()
    assert store.verdict("b") is None
    assert len(list(paths.backups.glob("*.db"))) == 1
    storage.close()


def test_a_profile_from_before_drawings_can_be_drawn_on(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
):
    paths.make()
    with monkeypatch.context() as earlier:
        earlier.setattr(migrations, "NEWEST", "0003")
        old = Database(paths.database, synchronous="FULL", create=True)
        migrations.migrate(old)
    with old.write() as connection:
        connection.exec_driver_sql("INSERT INTO profile VALUES (?, ?)", ("p", AT))
        connection.exec_driver_sql("INSERT INTO users VALUES (?, ?, ?)", ("default", "D", AT))
    old.close()
    line = Drawing("d", "AAPL", DrawingKind.HORIZONTAL, (Anchor(10**18, 600.5),))
    for _ in range(2):
        storage = open_storage(paths, HandClock())
        DrawingStore(storage.user).change([line])
        assert DrawingStore(storage.user).of("AAPL") == [line]
        storage.close()


def test_a_table_can_be_made_anew_though_others_refer_to_it(
    paths: Paths, next_revision: Callable[[str], None]
):
    old = open_storage(paths, HandClock())
    fill_up(old.user)
    old.close()
    next_revision(
        '    with op.batch_alter_table("orders", recreate="always") as table:\n'
        '        table.alter_column("reason", server_default="none")'
    )
    storage = open_storage(paths, HandClock())
    with storage.user.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM fills").scalar() == 3
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    storage.close()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            '    op.execute("ALTER TABLE users ADD COLUMN mood TEXT")\n    raise RuntimeError("no")',
            "no",
        ),
        (
            '    op.execute("ALTER TABLE users ADD COLUMN mood TEXT")\n    op.execute("DELETE FROM orders")',
            "refers to what is not there",
        ),
    ],
)
def test_a_migration_that_fails_leaves_everything_as_it_was(
    paths: Paths, next_revision: Callable[[str], None], body: str, words: str
):
    old = open_storage(paths, HandClock())
    fill_up(old.user)
    before = schema(old.user)
    old.close()
    next_revision(body)
    with pytest.raises((RuntimeError, StoreDamagedError), match=words):
        open_storage(paths, HandClock())
    database = Database(paths.database, synchronous="FULL")
    assert schema(database) == before
    assert read_everything(database) == 3
    database.close()


def test_a_revision_whose_file_is_missing_is_an_error_in_words(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
):
    open_storage(paths, HandClock()).close()
    monkeypatch.setattr(migrations, "REVISIONS", (*migrations.REVISIONS, "9999"))
    monkeypatch.setattr(migrations, "NEWEST", "9999")
    with pytest.raises(StoreError, match="could not be brought up to date"):
        open_storage(paths, HandClock())


def test_a_file_of_a_newer_puffling_is_left_alone(paths: Paths):
    storage = open_storage(paths, HandClock())
    with storage.user.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '99999'")
    storage.close()
    before = paths.database.read_bytes()
    with pytest.raises(StoreNewerError, match=r"newer Puffling .*'99999'"):
        open_storage(paths, HandClock())
    assert paths.database.read_bytes() == before

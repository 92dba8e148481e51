"""The house rules that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "puffling").rglob("*.py")) + sorted((ROOT / "puffin").rglob("*.py"))
THEME = ROOT / "puffling/ui/theme"
GATES = {
    "puffling/ui/dialogs/confirm_order.py",  # a person at the window
    "puffling/work/requests.py",  # a person at a terminal, while the window holds the profile
    "puffling/commands/terminal.py",  # a person at a terminal that holds the profile itself
}
STAGE = "puffling/services/replay_account.py"  # virtual orders only, see the test below
DOOR = "puffling/services/order_sending.py"  # where an approved order leaves
WAYS_OUT = {"submit", "replace"}
BY_NAME = ("getattr", "methodcaller", "attrgetter")
# What else is handed over somewhere: an order to the door, work to a pool.
HANDED_OVER = {"context.orders", "self._orders", "pool", "self._pool", "self._writer"}
HEAVY = {
    "alembic",
    "alpaca",
    "anthropic",
    "exchange_calendars",
    "numba",
    "openai",
    "pandas",
    "scipy",
    "sklearn",
    "talib",
    "yfinance",
}
MAY_BE_RANDOM = {
    "puffin/data/resilience.py",  # jitter between tries, so that many clients do not come at once
}
HEADLESS = """
import sys
for each in ("PySide6", "qasync", "pyqtgraph", "PySide6QtAds"):
    sys.modules[each] = None
import puffling.app, puffling.commands.terminal, puffling.work.requests, puffling.__main__
puffling.commands.all_commands()
"""
CONTRACTS = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        check=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    return [ROOT / each for each in listed.stdout.splitlines() if (ROOT / each).is_file()]


def python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_contracts_are_kept():
    python(CONTRACTS)


def test_everything_but_the_screen_runs_without_qt():
    python(HEADLESS)


@pytest.mark.parametrize("start", ["puffling.app", "puffling.ui.shell.start", "puffling.__main__"])
def test_nothing_heavy_is_loaded_by_importing(start: str):
    loaded = python(f"import sys, {start}; print(*{{m.partition('.')[0] for m in sys.modules}})")
    assert not HEAVY & set(loaded.split())


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_theme_sets_colours_and_styles(path: Path):
    if path.is_relative_to(THEME):
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            assert node.attr != "setStyleSheet"
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not re.fullmatch(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6,8})", node.value), node.value


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_says_what_it_is_for_in_one_line(path: Path):
    doc = ast.get_docstring(ast.parse(path.read_text()))
    assert doc
    assert doc.splitlines()[0].endswith((".", ":"))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_room_is_longer_than_one_noun(path: Path):
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_is_swallowed_and_nothing_is_left_for_later(path: Path):
    text = path.read_text()
    assert not re.search(r"\b(TODO|FIXME|XXX)\b", text)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ExceptHandler):
            assert not all(isinstance(each, ast.Pass) for each in node.body), node.lineno


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_gates_approve(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "Approval" or name_of(path) in GATES, f"line {node.lineno}"


@pytest.mark.parametrize(
    "path", [each for each in MODULES if each.is_relative_to(ROOT / "puffling")], ids=name_of
)
def test_only_the_door_sends(path: Path):
    """No other module can hand an order to a broker, whatever it calls the broker."""
    if name_of(path) in {DOOR, STAGE}:
        return
    assert not list(roads_to_a_broker(path.read_text()))


def test_the_stage_of_the_past_plays_only_with_a_broker_that_it_made_itself():
    """A replay's orders go to the paper broker it builds: it takes no broker and knows no other."""
    tree = ast.parse((ROOT / STAGE).read_text())
    known = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("puffin.broker")
        for alias in node.names
    }
    assert known == {"PaperBroker"}
    assert not any(
        alias.name.startswith(("puffin", "puffling"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation is not None:
            assert "roker" not in ast.unparse(node.annotation), f"line {node.lineno}"
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(ast.unparse(each) == "self._broker" for each in targets):
                assert ast.unparse(node.value).startswith("PaperBroker("), f"line {node.lineno}"
        if isinstance(node, ast.Attribute) and node.attr in {"submit", "replace", "cancel"}:
            assert ast.unparse(node.value) == "self._broker", f"line {node.lineno}"


@pytest.mark.parametrize(
    "road",
    [
        "async def go(b): await b.submit(1)",
        "async def go(b): await b.replace('old', 1)",
        "async def go(b): await asyncio.wait_for(b.replace('old', 1), 5)",
        "send = self._anything.submit",
        "task = asyncio.create_task(broker.replace('old', order))",
        "send = broker.replace",
        "send = getattr(broker, 'submit')",
        "send = operator.methodcaller('replace', 'old', order)",
    ],
)
def test_no_road_to_a_broker_is_overlooked(road: str):
    assert list(roads_to_a_broker(road))


@pytest.mark.parametrize(
    "path",
    [
        "'a'.replace('b', 'c')",
        "text.replace(',', '')",
        "Path(x).replace(y)",
        "self._pool.submit(work)",
        "async def go(): await context.orders.submit(1, 2)",
        "order = replace(order, status=1)",
    ],
)
def test_what_sends_nothing_is_let_alone(path: str):
    assert not list(roads_to_a_broker(path))


def roads_to_a_broker(text: str) -> Iterator[int]:
    """Yield the lines where something is, or could be, handed to a broker."""
    tree = ast.parse(text)
    called = {id(each.func) for each in ast.walk(tree) if isinstance(each, ast.Call)}
    awaited = {
        id(inner)
        for each in ast.walk(tree)
        if isinstance(each, ast.Await) or (isinstance(each, ast.Call) and starts_work(each))
        for inner in ast.walk(each)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "submit":
            if ast.unparse(node.value) not in HANDED_OVER:
                yield node.lineno
        elif isinstance(node, ast.Attribute) and node.attr == "replace":
            passed_on = id(node) not in called and "broker" in ast.unparse(node.value)
            if id(node) in awaited or passed_on:
                yield node.lineno
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(BY_NAME):
            named = {each.value for each in node.args if isinstance(each, ast.Constant)}
            yield from [node.lineno] * bool(named & WAYS_OUT)


def starts_work(call: ast.Call) -> bool:
    return ast.unparse(call.func).startswith("asyncio.")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_number_is_made_up(path: Path):
    if name_of(path) in MAY_BE_RANDOM:
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            assert all(each.name != "random" for each in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.module != "random"


@pytest.mark.parametrize(
    "path", [each for each in MODULES if "puffling/ui" in name_of(each)], ids=name_of
)
def test_no_dialog_blocks_the_loop(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in {"exec", "exec_"}, f"line {node.lineno}"


def test_the_repository_names_no_machine_and_no_registry():
    hosts = re.compile(
        r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian|(?<![\w.}>~-])/(root|work|home)/"
    )
    own = Path(__file__)
    for path in tracked():
        if path == own or path.suffix in {".png", ".gz", ".ico"}:
            continue
        assert not hosts.findall(path.read_text(errors="replace")), name_of(path)


def test_the_lock_has_versions_and_hashes_and_no_addresses():
    text = (ROOT / "requirements.lock").read_text()
    assert "://" not in text
    pinned = re.findall(r"^[a-z0-9][\w.\-\[\]]*==\S+", text, flags=re.MULTILINE)
    assert len(pinned) > 50
    assert text.count("--hash=sha256:") > len(pinned)


def test_the_top_level_holds_what_the_map_says_and_nothing_else():
    top = {each.relative_to(ROOT).parts[0] for each in tracked()}
    visible = {each for each in top if not each.startswith(".")}
    assert visible <= {
        "CHANGELOG.md",
        "LICENSE",
        "Makefile",
        "README.md",
        "bundle",
        "puffin",
        "puffling",
        "puffling.spec",
        "pyproject.toml",
        "requirements.lock",
        "resources",
        "tests",
    }

"""The log is a rotating file without secrets and without the chatter of libraries."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from puffling.core import log as logs
from puffling.core.errors import StoreReadOnlyError
from puffling.core.log import setup
from puffling.core.paths import Paths
from tests.core.limits import ordinary_person

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "canary-Zq7wT3xK9mN2pL5v"


def fail_with(text: str) -> None:
    raise ValueError(text)


def written(paths: Paths) -> str:
    return "".join(each.read_text() for each in sorted(paths.logs.iterdir()))


def test_no_secret_reaches_the_file_by_message_argument_exception_or_stack(tmp_path: Path):
    paths = Paths(tmp_path)
    stop = setup(paths, level=logging.DEBUG)
    log = logging.getLogger("puffling.test")
    try:
        logs.conceal(CANARY)
        log.info("the message says %s", CANARY)
        log.debug("headers %r", {"APCA-API-SECRET-KEY": CANARY})
        log.info("api_key=%s", CANARY, stack_info=True)
        try:
            fail_with(f"token={CANARY}")
        except ValueError:
            log.exception("it failed with %s", CANARY)
        logging.getLogger("httpx").warning("GET https://host/?token=%s", CANARY)
    finally:
        stop()
    text = written(paths)
    assert CANARY not in text
    assert text.count(logs.redact(CANARY)) >= 5
    assert "Traceback" in text


def test_libraries_are_heard_from_info_on_even_if_they_ask_for_more(tmp_path: Path):
    paths = Paths(tmp_path)
    library = logging.getLogger("some.library")
    library.setLevel(logging.DEBUG)
    stop = setup(paths, level=logging.DEBUG)
    try:
        library.debug("the whole prompt")
        library.info("connected")
        logging.getLogger("puffin.data").debug("ours")
    finally:
        stop()
        library.setLevel(logging.NOTSET)
    assert "the whole prompt" not in written(paths)
    assert "connected" in written(paths)
    assert "ours" in written(paths)


def test_the_file_is_turned_over_before_it_is_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(logs, "LARGEST_FILE", 2_000)
    paths = Paths(tmp_path)
    stop = setup(paths)
    for number in range(500):
        logging.getLogger("puffling.test").info("line %d", number)
    stop()
    files = list(paths.logs.iterdir())
    assert len(files) == 1 + logs.OLD_FILES
    assert all(each.stat().st_size <= 2_000 for each in files)


def test_ending_leaves_logging_as_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    root = logging.getLogger()
    before = root.level, list(root.handlers), logging.getLogger("puffling").level
    stop = setup(Paths(tmp_path), level=logging.DEBUG, console=True)
    logging.getLogger("puffling").info("to the console, token=%s", CANARY)
    stop()
    assert (root.level, root.handlers, logging.getLogger("puffling").level) == before
    shown = capsys.readouterr().err
    assert "to the console" in shown
    assert CANARY not in shown


def test_a_folder_that_may_not_be_written_says_so(open_folder: Path):
    open_folder.chmod(0o555)
    with ordinary_person(), pytest.raises(StoreReadOnlyError):
        setup(Paths(open_folder / "profile"))

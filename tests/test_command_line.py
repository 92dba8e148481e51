"""What a terminal may say, and what it gets."""

from __future__ import annotations

import logging
import os
import sqlite3
import sys
from contextlib import closing

import pytest

from puffling.__main__ import main


@pytest.mark.parametrize("after", [False, True])
def test_the_folder_may_be_named_before_the_action_or_after_it(tmp_path, capsys, after):
    folder = ["--data-dir", str(tmp_path / "profile")]
    assert main(["halt", *folder] if after else [*folder, "halt"]) == 0
    assert capsys.readouterr().out.startswith("Trading is halted.")
    assert (tmp_path / "profile" / "puffling.db").exists()


@pytest.mark.parametrize("words", [["losing", "money"], ["--now"], ["--reason", "losing money"]])
def test_whatever_is_written_after_halt_it_halts(tmp_path, capsys, words):
    folder = ["--data-dir", str(tmp_path / "profile")]
    assert main([*folder, "halt", *words]) == 0
    assert capsys.readouterr().out.startswith("Trading is halted.")
    with closing(sqlite3.connect(tmp_path / "profile" / "puffling.db")) as database:
        kept = database.execute("SELECT reason FROM halts").fetchall()
    assert kept == [(words[-1] if words[0] == "--reason" else " ".join(words),)]
    with pytest.raises(SystemExit):
        main([*folder, "doctor", "--now"])


def test_an_answer_nobody_reads_to_the_end_is_no_crash(tmp_path, monkeypatch, capfd):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        assert main(["commands"]) == 141
    assert capfd.readouterr().err == ""


def test_a_warning_is_logged_and_not_printed(tmp_path, monkeypatch, capfd):
    async def run_command(*words: object, **more: object) -> dict[str, str]:
        logging.getLogger("puffling.work.watchdog").warning("The loop stood still")
        return {"fine": "yes"}

    monkeypatch.setattr("puffling.app.run_command", run_command)
    profile = tmp_path / "profile"
    assert main(["--data-dir", str(profile), "run", "strategy.list"]) == 0
    printed = capfd.readouterr()
    assert "yes" in printed.out
    assert printed.err == ""
    assert "The loop stood still" in (profile / "logs" / "terminal.log").read_text()

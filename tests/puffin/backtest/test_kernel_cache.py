"""Compiled code has a folder for each version, and is used once it is complete."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError

import pytest

from puffin.backtest import engine, kernel_cache


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch):
    """The folder of these tests is not the one of the others."""
    monkeypatch.delenv(kernel_cache.PLACE, raising=False)


def test_without_a_folder_of_its_own_code_is_compiled_when_it_is_needed():
    assert kernel_cache.is_complete()
    kernel_cache.completed()


def test_until_all_is_compiled_nobody_waits_for_it(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "KERNEL", "nowhere")
    monkeypatch.setenv(kernel_cache.PLACE, str(kernel_cache.keep_in(tmp_path)))
    assert not engine.is_worthwhile(10**9)
    kernel_cache.completed()
    assert engine.is_worthwhile(10**9)
    assert not engine.is_worthwhile(1_000)


def test_another_version_has_another_folder_and_the_old_one_goes(tmp_path, monkeypatch):
    monkeypatch.setenv(kernel_cache.PLACE, "")
    first = kernel_cache.keep_in(tmp_path)
    (first / "code").write_text("")
    kernel_cache.keep_in(tmp_path)
    assert (first / "code").exists()
    monkeypatch.setattr(kernel_cache, "fingerprint", lambda: "newer")
    newer = kernel_cache.keep_in(tmp_path)
    assert list(tmp_path.iterdir()) == [newer]
    assert os.environ[kernel_cache.PLACE] == str(newer)


def test_the_fingerprint_changes_with_the_compiler_and_the_sources(tmp_path, monkeypatch):
    plain = kernel_cache.fingerprint.__wrapped__()
    monkeypatch.setattr(kernel_cache, "version", lambda _name: "0.0.1")
    other = kernel_cache.fingerprint.__wrapped__()
    folder = tmp_path / "puffin" / "backtest"
    folder.mkdir(parents=True)
    for name in ("backtest/kernel.py", "backtest/layout.py", "measures.py"):
        (tmp_path / "puffin" / name).write_text("")
    monkeypatch.setattr(kernel_cache, "HERE", folder)
    assert len({plain, other, kernel_cache.fingerprint.__wrapped__()}) == 3


def test_a_bundle_without_the_compilers_papers_has_a_fingerprint_too(monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(kernel_cache, "version", missing)
    assert len(kernel_cache.fingerprint.__wrapped__()) == 16

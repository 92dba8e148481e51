"""Secrets live in the keyring, or for this run only, and it is said which."""

# ruff: noqa: TID253 - the rule is for start-up time, which a test does not mind

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.core import load_keyring
from keyring.errors import KeyringLocked, PasswordDeleteError
from typing_extensions import override

from puffling.core.redaction import redact
from puffling.core.secrets import SERVICE, Secrets

if TYPE_CHECKING:
    from collections.abc import Iterator


class MemoryKeyring(KeyringBackend):
    """A keyring that works and forgets everything at the end."""

    priority = 1

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.asked = 0

    @override
    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        return self.kept.get((service, username))

    @override
    def set_password(self, service: str, username: str, password: str) -> None:
        self.asked += 1
        self.kept[service, username] = password

    @override
    def delete_password(self, service: str, username: str) -> None:
        self.asked += 1
        if (service, username) not in self.kept:
            raise PasswordDeleteError("not there")
        del self.kept[service, username]


class LockedKeyring(MemoryKeyring):
    """A keyring whose password nobody typed."""

    @override
    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        raise KeyringLocked("Failed to unlock the collection!")


class SilentKeyring(MemoryKeyring):
    """A keyring that waits for a person at a dialog."""

    def __init__(self) -> None:
        super().__init__()
        self.answered = threading.Event()

    @override
    def set_password(self, service: str, username: str, password: str) -> None:
        self.answered.wait(30)


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    ring = MemoryKeyring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


async def test_a_secret_is_kept_in_the_keyring_and_found_in_the_next_run(ring: MemoryKeyring):
    await Secrets().set("alpaca", "first secret")
    assert ring.kept == {(SERVICE, "alpaca"): "first secret"}
    later = Secrets()
    assert await later.get("alpaca") == "first secret"
    assert later.note == ""
    await later.delete("alpaca")
    assert await later.get("alpaca") is None
    assert ring.kept == {}


async def test_forgetting_what_is_not_there_is_harmless(ring: MemoryKeyring):
    secrets = Secrets()
    await secrets.delete("alpaca")
    assert secrets.note == ""


async def test_without_a_keyring_secrets_are_for_this_run_and_it_is_said(ring: MemoryKeyring):
    keyring.set_keyring(load_keyring("keyring.backends.fail.Keyring"))
    secrets = Secrets()
    await secrets.set("alpaca", "second secret")
    assert "this run only" in secrets.note
    assert await secrets.get("alpaca") == "second secret"
    assert await secrets.get("other") is None
    await secrets.delete("alpaca")
    assert await secrets.get("alpaca") is None
    assert await Secrets().get("alpaca") is None


async def test_a_keyring_that_failed_once_is_not_asked_again(ring: MemoryKeyring):
    locked = LockedKeyring()
    keyring.set_keyring(locked)
    secrets = Secrets()
    assert await secrets.get("alpaca") is None
    assert "Failed to unlock" in secrets.note
    await secrets.get("alpaca")
    await secrets.set("alpaca", "third secret")
    assert locked.asked == 1
    assert locked.kept == {}


async def test_a_keyring_that_waits_for_a_person_holds_nobody_up(ring: MemoryKeyring):
    silent = SilentKeyring()
    keyring.set_keyring(silent)
    secrets = Secrets(timeout=0.01)
    await secrets.set("alpaca", "fourth secret")
    assert "does not answer" in secrets.note
    assert await secrets.get("alpaca") == "fourth secret"
    waiting = [each for each in threading.enumerate() if each.name == "keyring"]
    assert [each.daemon for each in waiting] == [True], "the end of the program would wait for it"
    silent.answered.set()
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join(5)
    await asyncio.sleep(0)


def test_a_keyring_that_answers_after_the_end_harms_nobody(ring: MemoryKeyring):
    silent = SilentKeyring()
    keyring.set_keyring(silent)
    asyncio.run(Secrets(timeout=0.01).set("alpaca", "fifth secret"))
    silent.answered.set()
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join(5)


async def test_a_secret_that_was_read_or_written_is_never_logged(ring: MemoryKeyring):
    ring.kept[SERVICE, "broker"] = "sixth secret"
    await Secrets().get("broker")
    await Secrets().set("alpaca", "seventh secret")
    assert "secret" not in redact("sixth secret, seventh secret")

"""Keys, tokens and account numbers are blotted out wherever they stand."""

from __future__ import annotations

import time

import pytest

from puffling.core.redaction import HIDDEN, conceal, looks_secret, redact

KEY = "Zq7wT3xK9mN2pL5v"


@pytest.mark.parametrize(
    "text",
    [
        f"api_key={KEY}",
        f"api-key: {KEY}",
        f'{{"apiKey": "{KEY}"}}',
        f"{{'APCA-API-SECRET-KEY': '{KEY}'}}",
        f"(b'x-api-key', b'{KEY}')",
        f"Authorization: Bearer {KEY}",
        f"authorization='Bearer {KEY}'",
        f"sent Bearer {KEY} and went on",
        f"password = {KEY}",
        f"the password: {KEY}",
        f"tokens: {KEY}",
        f"https://host/path?token={KEY}&symbol=AAPL",
        f"https://host/path?key={KEY}",
        f"https://user:{KEY}@host/path",
        f"client_secret => '{KEY}'",
        f"PRIVATE_KEY={KEY}",
        f"sk-ant-api03-{KEY}",
        f"PK{KEY.upper()}",
        f"-----BEGIN RSA PRIVATE KEY-----\n{KEY}\n-----END RSA PRIVATE KEY-----",
        f"-----BEGIN PRIVATE KEY-----\n{KEY}",
        f"eyJ{KEY}.eyJ{KEY}.{KEY}",
    ],
)
def test_a_secret_is_blotted_out(text: str):
    shown = redact(text)
    assert KEY not in shown
    assert KEY.upper() not in shown
    assert HIDDEN in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("account 123456789 opened", "account •••789 opened"),
        ("account number: '123456789'", "account number: '•••789'"),
        ("account PA3ABCDEF123 opened", "account PA3•••123 opened"),
        ("account U1234567 and DU7654321", "account U•••567 and DU•••321"),
    ],
)
def test_an_account_number_keeps_its_last_digits(text: str, shown: str):
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Bought 100 AAPL at 579.50 for order 4f1c9a2b",
        "UBER240119C00050000 and PAAS240119C00020000",
        "2012-06-01T14:05:09Z puffling.services.orders: stored",
        "keyboard=F9 monkey=1",
        "The basic plan is enough",
        "The secrets: how to hold on to winners",
        "password: not set",
        "input_tokens=1,204 output_tokens: 88",
    ],
)
def test_what_is_not_secret_stays(text: str):
    assert redact(text) == text


@pytest.mark.parametrize("word", ["x", "token", "a.-", "api_key"])
def test_a_word_without_an_end_takes_no_time(word: str):
    begun = time.process_time()
    redact(word * (30_000 // len(word)))
    assert time.process_time() - begun < 5


def test_a_value_that_is_known_to_be_secret_is_blotted_out_without_any_sign():
    conceal("correct horse")
    conceal("AAPL")
    assert redact("it was correct horse and AAPL") == f"it was {HIDDEN} and AAPL"


@pytest.mark.parametrize("name", ["api_key", "key", "password", "alpaca_secret", "TOKEN", "pin"])
def test_a_name_tells_a_secret(name: str):
    assert looks_secret(name, "")


@pytest.mark.parametrize(
    "value",
    [f"sk-{KEY}", {"nested": {"token": "x"}}, {"nested": [f"Bearer {KEY}"]}, (f"sk-{KEY}",)],
)
def test_a_value_tells_a_secret(value: object):
    assert looks_secret("note", value)


@pytest.mark.parametrize("name", ["keys", "theme", "day_seconds", "largest_position"])
def test_an_ordinary_setting_is_no_secret(name: str):
    assert not looks_secret(name, {"order.place": "F9", "list": ["AAPL", 3]})

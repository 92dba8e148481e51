"""Layouts of earlier versions, brought up to the present one a step at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puffling.store.layouts import VERSION
from puffling.ui.shell.layout_shapes import shares

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["VERSION", "upgraded"]

_DEEPEST = 50


def upgraded(document: Mapping[str, Any], version: int) -> Mapping[str, Any]:
    """Return a document of an earlier version as the present one would have written it.

    What is not of the expected shape is left as it is, for the reader to refuse.
    """
    for number in range(version, VERSION):
        document = {**_STEPS[number](document), "version": number + 1}
    return document


def _from_1(document: Mapping[str, Any]) -> dict[str, Any]:
    """Turn sizes in pixels into shares, and the screen's bare name into nothing.

    The first version did not keep how large the screen was, so its name says too little.
    """
    new = dict(document)
    if "root" in new:
        new["root"] = _in_shares(new["root"], 0)
    floating = new.get("floating")
    if isinstance(floating, list):
        new["floating"] = [
            {**each, "root": _in_shares(each.get("root"), 0)} if isinstance(each, dict) else each
            for each in floating
        ]
    window = new.get("window")
    if isinstance(window, dict):
        new["window"] = {key: value for key, value in window.items() if key != "screen"}
    return new


def _in_shares(raw: object, depth: int) -> object:
    if not isinstance(raw, dict) or depth > _DEEPEST:
        return raw
    new = dict(raw)
    sizes, children = new.get("sizes"), new.get("children")
    if isinstance(sizes, list) and all(isinstance(each, int) and each >= 0 for each in sizes):
        new["sizes"] = list(shares(sizes))
    if isinstance(children, list):
        new["children"] = [_in_shares(each, depth + 1) for each in children]
    return new


_STEPS: dict[int, Callable[[Mapping[str, Any]], dict[str, Any]]] = {1: _from_1}

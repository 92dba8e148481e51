"""Every tool there is, called with values that it can use, by a model nobody says yes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from puffling.agents.catalogue import Catalogue
from puffling.agents.reaches import Reach
from tests.agents.puppets import Clicks
from tests.agents.test_injection import Puppet, destinations, is_unharmed, scene, state

if TYPE_CHECKING:
    from tests.agents.injection.roads import Scene

__all__ = ["destinations", "scene"]  # fixtures of the corpus, used here too

DAYS = {"start": "2011-01-03", "end": "2012-03-01"}
GIVEN: dict[str, Any] = {
    "symbol": "AAPL",
    "symbols": ["AAPL", "IBM"],
    "strategy": "momentum",
    "strategy_type": "momentum",
    "expression": "close / delay(close, 20) - 1",
    "text": "A profit warning at IBM",
    "study": "rsi 14",
    "condition": {"kind": "move", "percent": 3},
    "weights": {"AAPL": 0.5, "IBM": 0.5},
    "side": "buy",
    "quantity": 1,
    "qty": 1,
    "name": "Mine",
    "to": "Yours",
    "reason": "Because",
    "interval": "1d",
    "type": "line",
    "day": "2012-05-01",
    "section": "appearance",
    "value": "light",
    "theme": "light",
    "colours": "red and green",
    "method": "equal",
    "price": 500,
    "kind": "horizontal",
    "points": "2012-03-01 540",
    "enabled": False,
    "place": 0,
    "list": "Mine",
    "day_seconds": 60,
    "row": 3,
    "entry": 500,
    "stop": 450,
    "charts": 2,
    "scale": "log",
    "runs": 4,
    "handle": "t-1",
}


def values_of(scene: Scene, name: str, spec: Any) -> dict[str, Any]:
    """Return what a tool needs, and the ids of what lies on the desk."""
    noun = name.partition("_")[0]
    ids = {
        "id": scene.ids.get({"position": "order", "basket": "order"}.get(noun, noun), "none"),
        "ids": [scene.ids["backtest"], scene.ids["backtest"]],
    }
    known = GIVEN | ids | (DAYS if "start" in spec.schema["properties"] else {})
    if name == "alert_add":
        known["kind"] = "above"
    if name.startswith("strategy_"):
        known["rules"] = {"name": "x"}
    wanted = {*spec.schema.get("required", ()), *(DAYS.keys() & spec.schema["properties"].keys())}
    return {each: known.get(each, 1) for each in wanted}


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_no_tool_moves_anything_without_a_yes(scene: Scene, destinations):
    catalogue = Catalogue(scene.app.registry)
    puppet = Puppet(scene, Clicks())
    failed: list[str] = []
    ran = 0
    for name, tool in catalogue.tools.items():
        before = state(scene)
        outcome = await puppet.call(name, values_of(scene, name, tool.spec))
        if "Something went wrong" in outcome.text:
            failed.append(f"{name}: {outcome.text}")
        if tool.reach is Reach.LOOK:
            assert outcome.effect in {"look", "refused"}, name
        else:
            assert outcome.effect in {"refused", "proposal", "errand"}, name
        ran += not outcome.is_error
        is_unharmed(scene, before)
        puppet.box.heard("talk")
    assert failed == []
    assert ran > len(catalogue.tools) / 2, "Most of them can be used as they are"
    assert destinations == []

"""What answers are labelled with that no model gave."""

from __future__ import annotations

FACTS = "Facts, no model"
SCRIPTED = "Scripted demonstration, no model"

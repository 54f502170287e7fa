"""Threats of a night that no fighter in the model can meet, whatever the rules say; it counts classes, not chances.

A class without reach for any fighter type cannot be engaged by one: ballistic, aeroballistic and supersonic missiles are too fast to chase, and of an unknown
one nobody can say. Batteries on the ground are another matter: they meet what their package lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from zaslin.scenario.aircraft_catalogue import aircraft_catalogue
from zaslin.scenario.catalogue import model_for
from zaslin.scenario.night import JOINT
from zaslin.scenario.threat import CLASSES

WORDS = {
    "drone": "one-way drones", "cruise": "cruise missiles", "supersonic": "supersonic missiles", "aeroballistic": "aeroballistic missiles",
    "ballistic": "ballistic missiles", "unknown": "missiles of unknown class",
}  # fmt: skip


@dataclass(frozen=True)
class Unmet:
    """`low` to `high` of `launched` threats are of `classes` (in the order of CLASSES), which no fighter can meet; the two differ where a joint count gives
    no split."""

    low: int
    high: int
    launched: int
    classes: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """One sentence; it says so as well where there are none."""
        if not self.high:
            return f"All of these {self.launched:,} threats are of classes that a fighter in the model can meet."
        count = f"{self.high:,}" if self.low == self.high else f"{self.low:,} to {self.high:,}"
        words = [WORDS[name] for name in self.classes]
        named = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
        return f"{count} of these {self.launched:,} threats are of classes that no fighter in the model can meet, whatever the rules: {named}."


def unmet(groups: Iterable[Mapping[str, Any]], aircraft: Iterable[Mapping[str, Any]] = ()) -> Unmet:
    """Count a night's groups, given as plain data (model, count, split). aircraft: types beside the catalogue's, which packages bring, with their `reach`."""
    met = {name for entry in aircraft_catalogue().values() for name in entry.reach}
    met |= {name for entry in aircraft for name in entry.get("reach") or ()}
    low = high = launched = 0
    classes: set[str] = set()
    for group in groups:
        of = {name: model_for(name).threat_class for name in str(group["model"]).split(JOINT)}
        out = {name for name, cls in of.items() if cls not in met}
        classes |= {of[name] for name in out}
        count, split = int(group["count"]), group.get("split")
        launched += count
        if split:
            low += sum(int(split.get(name, 0)) for name in out)
            high += sum(int(split.get(name, 0)) for name in out)
        else:
            low += count if len(out) == len(of) else 0
            high += count if out else 0
    return Unmet(low, high, launched, tuple(name for name in CLASSES if name in classes))

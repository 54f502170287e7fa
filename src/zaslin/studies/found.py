"""What a block's raids rest on and no package changes: the rates that Ukraine's layer was solved for, and the routes that the search chose to fly.

Finding them takes longer than flying a package. A folder keeps them (`outcomes/search.py`), so that a package that is added, or a caveat that is changed,
meets the same raids at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zaslin.world.night_arrays import NightInputs
from zaslin.world.tagging import Hit


@dataclass(frozen=True)
class Found:
    """`rates`, `kill_shares`, `reached`: of the rows of LAYER, as `compile_night` solves them; `tagged`, `given`: hits that are flown (`given` None: the study
    has no such incident); `record`: what tagging found, for the manifest."""

    rates: tuple[float, ...]
    kill_shares: tuple[float, ...]
    reached: tuple[float, ...]
    tagged: tuple[Hit, ...]
    given: tuple[Hit, ...] | None
    record: dict[str, Any]

    def plain(self) -> dict[str, Any]:
        """As plain data, without the record; numbers keep every bit in JSON."""
        hits = {"tagged": [list(hit) for hit in self.tagged], "given": None if self.given is None else [list(hit) for hit in self.given]}
        return {"rates": list(self.rates), "kill_shares": list(self.kill_shares), "reached": list(self.reached), **hits}


def found_of(inputs: NightInputs, tagged: Sequence[Hit], given: Sequence[Hit] | None, record: dict[str, Any]) -> Found:
    """What was found for a block that is compiled."""
    layers = inputs.night.layers
    rates, kill_shares = (tuple(float(value) for value in layers[name]) for name in ("rate_per_s", "kill_share"))
    return Found(rates, kill_shares, inputs.stop_reached, tuple(tagged), None if given is None else tuple(given), record)


def from_plain(plain: dict[str, Any], record: dict[str, Any]) -> Found:
    """The inverse of `Found.plain`. Raises KeyError, TypeError or ValueError for other data."""
    given = plain["given"]
    rates, kill_shares, reached = (tuple(float(value) for value in plain[name]) for name in ("rates", "kill_shares", "reached"))
    return Found(rates, kill_shares, reached, _hits(plain["tagged"]), None if given is None else _hits(given), record)


def _hits(rows: list[list[Any]]) -> tuple[Hit, ...]:
    return tuple(Hit(*row) for row in rows)

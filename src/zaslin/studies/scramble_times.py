"""Are the few observed scrambles inside what the model's fighters on alert would do? Cases, no distribution: nothing is fitted and no rate is claimed.

Three quantities in closed form, drawn from the package's and the catalogue's ranges: readiness (order to take-off, with the engine's spread
per scramble); the way from the base to within radar reach of the place, at a speed between cruise and dash; and their sum. The fourth, how long a pair
is up before a threat enters, needs a raid: the engine flies the status quo on the incident's night, given a crossing like the reported one.

Where an observation is not the model's quantity, `caution` says so: an alert to the population is not the order, and time on station is not time of flight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import polars as pl

from zaslin import draws
from zaslin.atlas.bases import base
from zaslin.atlas.ground import load_ground
from zaslin.doctrine.alert import READINESS_SIGMA
from zaslin.scenario.aircraft_catalogue import aircraft_type
from zaslin.scenario.incident import incident
from zaslin.scenario.package import Fighters
from zaslin.scenario.packages import package
from zaslin.scenario.scrambles import Measure, ScrambleCase, scramble_cases
from zaslin.scenario.sourced import Sourced
from zaslin.studies.block import fly_block
from zaslin.studies.design import study
from zaslin.studies.timed_incidents import fitting_night
from zaslin.units import EARTH_RADIUS_M
from zaslin.world.inputs import BLOCK_SIZE

PACKAGE = "status-quo"

RADAR_REACH = Sourced(value=40, low=10, high=90, unit="km", note="first contact with a drone by a fighter's radar or its pilot's eye")
"""How near a pair must be to have contact: assumption."""

DRAWS = 20_000
"""Draws of the closed forms."""

CAUTION: dict[Measure, str] = {
    "alert_to_airborne": "the population's alert stands in for the order, which may have come earlier",
    "airborne_to_contact": "the model's time is flight alone; pairs also wait on station for something to come",
    "order_to_contact": "",
    "airborne_before_entry": "given that a threat like the reported one enters; the warning before a raid is an assumption (0–110 min)",
}


@dataclass(frozen=True)
class ScrambleCheck:
    """One case: observed range and the model's 90 % interval with its median, s; `inside`: they meet; `p`: two-sided tail probability.

    None where the model has no answer (`caution` says why). `n`: draws, or flown samples.
    """

    case: str
    measure: Measure
    observed_s: tuple[float, float]
    low_s: float | None
    median_s: float | None
    high_s: float | None
    p: float | None
    inside: bool | None
    n: int
    caution: str


def scramble_times(seed: int = 1, blocks: int = 10, fly: bool = True) -> tuple[ScrambleCheck, ...]:
    """Check every observed case. seed: luck; blocks: of ten replicates, flown for the cases that need a raid; fly: False leaves those without an answer."""
    return tuple(_check(case, seed, blocks, fly) for case in scramble_cases())


def scramble_times_json(rows: Sequence[ScrambleCheck]) -> list[dict[str, object]]:
    """The checks as plain data, s."""
    return [asdict(row) for row in rows]


def readiness_s(seed: int, n: int, readiness: Sourced) -> np.ndarray:
    """Order to take-off, s, shape (n,): the range's triangle times the engine's lognormal spread per scramble."""
    rng = _rng(seed, "readiness")
    typical = np.array([readiness.at(u) for u in rng.uniform(1e-9, 1.0 - 1e-9, n)])
    return np.asarray(typical * np.exp(READINESS_SIGMA * rng.standard_normal(n)))


def flight_s(seed: int, n: int, distance_m: float, cruise: Sourced, dash: Sourced) -> np.ndarray:
    """Take-off to contact, s, shape (n,): (distance − radar reach, at least 0) over a speed that lies anywhere between a draw of cruise and one of dash.

    >>> fast = Sourced(value=250.0, low=250.0, high=250.0, unit="mps")
    >>> bool(abs(np.median(flight_s(1, 2_000, 290e3, fast, fast)) - 980) < 30)
    True
    """
    rng = _rng(seed, "flight")
    reach, slow, fast = (np.array([number.at(u) for u in rng.uniform(1e-9, 1.0 - 1e-9, n)]) for number in (RADAR_REACH, cruise, dash))
    speed = slow + rng.uniform(0.0, 1.0, n) * np.maximum(fast - slow, 0.0)
    return np.asarray(np.maximum(distance_m - reach, 0.0) / speed)


def _check(case: ScrambleCase, seed: int, blocks: int, fly: bool) -> ScrambleCheck:
    caution, weights = CAUTION[case.measure], None
    if case.measure == "alert_to_airborne":
        values = readiness_s(seed, DRAWS, _pair(case).readiness or _any_readiness())
    elif case.measure == "airborne_before_entry":
        if not fly:
            return _no_answer(case, "not flown")
        values, weights = _airborne_before_entry(case, seed, blocks)
        if not len(values):
            return _no_answer(case, "no pair of this base flew in any sample")
    else:
        kind = aircraft_type(case.aircraft)
        values = flight_s(seed, DRAWS, _distance_m(case), kind.cruise_speed, kind.dash_speed)
        if case.measure == "order_to_contact":
            values = values + readiness_s(seed, DRAWS, _any_readiness())
    share = np.ones(len(values)) if weights is None else weights
    low, median, high = (_quantile(values, share, q) for q in (0.05, 0.5, 0.95))
    below = float(share[values <= case.seconds_high].sum() / share.sum())
    above = float(share[values >= case.seconds_low].sum() / share.sum())
    return ScrambleCheck(
        case=case.id,
        measure=case.measure,
        observed_s=(case.seconds_low, case.seconds_high),
        low_s=low,
        median_s=median,
        high_s=high,
        p=min(1.0, 2.0 * min(below, above)),
        inside=low <= case.seconds_high and case.seconds_low <= high,
        n=len(values),
        caution=caution,
    )


def _airborne_before_entry(case: ScrambleCase, seed: int, blocks: int) -> tuple[np.ndarray, np.ndarray]:
    """Entry of the given threat less the take-off of the base's pair (its last before the entry, else its first after), s, with the samples' weights.

    A given raid keeps no sorties: those of the plain raid of the same replicate are taken, which differs in one threat of many. Samples in which the pair
    never flew are left out.
    """
    item = study(fitting_night(incident(case.incident)), [PACKAGE], blocks * BLOCK_SIZE, seed, given=case.incident)
    asset, ground = _pair(case).id, load_ground()
    values: list[float] = []
    weights: list[float] = []
    for block in range(blocks):
        tables = fly_block(item, ground, item.packages, block).tables[PACKAGE]
        sorties = pl.DataFrame(tables["plain"]["sorties"]).filter(pl.col("asset").cast(pl.String) == asset)
        for row in pl.DataFrame(tables["given"]["threats"]).sort("sample").iter_rows(named=True):
            ups = np.sort(sorties.filter(pl.col("replicate") == row["replicate"])["take_off_s"].to_numpy())
            entered = str(row["excursion"]).split(",")
            if len(ups) and case.country in entered:
                entry = row["entries_s"][entered.index(case.country)]
                values.append(float(entry - (ups[ups <= entry].max() if (ups <= entry).any() else ups[0])))
                weights.append(float(row["weight"]))
    return np.array(values), np.array(weights)


def _pair(case: ScrambleCase) -> Fighters:
    """The package's pair on alert at the case's base."""
    for member in package(PACKAGE).members:
        for asset in member.assets:
            if isinstance(asset, Fighters) and asset.base == case.base:
                return asset
    raise ValueError(f"{PACKAGE} has no pair at {case.base}, the base of {case.id}")


def _any_readiness() -> Sourced:
    """The readiness that all pairs of the package share."""
    pairs = [asset for member in package(PACKAGE).members for asset in member.assets if isinstance(asset, Fighters)]
    return next(pair.readiness for pair in pairs if pair.readiness is not None)


def _distance_m(case: ScrambleCase) -> float:
    """Great-circle distance from the base to the contact, m."""
    home = base(case.base)
    la, lb = np.radians(home.lat), np.radians(case.lat or 0.0)
    cos = np.sin(la) * np.sin(lb) + np.cos(la) * np.cos(lb) * np.cos(np.radians((case.lon or 0.0) - home.lon))
    return float(EARTH_RADIUS_M * np.arccos(cos))


def _no_answer(case: ScrambleCase, why: str) -> ScrambleCheck:
    return ScrambleCheck(case.id, case.measure, (case.seconds_low, case.seconds_high), None, None, None, None, None, 0, why)


def _quantile(values: np.ndarray, weights: np.ndarray, q: float) -> float:
    order = np.argsort(values, kind="stable")
    cum = np.cumsum(weights[order])
    return float(values[order][min(int(np.searchsorted(cum, q * cum[-1])), len(values) - 1)])


def _rng(seed: int, what: str) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=[seed, draws.entity_id(f"scramble/{what}") & 0xFFFFFFFF]))

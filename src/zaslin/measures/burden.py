"""What the coalition spends and how much time it had: engagements, shots, flights, money, minutes over Ukraine, margins."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from zaslin.measures.measure import Measure, Tables, as_rows
from zaslin.outcomes.tables import OBJECTS, THREAT

_ONE = pl.lit(1.0)
_IS_THREAT = pl.col("object").fill_null(THREAT) == THREAT  # before version 3 there was nothing else


def _engaged(tables: Tables) -> pl.LazyFrame:
    return tables.rows("engagements", _ONE, member="member")


engagements = Measure("engagements", "count", "Engagements", "Commitments of a shooter to a track.", _engaged, by="member")


def _shots(tables: Tables) -> pl.LazyFrame:
    return tables.rows("shots", _ONE, member="member")


shots = Measure("shots", "count", "Shots", "Rounds released, misses included.", _shots, by="member")


def _wrong(*kinds: str) -> Callable[[Tables], pl.LazyFrame]:
    def rows(tables: Tables) -> pl.LazyFrame:
        return tables.rows("shots", _ONE, where=pl.col("object").is_in(kinds), member="member")

    return rows


_MISTAKEN = OBJECTS[1:]
wrong_object_shots = Measure(
    "wrong_object_shots", "count", "Shots at the wrong object", "Of `shots`, those at civil, friendly or false tracks: at what was no threat.",
    _wrong(*_MISTAKEN), by="member", whole_night=True, since=3,
)  # fmt: skip
_KINDS = {
    "civil": ("Shots at civil aircraft", "Of `wrong_object_shots`, those at civil aircraft: light ones, balloons, hobby and smugglers' drones."),
    "friendly": ("Shots at friendly aircraft", "Of `wrong_object_shots`, those at Ukraine's own aircraft, helicopters and interceptor drones."),
    "false": ("Shots at false tracks", "Of `wrong_object_shots`, those at false tracks: clutter, birds, decoy balloons."),
}
wrong_object_shots_by_kind = {
    kind: Measure(f"wrong_object_shots_{kind}", "count", label, told, _wrong(kind), by="member", whole_night=True, since=3)
    for kind, (label, told) in _KINDS.items()
}


def _wrong_hits(tables: Tables) -> pl.LazyFrame:
    return tables.rows("shots", _ONE, where=pl.col("hit") & pl.col("object").is_in(("civil", "friendly")), member="member")


wrong_object_kills = Measure(
    "wrong_object_kills", "count", "Civil and friendly aircraft shot down", "Hits at civil or friendly aircraft. False tracks are not among them.",
    _wrong_hits, by="member", whole_night=True, since=3,
)  # fmt: skip


def _unneeded(tables: Tables) -> pl.LazyFrame:
    return tables.rows("engagements", _ONE, where=(pl.col("shots") > 0) & ~pl.col("needed") & _IS_THREAT, member="member")


unneeded_engagements = Measure(
    "unneeded_engagements", "count", "Unneeded engagements",
    "Engagements with at least one shot against a threat that would neither have crossed nor leaked.", _unneeded, by="member",
)  # fmt: skip


def _wasted(tables: Tables) -> pl.LazyFrame:
    ended = tables.scan("threats").filter(pl.col("fate") == "killed_member").select("key", "threat", "fate_s")
    late = tables.scan("shots").join(ended, on=["key", "threat"]).filter(~pl.col("hit") & (pl.col("impact_s") > pl.col("fate_s")))
    return as_rows(late, _ONE, member="member")


wasted_shots = Measure(
    "wasted_shots", "count", "Shots that came too late",
    "Rounds that arrived after another round of the coalition had ended their threat: at what a second nation or a battery had shot down. Rounds at a wreck "
    "are among them: a shooter may take its own kill for a miss and fire again, under every policy. So the price of not coordinating is the difference between "
    "a package under `national` and the same package under another policy, not the count alone.", _wasted, by="member",
)  # fmt: skip


def _flights(name: str, unit: str, label: str, definition: str, value: pl.Expr, since: int = 1) -> Measure:
    def rows(tables: Tables) -> pl.LazyFrame:
        return tables.rows("sorties", value, member="member")

    return Measure(name, unit, label, definition, rows, by="member", whole_night=True, since=since)


_HOUR_S, _MINUTE_S = 3600.0, 60.0

sorties = _flights("sorties", "count", "Sorties", "Take-offs; a pair makes two.", pl.col("jets").cast(pl.Float64))
flight_h = _flights("flight_h", "h", "Flight hours", "Airborne time of members' aircraft, every jet counted.", pl.col("jets") * pl.col("flight_s") / _HOUR_S)
cost_usd = _flights(
    "cost_usd", "USD", "Cost", "Flight hours times their rate, plus rounds times their unit cost, those of ground-based air defence too (its hours are not "
    "counted); the catalogue's prices.",
    pl.col("cost_usd") + pl.col("rounds_usd"),
)  # fmt: skip
minutes_over_ukraine = _flights(
    "minutes_over_ukraine", "min", "Minutes over Ukraine", "Time of members' aircraft inside Ukraine's airspace, every jet counted.",
    pl.col("jets") * pl.col("over_ukraine_s") / _MINUTE_S,
)  # fmt: skip

own_aircraft_at_risk = _flights(
    "own_aircraft_at_risk", "count", "Own aircraft hit by mistake",
    "Expected number of members' aircraft that Ukraine's own defence engages over Ukraine by mistake: their time there times an assumed rate, which is lower "
    "where shared zones are agreed.", pl.col("own_at_risk").fill_null(0.0), since=3,
)  # fmt: skip


def _unguarded(tables: Tables) -> pl.LazyFrame:
    return tables.rows("air_policing", pl.col("unguarded_s") / _MINUTE_S, member="member")


unguarded_min = Measure(
    "unguarded_min", "min", "Minutes without an alert pair",
    "Time, from the raid's first launch until it is over, in which none of a member's alert pairs stands ready: all have been ordered up, fly, are turned "
    "round, or have crews that may not fly any more. Summed over the members that have alert pairs; patrols, and aircraft that the package does not name, "
    "are not counted. Not defined where nobody has alert pairs.",
    _unguarded, by="member", whole_night=True, since=3, asset="qra",
)  # fmt: skip


def _firsts(tables: Tables) -> pl.LazyFrame:
    """Per crossing (a threat and a member's border that it would pass): first track, permission and shot of the coalition, null where none."""
    keys = ["key", "threat"]
    crossings = found = tables.crossings().filter(pl.col("country").is_in(tables.member_borders()))
    for table, column in (("tracks", "seen_s"), ("windows", "from_s"), ("engagements", "first_shot_s")):
        # few threats cross: their rows first, then the earliest
        rows = tables.scan(table).select(*keys, column).join(crossings.select(keys), on=keys, how="semi")
        found = found.join(rows.group_by(keys).agg(pl.col(column).min()), on=keys, how="left")
    return found


def _time(name: str, label: str, definition: str, later: str, earlier: str) -> Measure:
    def rows(tables: Tables) -> pl.LazyFrame:
        known = pl.col(later).is_not_null() & pl.col(earlier).is_not_null()
        return as_rows(_firsts(tables).filter(known), pl.col(later) - pl.col(earlier), country="country")

    return Measure(name, "s", label, definition, rows, kind="mean", rare=True)


_OVER = "Mean over crossings (a threat that would enter a member's airspace had the coalition done nothing; any neighbour's where no member has a border here)"

first_shot_margin_s = _time(
    "first_shot_margin_s", "First shot before the border",
    f"First shot to predicted border crossing; negative = after entry. {_OVER} that were shot at.", "border_s", "first_shot_s",
)  # fmt: skip
decision_time_s = _time(
    "decision_time_s", "Time to decide and act",
    f"First track of any member to the border: the time there is for consent, scramble and flight; what is left over of it is `first_shot_margin_s`. {_OVER} "
    "that were tracked; negative = tracked after entry.", "border_s", "seen_s",
)  # fmt: skip
decision_consent_s = _time(
    "decision_consent_s", "of it: until permitted",
    f"First track to the first second in which some member's caveats permit. {_OVER} that were permitted.", "from_s", "seen_s",
)  # fmt: skip
decision_flight_s = _time(
    "decision_flight_s", "of it: scramble and flight",
    f"First permitted second to the first shot: what scramble, flight and a free shooter took. {_OVER} that were shot at.", "first_shot_s", "from_s",
)  # fmt: skip

"""The rows of a results folder and their Arrow schema: the one place that names a column.

Every table is sorted by (replicate, threat, time), of tagged and given draws by (sample, threat, time). `draw` is ``plain``, ``tagged`` (a threat
whose route enters a neighbour, put into an otherwise ordinary raid; see docs/model.md) or ``given`` (the crossing of a reported incident). In tagged
and given rows only the tagged threat is recorded; `sample` numbers the tagged draws of a folder. Times: s from the night's epoch. Places: degrees.
"""

from __future__ import annotations

import pyarrow as pa

SCHEMA_VERSION = 3

_name = pa.dictionary(pa.int32(), pa.string())
_KEY = [("draw", _name), ("sample", pa.int32()), ("replicate", pa.int32()), ("block", pa.int32()), ("threat", _name)]


def _schema(*columns: tuple[str, pa.DataType]) -> pa.Schema:
    return pa.schema([pa.field(name, kind, nullable=True) for name, kind in [*_KEY, *columns]])


TABLES: dict[str, pa.Schema] = {
    # One row per threat. would_have: its fate had the coalition done nothing, same luck. excursion: neighbours that the free flight enters;
    # crosses: those of them that it enters with Ukraine's layer alone (entry before Ukraine's stop); both comma-joined in the order of the
    # atlas's countries, null for none. tag_country: the country that a tagged or given sample stands for (Raid.tag_country), null in plain rows.
    # entries_s: first entry of the free flight into each country of `excursion`, in its order.
    # fate_region: the macro-region where it ended; a leaker's is its aim's, null outside Ukraine.
    # failed: a gross navigation failure, flies straight on; spoofed: lost its navigation over Ukraine and strays (bits of THREAT.failed).
    # decoy: carries no warhead; its `model` is the one that the report gives.
    # kept: chance with which a tagged sample's route was chosen among those found (its weight is divided by it already); null in plain rows.
    "threats": _schema(
        ("group", _name), ("model", _name), ("threat_class", _name), ("launch_s", pa.float64()), ("end_s", pa.float64()),
        ("fate", _name), ("fate_s", pa.float64()), ("fate_region", _name), ("would_have", _name), ("shooter_member", _name),
        ("shooter_asset", _name), ("excursion", _name), ("first_border_s", pa.float64()), ("weight", pa.float64()),
        ("crosses", _name), ("tag_country", _name), ("failed", pa.bool_()), ("entries_s", pa.list_(pa.float64())),
        ("kept", pa.float64()), ("spoofed", pa.bool_()), ("decoy", pa.bool_()),
    ),
    # Stays in a neighbour's airspace as flown (cut at the fate). inside_s: from entry to exit without the gaps under 60 s that are merged.
    "incursions": _schema(
        ("country", _name), ("threat_class", _name), ("entry_s", pa.float64()), ("exit_s", pa.float64()), ("inside_s", pa.float64()),
        ("depth_m", pa.float64()), ("path_m", pa.float64()), ("entry_lat", pa.float64()), ("entry_lon", pa.float64()), ("weight", pa.float64()),
    ),
    # One row per stretch in which a member holds a track, and one with nulls where it never does before the threat's fate. seen_by: what began it.
    # lost_s: null where it is held to the fate. classified_s: null where it is lost, or the fate comes, before. looks, hits: of the member's own radars,
    # on the free flight, from the first hit that led to the track to its loss; null where none looks by chances.
    "tracks": _schema(
        ("member", _name), ("seen_s", pa.float64()), ("classified_s", pa.float64()), ("seen_by", _name), ("weight", pa.float64()),
        ("lost_s", pa.float64()), ("looks", pa.int32()), ("hits", pa.int32()),
    ),
    # Cut at the fate, whoever brought it: none begins after it.
    "windows": _schema(
        ("member", _name), ("caveat", _name), ("from_s", pa.float64()), ("to_s", pa.float64()), ("weight", pa.float64()),
    ),
    # end_s: when the claim ended; after a kill taken for a miss, when the round at the wreck arrived. So every shot lies from commit_s to end_s.
    # object, here and in shots and falls: what it was (OBJECTS). What is no threat has rows of these three tables alone; `threat` is then its name.
    "engagements": _schema(
        ("member", _name), ("asset", _name), ("commit_s", pa.float64()), ("first_shot_s", pa.float64()), ("shots", pa.int32()),
        ("result", _name), ("end_s", pa.float64()), ("needed", pa.bool_()), ("weight", pa.float64()), ("object", _name),
    ),
    # weapon: missile or gun (a burst).
    "shots": _schema(
        ("member", _name), ("asset", _name), ("fire_s", pa.float64()), ("impact_s", pa.float64()), ("hit", pa.bool_()),
        ("lat", pa.float64()), ("lon", pa.float64()), ("shooter_lat", pa.float64()), ("shooter_lon", pa.float64()), ("weight", pa.float64()),
        ("weapon", _name),
        ("object", _name),
    ),
    # Objects that land: kind = debris (killed), wreck (lost or left), stray (a round that missed). ec: expected casualties.
    "falls": _schema(
        ("kind", _name), ("country", _name), ("lat", pa.float64()), ("lon", pa.float64()), ("land_s", pa.float64()), ("ec", pa.float64()),
        ("shooter_member", _name), ("weight", pa.float64()), ("object", _name),
    ),
    # Why a threat was not killed by the coalition: per member, and member = "coalition" once.
    "causes": _schema(("member", _name), ("cause", _name), ("caveat", _name), ("weight", pa.float64())),
    # A shooter came to its moment and did not fire: the link that failed (CAUSES), and the caveat that held it, null where none did.
    "refusals": _schema(("member", _name), ("asset", _name), ("refused_s", pa.float64()), ("link", _name), ("caveat", _name), ("weight", pa.float64())),
    # One row per flight of a pair (threat is null; sorted by asset and take-off). flight_s and over_ukraine_s are the pair's clock time (two
    # jets fly for two hours: flight_s = 7200); cost_usd is flight hours of all jets times the rate, rounds_usd rounds times unit cost, apart.
    # own_at_risk: expected number of the flight's aircraft that Ukraine's own defence engages by mistake: time over Ukraine of all jets times a rate.
    # jets 0: not a flight but what a notional battery on the ground fired in the night, without times.
    "sorties": _schema(
        ("member", _name), ("asset", _name), ("jets", pa.int32()), ("take_off_s", pa.float64()), ("landing_s", pa.float64()),
        ("flight_s", pa.float64()), ("over_ukraine_s", pa.float64()), ("cost_usd", pa.float64()), ("rounds", pa.int32()), ("rounds_usd", pa.float64()),
        ("own_at_risk", pa.float64()),
    ),
    # What remains for a member's own air policing while its alert pairs fly, from the raid's first launch until it is over (night_s); threat is null.
    # One row per replicate and member whose package names alert pairs, drawn or not: ready_least, the fewest that stood ready; unguarded_s, how long
    # none did. Since version 3.
    "air_policing": _schema(
        ("member", _name), ("alert_pairs", pa.int32()), ("ready_least", pa.int32()), ("unguarded_s", pa.float64()), ("night_s", pa.float64()),
    ),
    # Flown polylines, cut at the fate: every threat of the first few replicates, and some tagged and given samples. For maps only, never counted.
    "paths": _schema(
        ("t_s", pa.list_(pa.float64())), ("lat", pa.list_(pa.float64())), ("lon", pa.list_(pa.float64())), ("alt_m", pa.list_(pa.float64())),
    ),
}

ORDER = {
    "threats": (), "incursions": ("entry_s", "country"), "tracks": ("member", "seen_s"), "windows": ("from_s", "member", "caveat"),
    "engagements": ("commit_s", "member", "asset"), "shots": ("fire_s", "member", "asset", "impact_s", "hit"),
    "refusals": ("refused_s", "member", "asset", "link", "caveat"), "falls": ("land_s", "kind", "lat", "lon"),
    "causes": ("member",), "sorties": ("member", "asset", "take_off_s"), "air_policing": ("member",), "paths": (),
}
"""After (replicate or sample, threat): what orders the rows of a table."""

FATES = ("leaked", "killed_ua", "killed_member", "lost", "left")
"""Exactly one per threat; `zaslin.world.arrays` has their numbers."""

OBJECTS = ("threat", "civil", "friendly", "false")
"""What was engaged: a threat, or what was taken for one."""
THREAT = OBJECTS[0]

COALITION = "coalition"
"""In `member` of causes: the coalition as a whole."""

NO_MATCH_NAME = "no-match"
"""In `caveat` of causes: no rule of the member covers the class."""

CAUSES = (
    "not_seen", "not_classified", "not_permitted", "not_approved", "out_of_reach", "no_free_shooter", "no_rounds", "pilot_held",
    "missed", "ended_first", "unmet_class",
)
"""The chain of links in order; a cause is the first link that failed on the furthest attempt. The last two are no links: its own end came first; and of a
class against which the member has no weapon, whatever the rules."""

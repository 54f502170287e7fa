"""One threat of one replicate from launch to fate, as events in time: what each member saw, was allowed and did.

Read from the tables; the single looks, of which tables keep sums, come in from outside (`with_looks`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from zaslin.errors import InputError, unknown
from zaslin.outcomes.store import Results

Row = dict[str, Any]


def story(results: Results, package: str, replicate: int, threat: str) -> dict[str, Any]:
    """``{"story": [{"t_s", "event", …}], "causes": […]}`` of a threat of a plain replicate, events in order of time.

    t_s: seconds from the night's epoch. causes: why no member shot it down, per member and for the coalition; empty where one did.
    Raises InputError for a replicate or threat that is not there, StoreError for an unknown package.
    """
    tables = {}
    for name in ("threats", "tracks", "windows", "engagements", "shots", "refusals", "incursions", "falls", "causes"):
        tables[name] = results.scan(name, package).filter(pl.col("replicate") == replicate)
    of_threat = [frame.filter(pl.col("threat") == threat) for frame in tables.values()]
    found = dict(zip(tables, (frame.rows(named=True) for frame in results.collect(of_threat)), strict=True))
    if not found["threats"]:
        names = results.collect([tables["threats"].select("threat")])[0].get_column("threat").to_list()
        if not names:
            held = sum(results.parts(package).values())
            raise InputError(f"{package} has no replicate {replicate} in {results.folder}; there are {held:,}, from 0")
        raise InputError(f"replicate {replicate}: {unknown('threat', threat, names)}")
    events = [event for name, tell in _TELL.items() for row in found[name] for event in tell(row)]
    told = [_after_the_kill(event, found["threats"][0]) for event in events if event["t_s"] is not None]
    return {
        "package": package,
        "replicate": replicate,
        "threat": threat,
        "story": _in_order(told),
        "causes": [{"member": row["member"], "cause": row["cause"], "caveat": row["caveat"]} for row in found["causes"]],
    }


def with_looks(told: Row, radars: Iterable[Mapping[str, Any]]) -> Row:
    """A story with every look up to the threat's fate: when it comes into view of a radar, each hit with the looks missed before it, and what was missed at
    the end.

    radars: plain data as `studies.replay.looks_again` gives it, kept under ``looks`` (on the free flight, which may go on after the fate). Of each stretch of
    view the hits and the missed looks add up to the looks until it ends or the threat does.
    """
    radars = list(radars)
    end_s = next(event["t_s"] for event in told["story"] if event["event"] == "fate")
    events = [event for radar in radars for view in radar["views"] for event in _view(radar, view, end_s)]
    return {**told, "story": _in_order([*told["story"], *events]), "looks": radars}


def _in_order(events: Iterable[Row]) -> list[Row]:
    return sorted(events, key=lambda event: (event["t_s"], _RANK.index(event["event"])))


_RANK = (
    "launched", "in_view", "look_hit", "tracked", "classified", "permitted", "committed", "held", "fired", "hit", "missed", "found_nothing", "out_of_view",
    "track_lost", "permission_ended", "engagement_ended", "would_enter", "entered", "came_out", "last_looks", "fate", "fired_at_wreck", "fell",
)  # fmt: skip
"""Events of the same second, in this order."""


def _after_the_kill(event: Row, threat: Row) -> Row:
    """A round that comes to what a member has shot down already finds nothing, and one that leaves then is fired at the wreck: a kill taken for a miss."""
    if threat["fate"] == "killed_member" and event["t_s"] >= threat["fate_s"]:
        name = {"fired": "fired_at_wreck", "missed": "found_nothing"}.get(event["event"])
        return {**event, "event": name} if name else event
    if event["event"] == "missed" and event["t_s"] > threat["fate_s"]:
        return {**event, "event": "found_nothing"}
    return event


def _view(radar: Mapping[str, Any], view: Mapping[str, Any], end_s: float) -> Iterator[Row]:
    """The events of one stretch of view, up to `end_s`."""
    if view["from_s"] >= end_s:
        return
    who = {"members": list(radar["members"]), "by": radar["by"], "radar": radar["radar"]}
    yield {"t_s": view["from_s"], "event": "in_view", **who, "revisit_s": radar["revisit_s"], "chance": radar["chance"]}
    last = -1
    for hit in view["hits"]:
        if hit["t_s"] >= end_s:
            break
        yield {"t_s": hit["t_s"], "event": "look_hit", **who, "missed": hit["look"] - last - 1}
        last = hit["look"]
    left = view["to_s"] is not None and view["to_s"] <= end_s
    looks = view["looks"]
    if not left and view["looks"]:
        looks = min(looks, max(math.ceil((end_s - view["first_s"]) / radar["revisit_s"]), last + 1))
    if left or looks > last + 1:
        yield {"t_s": view["to_s"] if left else end_s, "event": "out_of_view" if left else "last_looks", **who, "missed": looks - last - 1}


def _threat(row: Row) -> list[Row]:
    launched = {
        "t_s": row["launch_s"], "event": "launched", "group": row["group"], "model": row["model"], "threat_class": row["threat_class"],
        "excursion": row["excursion"], "crosses": row["crosses"],
    }  # fmt: skip
    border = {"t_s": row["first_border_s"], "event": "would_enter", "country": row["excursion"]}
    fate = {
        "t_s": row["fate_s"], "event": "fate", "fate": row["fate"], "would_have": row["would_have"], "region": row["fate_region"],
        "member": row["shooter_member"], "asset": row["shooter_asset"],
    }  # fmt: skip
    return [launched, border, fate]


def _track(row: Row) -> list[Row]:
    return [
        {"t_s": row["seen_s"], "event": "tracked", "member": row["member"], "by": row["seen_by"], "looks": row["looks"], "hits": row["hits"]},
        {"t_s": row["classified_s"], "event": "classified", "member": row["member"]},
        {"t_s": row["lost_s"], "event": "track_lost", "member": row["member"], "looks": row["looks"], "hits": row["hits"]},
    ]


def _window(row: Row) -> list[Row]:
    who = {"member": row["member"], "caveat": row["caveat"]}
    return [{"t_s": row["from_s"], "event": "permitted", **who}, {"t_s": row["to_s"], "event": "permission_ended", **who}]


def _engagement(row: Row) -> list[Row]:
    who = {"member": row["member"], "asset": row["asset"]}
    return [
        {"t_s": row["commit_s"], "event": "committed", **who},
        {"t_s": row["end_s"], "event": "engagement_ended", **who, "result": row["result"], "shots": row["shots"]},
    ]


def _shot(row: Row) -> list[Row]:
    who = {"member": row["member"], "asset": row["asset"]}
    fired = {"t_s": row["fire_s"], "event": "fired", **who, "weapon": row["weapon"]}
    return [fired, {"t_s": row["impact_s"], "event": "hit" if row["hit"] else "missed", **who}]


def _refusal(row: Row) -> list[Row]:
    return [{"t_s": row["refused_s"], "event": "held", "member": row["member"], "asset": row["asset"], "cause": row["link"], "caveat": row["caveat"]}]


def _incursion(row: Row) -> list[Row]:
    return [
        {"t_s": row["entry_s"], "event": "entered", "country": row["country"]},
        {"t_s": row["exit_s"], "event": "came_out", "country": row["country"], "inside_s": row["inside_s"], "depth_m": row["depth_m"], "path_m": row["path_m"]},
    ]


def _fall(row: Row) -> list[Row]:
    return [
        {
            "t_s": row["land_s"], "event": "fell", "kind": row["kind"], "country": row["country"], "expected_casualties": row["ec"],
            "member": row["shooter_member"],
        }
    ]  # fmt: skip


_TELL: dict[str, Callable[[Row], list[Row]]] = {
    "threats": _threat, "tracks": _track, "windows": _window, "engagements": _engagement, "shots": _shot, "refusals": _refusal,
    "incursions": _incursion, "falls": _fall,
}  # fmt: skip

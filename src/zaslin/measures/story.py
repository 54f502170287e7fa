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
from zaslin.outcomes.tables import NO_MATCH_NAME

Row = dict[str, Any]


def story(results: Results, package: str, replicate: int, threat: str) -> dict[str, Any]:
    """``{"members": [codes], "story": [{"t_s", "event", …}], "causes": […]}`` of a threat of a plain replicate, events in order of time.

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
    of, end, members = found["threats"][0], found["threats"][0]["fate_s"], results.package(package)["members"]
    told = [_after_the_kill(event, of) for event in events if event["t_s"] is not None]
    told = [_with_its_end(event, found, end) for event in told] + [
        event for member in members for event in refusals(member, of["threat_class"], found["tracks"], found["windows"], found["causes"])
    ]
    return {
        "package": package,
        "replicate": replicate,
        "threat": threat,
        "members": [str(member["nation"]) for member in members],
        "story": _in_order(told),
        "causes": [{"member": row["member"], "cause": row["cause"], "caveat": row["caveat"]} for row in found["causes"]],
    }


def with_looks(told: Row, radars: Iterable[Mapping[str, Any]]) -> Row:
    """A story with every look up to the threat's fate: when it comes into view of a radar, each hit with the looks missed before it, when a radar drops it
    again, and what was missed at the end.

    radars: plain data as `studies.replay.looks_again` gives it, kept under ``looks`` (on the free flight, which may go on after the fate). Of each stretch of
    view the hits and the missed looks add up to the looks until it ends or the threat does. A track that begins with hits of one of these radars says when
    the first of them was (``since_s``).
    """
    radars = list(radars)
    end_s = next(event["t_s"] for event in told["story"] if event["event"] == "fate")
    everyone = set(told.get("members") or ())
    events = [event for radar in radars for view in radar["views"] for event in _view(radar, view, end_s, everyone)]
    return {**told, "story": _in_order([*(_since(event, radars) for event in told["story"]), *events]), "looks": radars}


def refusals(member: Row, threat_class: str | None, tracks: Iterable[Row], windows: Iterable[Row], causes: Iterable[Row]) -> Iterator[Row]:
    """A ``not_permitted`` for every track of a member that is classified when none of the member's windows is open: rows of one threat's tables.

    member: of the package, as plain data. ``caveat``: the one that the causes name, where they name it for the whole flight (no window ever opened);
    None elsewhere, and where no rule of the member permits fire at the class (``rules`` is then empty). ``link``: ``not_permitted`` or ``not_approved``.
    rules: those that could have permitted it (the named one, else every permit and ask of the class), as ``id``, ``effect``, ``zone`` and ``horizon`` (the
    heading test's number for the class, None without one); None where the package does not say.
    """
    nation = member["nation"]
    mine = [row for row in windows if row["member"] == nation]
    cause: Row = next((row for row in causes if row["member"] == nation), {})
    rules = _rules(member, threat_class)
    permits = None if rules is None else [rule for rule in rules if rule["effect"] != "forbid"]
    named = cause.get("caveat") if not mine and cause.get("cause") in _BY_RULE else None
    if permits == [] or named == NO_MATCH_NAME:
        named, permits = None, []
    elif named is not None and rules is not None:
        permits = [rule for rule in rules if rule["id"] == named]
    link = "not_approved" if named is not None and cause["cause"] == "not_approved" else "not_permitted"
    for row in tracks:
        at = row["classified_s"]
        if row["member"] == nation and at is not None and not _open_at(mine, at):
            yield {"t_s": at, "event": "not_permitted", "member": nation, "link": link, "caveat": named, "rules": permits}


_BY_RULE = ("not_permitted", "not_approved")
_SAME_S = 0.1
"""Times closer than this, s, are one: windows are bisected to half of it (`doctrine.consent`)."""


def _rules(member: Row, threat_class: str | None) -> list[Row] | None:
    if "caveats" not in member:
        return None
    out = []
    for rule in member["caveats"]:
        if threat_class in rule.get("classes", (threat_class,)):
            horizon = ((rule.get("heading") or {}).get("horizon") or {}).get(threat_class)
            out.append({"id": rule["id"], "effect": rule["effect"], "zone": rule.get("zone"), "horizon": horizon})
    return out


def _open_at(windows: Iterable[Row], t: float) -> bool:
    return any(row["from_s"] <= t + _SAME_S and t + _SAME_S < row["to_s"] for row in windows)


def _with_its_end(event: Row, found: Mapping[str, list[Row]], end: float) -> Row:
    """A stay that the fate ends is no way out; a permission that ends says whether the member's track goes on without one (``track_goes_on``)."""
    at = event["t_s"]
    if event["event"] == "came_out" and at >= end - _SAME_S:
        return {**event, "event": "ended_inside"}
    if event["event"] != "permission_ended":
        return event
    tracks = [row for row in found["tracks"] if row["member"] == event["member"] and row["classified_s"] is not None]
    held = any(row["classified_s"] <= at < min(end, end if row["lost_s"] is None else row["lost_s"]) - _SAME_S for row in tracks)
    return {**event, "track_goes_on": held and not _open_at([row for row in found["windows"] if row["member"] == event["member"]], at)}


def _in_order(events: Iterable[Row]) -> list[Row]:
    return sorted(events, key=lambda event: (event["t_s"], _RANK.index(event["event"])))


_RANK = (
    "launched", "in_view", "look_hit", "tracked", "classified", "not_permitted", "permitted", "committed", "held", "fired", "hit", "missed", "found_nothing",
    "dropped", "out_of_view", "track_lost", "permission_ended", "engagement_ended", "would_enter", "entered", "came_out", "ended_inside", "last_looks", "fate",
    "fired_at_wreck", "fell",
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


def _view(radar: Mapping[str, Any], view: Mapping[str, Any], end_s: float, everyone: set[str]) -> Iterator[Row]:
    """The events of one stretch of view, up to `end_s`. everyone: the package's members."""
    if view["from_s"] >= end_s:
        return
    members = list(radar["members"])
    who = {"members": members, "all_members": bool(everyone) and everyone <= set(members), "by": radar["by"], "radar": radar["radar"]}
    yield {"t_s": view["from_s"], "event": "in_view", **who, "revisit_s": radar["revisit_s"], "chance": radar["chance"]}
    hits, left = view["hits"], view["to_s"] is not None and view["to_s"] <= end_s
    tracks = {_first_hit(view, track): track for track in view.get("tracks", ())}
    until = {first + track["hits"] - 1: first for first, track in tracks.items()}
    last = -1
    for i, hit in enumerate(hits):
        if hit["t_s"] >= end_s:
            break
        starts = {"starts_track": True} if i in tracks else {}
        yield {"t_s": hit["t_s"], "event": "look_hit", **who, "missed": hit["look"] - last - 1, **starts}
        last = hit["look"]
        if i not in until:
            continue
        track, first = tracks[until[i]], hits[until[i]]
        to_s = track["to_s"]
        if to_s is not None and (to_s < end_s or (left and to_s <= view["to_s"])):
            missed = track["looks"] - (last - first["look"] + 1)
            delays = radar.get("track_delay_s") or {}
            never = [code for code in members if track["from_s"] + delays.get(code, 0.0) >= to_s]
            sums = {"looks": track["looks"], "hits": track["hits"], "missed": missed, "since_s": first["t_s"], "uncounted": never}
            yield {"t_s": to_s, "event": "dropped", **who, **sums}
            last += missed
    looks = view["looks"]
    if not left and looks:
        looks = min(looks, max(math.ceil((end_s - view["first_s"]) / radar["revisit_s"]), last + 1))
    if left or looks > last + 1:
        yield {"t_s": view["to_s"] if left else end_s, "event": "out_of_view" if left else "last_looks", **who, "missed": looks - last - 1}


def _first_hit(view: Mapping[str, Any], track: Mapping[str, Any]) -> int:
    """Number of the first hit of a track, which begins at the second."""
    return next(i for i, hit in enumerate(view["hits"]) if hit["t_s"] == track["from_s"]) - 1


def _since(event: Row, radars: Iterable[Mapping[str, Any]]) -> Row:
    """A track's beginning with the first hit that led to it, where one of these radars had it."""
    if event["event"] != "tracked":
        return event
    for radar in radars:
        delay = (radar.get("track_delay_s") or {}).get(event["member"])
        for view in radar["views"] if delay is not None else ():
            for track in view["tracks"]:
                if abs(track["from_s"] + delay - event["t_s"]) < _SAME_S:
                    return {**event, "since_s": view["hits"][_first_hit(view, track)]["t_s"]}
    return event


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

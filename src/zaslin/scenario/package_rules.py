"""What a package must fulfil beyond its types: names that exist, parts that fit each other, stations and delays that make sense.

It reads plain data, as the file gives it, so that these faults come in one list with the faults of type. It assumes nothing about
what it reads: whatever has the wrong shape is passed over here, because the types tell of it.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

from zaslin.atlas.bases import Base, bases
from zaslin.atlas.borders import COUNTRIES, N_INDEXED, country_of
from zaslin.atlas.provinces import province, provinces
from zaslin.atlas.regions import MACRO, REGIONS, region_at
from zaslin.errors import unknown
from zaslin.scenario.aircraft import Aircraft
from zaslin.scenario.aircraft_catalogue import aircraft_catalogue
from zaslin.scenario.findings import Findings, mapping, maps, name_fault, si, source_findings, text_findings, texts
from zaslin.scenario.nations import nation_fault, nation_name
from zaslin.scenario.package import USUAL_DELAY, USUAL_SIGMA
from zaslin.scenario.picture import USUAL_DROP_AFTER, USUAL_P_LOOK, USUAL_REVISIT
from zaslin.scenario.yaml_text import Loc
from zaslin.units import EARTH_RADIUS_M

MARGIN_S = 120.0
"""A projected-crossing horizon should exceed the approval's 90th percentile by this, s (DESIGN, "Heading test")."""
_HORIZON_S = {"drone": 600, "cruise": 300}
"""Horizons of the shipped packages, s: what a message proposes."""
_Z90 = 1.2815515655446004
"""The standard normal's 90th percentile."""
_NONE = {
    "pairs": "no pair ever flies; give high: 1 or more, or leave the asset out",
    "number": "no aircraft ever flies; give high: 1 or more, or leave the asset out",
    "missiles_per_jet": "the jets fly without missiles: what is left is a gun, against drones; give the missiles of one jet, such as value: 4, low: 4, high: 6",
    "bursts": "its aircraft have nothing to fire; give the bursts of one aircraft, such as value: 8, low: 4, high: 20",
}
"""What follows from an asset's number that is 0 in every draw, and what would be right."""
LEAST_ON_STATION_S = 1_800.0
"""A patrol with less time on station than this between its flights there and back is warned of, s (our choice)."""


def package_findings(data: Any, lines: Mapping[Loc, int]) -> Findings:
    """Every cross-reference fault and warning of a package given as plain data (a mapping, as YAML or `model_dump` gives it)."""
    found = Findings(lines=lines)
    if not isinstance(data, Mapping):
        return found
    source_findings(data, found)
    text_findings(data, found)
    zones = mapping(data.get("zones"))
    _zones(zones, found)
    types = {**aircraft_catalogue(), **_own_aircraft(data, found)}
    nations: dict[str, int] = {}
    asset_ids: dict[str, Loc] = {}
    used_zones: set[str] = set()
    for loc, member in maps(data.get("members"), ("members",)):
        nation = member.get("nation")
        if isinstance(nation, str):
            wrong = nation_fault(nation)
            if wrong:
                found.fault((*loc, "nation"), wrong)
            elif nation in nations:
                found.fault((*loc, "nation"), f"{nation} is member {nations[nation] + 1} already; put its assets and caveats together")
            nations.setdefault(nation, int(loc[1]))
        for here, asset in maps(member.get("assets"), (*loc, "assets")):
            _once(asset.get("id"), (*here, "id"), asset_ids, "asset", found)
            if asset.get("kind") in ("cap", "qra", "helicopters"):
                _fighters(here, asset, member, zones, types, found)
                _none(here, asset, found)
            named = asset.get("provinces")
            for i, name in enumerate(named if isinstance(named, (list, tuple)) else []):
                _named(name, (*here, "provinces", i), found)
                _province(name, nation, (*here, "provinces", i), found)
        _caveats(loc, member, zones, used_zones, found)
        for here, radar in maps(mapping(member.get("picture")).get("airborne"), (*loc, "picture", "airborne")):
            _orbit((*here, "orbit"), radar.get("orbit"), found)
        _looks((*loc, "picture"), mapping(member.get("picture")), found)
        _classes(loc, member, types, found)
    for name in zones:
        if name not in used_zones:
            found.warn(("zones", name), "no caveat uses this zone")
    _turns(data, found)
    _pooling(data, found)
    return found


def _named(name: Any, loc: Loc, found: Findings) -> None:
    wrong = name_fault(name) if isinstance(name, str) else None
    if wrong:
        found.fault(loc, wrong)


def _province(name: Any, nation: Any, loc: Loc, found: Findings) -> None:
    """A province without a frame is no fault: files from before batteries fired name what they like; nothing stands there."""
    if not isinstance(name, str) or not isinstance(nation, str) or province(name, nation) is not None:
        return
    known = [item.name for item in provinces(nation)]
    if known:
        found.warn(loc, f"{unknown('border province', name, known)}; no battery stands there")
    elif nation_fault(nation) is None:
        found.warn(loc, f"no border province of {nation_name(nation)} is in the table, so no battery stands there")


def _once(name: Any, loc: Loc, seen: dict[str, Loc], what: str, found: Findings) -> None:
    if isinstance(name, str):
        if name in seen:
            found.fault(loc, f'the {what} "{name}" is there twice; give each its own id')
        seen.setdefault(name, loc)


def _own_aircraft(data: Mapping[str, Any], found: Findings) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for loc, entry in maps(data.get("aircraft"), ("aircraft",)):
        name = entry.get("name")
        _named(name, (*loc, "name"), found)
        if isinstance(name, str):
            if name in out:
                found.fault((*loc, "name"), f'the aircraft "{name}" is there twice')
            out[name] = entry
    return out


def _zones(zones: Mapping[str, Any], found: Findings) -> None:
    known = {name.casefold() for name in (*REGIONS, *MACRO)}
    for name, zone in zones.items():
        for i, region in enumerate(mapping(zone).get("regions") or [] if isinstance(mapping(zone).get("regions"), (list, tuple)) else []):
            if isinstance(region, str) and region.casefold() not in known:
                found.fault(("zones", name, "regions", i), unknown("region of Ukraine", region, [*REGIONS, *MACRO]))
        for country in mapping(mapping(zone).get("less_within")):
            if country not in COUNTRIES[:N_INDEXED] or country == "UA":
                found.fault(("zones", name, "less_within", country), unknown("country near Ukraine", country, COUNTRIES[1:N_INDEXED]))


def _fighters(loc: Loc, asset: Mapping[str, Any], member: Mapping[str, Any], zones: Mapping[str, Any], types: Mapping[str, Any], found: Findings) -> None:
    name, base = asset.get("aircraft"), asset.get("base")
    if isinstance(name, str) and name not in types:
        found.fault((*loc, "aircraft"), unknown("aircraft", name, types))
    elif isinstance(name, str):
        _airframe((*loc, "aircraft"), name, asset.get("kind"), types[name], found)
    if isinstance(base, str) and base not in _bases():
        found.fault((*loc, "base"), _no_base(base))
    place = _point(asset.get("station"))
    if place is None:
        return
    country = country_of(*place)
    station, nation = (*loc, "station"), member.get("nation")
    if country in ("RU", "BY"):
        found.fault(station, f"lies in the airspace of {nation_name(country)}; give a point over Ukraine, a member or the sea")
    elif country == "UA":
        _over_ukraine(station, place, member, zones, found)
    elif country is not None and country != nation and isinstance(base, str) and base in _bases() and country != _bases()[base].country:
        found.warn(station, f"lies in the airspace of {nation_name(country)}, neither the member's nor the base's country: its consent is needed")
    if asset.get("kind") in ("cap", "helicopters") and isinstance(base, str) and base in _bases() and isinstance(name, str) and name in types:
        _fuel(station, place, base, types[name], "; many relief flights will be needed" if asset.get("kind") == "cap" else "", found)


def _none(loc: Loc, asset: Mapping[str, Any], found: Findings) -> None:
    """Numbers of an asset that are 0 in every draw, or 0 at best and more in some. Where turns say which of the coalition's pairs fly, they count and `pairs`
    does not."""
    for name, follows in _NONE.items():
        number = mapping(asset.get(name))
        value, high = number.get("value"), number.get("high")
        if not isinstance(high, (int, float)) or isinstance(high, bool) or (name == "pairs" and asset.get("turns")):
            continue
        if 0 <= high < 1:
            found.warn((*loc, name), f"0 came (high: {high:g}): {follows}")
        elif isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 0.5:
            found.warn(
                (*loc, name),
                f"value {value:g} came, the lower end of what is drawn, up to {high:g}: none is the likeliest, and many draws still have some. If some are "
                f"meant, give the likeliest number, such as value: {(high + 1) // 2:g}; if none, give high: 0",
            )


@cache
def _bases() -> dict[str, Base]:
    return {entry.icao: entry for entry in bases()}


def _no_base(base: str) -> str:
    hit = next((code for code, entry in _bases().items() if _folded(base) in _folded(entry.name)), None) if len(base) > 3 else None
    return f'no base "{base}"; did you mean "{hit}" ({_bases()[hit].name})?' if hit else unknown("base", base, _bases())


def _folded(name: str) -> str:
    """Small letters without accents: Łask is found as lask."""
    return "".join(c for c in unicodedata.normalize("NFKD", name.casefold().replace("ł", "l")) if not unicodedata.combining(c))


def _over_ukraine(station: Loc, place: tuple[float, float], member: Mapping[str, Any], zones: Mapping[str, Any], found: Findings) -> None:
    permits = [caveat for _, caveat in maps(member.get("caveats"), ()) if caveat.get("effect") in ("permit", "ask")]
    if not any(mapping(caveat.get("shooter_place")).get("area") in ("ukraine", "anywhere") for caveat in permits):
        found.warn(station, "lies over Ukraine, but none of the member's caveats lets its fighters fire from there")
    named = [zone for caveat in permits if isinstance(zone := mapping(caveat.get("zone")).get("named"), str) and zone in zones]
    if named and len(named) == len(permits) and not any(_inside(place, mapping(zones[zone])) for zone in named):
        found.warn(station, f"lies outside the zone that the member's caveats name ({', '.join(sorted(set(named)))})")


def _inside(place: tuple[float, float], zone: Mapping[str, Any]) -> bool:
    region = region_at(*place)
    regions = {name.casefold() for name in texts(zone.get("regions"))}
    if region is None:
        return False
    from zaslin.atlas.fields import load_fields
    from zaslin.plane import project

    fields = load_fields()
    x, y = project(*place)
    iy, ix = int((y - fields.y0) // fields.cell_m), int((x - fields.x0) // fields.cell_m)
    macro = MACRO[int(fields.macro[iy, ix])] if fields.macro[iy, ix] >= 0 else ""
    near = any(
        country in COUNTRIES[:N_INDEXED] and (limit := si(number)) is not None and fields.distance[COUNTRIES.index(country), iy, ix] < limit
        for country, number in mapping(zone.get("less_within")).items()
    )
    return not near and (region.casefold() in regions or macro in regions)


def _airframe(loc: Loc, name: str, kind: Any, aircraft: Any, found: Findings) -> None:
    """Fighters fly as CAP and QRA pairs, slow aircraft as helicopters."""
    slow = (aircraft.kind if isinstance(aircraft, Aircraft) else mapping(aircraft).get("kind", "fighter")) != "fighter"
    if kind == "helicopters" and not slow:
        found.fault(loc, f'"{name}" is a fighter; say kind: qra or cap, or give a type of kind helicopter or propeller')
    elif kind != "helicopters" and slow:
        found.fault(loc, f'"{name}" is no fighter; say kind: helicopters')


def _fuel(station: Loc, place: tuple[float, float], base: str, aircraft: Any, then: str, found: Findings) -> None:
    entry = aircraft.model_dump(mode="json") if isinstance(aircraft, Aircraft) else aircraft
    speed, endurance = si(entry.get("cruise_speed")), si(entry.get("endurance"))
    if not speed or endurance is None:
        return
    transit_s = _distance_m((_bases()[base].lat, _bases()[base].lon), place) / speed
    left_s = endurance - 2.0 * transit_s
    if left_s <= 0.0:
        minutes = f"{base} is {transit_s / 60:.0f} min away and the aircraft flies {endurance / 60:.0f} min"
        found.fault(station, f"{minutes}: no time on station is left; take a nearer base")
    elif left_s < LEAST_ON_STATION_S:
        found.warn(station, f"only {left_s / 60:.0f} min on station are left after the flight from {base} and back{then}")


def _distance_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance between two points in degrees, by haversines: for a message, so not worth a compiled kernel."""
    (lat_a, lon_a), (lat_b, lon_b) = (tuple(map(math.radians, point)) for point in (a, b))
    half = math.sin((lat_b - lat_a) / 2.0) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2.0) ** 2
    return 2.0 * EARTH_RADIUS_M * math.asin(math.sqrt(min(half, 1.0)))


def _point(place: Any) -> tuple[float, float] | None:
    lat, lon = mapping(place).get("lat"), mapping(place).get("lon")
    if any(isinstance(v, bool) or not isinstance(v, (int, float)) for v in (lat, lon)):
        return None
    return (float(lat), float(lon)) if 35 <= lat <= 70 and -10 <= lon <= 60 else None  # type: ignore[arg-type,operator]


def _orbit(loc: Loc, place: Any, found: Findings) -> None:
    point = _point(place)
    country = country_of(*point) if point else None
    if country in ("RU", "BY"):
        found.fault(loc, f"lies in the airspace of {nation_name(country)}; give a point over Ukraine, a member or the sea")


def _looks(loc: Loc, picture: Mapping[str, Any], found: Findings) -> None:
    if picture.get("detection") == "horizon":
        for name in ("revisit", "p_look", "drop_after"):
            if name in picture and not _usual_number(name, picture[name]):
                found.warn((*loc, name), "has an effect with detection: looks only; with horizon a radar sees all that comes into view")


def _usual_number(name: str, given: Any) -> bool:
    """Whether what is given is the usual value, as a dumped package writes it out."""
    usual: dict[str, tuple[float, float, float]] = {"revisit": USUAL_REVISIT, "p_look": USUAL_P_LOOK}.get(name, {"": USUAL_DROP_AFTER})
    told = {"": given} if name == "drop_after" else mapping(given)
    return all(tuple(mapping(number).get(key) for key in ("value", "low", "high")) == usual.get(str(part)) for part, number in told.items())


def _pooling(data: Mapping[str, Any], found: Findings) -> None:
    """Sharing that helps nobody."""
    members = list(maps(data.get("members"), ("members",)))
    if mapping(data.get("pooling")).get("enabled") is True:
        if len(members) == 1:
            found.warn(("pooling", "enabled"), "has no effect with one member; add another, or remove pooling")
        return
    for loc, member in members:
        if not member.get("assets") and len(members) > 1:
            nobody = "has no effect: the member brings no assets, and the members do not pool their tracks"
            found.warn((*loc, "picture"), f"{nobody}; say pooling: {{enabled: true}}, or leave the member out")


def _caveats(loc: Loc, member: Mapping[str, Any], zones: Mapping[str, Any], used_zones: set[str], found: Findings) -> None:
    nation = member.get("nation")
    bordering = nation in COUNTRIES[:N_INDEXED]
    seen: dict[str, Loc] = {}
    for here, caveat in maps(member.get("caveats"), (*loc, "caveats")):
        _once(caveat.get("id"), (*here, "id"), seen, "caveat", found)
        zone, place, heading = mapping(caveat.get("zone")), mapping(caveat.get("shooter_place")), mapping(caveat.get("heading"))
        named = zone.get("named")
        if isinstance(named, str):
            used_zones.add(named)
            if named not in zones:
                none = f'no zone "{named}": the package defines none; add it under zones'
                found.fault((*here, "zone", "named"), unknown("zone", named, zones) if zones else none)
        if si(zone.get("within")) == 0.0:
            found.warn((*here, "zone", "within"), "within 0 of the own border is nowhere over Ukraine, so the caveat never matches; give a distance")
        if isinstance(nation, str) and not bordering and nation_fault(nation) is None:
            for key, uses in (("zone", zone.get("area") == "own-airspace" or zone.get("within") is not None), ("heading", bool(heading)),
                              ("shooter_place", place.get("area") == "own-airspace" or place.get("pursuit") is not None)):  # fmt: skip
                if uses:
                    none = f"is measured at the own border, and {nation_name(nation)} has none in the theatre"
                    found.fault((*here, key), f"{none}; use another area or a named zone")
        if place.get("pursuit") is not None and place.get("area") != "ukraine":
            found.warn((*here, "shooter_place", "pursuit"), "has an effect with area: ukraine only")
        if caveat.get("effect") == "forbid" and place.get("area") in ("own-airspace", "ukraine"):
            found.fault((*here, "shooter_place", "area"), "a forbid holds wherever the shooter is; say anywhere, or leave shooter_place out")
        approval = mapping(caveat.get("approval"))
        if caveat.get("effect") == "permit" and approval.get("authority") in ("commander", "ministerial"):
            found.warn((*here, "approval"), "has no effect with effect: permit, which asks nobody; say effect: ask")
        _heading(here, caveat, heading, found)


def _heading(loc: Loc, caveat: Mapping[str, Any], heading: Mapping[str, Any], found: Findings) -> None:
    horizons = mapping(heading.get("horizon"))
    if not horizons:
        return
    for name in texts(caveat.get("classes")):
        if name not in horizons:
            found.warn((*loc, "heading", "horizon"), f'has no "{name}": the caveat does not cover that class, though classes names it')
    for name, number in horizons.items():
        if si(number, "high") == 0.0:
            found.warn(
                (*loc, "heading", "horizon", name),
                f"0 s came: no course meets own territory in no time, so the caveat never covers the class {name}; give the time within which the projected "
                f"course must meet it, such as value: {_HORIZON_S.get(name, 300)}, unit: s, or leave the class out",
            )
    if caveat.get("effect") == "forbid":
        return
    approval = mapping(caveat.get("approval"))
    authority = approval.get("authority")
    usual = USUAL_DELAY.get(authority, (0.0, 0.0, 0.0))[0] if isinstance(authority, str) else 0.0
    delay_s = (si(approval["delay"]) if "delay" in approval else usual) if caveat.get("effect") == "ask" else 0.0
    sigma = si(approval["sigma"]) if "sigma" in approval else USUAL_SIGMA
    if delay_s is None or sigma is None:
        return
    least_s = delay_s * math.exp(min(_Z90 * sigma, 50.0)) + MARGIN_S
    for name, number in horizons.items():
        horizon_s = si(number)
        if horizon_s is None or horizon_s >= least_s or si(number, "high") == 0.0:
            continue
        if delay_s > 0.0:
            why = f"the approval's 90th percentile and {MARGIN_S:.0f} s ({least_s:.0f} s): many yeses would come too late"
        else:
            why = f"{MARGIN_S:.0f} s: nobody is asked, but hardly a shooter comes to fire in that time"
        found.warn((*loc, "heading", "horizon", name), f"{horizon_s:.0f} s is shorter than {why}")


def _classes(loc: Loc, member: Mapping[str, Any], types: Mapping[str, Any], found: Findings) -> None:
    """Classes that a caveat permits but no asset of the member can engage."""
    can: set[str] = set()
    own: list[str] = []
    for _, asset in maps(member.get("assets"), ()):
        name = asset.get("aircraft")
        entry = types.get(name) if isinstance(name, str) else None
        reach = entry.reach if isinstance(entry, Aircraft) else mapping(mapping(entry).get("reach"))
        classes = set(reach) | set(texts(asset.get("classes")))
        can |= classes
        what = f" ({name})" if isinstance(name, str) else " (batteries)" if asset.get("kind") == "gbad" else ""
        own.append(f"{asset.get('id')}{what}: {', '.join(sorted(classes)) or 'nothing'}")
    nation = member.get("nation")
    who = nation_name(nation) if isinstance(nation, str) and nation_fault(nation) is None else "the member"
    fighters = {name for entry in types.values() for name in (entry.reach if isinstance(entry, Aircraft) else mapping(mapping(entry).get("reach")))}
    for here, caveat in maps(member.get("caveats"), (*loc, "caveats")):
        for i, name in enumerate(texts(caveat.get("classes"))):
            if can and caveat.get("effect") != "forbid" and name not in can:
                none = "" if name in fighters else "; no fighter in the model can"
                found.warn((*here, "classes", i), f'no asset of {who} can engage the class "{name}"{none}. They engage: {"; ".join(own)}')


def _turns(data: Mapping[str, Any], found: Findings) -> None:
    """The order in which the coalition's CAP pairs fly: every place once, and `pairs` as the turns say."""
    total = mapping(data.get("cap_pairs"))
    bounds = {key: value for key in ("low", "value", "high") if isinstance(value := total.get(key), (int, float)) and not isinstance(value, bool)}
    taken: dict[int, str] = {}
    for loc, member in maps(data.get("members"), ("members",)):
        for here, asset in maps(member.get("assets"), (*loc, "assets")):
            turns = asset.get("turns")
            if asset.get("kind") != "cap":
                continue
            if not turns:
                if total:
                    found.fault((*here, "turns"), "missing; the package gives cap_pairs, so say which of the coalition's pairs this is, such as [3, 11]")
                continue
            if not total:
                found.fault((*here, "turns"), "need the package's cap_pairs; add it, or remove the turns")
                continue
            numbers = [turn for turn in turns if isinstance(turn, int) and not isinstance(turn, bool)] if isinstance(turns, (list, tuple)) else []
            for turn in numbers:
                if turn in taken:
                    found.fault((*here, "turns"), f"turn {turn} belongs to {taken[turn]} already")
                taken[turn] = str(asset.get("id"))
            pairs = mapping(asset.get("pairs"))
            if len(bounds) == 3 and numbers:
                wants = {key: sum(turn <= bound for turn in numbers) for key, bound in bounds.items()}
                if any(pairs.get(key) != want for key, want in wants.items()):
                    found.warn(
                        (*here, "pairs"),
                        f"does not fit the turns {numbers}, which are what counts, of cap_pairs {bounds['value']:g} "
                        f"({bounds['low']:g}–{bounds['high']:g}); give value {wants['value']}, low {wants['low']}, high {wants['high']}",
                    )
    if len(bounds) == 3 and taken:
        gaps = [turn for turn in range(1, int(bounds["high"]) + 1) if turn not in taken]
        if gaps:
            found.warn(("cap_pairs",), f"nobody flies turn {', '.join(str(gap) for gap in gaps)}: fewer pairs than cap_pairs says will be airborne")

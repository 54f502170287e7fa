"""A package to the arrays that kernels see, for one block of replicates; units change here and nowhere else.

Every uncertain input is drawn by its own name, which never holds the package's: an asset that two packages share has the same numbers in
both, and a member that leaves changes nobody else's. A ground-based asset becomes one battery for each of its border provinces.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from zaslin import draws
from zaslin.atlas.bases import base
from zaslin.atlas.borders import COUNTRIES, N_INDEXED
from zaslin.atlas.fields import Fields
from zaslin.atlas.ground import Ground
from zaslin.atlas.provinces import Province, province
from zaslin.atlas.regions import MACRO, REGIONS
from zaslin.plane import project
from zaslin.scenario.aircraft import Aircraft
from zaslin.scenario.others import OtherTraffic
from zaslin.scenario.package import BorderGbad, Caveat, Fighters, Helicopters, Member, NamedZone, Package
from zaslin.scenario.picture import Picture, Pooling
from zaslin.scenario.sourced import Sourced
from zaslin.scenario.threat import CLASSES, ThreatClass
from zaslin.scenario.weapons import Gun, Judging, Salvo
from zaslin.units import EARTH_RADIUS_M
from zaslin.world import arrays
from zaslin.world.arrays import BATTERY, CAVEAT, MEMBER, N_OTHERS, RADAR, SHOOTER, Coalition
from zaslin.world.compile_others import compile_others, mistakes_of
from zaslin.world.inputs import Luck

JETS = 2
"""A pair: fighters patrol and scramble in twos."""

_EFFECT = {"forbid": arrays.EFFECT_FORBID, "ask": arrays.EFFECT_ASK, "permit": arrays.EFFECT_PERMIT}
_AREA = {"own-airspace": arrays.ZONE_OWN, "ukraine": arrays.ZONE_UKRAINE, "anywhere": arrays.ZONE_ANYWHERE}
_PLACE = {"own-airspace": arrays.PLACE_OWN, "ukraine": arrays.PLACE_UKRAINE, "anywhere": arrays.PLACE_ANYWHERE}


def compile_package(
    package: Package,
    aircraft: Mapping[str, Aircraft],
    ground: Ground,
    seed: int,
    block: int,
    luck: Luck | None = None,
    others: OtherTraffic | None = None,
) -> Coalition:
    """`package` in SI for one block: the draw of all its uncertain inputs by (seed, block, name).

    aircraft: types by name; the package's own types come before them. ground: the atlas, for the zones' rasters. seed, block: >= 0.
    luck: what stands in for that draw. others: what is in the air and is no threat; None: nothing. Members without a border in the theatre have
    country -1. A caveat that permits without asking has delay 0.
    """
    luck = luck or Luck(seed, block)
    types = {**aircraft, **{own.name: own for own in package.aircraft}}
    zone_names = list(package.zones)
    members, radars, caveats, shooters, batteries = [], [], [], [], []
    asset_names: list[str] = []
    for index, member in enumerate(package.members):
        members.append(_member(member, package.pooling, luck, others))
        radars += _radars(index, member.picture, luck)
        caveats += [_caveat(index, member.nation, caveat, zone_names, luck) for caveat in member.caveats]
        for asset in member.assets:
            if isinstance(asset, Fighters | Helicopters):
                asset_names.append(asset.id)
                row = _shooter(index, len(asset_names) - 1, member.nation, asset, types[asset.aircraft], luck)
                shooters += [(draws.entity_id(f"{asset.id}/{i}"), *row) for i in _pairs(member.nation, asset, package.cap_pairs, luck)]
            else:
                asset_names.append(asset.id)
                for name in asset.provinces:
                    found = province(name, member.nation)
                    if found is not None:  # `check` warns of one that is not known
                        row, battery = _battery(index, len(asset_names) - 1, member.nation, asset, found, luck)
                        batteries.append((len(shooters), *battery))
                        shooters.append((draws.entity_id(f"{asset.id}/{found.name}"), *row))
    zones = [zone_mask(zone, name, ground.fields, luck) for name, zone in package.zones.items()]
    return Coalition(
        package=package.name,
        members=_rows(members, MEMBER),
        radars=_rows(radars, RADAR),
        caveats=_rows(caveats, CAVEAT),
        shooters=_rows(shooters, SHOOTER),
        zones=np.array(zones, dtype=np.uint8).reshape(len(zones), *ground.fields.region.shape),
        member_names=tuple(member.nation for member in package.members),
        asset_names=tuple(asset_names),
        caveat_names=tuple(caveat.id for member in package.members for caveat in member.caveats),
        batteries=_rows(batteries, BATTERY),
        on_alert=tuple(i for i, member in enumerate(package.members) if any(asset.kind == "qra" for asset in member.assets)),
        policy=arrays.POLICIES.index(package.assignment),
        values=np.array(_by_class(package.values, "assignment/values", luck)),
        others=compile_others(others, ground.fields, luck) if others is not None and _may_fire(package) else None,
    )


def _may_fire(package: Package) -> bool:
    """Whether any member permits anything: for who never fires it does not matter what flies there."""
    return any(caveat.effect != "forbid" for member in package.members for caveat in member.caveats)


def _rows(rows: Sequence[tuple[Any, ...]], dtype: np.dtype) -> np.ndarray:
    """The rows as a struct array whose padding is zero, so that equal rows are equal bytes."""
    out = np.zeros(len(rows), dtype=dtype)
    for i, row in enumerate(rows):
        out[i] = row
    return out


def zone_mask(zone: NamedZone, name: str, fields: Fields, luck: Luck) -> np.ndarray:
    """The zone as a raster of 0 and 1 on the atlas grid, uint8 (ny, nx): its regions, less the cells nearer than `less_within`."""
    wanted = {region.casefold() for region in zone.regions}
    regions = [i for i, region in enumerate(REGIONS) if region.casefold() in wanted]
    macros = [i for i, macro in enumerate(MACRO) if macro in wanted]
    mask = np.isin(fields.region, regions) | np.isin(fields.macro, macros)
    for country, limit in zone.less_within.items():
        mask &= fields.distance[COUNTRIES.index(country)] >= luck(limit, f"zones/{name}/less_within/{country}")
    return mask.astype(np.uint8)


def _member(member: Member, pooling: Pooling, luck: Luck, others: OtherTraffic | None) -> tuple[Any, ...]:
    picture, nation = member.picture, member.nation
    wait = member.waits
    nothing = ((0.0,) * N_OTHERS, (1.0,) * N_OTHERS, 0.0)
    return (
        _country(nation),
        int(picture.shared.enabled),
        int(picture.detection == "looks"),
        int(pooling.enabled),
        luck(picture.mast, f"{nation}/picture/mast"),
        luck(picture.setback, f"{nation}/picture/setback"),
        luck(picture.shared.cover, "picture/shared/cover"),  # what Ukraine's picture holds is one thing for all who get it
        luck(picture.shared.latency, f"{nation}/picture/shared/latency"),
        luck(pooling.latency, "pooling/latency"),
        # No nation in these names: they rest on the same few cases and guesses, so one luck moves all nations' radars together.
        luck(picture.revisit.ground, "picture/revisit/ground"),
        luck(picture.revisit.airborne, "picture/revisit/airborne"),
        _all_classes(picture.p_look, "picture/p_look", luck),
        float(luck.whole(picture.drop_after, "picture/drop_after")),
        luck(picture.confusion, "picture/confusion"),
        luck(picture.track_delay, f"{nation}/picture/track_delay"),
        luck(picture.classification, f"{nation}/picture/classification"),
        luck(picture.course_error, f"{nation}/picture/course_error"),
        luck(picture.position_error, f"{nation}/picture/position_error"),
        luck(wait, f"{nation}/separation_delay") if wait else 0.0,
        # No nation in these names: pilots of all nations are guessed at from the same few cases, so one luck moves them together.
        _all_classes(member.pilot.over_own, "pilot/over_own", luck),
        _all_classes(member.pilot.over_ukraine, "pilot/over_ukraine", luck),
        draws.entity_id(nation),
        *(mistakes_of(others, member.deconflicted, luck) if others is not None else nothing),
    )


def _all_classes(numbers: Mapping[ThreatClass, Sourced], name: str, luck: Luck) -> tuple[float, ...]:
    """A chance per class; classes that have none of their own take that of cruise missiles."""
    return tuple(luck(numbers[cls], f"{name}/{cls}") if cls in numbers else luck(numbers["cruise"], f"{name}/cruise") for cls in CLASSES)


def _country(nation: str) -> int:
    return COUNTRIES.index(nation) if nation in COUNTRIES[:N_INDEXED] else -1


def _radars(index: int, picture: Picture, luck: Luck) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for radar in picture.airborne:
        x, y = project(radar.orbit.lat, radar.orbit.lon)
        rows.append((index, float(x), float(y), _by_class(radar.range_by_class, f"radar/{radar.id}", luck), draws.entity_id(f"radar/{radar.id}")))
    return rows


def _by_class(numbers: Mapping[ThreatClass, Sourced], name: str, luck: Luck) -> tuple[float, ...]:
    """A value per threat class, 0 where there is none."""
    return tuple(luck(numbers[cls], f"{name}/{cls}") if cls in numbers else 0.0 for cls in CLASSES)


def _caveat(index: int, nation: str, caveat: Caveat, zone_names: list[str], luck: Luck) -> tuple[Any, ...]:
    name = f"{nation}/{caveat.id}"
    zone, heading, place = caveat.zone, caveat.heading, caveat.shooter_place
    within_m = 0.0
    if zone.within is not None:
        kind, within_m = arrays.ZONE_WITHIN, luck(zone.within, f"{name}/within")
    elif zone.named is not None:
        kind = arrays.ZONE_NAMED
    else:
        kind = _AREA[zone.area or "own-airspace"]
    asks = caveat.effect == "ask"
    return (
        index,
        _EFFECT[caveat.effect],
        kind,
        zone_names.index(zone.named) if zone.named is not None else -1,
        _PLACE[place.area],
        int(heading is not None),
        sum(1 << CLASSES.index(cls) for cls in set(caveat.classes)),
        within_m,
        _by_class(heading.horizon, f"{name}/horizon", luck) if heading else (0.0,) * len(CLASSES),
        luck(heading.share, f"{name}/share") if heading else 0.0,
        luck(place.pursuit, f"{name}/pursuit") if place.pursuit is not None else math.inf,
        luck(caveat.approval.delay, f"{nation}/approval/{caveat.approval.authority}/delay") if asks else 0.0,
        luck(caveat.approval.sigma, f"{nation}/approval/{caveat.approval.authority}/sigma"),
    )


def _pairs(nation: str, asset: Fighters | Helicopters, cap_pairs: Sourced | None, luck: Luck) -> list[int]:
    """Numbers of the asset's pairs (helicopters: aircraft) that fly in this block: its turns among the coalition's pairs, or the first of its own."""
    if isinstance(asset, Helicopters):
        return list(range(luck.whole(asset.number, f"{nation}/{asset.id}/number")))
    if asset.turns and cap_pairs is not None:
        together = luck.whole(cap_pairs, "cap_pairs")
        return [i for i, turn in enumerate(asset.turns) if turn <= together]
    return list(range(luck.whole(asset.pairs, f"{nation}/{asset.id}/pairs")))


def _shooter(index: int, asset_index: int, nation: str, asset: Fighters | Helicopters, kind: Aircraft, luck: Luck) -> tuple[Any, ...]:
    """A row of SHOOTER without its entity. One luck moves a quantity of all fighter types together, and one of all slow types: they rest on the same
    assumptions. A helicopter is a pair of one on alert that fires bursts alone."""
    name = f"{nation}/{asset.id}"
    if isinstance(asset, Helicopters):
        of, jets, rounds = "helicopters", 1, 0
    else:
        of, jets, rounds = "aircraft", JETS, JETS * luck.whole(asset.missiles_per_jet, f"{name}/missiles_per_jet")
    home = base(asset.base)
    base_x, base_y = project(home.lat, home.lon)
    station_x, station_y = project(asset.station.lat, asset.station.lon)
    trigger = asset.trigger
    return (
        index,
        asset_index,
        arrays.KIND_CAP if asset.kind == "cap" else arrays.KIND_QRA,
        int(trigger.raid_warning) if trigger else 0,
        float(base_x), float(base_y), float(station_x), float(station_y),
        luck(asset.readiness, f"{name}/readiness") if asset.readiness else 0.0,
        luck(trigger.lead, f"{nation}/raid_warning/lead") if trigger else 0.0,
        luck(trigger.own_track_within, f"{name}/own_track_within") if trigger else 0.0,
        luck(kind.cruise_speed, f"{of}/cruise_speed"),
        luck(kind.dash_speed, f"{of}/dash_speed"),
        luck(kind.endurance, f"{of}/endurance"),
        luck(kind.missile_speed, f"{of}/missile_speed"),
        luck(kind.shot_interval, f"{of}/shot_interval"),
        rounds,
        jets,
        _by_class({cls: number for cls, number in kind.reach.items() if cls in kind.p_kill}, f"{of}/reach", luck),
        _by_class({cls: number for cls, number in kind.p_kill.items() if cls in kind.reach}, f"{of}/p_kill", luck),
        # usd/h is usd per second in SI; the array keeps the hour, as its name says.
        luck(kind.flight_hour_cost, f"{of}/{kind.name}/flight_hour_cost") * 3600.0,
        luck(kind.missile_cost, f"{of}/missile_cost"),
        _salvo(asset.salvo if isinstance(asset, Fighters) else {}, f"{name}/salvo", luck),
        luck(kind.look_down_loss, f"{of}/look_down_loss"),
        luck(kind.tail_loss, f"{of}/tail_loss"),
        *_judging(kind.judging, of, luck),
        *(_gun(kind.gun, luck) if isinstance(asset, Fighters) else _bursts(asset, kind, name, luck)),
        luck(kind.dash_burn, f"{of}/dash_burn"),
        *(_flying(asset, luck) if isinstance(asset, Fighters) else (1.0, 0.0, 0.0, math.inf)),
    )  # fmt: skip


def _flying(asset: Fighters, luck: Luck) -> tuple[float, ...]:
    """p_available, spare_s, relief_delay_s, crew_duty_s."""
    return (
        luck(asset.available, "fighters/available"),
        luck(asset.spare, "fighters/spare") if asset.spare else 0.0,
        luck(asset.relief_delay, "fighters/relief_delay") if asset.relief_delay else 0.0,
        luck(asset.crew_duty, "fighters/crew_duty") if asset.crew_duty else math.inf,
    )


def _salvo(salvo: Salvo, name: str, luck: Luck) -> tuple[int, ...]:
    """Rounds of one shot, per class."""
    return tuple(luck.whole(salvo[cls], f"{name}/{cls}") if cls in salvo else 1 for cls in CLASSES)


def _judging(judging: Judging, name: str, luck: Luck) -> tuple[float, float, float]:
    """assess_s, miss_unseen, kill_unseen."""
    parts = (("delay", judging.delay), ("miss_unseen", judging.miss_unseen), ("kill_unseen", judging.kill_unseen))
    delay, miss, kill = (luck(number, f"{name}/judging/{part}") for part, number in parts)
    return delay, miss, kill


def _gun(gun: Gun | None, luck: Luck) -> tuple[Any, ...]:
    """bursts of a pair, gun_reach_m, gun_mps, gun_p and burst_usd; zeros without a gun."""
    if gun is None:
        return 0, 0.0, 0.0, (0.0,) * len(CLASSES), 0.0
    return (
        JETS * luck.whole(gun.bursts_per_jet, "aircraft/gun/bursts_per_jet"),
        luck(gun.reach, "aircraft/gun/reach"),
        luck(gun.speed, "aircraft/gun/speed"),
        _by_class(gun.p_kill, "aircraft/gun/p_kill", luck),
        luck(gun.burst_cost, "aircraft/gun/burst_cost"),
    )


def _bursts(asset: Helicopters, kind: Aircraft, name: str, luck: Luck) -> tuple[Any, ...]:
    """What `_gun` gives, of a helicopter: bursts are all that it fires, with the type's reach, speed, chance and cost."""
    return (
        luck.whole(asset.bursts, f"{name}/bursts"),
        max(_by_class(kind.reach, "helicopters/reach", luck)),
        luck(kind.missile_speed, "helicopters/missile_speed"),
        _by_class({cls: number for cls, number in kind.p_kill.items() if cls in kind.reach}, "helicopters/p_kill", luck),
        luck(kind.missile_cost, "helicopters/missile_cost"),
    )


def _battery(
    index: int, asset_index: int, nation: str, asset: BorderGbad, where: Province, luck: Luck
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """A row of SHOOTER without its entity, and one of BATTERY without its shooter. One luck moves a quantity of all batteries of a kind together."""
    name = f"gbad/{asset.system}"
    reach_m = luck(asset.reach, f"{name}/reach")
    # Who may fire across meets threats beyond the province too, as far as the rounds reach.
    grow_m = reach_m if asset.across_border else 0.0
    up = math.degrees(grow_m / EARTH_RADIUS_M)
    aside = up / math.cos(math.radians(where.north))
    south, north, west, east = where.south - up, where.north + up, where.west - aside, where.east + aside
    x, y = project(0.5 * (where.south + where.north), 0.5 * (where.west + where.east))
    frame = [float(part) for lat, lon in ((south, west), (south, east), (north, east), (north, west)) for part in project(lat, lon)]
    shooter = (
        index, asset_index, arrays.KIND_GBAD, 0, float(x), float(y), float(x), float(y), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
        luck(asset.round_speed, f"{name}/round_speed"),
        luck(asset.shot_interval, f"{name}/shot_interval"),
        luck.whole(asset.magazine, f"{name}/magazine"),
        0,
        tuple(reach_m if cls in asset.classes else 0.0 for cls in CLASSES),
        _by_class({cls: number for cls, number in asset.p_kill.items() if cls in asset.classes}, f"{name}/p_kill", luck),
        0.0,
        luck(asset.round_cost, f"{name}/round_cost"),
        _salvo(asset.salvo, f"{nation}/{asset.id}/salvo", luck), 0.0, 0.0,
        *_judging(asset.judging, name, luck),
        *_gun(None, luck),
        1.0, 1.0, 0.0, 0.0, math.inf,
    )  # fmt: skip
    battery = (
        luck.whole(asset.channels, f"{name}/channels"),
        int(asset.across_border),
        int(asset.system == "guns"),
        luck(asset.coverage, f"{nation}/{asset.id}/coverage"),
        luck(asset.behind_border, f"{name}/behind_border"),
        luck(asset.floor, f"{name}/floor"),
        luck(asset.ceiling, f"{name}/ceiling"),
        luck(asset.reaction, f"{name}/reaction"),
        luck(asset.reload, f"{name}/reload"),
        tuple(frame),
    )
    return shooter, battery

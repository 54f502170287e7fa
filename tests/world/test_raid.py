"""Laws of a raid: whoever leaves, in whatever order, every other threat keeps its path and its luck."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from small_worlds import BIG, group, night_of

from zaslin.atlas.crossing import inside
from zaslin.draws import entity_id
from zaslin.errors import InputError
from zaslin.scenario.night import Group, Night
from zaslin.world.arrays import END_FAILED, END_LEAKED, END_LEFT, Raid
from zaslin.world.paths import draw_paths
from zaslin.world.raid import draw_raid
from zaslin.world.tagging import route_orders

OWN = ("entity", "cls", "end_kind", "stop_kind", "failed", "excursion", "target_region", "launch_s", "end_s", "stop_s", "speed_mps", "weight")


def by_name(raid: Raid) -> dict[str, tuple]:
    """Everything that a raid says of each threat, by its name."""
    out = {}
    for i, (name, threat) in enumerate(zip(raid.names, raid.threats, strict=True)):
        verts = raid.verts[threat["vert_from"] : threat["vert_to"]]
        stays = raid.inside[raid.inside["threat"] == i].copy()
        stays["threat"] = 0
        out[name] = (*(threat[key] for key in OWN), verts.tolist(), stays.tolist())
    return out


def _shifted(item: Group, by: timedelta) -> Group:
    return item.model_copy(update={"start_utc": item.start_utc + by, "end_utc": item.end_utc + by})


def test_the_same_key_gives_the_same_raid(compiled, ground):
    """Law: drawn twice, and from inputs compiled twice, byte for byte; another replicate, seed or block differs."""
    raid = draw_raid(compiled(BIG), ground, 1, 3)
    again = draw_raid(compiled(BIG), ground, 1, 3)
    for array in ("threats", "verts", "inside"):
        assert getattr(raid, array).tolist() == getattr(again, array).tolist()
    others = draw_raid(compiled(BIG), ground, 1, 4), draw_raid(compiled(BIG, seed=2), ground, 2, 3), draw_raid(compiled(BIG, block=1), ground, 1, 3)
    assert all(other.verts.tobytes() != raid.verts.tobytes() for other in others)


def test_removing_a_group_changes_no_other_threat(compiled, ground):
    """Law: by name, path, stays and Ukraine's stop are the same to the last bit."""
    whole = by_name(draw_raid(compiled(BIG), ground, 1, 5))
    for gone in ("kh101", "kh22", "mixed"):
        rest = Night(**dict(BIG) | {"groups": tuple(item for item in BIG.groups if item.id != gone)})
        part = by_name(draw_raid(compiled(rest), ground, 1, 5))
        assert part == {name: facts for name, facts in whole.items() if not name.startswith(gone)}


def test_the_order_of_groups_changes_no_threat(compiled, ground):
    """Law: groups reversed, every threat by name the same."""
    turned = Night(**dict(BIG) | {"groups": BIG.groups[::-1]})
    assert by_name(draw_raid(compiled(turned), ground, 1, 5)) == by_name(draw_raid(compiled(BIG), ground, 1, 5))


def test_paths_do_not_depend_on_the_order_of_drawing(compiled, ground):
    """Law: the same orders shuffled give the same paths."""
    inputs = compiled(BIG)
    orders = route_orders(inputs, 1, 0, 0, 0, 50)
    shuffle = np.random.default_rng(0).permutation(50)
    verts, paths = draw_paths(inputs.night, ground, 1, orders)
    mixed_verts, mixed = draw_paths(inputs.night, ground, 1, orders[shuffle])
    for i, j in enumerate(shuffle):
        a, b = paths[j], mixed[i]
        assert verts[a["vert_from"] : a["vert_to"]].tobytes() == mixed_verts[b["vert_from"] : b["vert_to"]].tobytes()


def test_a_night_a_day_later_is_the_same_raid(compiled, ground):
    """Law: times count from the night's epoch, so a shift of all windows changes nothing where the layer is the same."""
    from zaslin.scenario.layer import ukraine_layer

    day = timedelta(days=1)
    later = Night(**dict(BIG) | {"groups": tuple(_shifted(item, day) for item in BIG.groups)})
    assert by_name(draw_raid(compiled(later, layer=ukraine_layer(BIG)), ground, 1, 5)) == by_name(draw_raid(compiled(BIG), ground, 1, 5))


def test_a_group_an_hour_later_arrives_an_hour_later(compiled, ground):
    """Law: a shift of one group's window shifts its times by as much and touches nothing else."""
    hour = timedelta(hours=1)
    late = Night(**dict(BIG) | {"groups": (BIG.groups[0], _shifted(BIG.groups[1], hour), *BIG.groups[2:])})
    before, after = draw_raid(compiled(BIG), ground, 1, 5), draw_raid(compiled(late), ground, 1, 5)
    mine = before.threats["group"] == 1
    assert after.threats["launch_s"][mine] == pytest.approx(before.threats["launch_s"][mine] + 3_600.0)
    assert after.threats["stop_s"][mine] == pytest.approx(before.threats["stop_s"][mine] + 3_600.0)
    assert (after.threats["stop_s"][~mine] == before.threats["stop_s"][~mine]).all()


def test_ids_are_stable_and_a_given_split_is_kept(compiled, ground):
    """Names are group and number; of "mixed" four are S-300/S-400 and two are Iskander-M in every replicate."""
    inputs = compiled(BIG)
    assert inputs.names[12] == "kh101-001"
    assert inputs.night.entities[12] == entity_id("kh101-001")
    for replicate in range(5):
        raid = draw_raid(inputs, ground, 1, replicate)
        models = [inputs.model_names[m] for m in raid.threats["model"][raid.threats["group"] == 3]]
        assert sorted(models) == ["Iskander-M"] * 2 + ["S-300/S-400"] * 4


def test_a_sampled_split_is_one_share_a_block(compiled, ground):
    """Kh-22 + Kh-32 without a split: both come up over blocks, and the share belongs to the block."""
    shares = [compiled(BIG, block=block).night.choices["cum"][2] for block in range(8)]
    assert len(set(shares)) == 8
    assert min(shares) < 0.4 < 0.6 < max(shares)


def test_a_raid_is_well_formed(compiled, ground):
    """Slices tile the vertices, stays are sorted, bits agree with stays, ends agree with the polygon."""
    inputs = compiled(BIG)
    for replicate in range(10):
        raid = draw_raid(inputs, ground, 1, replicate)
        threats = raid.threats
        assert threats["vert_from"][0] == 0
        assert (threats["vert_to"][:-1] == threats["vert_from"][1:]).all()
        assert threats["vert_to"][-1] == len(raid.verts)
        keys = list(zip(raid.inside["threat"], raid.inside["country"], raid.inside["entry_s"], strict=True))
        assert keys == sorted(keys)
        assert (raid.inside["exit_s"] > raid.inside["entry_s"]).all()
        bits = np.zeros(len(threats), dtype=np.uint32)
        for stay in raid.inside[raid.inside["country"] > 0]:
            bits[stay["threat"]] |= np.uint32(1 << int(stay["country"]))
        assert (bits == threats["excursion"]).all()
        assert (threats["weight"] == 1.0).all()
        for threat in threats:
            last = raid.verts[threat["vert_to"] - 1]
            home = inside(ground.borders, 0, last["x"], last["y"])
            assert threat["end_kind"] == (END_LEFT if not home else END_FAILED if threat["failed"] else END_LEAKED)
            assert threat["launch_s"] < threat["end_s"]


def test_a_compiled_night_cannot_be_written_to(compiled, ground):
    """Law: arrays are read-only and the same after a raid."""
    inputs = compiled(BIG)
    before = [array.tobytes() for array in inputs.night]
    draw_raid(inputs, ground, 1, 0)
    assert [array.tobytes() for array in inputs.night] == before
    assert not any(array.flags.writeable for array in inputs.night)


def test_an_unknown_model_is_refused(ground):
    """The message names what is wrong."""
    from zaslin.scenario.catalogue import launch_areas, route_assumptions, threat_models
    from zaslin.scenario.layer import ukraine_layer
    from zaslin.scenario.shipped import night as shipped
    from zaslin.world.compile_night import compile_night

    night = night_of(group("x", "Kh-1O1", 3))
    with pytest.raises(InputError, match="Kh-1O1"):
        compile_night(night, ukraine_layer(shipped("2023-12-29")), route_assumptions(), threat_models(), launch_areas(), ground, 1, 0)

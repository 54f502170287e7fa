"""Raids of an invented theatre: drawn anew in each replicate, within what their streams say."""

import itertools
from functools import cache

import numpy as np
import shapely
from pytest import approx

from zaslin import draws
from zaslin.atlas.own import own_ground
from zaslin.plane import distance_m, unproject
from zaslin.world.streams import STREAM, draw_streams, stream_names


def _streams():
    out = np.zeros(2, dtype=STREAM)
    out["cls"], out["n"], out["speed_mps"] = (0, 1), (40, 20), (50.0, 220.0)
    out["alt_m"], out["launch_s"], out["ways"], out["part"] = (200.0, 900.0), (0.0, 3_600.0), (3, 6), (0.1, 0.9)
    out["spread_deg"], out["from_box"], out["to_box"], out["clip"] = 0.5, (34.0, 36.0, 46.0, 51.0), (22.0, 26.0, 46.0, 50.0), (20.0, 37.0, 45.0, 52.0)
    out["bc_kgm2"], out["casualty_m2"] = 250.0, 60.0
    return out


@cache
def _ground():
    return own_ground({"PL": shapely.box(21.0, 45.0, 27.0, 51.0), "UA": shapely.box(27.0, 45.0, 37.0, 52.0)})


def _raid(replicate, streams=None, seed=7):
    streams, ground = _streams() if streams is None else streams, _ground()
    names = stream_names(streams, ("slow", "fast"))
    entities = np.array([draws.entity_id(name) for name in names], dtype=np.uint64)
    return draw_streams(streams, names, entities, np.ascontiguousarray(ground.fields.distance[1]), ground, seed, replicate)


def test_threats_fly_from_box_to_box_at_their_speed():
    raid = _raid(0)
    assert raid.names[0] == "slow-001" and raid.names[-1] == "fast-020" and len(raid.threats) == 60
    for threat in raid.threats:
        verts = raid.verts[threat["vert_from"] : threat["vert_to"]]
        assert 3 <= len(verts) <= 6 and 0.0 <= threat["launch_s"] == verts["t"][0] <= 3_600.0
        lat, lon = unproject(verts["x"], verts["y"])
        assert 34.0 <= lon[0] <= 36.0 and 46.0 <= lat[0] <= 51.0 and 22.0 <= lon[-1] <= 26.0 and 46.0 <= lat[-1] <= 50.0
        assert (lon >= 20.0 - 1e-9).all() and (lon <= 37.0 + 1e-9).all() and (verts["alt"] == verts["alt"][0]).all() and 200.0 <= verts["alt"][0] <= 900.0
        for a, b in itertools.pairwise(verts):
            assert (b["t"] - a["t"]) * threat["speed_mps"] == approx(distance_m(a["x"], a["y"], b["x"], b["y"]), abs=1e-5)
    # from the east into the west: each is in both airspaces, the crossing is one moment
    for i in range(60):
        stays = raid.inside[raid.inside["threat"] == i]
        assert set(stays["country"]) == {0, 1}


def test_each_replicate_is_another_and_the_same_again():
    first, again, second = _raid(0), _raid(0), _raid(1)
    assert first.verts.tobytes() == again.verts.tobytes()
    assert len(np.intersect1d(first.verts["x"], second.verts["x"])) == 0


def test_a_stream_more_changes_no_other():
    """Law: luck belongs to the name."""
    more = _streams()
    more["n"] = (40, 30)
    few, many = _raid(3), _raid(3, more)
    kept = [many.names.index(name) for name in few.names]
    assert np.array_equal(few.threats["launch_s"], many.threats["launch_s"][kept])
    assert np.array_equal(few.threats["end_s"], many.threats["end_s"][kept])

"""The comparison with peers: what each moves, the events handed to SimPy, and the figures that a run prints. No peer is started here."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from pytest import approx

from make_w import FIGHTER_CRUISE, HORIZON, QRA_S
from numpy_threats import Threats
from w_draw import draw

PEERS = Path(__file__).parents[2] / "benchmarks" / "peers"


def script(name: str) -> ModuleType:
    """A file of benchmarks/peers under a name of its own."""
    spec = importlib.util.spec_from_file_location(f"peers_{name}", PEERS / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


movers, run = script("movers"), script("peers")


def test_every_peer_moves_the_same_168_aircraft_as_the_time_step():
    """Law: threats start and arrive as in the NumPy step; fighters fly until the horizon, patrols from the start, the others from QRA_S on."""
    found = movers.movers(2)
    threats = Threats(draw(2))
    assert len(found) == 168
    assert np.array([item.times_s[-1] for item in found[:120]]) == approx(threats.end)
    assert np.array([item.start_s for item in found[:120]]) == approx(threats.launch)
    assert sorted({item.start_s for item in found[120:]}) == [0.0, QRA_S] and sum(item.start_s == 0.0 for item in found[120:]) == 16
    for item in found[120:]:
        assert item.times_s[-1] >= HORIZON and len(item.way) == len(item.times_s)
        assert np.diff(item.times_s) * FIGHTER_CRUISE == approx(40e3 if item.start_s == 0.0 else 100e3, rel=2e-3)


def test_ratios_are_taken_round_by_round(capsys: pytest.CaptureFixture[str]):
    """By hand: 2, 4 and 9 s against 0.001, 0.002 and 0.003 s of processor are 2,000, 2,000 and 3,000 times; of wall at 0.0005 s each 4,000, 8,000, 18,000."""
    own = [{"cpu_s": 0.001 * k, "wall_s": 0.0005} for k in (1, 2, 3)]
    rows = [{"cpu_s": s, "wall_s": s} for s in (2.0, 4.0, 9.0)]
    lines = [json.loads(line) for line in run.table({"zaslin": own, "numpy": rows}, {"mesa": "it did not start"})]
    assert all(set(line) == {"figure", "value", "unit", "must", "aim", "better"} for line in lines)
    by_name = {line["figure"]: line for line in lines}
    numpy = run.PEERS["numpy"].what
    assert by_name[f"zaslin over {numpy}: core for core"]["value"] == approx(2_000.0)
    as_run = by_name[f"zaslin over {numpy}: as both run"]
    assert (as_run["value"], as_run["must"], as_run["aim"]) == (approx(8_000.0), 500.0, 5_000.0)
    assert by_name[f"zaslin over {run.PEERS['mesa'].what}: as both run"]["value"] is None
    assert "mesa: it did not start" in capsys.readouterr().out


def test_what_is_not_measured_says_so_and_has_no_figure(capsys: pytest.CaptureFixture[str]):
    """Law: without zaslin's own figure no ratio is printed, neither 0 nor a guess; BlueSky's line keeps its must and aim."""
    lines = [json.loads(line) for line in run.table({"bluesky": [{"cpu_s": 11.0, "wall_s": 12.0}]}, {"zaslin": "not measured: no W"})]
    ratio = next(line for line in lines if line["figure"].endswith("as both run"))
    assert (ratio["value"], ratio["must"], ratio["aim"]) == (None, 5_000.0, 50_000.0)
    assert "zaslin: not measured: no W" in capsys.readouterr().out


@pytest.mark.slow
def test_the_events_for_simpy_are_those_of_the_night(tmp_path: Path):
    """Law: each object's times ascend, and there are as many as the night told; every launch, shot and result is among them."""
    kinds = run.write_events(tmp_path / "events.json", 3)
    lives = json.loads((tmp_path / "events.json").read_text(encoding="utf-8"))
    assert sum(map(len, lives)) == sum(kinds.values())
    assert all(times == sorted(times) for times in lives)
    assert kinds["launch"] == 120 and kinds["shot"] >= kinds["result"] > 50

"""Workload W against what a user would pick instead: BlueSky, Mesa, SimPy, and our own NumPy step of the same rules. All in one run, interleaved.

    make peers                                         # or: python benchmarks/peers/peers.py
    python benchmarks/peers/peers.py --rounds 5 --only numpy,simpy

The peers sit in an environment of their own, benchmarks/peers/.venv, from `requirements.txt` beside this file, pinned by hash; each runs there as a process
of its own. Round r has every peer do replicate r. Prints a table (medians, smallest and largest), then one JSON object a line.

Seconds are those of the night alone: starting Python, importing, and reading navigation data are left out, for all. Two ratios are taken, round by round. *As
both run* is wall clock: zaslin on its threads against one process of the peer, which has no threads. *Core for core* is processor time: what is left where as
many processes of the peer run as zaslin has threads; it also hangs less on what else the machine does. What each peer does, and what it does not:
docs/performance/peers.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from numpy_step import draw, night  # noqa: E402

KEPT = HERE / "results.jsonl"
ZASLIN_NIGHTS = 600
_warm: list[bool] = []
SIMPY_NIGHTS = 20
"""Nights that SimPy does in a round: one takes milliseconds."""


@dataclass(frozen=True)
class Peer:
    """`script` with `asked` (`{k}`: the replicate, `{events}`: the file of its events), in the peers' environment or in this one.

    must, aim: of zaslin's ratio to it, as both run; goal: the name of that figure in `make bench`, which reads it from KEPT.
    """

    what: str
    script: str
    asked: tuple[str, ...]
    own_environment: bool = True
    must: float | None = None
    aim: float | None = None
    goal: str | None = None


PEERS = {
    "numpy": Peer(
        "our NumPy step, 1 s, the same rules", "numpy_nights.py", ("{k}",), own_environment=False, must=500.0, aim=5_000.0, goal="against_numpy_step"
    ),
    "bluesky": Peer("BlueSky, moving the same aircraft, 1 s", "bluesky_traffic.py", ("{k}",), must=5_000.0, aim=50_000.0, goal="against_bluesky"),
    "mesa": Peer("Mesa, agents in its new space, 1 s", "mesa_movers.py", ("{k}", "agents")),
    "mesa-old": Peer("Mesa, agents in its older space, 1 s", "mesa_movers.py", ("{k}", "agents-old-space")),
    "mesa-array": Peer("Mesa, the space's array at once, 1 s", "mesa_movers.py", ("{k}", "array")),
    "simpy": Peer("SimPy, the night's events as bare timeouts", "simpy_events.py", ("{events}", str(SIMPY_NIGHTS))),
}


class NotMeasuredError(Exception):
    """A figure that this run could not take; its text says why."""


def zaslin_rate(replicate: int) -> dict[str, float]:
    """zaslin's own figure for one round: {"wall_s", "cpu_s"} a night of W, everything drawn anew, routes too, all outcome tables written.

    wall_s: seconds over nights, on all of its threads; cpu_s: processor time of all threads over nights. ZASLIN_NIGHTS nights a round, always the same ones;
    compiled before the first round, outside the time.
    """
    import stream
    import w

    work, threads = w.workload(), os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as folder:
        if not _warm:
            stream.rate(work, [work.coalition], 2 * threads, threads, Path(folder) / "warm")
            _warm.append(True)
        cpu_s = time.process_time()
        a_second = stream.rate(work, [work.coalition], ZASLIN_NIGHTS, threads, Path(folder) / f"round-{replicate}")
        cpu_s = time.process_time() - cpu_s
    return {"wall_s": 1.0 / a_second, "cpu_s": cpu_s / ZASLIN_NIGHTS}


def environment(folder: Path) -> Path:
    """The peers' interpreter; the environment is made, or made again where the pinned list is another, by pip."""
    pins = HERE / "requirements.txt"
    python = folder / "bin" / "python"
    ready = folder / f".ready-{hashlib.sha256(pins.read_bytes()).hexdigest()[:16]}"
    if not ready.exists():
        print(f"putting BlueSky, Mesa and SimPy into {folder} (pinned by hash; some 200 MB of downloads the first time)", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--no-deps", "--require-hashes", "-r", pins], check=True)
        ready.touch()
    return python


def write_events(file: Path, replicate: int) -> dict[str, int]:
    """The times of each object's events in one night of the NumPy step, written as lists; returns how many of each kind."""
    lives: dict[tuple[str, int], list[float]] = defaultdict(list)
    kinds: dict[str, int] = defaultdict(int)

    def log(t: float, what: str, who: int) -> None:
        owner = "threat" if what in ("launch", "way-point", "track", "window", "end") else "battery" if what.startswith("battery") else "fighter"
        lives[owner, who].append(t)
        kinds[what] += 1

    night(draw(replicate), replicate, log)
    file.write_text(json.dumps(list(lives.values())), encoding="utf-8")
    return dict(kinds)


def ask(peer: Peer, python: Path, replicate: int, events: Path) -> dict[str, Any]:
    """One round of one peer: what its script printed."""
    interpreter = python if peer.own_environment else Path(sys.executable)
    asked = [part.format(k=replicate, events=events) for part in peer.asked]
    alone = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONPATH": str(HERE.parent)}
    done = subprocess.run([interpreter, HERE / peer.script, *asked], capture_output=True, text=True, env=alone)
    if done.returncode:
        raise NotMeasuredError(f"{peer.script} stopped: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}")
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def spread(values: Sequence[float]) -> str:
    """Median, smallest and largest."""
    return f"{statistics.median(values):.4g} ({min(values):.4g}–{max(values):.4g})"


def figure(name: str, value: float | None, unit: str, must: float | None, aim: float | None, better: str) -> str:
    """One line of JSON."""
    return json.dumps({"figure": name, "value": value, "unit": unit, "must": must, "aim": aim, "better": better}, ensure_ascii=False)


def table(rounds: dict[str, list[dict[str, Any]]], why_not: dict[str, str]) -> list[str]:
    """Prints the table; returns the lines of JSON."""
    own = rounds.get("zaslin", [])
    lines = []
    print("\n| | processor s a night | wall s a night | zaslin is faster by, as both run | core for core |\n" + "| --- " * 5 + "|")
    if own:
        print(f"| zaslin | {spread([row['cpu_s'] for row in own])} | {spread([row['wall_s'] for row in own])} | 1 | 1 |")
        lines.append(figure("zaslin, W drawn anew", statistics.median(1.0 / row["wall_s"] for row in own), "nights a second", None, None, "higher"))
    for name, peer in PEERS.items():
        rows = rounds.get(name, [])
        if not rows and name not in why_not:
            continue
        wall, core = ([row[key] / mine[key] for row, mine in zip(rows, own)] for key in ("wall_s", "cpu_s"))
        seconds = [spread([row[key] for row in rows]) if rows else "not measured" for key in ("cpu_s", "wall_s")]
        print(f"| {peer.what} | {seconds[0]} | {seconds[1]} | {spread(wall) if wall else 'not measured'} | {spread(core) if core else 'not measured'} |")
        lines.append(figure(peer.what, statistics.median(row["cpu_s"] for row in rows) if rows else None, "processor s a night", None, None, "lower"))
        over = f"zaslin over {peer.what}"
        lines.append(figure(f"{over}: as both run", statistics.median(wall) if wall else None, "times", peer.must, peer.aim, "higher"))
        lines.append(figure(f"{over}: core for core", statistics.median(core) if core else None, "times", None, None, "higher"))
    for name, why in why_not.items():
        print(f"\n{name}: {why}")
    print()
    return lines


def kept(rounds: dict[str, list[dict[str, Any]]]) -> list[str]:
    """The goals' ratios as lines of JSON, for `make bench`."""
    own, lines = rounds.get("zaslin", []), []
    for name, peer in PEERS.items():
        wall = [row["wall_s"] / mine["wall_s"] for row, mine in zip(rounds.get(name, []), own)]
        if peer.goal and wall:
            lines.append(json.dumps({"figure": peer.goal, "value": statistics.median(wall)}))
    return lines


def main() -> int:
    """Rounds of every peer, then the table."""
    asks = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asks.add_argument("--rounds", type=int, default=3, help="interleaved rounds (3 or more for a figure to keep)")
    asks.add_argument("--only", default=",".join(PEERS), help="peers, by comma: " + ", ".join(PEERS))
    given = asks.parse_args()
    names = given.only.split(",")
    unknown = [name for name in names if name not in PEERS]
    if unknown:
        raise SystemExit(f"no peer {', '.join(unknown)}; there are {', '.join(PEERS)}")
    python = environment(Path(os.environ.get("ZASLIN_PEERS") or HERE / ".venv")) if any(PEERS[name].own_environment for name in names) else Path()
    rounds: dict[str, list[dict[str, Any]]] = defaultdict(list)
    why_not: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        events = Path(folder) / "events.json"
        for replicate in range(given.rounds):
            if "simpy" in names:
                kinds = write_events(events, replicate)
                print(
                    f"replicate {replicate}: {sum(kinds.values())} events for SimPy: " + ", ".join(f"{n} {what}" for what, n in kinds.items()), file=sys.stderr
                )
            for name in ["zaslin", *names]:
                if name in why_not:
                    continue
                try:
                    row = zaslin_rate(replicate) if name == "zaslin" else ask(PEERS[name], python, replicate, events)
                except NotMeasuredError as error:
                    why_not[name] = f"not measured: {error}"
                    rounds.pop(name, None)
                    print(f"replicate {replicate}: {name}: {why_not[name]}", file=sys.stderr)
                    continue
                rounds[name].append(row)
                rest = ", ".join(f"{key} {value:.6g}" for key, value in row.items() if key not in ("wall_s", "cpu_s"))
                print(f"replicate {replicate}: {name}: {row['cpu_s']:.4g} s of processor, {row['wall_s']:.4g} s of wall; {rest}", file=sys.stderr)
    print(*table(rounds, why_not), sep="\n")
    told = kept(rounds)
    if told:
        KEPT.write_text("\n".join(told) + "\n")
    return 1 if set(why_not) - {"zaslin"} else 0


if __name__ == "__main__":
    raise SystemExit(main())

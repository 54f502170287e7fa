"""How much the headline depends on each number: a screening in two stages on common random numbers, kept as it goes and continued.

Stage 1 moves whole groups of like numbers along Morris trajectories; stage 2 moves the single numbers of the groups that matter, the others drawn as in any
run. All points of a trajectory fly the same blocks with the same luck, so what differs between two of them is what the moved number does; each
trajectory has blocks of its own, so no answer hangs on the luck of a few nights. What this can say and cannot: docs/sources.md.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from zaslin import stopping
from zaslin.asked import a_path, called, of_kind
from zaslin.atlas.ground import Ground, load_ground
from zaslin.errors import InputError
from zaslin.outcomes.beside import write_file
from zaslin.outcomes.disk import read_refused, write_refused
from zaslin.outcomes.screened import NAME, STUDY, VERSION
from zaslin.studies.answers import Answer, answers, block_answers
from zaslin.studies.block import Drawn, compile_block, draw_block, fly_package
from zaslin.studies.claim import claim
from zaslin.studies.design import Study, a_study, description, inputs_hash
from zaslin.studies.elementary import CONFIDENCE, HIGHEST, LEVELS, LOWEST, Design, Effect, effects, trajectories
from zaslin.studies.factors import Factor, factors
from zaslin.studies.flying import workers_of
from zaslin.studies.warm import warm_up
from zaslin.world.arrays import Coalition
from zaslin.world.compile_package import compile_package
from zaslin.world.inputs import BLOCK_SIZE, Luck

Progress = Callable[[str, int, int], None]
"""Called with (what, done, of): evaluations finished and evaluations to do."""

FIRST_BLOCK = 100_000
"""The screening's blocks begin beyond the last that a run may have: its nights are not those of the folder's own replicates."""

WORK = "screening"
"""Subfolder that keeps every evaluation as it is finished."""


@dataclass(frozen=True)
class Plan:
    """How much is flown. group_trajectories, trajectories: of stage 1 and 2. blocks: per trajectory, 2 or more, or noise cannot be told.
    single: numbers that stage 2 moves one by one, at most.
    """

    group_trajectories: int = 5
    trajectories: int = 14
    blocks: int = 2
    single: int = 16

    def __post_init__(self) -> None:
        limits = {"group_trajectories": (2, 200), "trajectories": (2, 200), "blocks": (1, 20), "single": (1, 1_000)}
        for name, (least, most) in limits.items():
            value = getattr(self, name)
            if not least <= value <= most:
                raise InputError(f"{name.replace('_', ' ')}: {value} came; give a whole number from {least} to {most:,}")


def screen(
    item: Study, folder: Path | str, plan: Plan | None = None, threads: int | None = None, progress: Progress | None = None, question: str | None = None
) -> dict[str, Any]:
    """Screen the study's numbers and write ``screening.json`` into `folder`; what the folder has of it is not flown again.

    The study's first package is the one that the others are compared with. threads: 1 to the machine's cores (default: all); the result does not depend on it.
    question: hash of the question that the file answers, where the study is a part of a folder's (default: the study's own).
    Without it the study itself is written beside the screening, as ``study.json``.
    Raises StoreError where the folder holds a screening of another question or plan (and leaves it as it is); KeyboardInterrupt passes through with the
    finished evaluations kept.
    """
    plan = of_kind("plan", plan, Plan, "a zaslin.studies.screening.Plan, or None") if plan is not None else Plan()
    folder, workers = a_path("folder", folder, "the folder to write to"), workers_of(threads)
    called("progress", progress, "(what, done, of)")
    ground = load_ground()
    every, wanted = factors(a_study(item), ground), answers(item)
    more = {
        "salib": version("SALib"), "plan": asdict(plan), "packages": [package.name for package in item.packages], "factors": [factor.name for factor in every],
    }  # fmt: skip
    words = {"salib": "version of SALib", "plan": "number of trajectories, blocks or numbers"}
    claim(folder / WORK, item, "a screening", more, words, f"delete {folder / WORK} to begin anew, or choose another folder (-o)")
    if question is None:
        write_file(folder / STUDY, description(item))
    stopping.apart(warm_up, item, ground)
    crew = _Crew(item, ground, wanted, workers, progress)
    names = [factor.name for factor in every]
    first = trajectories(names, [factor.group for factor in every], plan.group_trajectories, item.seed, "groups")
    of_groups = crew.fly(first, "stage 1 of 2, groups of numbers: evaluations", folder / WORK / "groups", FIRST_BLOCK, plan.blocks)
    by_group = [effects(first, of_groups[..., k], item.seed) for k in range(len(wanted))]
    deciding = [found for answer, found in zip(wanted, by_group) if answer.kind == "difference" or len(item.packages) == 1]
    opened = choose(deciding, every, plan.single)
    single = [name for name, factor in zip(names, every) if factor.group in opened]
    by_number: list[dict[str, Effect]] = [{} for _ in wanted]
    means = _means(of_groups)
    if single:
        second = trajectories(single, single, plan.trajectories, item.seed, "numbers")
        start = FIRST_BLOCK + plan.group_trajectories * plan.blocks
        of_numbers = crew.fly(second, "stage 2 of 2, single numbers: evaluations", folder / WORK / "numbers", start, plan.blocks)
        by_number = [effects(second, of_numbers[..., k], item.seed) for k in range(len(wanted))]
        means = _means(of_numbers)
    found = {
        "version": VERSION,
        "night": item.night.id,
        "packages": [package.name for package in item.packages],
        "seed": item.seed,
        "given": item.given.id if item.given is not None else None,
        "inputs_hash": question or inputs_hash(item),
        "method": _method(plan, len(first.moving), len(single), len(every)),
        "targets": [{**asdict(answer), "mean": mean} for answer, mean in zip(wanted, means)],
        "rows": _rows(every, opened, by_number, by_group, wanted),
        "groups": _groups(every, opened, by_group, wanted),
    }
    write_file(folder / NAME, found)
    return found


def choose(by_group: Sequence[Mapping[str, Effect]], every: Sequence[Factor], most: int) -> set[str]:
    """The groups whose numbers are to be moved one by one: those with the greatest share of the sum of mu*, on average over the answers, that have `most`
    numbers together at most. A group without any effect is never chosen.
    """
    size = {factor.group: 0 for factor in every}
    for factor in every:
        size[factor.group] += 1
    score = dict.fromkeys(size, 0.0)
    for found in by_group:
        total = sum(effect.mu_star for effect in found.values())
        for group, effect in found.items():
            score[group] += effect.mu_star / total if total > 0.0 else 0.0
    opened: set[str] = set()
    for group in sorted(size, key=lambda group: (-score[group], group)):
        if score[group] > 0.0 and sum(size[name] for name in opened) + size[group] <= most:
            opened.add(group)
    return opened


# -- flying ---------------------------------------------------------------------------------------------------------------


class _Crew:
    """Flies the points of designs on threads. A chain, one trajectory on one block, is the unit of work: it goes from point to point and flies again only
    what the move has changed.
    """

    def __init__(self, item: Study, ground: Ground, wanted: Sequence[Answer], workers: int, progress: Progress | None):
        self._item, self._ground, self._wanted, self._workers, self._progress = item, ground, wanted, workers, progress

    def fly(self, design: Design, what: str, place: Path, first_block: int, blocks: int) -> np.ndarray:
        """Every answer at every point, shape (trajectories, points, blocks, answers)."""
        n, length, _ = design.points.shape
        chains = [_Chain(place / f"{t:03d}-{b:02d}.jsonl", first_block + t * blocks + b, t, b) for t in range(n) for b in range(blocks)]
        kept = {chain: chain.read(length, len(self._wanted)) for chain in chains}
        out = np.full((n, length, blocks, len(self._wanted)), np.nan)
        stop = threading.Event()
        done = [sum(len(rows) for rows in kept.values())]
        of = len(chains) * length

        def work(chain: _Chain) -> None:
            rows = kept[chain]
            for values in self._evaluate(design, chain, rows, length, stop):
                rows.append(values)
                done[0] += 1  # only ever shown

        if self._progress:
            self._progress(what, done[0], of)
        with ThreadPoolExecutor(max_workers=self._workers) as pool:
            waiting = {pool.submit(work, chain) for chain in chains if len(kept[chain]) < length}
            try:
                while waiting:
                    finished, waiting = wait(waiting, timeout=0.5, return_when=FIRST_EXCEPTION)
                    for future in finished:
                        future.result()
                    if self._progress:
                        self._progress(what, done[0], of)
            except BaseException:
                stop.set()
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        for chain in chains:
            out[chain.trajectory, :, chain.number, :] = kept[chain]
        return out

    def _evaluate(self, design: Design, chain: _Chain, rows: Sequence[list[float]], length: int, stop: threading.Event) -> Iterator[list[float]]:
        """The answers at the points that the chain lacks, each written before it is given."""
        flyer = _Flyer(self._item, self._ground, self._wanted, chain.block)
        for point in range(len(rows), length):
            if stop.is_set():
                return
            values = flyer(dict(zip(design.names, map(float, design.points[chain.trajectory, point]), strict=True)))
            chain.append(point, values)
            yield values


class _Flyer:
    """One block under one set of quantiles after another. Raids, and a package's flight, are made anew only where their compiled inputs differ from those
    of the point before: equal inputs give equal rows, so nothing but time depends on it.
    """

    def __init__(self, item: Study, ground: Ground, wanted: Sequence[Answer], block: int):
        self._item, self._ground, self._wanted, self._block = item, ground, wanted, block
        self._night: tuple[bytes, Drawn] | None = None
        self._flown: dict[str, tuple[bytes, dict[str, Any]]] = {}
        self._last: list[float] = []

    def __call__(self, quantiles: Mapping[str, float]) -> list[float]:
        item, ground = self._item, self._ground
        luck = Luck(item.seed, self._block, quantiles)
        inputs = compile_block(item, ground, self._block, luck)
        night = _digest(array for name, array in inputs.night._asdict().items() if name != "near")  # `near` is the atlas's
        if self._night is None or self._night[0] != night:
            self._night = (night, draw_block(item, ground, inputs))
        for package in item.packages:
            coalition = compile_package(package, item.aircraft, ground, item.seed, self._block, luck, item.others)
            rows = [coalition.members, coalition.radars, coalition.caveats, coalition.shooters, coalition.batteries, coalition.zones, coalition.values]
            own = night + _digest([*rows, *_others(coalition)])
            if package.name not in self._flown or self._flown[package.name][0] != own:
                self._flown[package.name] = (own, fly_package(item, ground, self._night[1], coalition))
                self._last = []
        if not self._last:
            tables = {name: flown for name, (_, flown) in self._flown.items()}
            self._last = block_answers(item, self._wanted, self._block, tables, self._night[1].record)
        return self._last


def _others(coalition: Coalition) -> tuple[Any, ...]:
    return () if coalition.others is None else (coalition.others.kinds, coalition.others.cells)


def _digest(arrays: Any) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for array in arrays:
        digest.update(f"{array.dtype}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.digest()


@dataclass(frozen=True)
class _Chain:
    """One trajectory on one block, and the file that keeps its answers: a line per point, in order, each beginning with the point's number.

    So the lines of a second process that wrote into the same file are seen, and what follows them is flown again.
    """

    path: Path
    block: int
    trajectory: int
    number: int

    def read(self, most: int, width: int) -> list[list[float]]:
        """The answers kept so far; a last line that was cut off is dropped from the file too."""
        try:
            lines = self.path.read_bytes().splitlines(keepends=True)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise read_refused(self.path, error) from None
        rows: list[list[float]] = []
        for point, line in enumerate(lines[:most]):
            try:
                told, *values = [float("nan") if value is None else float(value) for value in json.loads(line)]
            except (ValueError, TypeError):
                break
            if told != point or len(values) != width or not line.endswith(b"\n"):
                break
            rows.append(values)
        if len(rows) < len(lines):
            self._write(b"".join(lines[: len(rows)]), "wb")
        return rows

    def append(self, point: int, values: Sequence[float]) -> None:
        """Keep the answers at this point, the next one."""
        self._write((json.dumps([point, *(_finite(value) for value in values)]) + "\n").encode(), "ab")

    def _write(self, content: bytes, mode: str) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open(mode) as file:
                file.write(content)
        except OSError as error:
            raise write_refused(self.path.parent, error, "the evaluations before are kept; the same command goes on from there") from None


# -- what is written ------------------------------------------------------------------------------------------------------


def _method(plan: Plan, groups: int, single: int, every: int) -> dict[str, Any]:
    return {
        **asdict(plan), "levels": LEVELS, "low_quantile": LOWEST, "high_quantile": HIGHEST, "confidence": CONFIDENCE, "numbers": every, "groups": groups,
        "numbers_moved_singly": single, "replicates_per_evaluation": plan.blocks * BLOCK_SIZE,
        "evaluations": plan.group_trajectories * (groups + 1) + (plan.trajectories * (single + 1) if single else 0),
    }  # fmt: skip


def _rows(
    every: Sequence[Factor], opened: set[str], by_number: Sequence[Mapping[str, Effect]], by_group: Sequence[Mapping[str, Effect]], wanted: Sequence[Answer]
) -> list[dict[str, Any]]:
    """A row per number that was moved singly and per group that was left whole, with share and rank among these rows."""
    rows: list[dict[str, Any]] = []
    for factor in every:
        if factor.group in opened:
            rows.append({"name": factor.name, "kind": "number", **_about([factor]), "effects": _told(factor.name, by_number, wanted)})
    for group in dict.fromkeys(factor.group for factor in every if factor.group not in opened):
        rows.append({"name": group, "kind": "group", **_about([one for one in every if one.group == group]), "effects": _told(group, by_group, wanted)})
    for answer in wanted:
        there = [row["effects"][answer.key] for row in rows if answer.key in row["effects"]]
        total = sum(effect["mu_star"] for effect in there)
        for rank, effect in enumerate(sorted(there, key=lambda effect: -effect["mu_star"]), 1):
            effect["share"] = effect["mu_star"] / total if total > 0.0 else 0.0
            effect["rank"] = rank
    return rows


def _groups(every: Sequence[Factor], opened: set[str], by_group: Sequence[Mapping[str, Effect]], wanted: Sequence[Answer]) -> list[dict[str, Any]]:
    """What stage 1 found of every group."""
    names = dict.fromkeys(factor.group for factor in every)
    return [
        {
            "name": name,
            "opened": name in opened,
            "members": [factor.name for factor in every if factor.group == name],
            "effects": _told(name, by_group, wanted),
        }
        for name in names
    ]


def _about(members: Sequence[Factor]) -> dict[str, Any]:
    numbers = dict.fromkeys(number for factor in members for number in factor.numbers)
    return {
        "group": members[0].group,
        "members": [factor.name for factor in members],
        "paths": [path for factor in members for path in factor.paths],
        "numbers": [number.model_dump() for number in numbers] if len(members) == 1 else [],
    }


def _told(name: str, found: Sequence[Mapping[str, Effect]], wanted: Sequence[Answer]) -> dict[str, dict[str, Any]]:
    return {answer.key: asdict(of_answer[name]) for answer, of_answer in zip(wanted, found) if name in of_answer}


def _means(values: np.ndarray) -> list[float | None]:
    """Per answer, the mean over all points and blocks where it is defined; None where it never is."""
    flat = values.reshape(-1, values.shape[-1])
    there = [column[np.isfinite(column)] for column in flat.T]
    return [float(column.mean()) if len(column) else None for column in there]


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None

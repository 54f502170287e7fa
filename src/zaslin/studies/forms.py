"""The same study under other forms of the model: each disputed part in its other form, one at a time, on the nights of the study.

Blocks, seeds and names are those of the study, so what two forms share they share to the draw: differences are paired by block. Finished blocks are kept
as they come and not flown again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from zaslin import stopping
from zaslin.atlas.ground import load_ground
from zaslin.errors import InputError
from zaslin.measures.intervals import FEWEST, t90
from zaslin.outcomes.beside import write_file
from zaslin.outcomes.disk import read_refused, write_refused
from zaslin.outcomes.formed import NAME, VERSION
from zaslin.scenario.forms import FORMS, layer_in, package_in, routes_in
from zaslin.studies.answers import answers, block_answers
from zaslin.studies.block import fly_block
from zaslin.studies.claim import claim
from zaslin.studies.design import Study, inputs_hash
from zaslin.studies.warm import warm_up

Progress = Callable[[str, int, int], None]

MOST_BLOCKS = 1_000


def in_forms(item: Study, forms: Mapping[str, str]) -> Study:
    """The study with the parts of `forms` that are not the default in their other form."""
    packages = tuple(package_in(forms, package) for package in item.packages)
    return replace(item, routes=routes_in(forms, item.routes), layer=layer_in(forms, item.layer), packages=packages, forms={**item.forms, **forms})


def compare_forms(
    item: Study, folder: Path | str, blocks: int = 20, threads: int | None = None, progress: Progress | None = None, question: str | None = None
) -> dict[str, Any]:
    """Fly `blocks` blocks of the study as it is and with each disputed part in the form that it has not, and write ``forms.json`` into `folder`.

    threads: 1 to the machine's cores (default: all); the result does not depend on it. question: hash of the question that the file answers (default: the
    study's own). A part of which the packages themselves have the other form already has no row. Returns what is written. Raises InputError for a number of
    blocks out of range, StoreError where the folder keeps another comparison.
    """
    if not 2 <= blocks <= MOST_BLOCKS:
        raise InputError(f"blocks: {blocks!r} came; give a whole number from 2 to {MOST_BLOCKS:,}")
    folder, ground, wanted = Path(folder), load_ground(), answers(item)
    studies = {"": item}
    for name, form in FORMS.items():
        changed = in_forms(item, {name: form.other}) if item.forms.get(name, form.default) == form.default else _back(item, name)
        if inputs_hash(changed) != inputs_hash(item):
            studies[name] = changed
    work = folder / "forms"
    claim(work, item, "blocks", {}, {}, f"delete {work} to begin anew")
    kept = {(name, block): _read(_path(work, name, block), len(wanted)) for name in studies for block in range(blocks)}
    todo = [key for key, values in kept.items() if values is None]
    if todo:
        stopping.apart(warm_up, item, ground)
    if progress:
        progress("forms of the model, blocks", len(kept) - len(todo), len(kept))

    def work_on(key: tuple[str, int]) -> None:
        name, block = key
        flown = fly_block(studies[name], ground, studies[name].packages, block)
        kept[key] = block_answers(studies[name], wanted, block, flown.tables, flown.record)
        _write(_path(work, name, block), kept[key] or [])

    done = len(kept) - len(todo)
    with ThreadPoolExecutor(max_workers=min(threads or os.cpu_count() or 1, 256)) as pool:
        waiting = {pool.submit(work_on, key) for key in todo}
        try:
            while waiting:
                finished, waiting = wait(waiting, timeout=0.5, return_when=FIRST_EXCEPTION)
                for future in finished:
                    future.result()
                done += len(finished)
                if progress:
                    progress("forms of the model, blocks", done, len(kept))
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    values = {name: np.array([kept[name, block] for block in range(blocks)], dtype=float) for name in studies}
    rows = [
        {"form": name, "from": item.forms.get(name, form.default), "to": studies[name].forms[name], "effects": [
            _effect(values[""][:, k], values[name][:, k]) for k in range(len(wanted))
        ]}
        for name, form in FORMS.items() if name in studies
    ]  # fmt: skip
    found = {
        "version": VERSION, "night": item.night.id, "packages": [package.name for package in item.packages], "seed": item.seed, "blocks": blocks,
        "inputs_hash": question or inputs_hash(item), "targets": [asdict(answer) for answer in wanted], "rows": rows,
    }  # fmt: skip
    write_file(folder / NAME, found)
    return found


def _back(item: Study, name: str) -> Study:
    raise InputError(f"this study has {name}={item.forms[name]} already; forms are compared with the default, so leave --form out and run it again")


def _effect(base: np.ndarray, other: np.ndarray) -> dict[str, float | int | None]:
    """Means of both forms over the blocks in which both are defined, their difference, and its 90 % interval of simulation noise, paired by block
    (Student's t; none from fewer than `FEWEST` blocks)."""
    there = np.isfinite(base) & np.isfinite(other)
    n = int(there.sum())
    if n == 0:
        return {"blocks": 0, "base": None, "other": None, "difference": None, "mc_low": None, "mc_high": None}
    gap = other[there] - base[there]
    mean = float(gap.mean())
    half = t90(n - 1) * float(gap.std(ddof=1)) / n**0.5 if n >= FEWEST else None
    return {
        "blocks": n, "base": float(base[there].mean()), "other": float(other[there].mean()), "difference": mean,
        "mc_low": None if half is None else mean - half, "mc_high": None if half is None else mean + half,
    }  # fmt: skip


def _path(work: Path, name: str, block: int) -> Path:
    return work / f"{name or 'default'}-{block:04d}.json"


def _read(path: Path, width: int) -> list[float] | None:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise read_refused(path, error) from None
    except ValueError:
        return None
    if not isinstance(held, list) or len(held) != width:
        return None
    return [float("nan") if value is None else float(value) for value in held]


def _write(path: Path, values: list[float]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = path.with_suffix(".part")
        whole.write_text(json.dumps([value if np.isfinite(value) else None for value in values]), encoding="utf-8")
        whole.replace(path)
    except OSError as error:
        raise write_refused(path.parent, error, "the blocks before are kept; the same command goes on from there") from None

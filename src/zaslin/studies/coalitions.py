"""Every sub-coalition of a package on the same raids: blocks on threads, sums into the folder part by part, finished parts kept.

Beside an ordinary run of the package, whose raids and luck it shares. A replicate's sums depend on the study, the package's members and the replicate's
number alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np

from zaslin import stopping
from zaslin.asked import a_path, called, texts
from zaslin.atlas.borders import COUNTRIES
from zaslin.atlas.ground import Ground, load_ground
from zaslin.errors import InputError, unknown
from zaslin.outcomes.coalitions import MOST_MEMBERS, SUMS, Plan, claim, parts, rows_of, write_sums
from zaslin.outcomes.store import PART_SIZE
from zaslin.scenario.package import Package
from zaslin.studies.block import SAMPLES_PER_BLOCK, compile_block, draw_block
from zaslin.studies.design import Study, a_study, inputs_hash
from zaslin.studies.flying import crew, fly_in_order, workers_of
from zaslin.studies.provenance import provenance
from zaslin.studies.sub_flights import fly_subsets, subsets_of
from zaslin.studies.terrain import shaded
from zaslin.studies.warm import warm_up
from zaslin.world.compile_package import compile_package
from zaslin.world.inputs import BLOCK_SIZE, Luck

Progress = Callable[[str, int, int], None]
"""Called with (what, done, of): blocks finished and blocks to do."""

TAGGED_PER_BLOCK = 6
"""Tagged raids of a block that sub-coalitions fly, of the 20 that an ordinary run does: their number grows with the sub-coalitions', and differences between
these are paired."""

MOST_KEPT = 4
"""Members whose sub-coalitions may keep full tables: 14 packages beside the whole one."""

_BLOCKS = PART_SIZE // BLOCK_SIZE


def plan_of(item: Study, members: Sequence[str] = ()) -> Plan:
    """Whose sub-coalitions a study asks for: of its first package.

    members: the nations that come and go, 2 to 8 of the package's; the others stay in every sub-coalition. Empty: all members.
    Raises InputError where they are too many, too few or strangers.
    """
    package = a_study(item).packages[0]
    nations = [member.nation for member in package.members]
    members = texts("members", members, '["PL", "RO"]')
    for name in members:
        if name not in nations:
            raise InputError(f"--members: {unknown('member of the package', name, nations)}")
    chosen = [name for name in nations if not members or name in members]
    if len(chosen) > MOST_MEMBERS:
        eight = ",".join(nations[:MOST_MEMBERS])
        raise InputError(
            f"{package.name} has {len(chosen)} members, which makes {1 << len(chosen):,} sub-coalitions; at most {MOST_MEMBERS} members can come and go. "
            f"Choose them with --members, for example --members {eight}; the others then stay in every sub-coalition"
        )
    if len(chosen) < 2:
        raise InputError(f"sub-coalitions need two members or more that come and go; {package.name} has {', '.join(chosen)}")
    stay = tuple(name for name in nations if name not in chosen)
    return Plan(package.name, tuple(chosen), stay, inputs_hash(item), str(provenance()["source_hash"]), BLOCK_SIZE)


def smaller_packages(package: Package, members: Sequence[str] = ()) -> list[Package]:
    """The package without some of its members, for each choice of who is in but all and none: for an ordinary run that keeps their full tables.

    Raises InputError where more than four members come and go.
    """
    nations = [member.nation for member in package.members]
    chosen = [name for name in nations if not members or name in members]
    if len(chosen) > MOST_KEPT:
        raise InputError(
            f"--keep-tables: {len(chosen)} members make {(1 << len(chosen)) - 2} smaller packages with full tables; it is for {MOST_KEPT} members at most. "
            "Choose them with --members, or leave --keep-tables out: the sums of every replicate are kept anyway"
        )
    out = []
    for mask in range(1, (1 << len(chosen)) - 1):
        gone = {name for i, name in enumerate(chosen) if not mask >> i & 1}
        stays = tuple(member for member in package.members if member.nation not in gone)
        words = "-".join(name.lower() for i, name in enumerate(chosen) if mask >> i & 1)
        title = f"{package.title}, of {', '.join(chosen)} only {', '.join(name for name in chosen if name not in gone)}"
        out.append(package.model_copy(update={"name": f"{package.name}-only-{words}", "title": title, "members": stays}))
    return out


def fly_coalitions(item: Study, folder: Path | str, members: Sequence[str] = (), threads: int | None = None, progress: Progress | None = None) -> Plan:
    """Fly what the folder lacks of all sub-coalitions of the study's first package, as many replicates as the study asks for.

    folder: of the study's ordinary run. members, errors: as in `plan_of`; StoreError where the folder keeps other sub-coalitions or the disk refuses;
    a stop is put off as in `run`, until the blocks under way are finished and safe. threads: 1 to the machine's cores (default: all); they change nothing.
    """
    folder, plan = a_path("folder", folder, "the results folder of the study's run"), plan_of(item, members)
    workers = workers_of(threads)
    called("progress", progress, "(what, done, of)")
    claim(folder, plan)
    there = parts(folder)
    todo = []
    for start in range(0, item.blocks, _BLOCKS):
        wanted, has = min(_BLOCKS, item.blocks - start), there.get(start * BLOCK_SIZE, 0) // BLOCK_SIZE
        if has < wanted:
            todo.append(_Part(folder, start, has, list(range(start + has, start + wanted))))
    total, done = sum(len(part.blocks) for part in todo), 0
    if not total:
        return plan
    ground, _ = shaded(item, load_ground(), None)
    stopping.apart(warm_up, item, ground)
    what = f"{plan.subsets} sub-coalitions"
    if progress:
        progress(what, 0, total)
    with crew(workers) as (pool, stop):
        for part in todo:
            if stop.asked:
                break
            try:
                for number, rows in fly_in_order(pool, workers, partial(_numbered, item, ground, plan), part.blocks, stop, part.keep):
                    part.flown[number] = rows
                    done += 1
                    if progress:
                        progress(what, done, total)
            except BaseException as error:
                if not stop.again(error):
                    part.keep()
                raise
            part.keep()
    return plan


@dataclass
class _Part:
    """A part of the folder: its first block, how many it has, those that it lacks, and what was flown of these."""

    folder: Path
    start: int
    has: int
    blocks: list[int]
    flown: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    def keep(self) -> None:
        """Write what was flown without a gap, after what is there."""
        new = list(takewhile(self.flown.__contains__, self.blocks))
        if not new:
            return
        first = self.start * BLOCK_SIZE
        before = rows_of(self.folder, first) if self.has else []
        write_sums(self.folder, first, (self.has + len(new)) * BLOCK_SIZE, [*before, *(piece for block in new for piece in self.flown[block])])
        for block in new:  # not before: where the disk refuses, they are tried again
            del self.flown[block]
        self.has, self.blocks = self.has + len(new), self.blocks[len(new) :]


def _numbered(item: Study, ground: Ground, plan: Plan, block: int) -> tuple[int, list[dict[str, Any]]]:
    return block, fly_block_subsets(item, ground, item.packages[0], plan, block)


def fly_block_subsets(item: Study, ground: Ground, package: Package, plan: Plan, block: int) -> list[dict[str, Any]]:
    """Sums of one block: per draw the columns of `outcomes.coalitions.SCHEMA`, a row for each raid and sub-coalition."""
    luck = Luck(item.seed, block, None)
    drawn = draw_block(item, ground, compile_block(item, ground, block, luck), TAGGED_PER_BLOCK)
    coalition = compile_package(package, item.aircraft, ground, item.seed, block, luck, item.others)
    subsets = subsets_of(coalition, [coalition.member_names.index(name) for name in plan.players])
    out = []
    for draw, raids in drawn.flights.items():
        if not raids:
            continue
        plain = draw == "plain"
        sums = np.concatenate([fly_subsets(raid, coalition, subsets, ground, item.seed, not plain) for raid in raids])
        number = np.array([raid.replicate if plain else block * SAMPLES_PER_BLOCK + i for i, raid in enumerate(raids)])
        n = len(subsets)
        rows: dict[str, Any] = {
            "draw": [draw] * (n * len(raids)),
            "number": np.repeat(number, n),
            "block": np.full(n * len(raids), block),
            "coalition": np.tile(np.arange(n), len(raids)),
            **{name: column for name, column in zip(SUMS, sums.T, strict=True) if not np.isnan(column).all()},
        }
        if not plain:
            rows["weight"] = np.repeat([float(raid.threats["weight"][raid.tag]) for raid in raids], n)
            rows["kept"] = np.repeat([raid.kept for raid in raids], n)
            rows["country"] = [COUNTRIES[raid.tag_country] if raid.tag_country >= 0 else None for raid in raids for _ in range(n)]
        out.append(rows)
    return out

"""One threat of one replicate looked at again: the study's own luck gives every look that a run kept only as sums.

It compiles the replicate's block, draws its raid and asks `engine/recall`; no package acts. What comes back is plain data for `measures/story`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zaslin import draws
from zaslin.atlas.ground import load_ground
from zaslin.engine.recall import Watch, held, watches
from zaslin.errors import InputError, unknown
from zaslin.studies.block import compile_block
from zaslin.studies.design import Study
from zaslin.studies.terrain import shaded
from zaslin.world.compile_package import compile_package
from zaslin.world.inputs import BLOCK_SIZE, Luck
from zaslin.world.raid import draw_raid


def looks_again(item: Study, package: str, replicate: int, threat: str) -> dict[str, Any]:
    """``{"radars": [...], "runs": [...]}`` of a threat of a plain replicate on its free flight.

    item: the study with all packages that it was run with. radars: those in whose view the threat comes, each with `members` (codes), `by` ("ground",
    "airborne"), `radar` (an airborne one's id), `revisit_s`, `chance` of a look, `track_delay_s` by member before a track counts, and `views`: `from_s`, `to_s`
    (None: to the end), `looks`, `first_s`, `hits` (`t_s`, `look`: its number in the view, from 0) and `tracks` (`from_s`, `to_s`, `looks`, `hits`).
    runs: what each member holds, as the table of tracks has it before any cut: `member`, `from_s`, `to_s`, `looks`, `hits`.
    Raises InputError for a package or threat that is not there.
    """
    chosen = next((entry for entry in item.packages if entry.name == package), None)
    if chosen is None:
        raise InputError(unknown("package", package, [entry.name for entry in item.packages]))
    ground, _ = shaded(item, load_ground())
    block = replicate // BLOCK_SIZE
    luck = Luck(item.seed, block, None)
    raid = draw_raid(compile_block(item, ground, block, luck), ground, item.seed, replicate)
    coalition = compile_package(chosen, item.aircraft, ground, item.seed, block, luck, item.others)
    if threat not in raid.names:
        raise InputError(f"replicate {replicate}: {unknown('threat', threat, raid.names)}")
    j = raid.names.index(threat)
    ids = {draws.entity_id(f"radar/{radar.id}"): radar.id for member in chosen.members for radar in member.picture.airborne}
    return {
        "radars": _radars(watches(raid, coalition, ground, item.seed, j), coalition.member_names, ids),
        "runs": [
            {
                "member": coalition.member_names[run["member"]], "from_s": float(run["from_s"]), "to_s": _or_none(run["to_s"]), "looks": int(run["looks"]),
                "hits": int(run["hits"]),
            }
            for run in held(raid, coalition, ground, item.seed, j)
        ],
    }  # fmt: skip


def _radars(found: list[Watch], members: tuple[str, ...], ids: dict[int, str]) -> list[dict[str, Any]]:
    """As plain data; an airborne radar with the same looks for several members stands once."""
    told: dict[Any, dict[str, Any]] = {}
    for watch in found:
        key = (watch.entity, watch.revisit_s, watch.chance, watch.views) if watch.airborne else (watch.member,)
        if key in told:
            told[key]["members"].append(members[watch.member])
            told[key]["track_delay_s"][members[watch.member]] = watch.delay_s
            continue
        told[key] = {
            "members": [members[watch.member]], "by": "airborne" if watch.airborne else "ground", "radar": ids.get(watch.entity) if watch.airborne else None,
            "revisit_s": watch.revisit_s, "chance": watch.chance, "track_delay_s": {members[watch.member]: watch.delay_s},
            "views": [
                {
                    "from_s": view.from_s, "to_s": _or_none(view.to_s), "looks": view.looks, "first_s": _or_none(view.first_s),
                    "hits": [{"t_s": t, "look": look} for t, look in view.hits],
                    "tracks": [{"from_s": a, "to_s": _or_none(b), "looks": looks, "hits": hits} for a, b, looks, hits in view.tracks],
                }
                for view in watch.views
            ],
        }  # fmt: skip
    return list(told.values())


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None

"""A screening in words: how much an answer depends on each number, in order, for the terminal and the brief; it computes no effect.

The numbers come from ``screening.json`` (`outcomes.screened`); docs/sources.md says how to read them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zaslin.brief.basis import InputGroup, read_path
from zaslin.brief.numbers import DASH, decimals_for, figure
from zaslin.brief.rules import plain, unit_word
from zaslin.brief.sentences import CLASS_WORDS, nation
from zaslin.errors import InputError, unknown
from zaslin.scenario.nations import possessive

FIRST = "coalition_kills"
"""The measure that is shown where none is asked for; where its answer depends on nothing, the next that does."""

MOSTLY = 0.9
"""From this share of mu* on, the signed mean says that the answer moves one way with the number."""

BAR = 12
_EIGHTHS = " ▏▎▍▌▋▊▉█"

_GROUPS = {
    "routes/margins": "margins that routes keep from borders", "routes/shape": "shape of routes: way-points, doglegs, turns",
    "routes/errors": "navigation errors, jamming and failures to turn", "routes/beyond": "coming back to the target from beyond",
    "routes/west": "share of cruise missiles bound for the west", "routes/danube": "share of drones bound for the Danube ports",
    "routes/decoys": "share of decoys among the drones", "routes/profile": "altitudes of drones: climb, low approach, dive",
    "areas": "spread of launch places", "layer/regions": "weights of Ukraine's macro-regions", "threat/ballistic_coefficient": "how threats fall",
    "threat/casualty_area": "areas in which a fall harms people",
    "aircraft/weapons": "members' missiles and guns: reach, chance of a hit, speed, interval, judging",
    "aircraft/flight": "members' aircraft: speeds, endurance and fuel", "aircraft/costs": "costs of flight hours and missiles",
    "picture/shared": "the shared picture", "picture/looks": "how radars look: chance, time between looks, loss, confusion",
    "pooling": "tracks passed on between members", "radar": "airborne radars", "zones": "extent of zones",
    "fighters": "pairs that fail, late reliefs, crews' duty", "pilot": "the pilot's gate",
    "gbad": "ground-based defence: reach, hit chances, channels, times, costs", "cap_pairs": "pairs kept airborne together",
    "helicopters": "helicopters and light aircraft: speeds, reach, chance of a hit, costs",
    "others": "what is no threat: how much of it flies, and how often it is taken for one", "assignment": "worth of threats to policies that weigh",
}  # fmt: skip
_KINDS = {"picture": "what {who} sees", "alert": "{whose} alert", "force": "{whose} pairs and missiles", "rules": "{whose} rules"}


@dataclass(frozen=True)
class ScreenedRow:
    """One number, or one group of like numbers that was moved as a whole. `bar`: mu* as a share of the greatest. `letter`: of the brief's group."""

    rank: int
    label: str
    of: str
    value: str
    effect: str
    way: str
    share: float
    bar: float
    told: bool
    letter: str
    paths: tuple[str, ...]

    @property
    def blocks(self) -> str:
        """The bar in characters."""
        eighths = round(self.bar * BAR * 8)
        whole, rest = divmod(eighths, 8)
        return ("█" * whole + (_EIGHTHS[rest] if rest else "")) or ("▏" if self.bar > 0.0 else "")


def targets(screening: Mapping[str, Any], measure: str | None = None) -> list[dict[str, Any]]:
    """The answers of a measure, differences first; by default the one of `FIRST`. Raises InputError for a measure that was not followed."""
    every: list[dict[str, Any]] = list(screening["targets"])
    if measure is not None:
        chosen = [target for target in every if target["measure"] == measure]
        if not chosen:
            raise InputError(f"--measure: {unknown('measure in this screening', measure, {target['measure'] for target in every})}")
        return chosen
    moved = [target for target in every if any(_effect(row, target)["mu_star"] > 0.0 for row in screening["rows"])]
    first = [target for target in moved if target["measure"] == FIRST and target["kind"] == "difference"]
    return first[:1] or moved[:1]


def title(target: Mapping[str, Any]) -> str:
    """``Shot down by the coalition, a night: pl-ro-toward-border, difference from status-quo``."""
    if target["kind"] == "difference":
        return f"{target['label']}, a night: {target['b']}, difference from {target['a']}"
    if target["kind"] == "given":
        return f"Stopped before the border, given a crossing like the reported one: {target['b']}"
    return f"{target['label']}, a night: {target['a']}"


def ranked(screening: Mapping[str, Any], target: Mapping[str, Any], most: int | None = None) -> list[ScreenedRow]:
    """The rows that move this answer at all, the greatest mu* first."""
    rows = sorted(screening["rows"], key=lambda row: (_effect(row, target)["rank"], row["name"]))
    rows = [row for row in rows if _effect(row, target)["mu_star"] > 0.0][:most]
    top = max((_effect(row, target)["mu_star"] for row in rows), default=0.0)
    return [_row(row, _effect(row, target), top) for row in rows]


def without_effect(screening: Mapping[str, Any], target: Mapping[str, Any]) -> int:
    """How many numbers change this answer in no evaluation at all."""
    return sum(len(row["members"]) for row in screening["rows"] if _effect(row, target)["mu_star"] == 0.0)


def words(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """A row of the screening as label, whose, and letter of the brief's group."""
    read = [read_path(path) for path in row["paths"]]
    letter = read[0][0] if read else "G"
    if row["kind"] == "group" and len(row["members"]) > 1:
        return f"{_group(str(row['name']))} ({len(row['members'])} numbers together)", "", letter
    if not read:
        return str(row["name"]), "", letter
    labels, owners = dict.fromkeys(label for _, label, _, _ in read), dict.fromkeys(who for *_, who in read)
    return next(iter(labels)), "" if len(owners) > 2 else ", ".join(name for name in owners if name), letter


def method(screening: Mapping[str, Any]) -> str:
    """How the screening was made, in two sentences."""
    how = screening["method"]
    return (
        f"{how['numbers']} numbers with a range in {how['groups']} groups: whole groups first ({how['group_trajectories']} trajectories), then "
        f"{how['numbers_moved_singly']} single numbers of those that matter ({how['trajectories']}), each from the {how['low_quantile']:.0%} to the "
        f"{how['high_quantile']:.0%} point of its range while the others stand anywhere in theirs; {how['replicates_per_evaluation']} nights a "
        f"point, the same luck along a trajectory, {how['evaluations']:,} points, seed {screening['seed']}."
    ).replace("%", "\u00a0%")


def anchor(path: str) -> str:
    """Where the brief's row of an input with this path can be found."""
    return "input-" + re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")


def link_rows(groups: Iterable[InputGroup], rows: Sequence[ScreenedRow]) -> dict[str, str]:
    """Give each input row that a single screened number stands for an anchor; the anchors by path."""
    wanted = {path for row in rows for path in row.paths}
    out = {}
    for group in groups:
        for row in group.rows:
            hit = next((path for path in row.paths if path in wanted), None)
            if hit is not None:
                row.anchor = anchor(hit)
                out.update(dict.fromkeys(row.paths, row.anchor))
    return out


def _effect(row: Mapping[str, Any], target: Mapping[str, Any]) -> dict[str, Any]:
    nothing = {"mu_star": 0.0, "mu_star_conf": 0.0, "mu": None, "sigma": None, "noise": None, "told": False, "share": 0.0, "rank": 10**6}
    found: dict[str, Any] = row["effects"].get(target["key"], nothing)
    return found


def _row(row: Mapping[str, Any], effect: Mapping[str, Any], top: float) -> ScreenedRow:
    label, of, letter = words(row)
    single = row["kind"] == "number" or len(row["members"]) == 1
    return ScreenedRow(
        effect["rank"], label, of, _range(row["numbers"]) if single else "", _size(effect), _way(effect), effect["share"],
        effect["mu_star"] / top if top > 0.0 else 0.0, effect["told"], letter, tuple(row["paths"]) if single else (),
    )  # fmt: skip


def _size(effect: Mapping[str, Any]) -> str:
    """``0.21 ±0.06``: mu* and the half-width of its interval; where it is not told from noise, ``~`` before it."""
    size, conf = effect["mu_star"], effect["mu_star_conf"]
    decimals = max(decimals_for(size, size - conf, size + conf), decimals_for(size, size, size)) if size else 0
    text = f"{figure(size, decimals)} ±{figure(conf, decimals)}"
    return text if effect["told"] else f"~ {text}"


def _way(effect: Mapping[str, Any]) -> str:
    mu = effect["mu"]
    if not effect["told"]:
        return "not told from noise"
    if mu is None:
        return "together"
    if abs(mu) < MOSTLY * effect["mu_star"]:
        return "both ways"
    return "grows with it" if mu > 0 else "falls with it"


def _range(numbers: Sequence[Mapping[str, Any]]) -> str:
    ranges = dict.fromkeys((number["low"], number["high"], number["unit"]) for number in numbers)
    if len(ranges) != 1:
        return f"{len(ranges)} ranges"
    low, high, unit = next(iter(ranges))
    return f"{plain(low)}{DASH}{plain(high)} {unit_word(unit)}".strip()


def _group(name: str) -> str:
    if name in _GROUPS:
        return _GROUPS[name]
    first, _, last = name.partition("/")
    if last in _KINDS:
        return _KINDS[last].format(who=nation(first), whose=possessive(nation(first)))
    if first == "layer":
        return f"Ukraine's stops of {CLASS_WORDS.get(last, last)}"
    return f"flight of {CLASS_WORDS.get(last, last)}" if first == "threat" else name.replace("/", ", ")

"""The books of a results folder: sums that must balance in every replicate, or the first place where they do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from zaslin.measures.impossible import may_fire
from zaslin.measures.measure import Tables
from zaslin.outcomes.store import Results
from zaslin.outcomes.tables import CAUSES, COALITION, FATES, THREAT

_KEYS = ["key", "threat"]
_KILLED = pl.col("fate") == "killed_member"
_CROSSES = pl.col("crosses").fill_null("") != ""


@dataclass(frozen=True)
class Imbalance:
    """The first place where a check does not hold."""

    check: str
    package: str
    draw: str
    replicate: int | None
    threat: str | None
    detail: str

    def __str__(self) -> str:
        where = f"{self.package}, {'replicate' if self.draw == 'plain' else f'{self.draw} sample'} {self.replicate}"
        return f"{self.check}: {self.detail} ({where}{f', {self.threat}' if self.threat else ''})"


def books(results: Results, package: str) -> Imbalance | None:
    """The first imbalance of a package's plain and tagged draws, or None where all books balance.

    Checked in every replicate: threats = launched = sum of fates; a threat that the coalition did not kill has the fate it would have had;
    causes are complete, per member and for the coalition; kills have a shooter and a hit; engagements' shots = shots; entries are among the
    crossings, crossings among the excursions; who permits nothing never fires.
    """
    for draw in ("plain", "tagged", "given"):
        if not results.parts(package, draw):
            continue
        tables = Tables(results, package, draw)
        checks = _checks(tables, results.package(package), _launched(results.manifest["night"]) if draw == "plain" else 1)
        for (check, detail), wrong in zip(checks, results.collect([frame.head(1) for frame in checks.values()]), strict=True):
            if len(wrong):
                row = wrong.row(0, named=True)
                words = detail.format_map({key: "none" if value is None else value for key, value in row.items()})
                return Imbalance(check, package, draw, row.get("key"), row.get("threat"), words)
    return None


def _launched(night: dict[str, Any]) -> int:
    return sum(int(group["count"]) for group in night["groups"])


def _checks(tables: Tables, package: dict[str, Any], launched: int) -> dict[tuple[str, str], pl.LazyFrame]:
    """(check, what to say of a wrong row) → its wrong rows, sorted by place."""
    threats = tables.scan("threats")
    causes = tables.scan("causes")
    shots, engagements, windows = (tables.scan(name) for name in ("shots", "engagements", "windows"))
    nations = [str(member["nation"]) for member in package["members"]]
    wanted = pl.DataFrame({"member": [*nations, COALITION]}, schema={"member": pl.String}).lazy()
    who = ["member", "asset"]
    open_threats = threats.filter(~_KILLED).select(_KEYS)
    is_threat = pl.col("object").fill_null(THREAT) == THREAT
    needed = (pl.col("would_have") == "leaked") | _CROSSES
    crossings, excursions = (
        threats.select(*_KEYS, country=pl.col(column).str.split(",")).explode("country").filter(pl.col("country").fill_null("") != "")
        for column in ("crosses", "excursion")
    )
    checks = {
        ("threats = launched", "{n} threats of {launched} launched"): threats.group_by("key")
        .agg(n=pl.len(), different=pl.col("threat").n_unique())
        .filter((pl.col("n") != launched) | (pl.col("different") != launched))
        .with_columns(launched=pl.lit(launched), threat=pl.lit(None, pl.String)),
        ("one fate each", "fate {fate}"): threats.filter(~pl.col("fate").is_in(FATES) | pl.col("fate").is_null()),
        ("same luck", "fate {fate}, but {would_have} without the coalition"): threats.filter(
            ~pl.col("would_have").is_in(FATES) | pl.col("would_have").is_null() | (~_KILLED & (pl.col("fate") != pl.col("would_have")))
        ),
        ("a known cause", "cause {cause}"): causes.filter(~pl.col("cause").is_in(CAUSES) | pl.col("cause").is_null()),
        ("nothing unexplained", "no cause for {member}"): open_threats.join(wanted, how="cross").join(causes, on=[*_KEYS, "member"], how="anti"),
        ("one cause each", "{n} causes for {member}"): causes.group_by(*_KEYS, "member").agg(n=pl.len()).filter(pl.col("n") != 1),
        ("no cause for a kill", "{member} has a cause, {cause}, for a threat that was shot down"): causes.join(open_threats, on=_KEYS, how="anti"),
        ("a cause has its member", "cause of {member}, no member"): causes.filter(~pl.col("member").is_in([*nations, COALITION])),
        ("a kill has its hit", "shot down by {shooter_member}, without a hit"): threats.filter(_KILLED).join(
            shots.filter("hit"), left_on=[*_KEYS, "shooter_member", "shooter_asset"], right_on=[*_KEYS, *who], how="anti"
        ),
        ("one hit ends it", "{n} hits, fate {fate}"): shots.filter(pl.col("hit") & is_threat)
        .group_by(_KEYS)
        .agg(n=pl.len())
        .join(threats, on=_KEYS, how="left")
        .filter((pl.col("n") != 1) | ~_KILLED.fill_null(False)),
        ("what is no threat is hit once at most", "{n} hits at an object that is no threat"): shots.filter(pl.col("hit") & ~is_threat)
        .group_by(_KEYS)
        .agg(n=pl.len())
        .filter(pl.col("n") != 1),
        ("what is no threat is not among the threats", "an object of kind {object} has a row of threats"): pl.concat(
            [frame.filter(~is_threat).select(*_KEYS, "object") for frame in (shots, engagements, tables.scan("falls"))]
        ).join(threats, on=_KEYS, how="semi"),
        ("engagements' shots = shots", "{member} {asset}: {told} in engagements, {n} fired"): engagements.group_by(*_KEYS, *who)
        .agg(told=pl.col("shots").sum())
        .join(shots.group_by(*_KEYS, *who).agg(n=pl.len()), on=[*_KEYS, *who], how="full", coalesce=True)
        .filter(pl.col("told").fill_null(0) != pl.col("n").fill_null(0)),
        ("needed engagements", "{member}: needed is {needed}, but it would have {would_have}, crossing {crosses}"): engagements.join(
            threats, on=_KEYS
        ).filter((pl.col("needed") != needed).fill_null(True)),
        ("entries are crossings", "entered {country} without a crossing"): tables.scan("incursions").join(crossings, on=[*_KEYS, "country"], how="anti"),
        ("crossings are excursions", "would cross into {country} without an excursion"): crossings.join(excursions, on=[*_KEYS, "country"], how="anti"),
        ("time inside is a part of the stay", "{inside_s} s inside {country} in a stay from {entry_s} to {exit_s}"): tables.scan("incursions").filter(
            ~pl.col("inside_s").is_between(0.0, pl.col("exit_s") - pl.col("entry_s") + 1e-6)
        ),
        ("stays last", "came out of {country} before it entered"): tables.scan("incursions").filter(~(pl.col("exit_s") >= pl.col("entry_s"))),
        ("no window after the end", "{member}'s window from {from_s} to {to_s}, ended at {fate_s}"): windows.join(threats, on=_KEYS).filter(
            (pl.col("from_s") >= pl.col("fate_s")) | (pl.col("to_s") > pl.col("fate_s"))
        ),
        ("a shot lies in its engagement", "{member} {asset} fired at {fire_s}, outside its engagements"): shots.join(
            shots.join(engagements.select(*_KEYS, *who, "commit_s", "end_s"), on=[*_KEYS, *who])
            .filter((pl.col("fire_s") >= pl.col("commit_s")) & (pl.col("impact_s") <= pl.col("end_s") + 1e-6))
            .select(*_KEYS, *who, "fire_s"),
            on=[*_KEYS, *who, "fire_s"],
            how="anti",
        ),
        ("windows last", "{member}'s window ends before it begins"): windows.filter(~(pl.col("to_s") >= pl.col("from_s"))),
    }
    if not any(may_fire(member) for member in package["members"]):
        checks["no permission, no shot", "{member} engaged, but no caveat permits"] = engagements
        checks["no permission, no window", "{member} has a window, but no caveat permits"] = windows
    if tables.draw == "tagged":
        tags = threats.select(*_KEYS, country="tag_country")
        checks["a sample crosses", "stands for {country} but does not cross into it"] = tags.join(crossings, on=[*_KEYS, "country"], how="anti")
    return {said: frame.sort(_KEYS) for said, frame in checks.items()}

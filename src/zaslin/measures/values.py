"""From tables to arrays: what a measure came to in every replicate, and in every tagged sample, of a package.

A measure's rows are summed inside polars, so that only one number per replicate leaves it. Knows no interval.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from zaslin.atlas.borders import COUNTRIES, NEIGHBOURS
from zaslin.errors import InputError, came, unknown
from zaslin.measures.intervals import Floats, Ints, Strata
from zaslin.measures.kept import AT_A_TIME, REST, ROWS, SAMPLE, Kept, Some
from zaslin.measures.measure import Measure, Tables
from zaslin.measures.no_given import no_given
from zaslin.outcomes.store import Results, opened
from zaslin.outcomes.tagging import tagged_samples

NAN = float("nan")
TAGGED_CLASSES = ("drone", "cruise", "unknown")
"""Classes that tagged samples stand for, whether or not a route was found that enters: what flies over way-points (`zaslin.world.night_arrays.STEERED`;
a test holds them together). The others fly straight, are not tagged, and are counted in plain replicates.

Fixed beforehand: were a group counted in plain replicates where no sample of it was found, its expectation would be counted a second time with that chance.
"""
_GRAIN, _GRAIN_USD = 2.0**-40, 2.0**-20
"""Of exact sums, in the measure's unit: far below what is told, and a power of two, so that a grain's multiples are exact."""
_AT_ONCE = 16
"""Sums computed together: they share scans, and more would open too many parts at a time."""


@dataclass(frozen=True)
class Counts:
    """Sums of a measure's rows per unit (replicate or sample): `total` of their values, `rows` how many."""

    total: Floats
    rows: Floats


@dataclass(frozen=True)
class Values:
    """One measure of one package (and member).

    replicates: (n,) numbers of the plain replicates; plain: their counts. For the tagged-threat estimator also `rest`, the plain part
    that tagged samples do not cover, and `tagged`, weighted counts per sample (`samples`, `strata`); None where it does not apply.
    """

    replicates: Ints
    plain: Counts
    rest: Counts | None = None
    tagged: Counts | None = None
    samples: Ints | None = None
    strata: Strata | None = None


@dataclass(frozen=True)
class GivenValues:
    """A measure on the samples of a given crossing: `counts` per sample, its `weight` and `block`.

    Weights sum to 1 in a block only in the mean: to be normalised over all samples, not block by block.
    """

    counts: Counts
    samples: Ints
    block: Ints
    weight: Floats


def read(results: Results | Reading, *packages: object) -> Reading:
    """The folder while it is read. Raises InputError where it is not opened, or a package is no name (a measure in its place, say)."""
    for name in packages:
        if not isinstance(name, str):
            raise InputError(f"{came(name)} came where a package's name is wanted; give the name as text, one of those in `results.packages`")
    return results if isinstance(results, Reading) else Reading(results)


@dataclass(frozen=True)
class _Tag:
    """Tagged samples, sorted by number."""

    samples: Ints
    weight: Floats
    strata: Strata


class Reading:
    """A results folder while it is read: sums of measures per package, each computed once.

    exact: add the rows of a replicate as whole numbers of a small grain, so that the same rows give the same sum to the last bit, whatever order polars'
    threads add them in.
    """

    def __init__(self, results: Results, exact: bool = False):
        self.results = opened(results)
        self._exact = exact
        self._tables: dict[tuple[str, str], Tables] = {}
        self._sums: dict[tuple[str, str, str], pl.DataFrame] = {}
        self._tags: dict[str, _Tag] = {}
        self._ids: dict[str, Ints] = {}
        self._tagged: dict[str, bool] = {}
        self._kept = Kept(results, _summed)
        self._large: dict[str, bool] = {}
        self._no_rows: dict[int, Floats] = {}
        self.frames: dict[tuple[int, ...], Any] = {}
        """What `measures.estimate` found of these packages' replicates and samples, so that it need not be found for every measure."""

    # -- what is there ------------------------------------------------------------------------------------------------

    def replicates(self, package: str) -> Ints:
        """Numbers of the replicates whose parts are complete, in order."""
        if package not in self._ids:
            parts = self._kept.parts(package, "plain")
            wanted = self.results.replicates
            ranges = [np.arange(first, min(first + count, wanted)) for first, count in sorted(parts.items())]
            self._ids[package] = np.concatenate(ranges).astype(np.int64) if ranges else np.zeros(0, np.int64)
        return self._ids[package]

    def has_tagged(self, package: str) -> bool:
        """Whether the tagged samples are there, for every block that has plain replicates."""
        if package not in self._tagged:
            noted = tagged_samples(self.results)
            there = np.bincount(self._tagged_threats(package)["block"]) if noted else np.zeros(0, np.int64)
            blocks = np.flatnonzero(np.bincount(self.replicates(package) // self.results.block_size)).tolist()
            short = [b for b in blocks if b in noted and (there[b] if b < len(there) else 0) != noted[b]]
            self._tagged[package] = bool(noted) and not short
        return self._tagged[package]

    def _is_large(self, package: str) -> bool:
        """Whether the package is read from sums that are kept, or a few parts at a time."""
        if package not in self._large:
            self._large[package] = not self._exact and self._kept.worth_it(package)
        return self._large[package]

    def _tagged_threats(self, package: str) -> dict[str, np.ndarray]:
        """Of the tagged samples, by number: ``number`` and the columns of SAMPLE."""
        held = self._kept.columns(package, "tagged")
        return held if held else _samples(self.results, package, "tagged")

    def members(self, measure: Measure, package: str) -> tuple[str, ...]:
        """Whom `measure` can be asked for in this package, in a fixed order; empty for a measure of the night as a whole."""
        if measure.by is None:
            return ()
        if measure.by == "member":
            return tuple(str(member["nation"]) for member in self.results.package(package)["members"])
        if measure.by == "country":
            return NEIGHBOURS
        found = self._sum(measure, package, "plain").get_column("member").drop_nulls().unique().to_list()
        return (*NEIGHBOURS, *sorted(set(found) - set(NEIGHBOURS)))

    # -- sums ---------------------------------------------------------------------------------------------------------

    def load(self, measures: Iterable[Measure], packages: Iterable[str], draws: Iterable[str] = ("plain",)) -> None:
        """Compute the sums of many measures at once; common scans are made once."""
        todo: dict[tuple[str, str, str], pl.LazyFrame] = {}
        measures, draws = list(measures), tuple(draws)
        for package in packages:
            if self._is_large(package):
                for draw in draws:
                    self._kept.load(package, draw, measures)
                    if draw == "plain" and any(measure.rare for measure in measures):
                        self._kept.load(package, "tagged", measures)
                continue
            for measure in measures:
                for part in self._wanted(measure, package, draws):
                    if (measure.name, package, part) not in self._sums:
                        todo[measure.name, package, part] = self._lazy(measure, package, part)
        self._collect(todo)

    def collect(self, asked: Iterable[tuple[Measure, str]], package: str) -> None:
        """Compute these sums of a package at once: measures and their parts ("plain", "rest", "tagged", "given")."""
        self._collect({(measure.name, package, part): self._lazy(measure, package, part) for measure, part in asked})

    def _collect(self, todo: Mapping[tuple[str, str, str], pl.LazyFrame]) -> None:
        keys = list(todo)
        for start in range(0, len(keys), _AT_ONCE):
            batch = keys[start : start + _AT_ONCE]
            self._sums.update(zip(batch, self.results.collect(todo[key] for key in batch), strict=True))

    def keep(self, measures: Iterable[Measure], package: str, draw: str) -> None:
        """Make and keep the sums of a draw of many replicates, for whoever reads the folder next; nothing is done for a small one."""
        if self._is_large(package):
            self._kept.make(package, draw, list(measures))

    def _wanted(self, measure: Measure, package: str, draws: Iterable[str]) -> list[str]:
        wanted = []
        for draw in draws:
            if draw == "plain":
                wanted.append("plain")
                if measure.rare and self.has_tagged(package):
                    wanted += ["tagged", "rest"]
            elif not measure.whole_night:
                wanted.append(draw)
        return wanted

    def _table(self, package: str, draw: str) -> Tables:
        if (package, draw) not in self._tables:
            self._tables[package, draw] = Tables(self.results, package, draw)
        return self._tables[package, draw]

    def _lazy(self, measure: Measure, package: str, part: str) -> pl.LazyFrame:
        tables = self._table(package, "plain" if part == "rest" else part)
        rows = measure.rows(tables)
        if part == "tagged":
            # a sample stands for one country: only what concerns that country counts
            tag = tables.scan("threats").select(pl.col("key").cast(pl.Int32), country="tag_country")
            rows = rows.join(tag, on=["key", "country"], how="semi")
        elif part == "rest":
            # what tagged samples stand for: a threat of a tagged class and a neighbour that it enters, unless the coalition stops it
            crossing = tables.crossings().filter(pl.col("threat_class").is_in(TAGGED_CLASSES))
            crossing = crossing.select(pl.col("key").cast(pl.Int32), "threat", "country")
            rows = rows.join(crossing, on=["key", "threat", "country"], how="anti")
        total = pl.col("value").sum()
        if self._exact:
            grain = _GRAIN if measure.unit != "USD" else _GRAIN_USD
            total = (pl.col("value") / grain).round().cast(pl.Int64).sum() * grain
        return rows.group_by("key", "member").agg(total.alias("value"), rows=pl.len()).sort("key", "member")

    def _sum(self, measure: Measure, package: str, part: str) -> pl.DataFrame:
        if (measure.name, package, part) not in self._sums:
            draw = "plain" if part == "rest" else part
            if self._is_large(package):  # a part's sums depend on no other part
                parts = list(self.results.parts(package, draw).items())
                few = [dict(parts[start : start + AT_A_TIME]) for start in range(0, len(parts), AT_A_TIME)] or [{}]
                found = pl.concat([Reading(Some(self.results, draw, some))._sum(measure, package, part) for some in few])
            else:
                found = self.results.collect([self._lazy(measure, package, part)])[0]
            self._sums[measure.name, package, part] = found
        return self._sums[measure.name, package, part]

    def _total(self, measure: Measure, package: str, part: str, units: Ints, member: str | None) -> Counts:
        """A measure's counts per unit: from what is kept, where it was loaded, else from the tables."""
        held = self._kept.columns(package, "plain" if part == "rest" else part)
        name = measure.name + (REST if part == "rest" else "")
        if member is None and name in held:
            total = held[name]
            rows = held[name + ROWS] if name + ROWS in held else self._unasked(len(total))
            if len(units) == len(total):
                return Counts(total, rows)
            place = np.searchsorted(held["number"], units)
            return Counts(total[place], rows[place])
        return _counts(self._sum(measure, package, part), units, member)

    def _unasked(self, n: int) -> Floats:
        """Of a sum nobody asks how many rows it had: nan, n times."""
        if n not in self._no_rows:
            self._no_rows[n] = np.full(n, np.nan)
        return self._no_rows[n]

    # -- arrays -------------------------------------------------------------------------------------------------------

    def values(self, measure: Measure, package: str, member: str | None, method: str | None) -> Values:
        """The measure in every replicate and, for the tagged-threat estimator, in every tagged sample.

        method: "plain", "tagged", or None for tagged where the measure is rare and the folder has the samples.
        Raises InputError for a member that the measure does not have, or a method that cannot be used.
        """
        self._check_member(measure, package, member)
        ids = self.replicates(package)
        plain = self._total(measure, package, "plain", ids, member)
        if not self._defined(measure, package, member):
            plain = Counts(np.full(len(ids), np.nan), plain.rows)
        if not self._uses_tagged(measure, package, method):
            return Values(ids, plain)
        tag = self._tag(package)
        y = self._total(measure, package, "tagged", tag.samples, member)
        return Values(
            replicates=ids,
            plain=plain,
            rest=self._total(measure, package, "rest", ids, member),
            tagged=Counts(tag.weight * y.total, y.rows if y.rows is self._no_rows.get(len(y.rows)) else tag.weight * y.rows),
            samples=tag.samples,
            strata=tag.strata,
        )

    def given_values(self, measure: Measure, package: str, member: str | None) -> GivenValues:
        """The measure on the samples of the given crossing. Raises InputError where there are none, or it has no meaning for one threat."""
        if measure.whole_night:
            raise InputError(f"{measure.name} belongs to the whole night; it cannot be asked for a single crossing")
        self._check_member(measure, package, member)
        threats = self._given(package)
        samples = threats.get_column("sample").to_numpy().astype(np.int64)
        counts = self._total(measure, package, "given", samples, member)
        if not self._defined(measure, package, member):
            counts = Counts(np.full(len(samples), np.nan), counts.rows)
        return GivenValues(
            counts=counts,
            samples=samples,
            block=threats.get_column("block").to_numpy().astype(np.int64),
            weight=threats.get_column("weight").to_numpy().astype(np.float64),
        )

    def given_weight(self, package: str) -> float:
        """Sum of the weights of the given crossing's samples. Raises InputError where there are none."""
        return float(self._given(package).get_column("weight").sum())

    def _given(self, package: str) -> pl.DataFrame:
        columns = ["sample", "block", "weight"]
        held = self._kept.columns(package, "given")
        if held:
            threats = pl.DataFrame({"sample": held["number"], "block": held["block"], "weight": held["weight"]})
        else:
            threats = self.results.collect([self.results.scan("threats", package, "given").select(columns).sort("sample")])[0]
        if threats.is_empty():
            raise InputError(no_given(self.results) or f"{self.results.folder} holds no given crossing for {package}; run it again with --given INCIDENT")
        return threats

    def _check_member(self, measure: Measure, package: str, member: str | None) -> None:
        self.results.package(package)
        if member is None:
            return
        if measure.by is None:
            raise InputError(f"{measure.name} is not kept per member")
        # a nation may ask about a package that it is not in: the answer is nothing, not a fault
        everyone = {name for package in self.results.packages for name in self.members(measure, package)}
        if not isinstance(member, str) or member not in everyone:
            raise InputError(f"{measure.name}: {unknown('member', member, everyone)}")

    def _defined(self, measure: Measure, package: str, member: str | None) -> bool:
        """Whether the folder is young enough for the measure, and the member (None: anybody) has what it is about."""
        if int(self.results.manifest["schema_version"]) < measure.since:
            return False
        asked = [each for each in self.results.package(package)["members"] if member in (None, each["nation"])]
        return measure.asset is None or any(asset["kind"] == measure.asset for each in asked for asset in each.get("assets", ()))

    def _uses_tagged(self, measure: Measure, package: str, method: str | None) -> bool:
        if method not in (None, "plain", "tagged"):
            raise InputError(unknown("method", str(method), ("plain", "tagged")))
        if method == "tagged" and not measure.rare:
            raise InputError(f'{measure.name} is not estimated with tagged threats; its method is "plain"')
        if method == "plain" or not measure.rare:
            return False
        if self.has_tagged(package):
            return True
        if method == "tagged":
            raise InputError(f'{self.results.folder} lacks tagged samples of {package}; the method "plain" needs none')
        return False

    def _tag(self, package: str) -> _Tag:
        if package not in self._tags:
            rows = self._tagged_threats(package)
            block, country = rows["block"].astype(np.int64), rows["tag_country"].astype(np.int64)
            stratum, first = _as_they_come(block * (len(COUNTRIES) + 1) + country + 1)
            kept = rows["kept"].astype(np.float64)
            self._tags[package] = _Tag(
                samples=rows["number"].astype(np.int64),
                weight=rows["weight"].astype(np.float64),
                strata=Strata(block, stratum, np.where(np.isnan(kept), 1.0, kept), _as_they_come(country[first])[0]),
            )
        return self._tags[package]


def _summed(results: Results, package: str, draw: str, measures: Sequence[Measure]) -> dict[str, np.ndarray]:
    """Sums of measures in some parts of a draw, by column (`measures.kept`)."""
    reading = Reading(results)
    columns: dict[str, np.ndarray] = {}
    if draw == "plain":
        units = np.concatenate([np.arange(first, first + count) for first, count in sorted(results.parts(package).items())]).astype(np.int64)
    else:
        columns = _samples(results, package, draw)
        units = columns.pop("number")
    asked = [(measure, part) for measure in measures for part in _parts_in(measure, draw)]
    reading.collect(asked, package)
    for measure, part in asked:
        counts = _counts(reading._sum(measure, package, part), units, None)
        name = measure.name + (REST if part == "rest" else "")
        columns[name] = counts.total
        if measure.kind == "mean":
            columns[name + ROWS] = counts.rows
    return {"number": units, **columns}


def _samples(results: Results, package: str, draw: str) -> dict[str, np.ndarray]:
    """Of a draw's samples, by number: ``number`` and the columns of SAMPLE."""
    threats = results.collect([results.scan("threats", package, draw).select("sample", *SAMPLE).sort("sample")])[0]
    country = threats.get_column("tag_country").replace_strict(list(COUNTRIES), list(range(len(COUNTRIES))), return_dtype=pl.Int8).fill_null(-1)
    return {
        "number": threats.get_column("sample").to_numpy().astype(np.int64),
        **{name: (country if name == "tag_country" else threats.get_column(name)).to_numpy() for name in SAMPLE},
    }


def _as_they_come(values: Ints) -> tuple[Ints, Ints]:
    """Each value's number, in the order in which different ones first come, and where each of them first does."""
    _, first, inside = np.unique(values, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty(len(first), np.int64)
    place[order] = np.arange(len(first))
    return place[inside], first[order]


def _parts_in(measure: Measure, draw: str) -> tuple[str, ...]:
    if draw == "plain":
        return ("plain", "rest") if measure.rare else ("plain",)
    return (draw,) if (measure.rare if draw == "tagged" else not measure.whole_night) else ()


def _counts(sums: pl.DataFrame, units: Ints, member: str | None) -> Counts:
    """Sums per unit as arrays aligned with `units` (sorted); units without rows are 0, rows of other units are left out."""
    if member is not None:
        sums = sums.filter(pl.col("member") == member)
    key = sums.get_column("key").to_numpy().astype(np.int64)
    place = np.minimum(np.searchsorted(units, key), max(len(units) - 1, 0))
    known = units[place] == key if len(units) else np.zeros(len(key), bool)

    def per_unit(column: str) -> Floats:
        return np.bincount(place[known], sums.get_column(column).to_numpy().astype(np.float64)[known], minlength=len(units)).astype(np.float64)

    return Counts(per_unit("value"), per_unit("rows"))

"""What the rules of the shipped coalitions imply whatever the numbers: one small study of the coalitions of Poland and Romania."""

from __future__ import annotations

import polars as pl
import pytest

from zaslin.outcomes.store import Results
from zaslin.scenario.packages import package
from zaslin.scenario.vary import vary
from zaslin.studies.design import study
from zaslin.studies.run import run

PACKAGES = ("status-quo", "pl-ro-own-airspace", "pl-ro-toward-border", "neighbours", "pl-ro-may-enter", "pl-ro-100km")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    apart = vary(package("neighbours"), {"pooling.enabled": False}, name="apart")
    return run(study("2023-12-29", [*PACKAGES, apart], replicates=20, seed=7), tmp_path_factory.mktemp("laws") / "run")


def rows(results: Results, table: str, package: str, draw: str = "plain") -> pl.DataFrame:
    return results.scan(table, package, draw).collect()  # type: ignore[arg-type]


@pytest.mark.parametrize("draw", ["plain", "tagged"])
def test_own_airspace_changes_no_first_crossing(results: Results, draw: str):
    """By definition: whoever is fired at has crossed already. Later crossings may go."""
    key = ["sample", "replicate", "threat"]
    quiet, own = (rows(results, "incursions", name, draw).sort("entry_s").unique(key, keep="first") for name in ("status-quo", "pl-ro-own-airspace"))
    first = [*key, "country", "entry_s"]
    assert own.height > 0
    assert own.select(first).sort(key, nulls_last=True).equals(quiet.select(first).sort(key, nulls_last=True))


@pytest.mark.parametrize("draw", ["plain", "tagged"])
def test_own_airspace_permits_only_what_is_inside(results: Results, draw: str):
    """By definition: every window lies within the threat's free flight inside the member's airspace, so none begins before its first border."""
    windows = rows(results, "windows", "pl-ro-own-airspace", draw)
    threats = rows(results, "threats", "pl-ro-own-airspace", draw).select("sample", "replicate", "threat", "excursion", "first_border_s")
    found = windows.join(threats, on=["sample", "replicate", "threat"], nulls_equal=True)
    assert set(windows["caveat"].unique()) <= {"own-airspace"}
    assert found.height == windows.height
    assert (found["from_s"] >= found["first_border_s"] - 1e-6).all()
    assert found.select(pl.col("excursion").str.contains(pl.col("member"))).to_series().all()


def test_only_who_may_enter_flies_over_ukraine(results: Results):
    """By the rules' place of the shooter."""
    over = {name: float(rows(results, "sorties", name)["over_ukraine_s"].sum()) for name in PACKAGES}
    assert [name for name in PACKAGES if over[name] > 0.0] in ([], ["pl-ro-100km"], ["pl-ro-may-enter", "pl-ro-100km"])


@pytest.mark.parametrize("name", ["apart", "pl-ro-may-enter"])
def test_the_same_rule_opens_the_same_windows(results: Results, name: str):
    """A law: windows depend on the rule's threats and the member's picture, not on who flies or from where; so both packages permit the same until the
    threat's fate, which a kill may bring sooner in one of them. (Who pools sees more: not so `neighbours` as it is shipped.)"""
    key = ["replicate", "threat"]
    mine, base = (rows(results, "windows", item).filter(pl.col("member").is_in(["PL", "RO"])) for item in (name, "pl-ro-toward-border"))
    fates = [rows(results, "threats", item).select(*key, "fate_s") for item in (name, "pl-ro-toward-border")]
    end = pl.concat(fates).group_by(key).agg(end_s=pl.col("fate_s").min())
    mine, base = (
        table.join(end, on=key).filter(pl.col("from_s") < pl.col("end_s")).with_columns(to_s=pl.min_horizontal("to_s", "end_s")).sort(*key, "member", "from_s")
        for table in (mine, base)
    )
    assert base.height > 0
    assert mine.equals(base)


def test_who_pools_holds_all_that_he_held_alone_and_no_later(results: Results):
    """A law: pooling adds to what a member holds and takes nothing away; Poland and Romania hold more by it."""
    key = ["replicate", "threat", "member"]
    first = {
        name: rows(results, "tracks", name).filter(pl.col("seen_s").is_not_null()).group_by(key).agg(pl.col("seen_s").min()) for name in ("apart", "neighbours")
    }
    both = first["apart"].join(first["neighbours"], on=key, suffix="_pooled")
    assert both.height == first["apart"].height < first["neighbours"].height
    assert (both["seen_s_pooled"] <= both["seen_s"]).all()


def test_moldova_only_watches(results: Results):
    """By the package: no sortie, no window, no shot of Moldova's; its tracks are there."""
    for table in ("sorties", "windows", "engagements"):
        assert "MD" not in set(rows(results, table, "neighbours")["member"])
    assert "MD" in set(rows(results, "tracks", "neighbours")["member"])

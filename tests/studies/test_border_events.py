"""Border rates: the Gamma posterior by hand, under-reporting, laws, and the shipped table's figures."""

from __future__ import annotations

import json
from datetime import date, time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gamma

from zaslin.scenario.border import counting, detections, launched_by_month, shipped_launched, uncounted
from zaslin.scenario.incident import Incident, incident, incidents
from zaslin.scenario.sourced import Sourced
from zaslin.scenario.sources import sources
from zaslin.studies.border_events import border_rates, border_rates_json, night_of, rate_posterior


def share(value: float) -> Sourced:
    return Sourced(value=value, low=value, high=value, unit="share")


SURE = share(1.0)


def test_sure_nights_all_seen_are_jeffreys_gamma():
    """By hand: 3 in 1,000 with a share of 1 is Gamma(3.5, 1000): mean 0.0035, quantiles of that law."""
    got = rate_posterior([(1.0, 1.0)] * 3, [(1_000.0, SURE)])
    low, median, high = gamma.ppf((0.05, 0.5, 0.95), 3.5, scale=1e-3)
    assert got.mean == pytest.approx(3.5e-3, rel=1e-9)
    assert (got.low, got.median, got.high) == pytest.approx((low, median, high), rel=1e-6)


def test_a_known_share_scales_the_rate():
    """By hand: half is seen, so all is twice as much; the whole law scales."""
    all_seen, half = (rate_posterior([(1.0, 1.0)] * 2, [(500.0, share(q))]) for q in (1.0, 0.5))
    for end in ("mean", "low", "median", "high"):
        assert getattr(half, end) == pytest.approx(2 * getattr(all_seen, end), rel=1e-6)


def test_an_unknown_share_widens_and_its_mean_is_the_mean_of_the_inverse():
    """By hand: q uniform-like triangle; E[rate] = (k + 1/2) E[1/q] / n, on the same grid of 41 midpoints."""
    q = Sourced(value=0.5, low=0.25, high=0.75, unit="share")
    got = rate_posterior([(1.0, 1.0)] * 4, [(1_000.0, q)])
    inverse = np.mean([1.0 / q.at((i + 0.5) / 41) for i in range(41)])
    assert got.mean == pytest.approx(4.5 / 1_000.0 * inverse, rel=1e-9)
    sure = rate_posterior([(1.0, 1.0)] * 4, [(1_000.0, share(0.5))])
    assert got.high / got.low > sure.high / sure.low


def test_a_doubtful_night_counts_by_its_chance():
    """By hand: one night with chance 0.2–0.8 is (½ + 0.5) / n in the mean."""
    assert rate_posterior([(0.2, 0.8)], [(100.0, SURE)]).mean == pytest.approx(0.01, rel=1e-9)


def test_two_periods_add_what_each_would_show():
    """By hand: 1,000 at 0.5 and 1,000 unseen are 500 seen."""
    assert rate_posterior([], [(1_000.0, share(0.5)), (1_000.0, share(0.0))]).mean == pytest.approx(0.5 / 500.0, rel=1e-9)


def test_nobody_who_could_see_is_no_exposure():
    with pytest.raises(ValueError, match="exposure above 0"):
        rate_posterior([], [(1_000.0, share(0.0))])


chances = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)).map(lambda pair: (min(pair), max(pair))), max_size=6)


@settings(deadline=None, max_examples=30)
@given(nights=chances, more=st.floats(0, 1), n=st.floats(10, 1e5), extra=st.floats(0, 1e5), q=st.floats(0.05, 1))
def test_more_nights_never_lower_and_more_exposure_never_raises_the_rate(nights, more, n, extra, q):
    """Law: mean and both ends; to 1e-6 relative."""
    base = rate_posterior(nights, [(n, share(q))])
    events = rate_posterior([*nights, (more, more)], [(n, share(q))])
    exposed = rate_posterior(nights, [(n + extra, share(q))])
    for end in ("mean", "low", "median", "high"):
        assert getattr(events, end) >= getattr(base, end) * (1 - 1e-6)
        assert getattr(exposed, end) <= getattr(base, end) * (1 + 1e-6)


# -- records -----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rates():
    return border_rates()


def test_three_polish_nights_in_the_shipped_table(rates):
    """2022-12-16, 2023-12-29, 2024-03-24 among 2,771 cruise missiles since November 2022; the true rate's interval holds the reported one."""
    rate = rates.of("PL", "cruise")
    assert [name for night in rate.nights for name in night.incidents] == ["PL-2022-12-16", "PL-2023-12-29", "PL-2024-03-24"]
    assert rate.launched == 2_771
    assert rate.launched_blind == 216
    assert rate.reported.mean == pytest.approx(3.5 / 2_771)
    assert rate.rate.low < rate.reported.mean < rate.rate.high
    assert rate.gaps and "Przewodów" in rate.gaps[0]


def test_two_wrecks_of_one_night_are_one_night(rates):
    """Two decoys of 10 November 2024 in Moldova."""
    rate = rates.of("MD", "drone")
    assert rate.incidents == len(rate.nights) + 1
    assert ("MD-2024-11-10a", "MD-2024-11-10b") in [night.incidents for night in rate.nights]


def test_denied_crossings_are_listed_and_not_counted(rates):
    """No crossing of Romania by a cruise missile is counted; both claims that it denied are told as true negatives, with that of 2025."""
    assert rates.of("RO", "cruise").nights == ()
    assert {"RO-2023-02-10", "RO-2024-12-25", "RO-2025-11-17"} <= set(rates.true_negatives)
    left = dict(rates.uncounted)
    assert left["RO-2024-07-26"].startswith("refuted")
    assert "PL-2022-11-15" in left
    assert not set(left) & {name for rate in rates.rates for night in rate.nights for name in night.incidents}


def test_every_incident_is_counted_or_listed(rates):
    """Nothing is lost."""
    counted = {name for rate in rates.rates for night in rate.nights for name in night.incidents}
    assert counted | {name for name, _ in rates.uncounted} == set(incidents())


def test_most_of_the_border_s_interval_is_what_nobody_saw(rates):
    """Moldova's cruise missiles: a factor of more than ten between the ends."""
    rate = rates.of("MD", "cruise").rate
    assert rate.high > 8 * rate.low


def test_the_json_is_plain(rates):
    data = json.loads(json.dumps(border_rates_json(rates), allow_nan=False))
    assert data["rates"][0]["rate"]["low"] <= data["rates"][0]["rate"]["mean"]


def test_the_shipped_totals(rates):
    """Sums of the public table, October 2022 to December 2024."""
    assert {cls: sum(months.values()) for cls, months in shipped_launched().items()} == {"drone": 14_574, "cruise": 2_987}
    assert rates.months == ("2022-10", "2024-12")


def test_a_table_of_one_month_changes_only_the_exposure():
    """By hand: one Polish night in March 2024 among 100."""
    rate = border_rates({"cruise": {"2024-03": 100}}).of("PL", "cruise")
    assert [night.incidents for night in rate.nights] == [("PL-2024-03-24",)]
    assert rate.reported.mean == pytest.approx(0.015)


def test_what_the_tables_name_exists():
    """Incidents of the counting table, sources in the notes of the detection table."""
    import re

    for item in incidents().values():
        assert bool(counting(item)) != bool(uncounted(item)), item.id
    notes = " ".join(item.share.note for item in detections())
    assert set(re.findall(r"\b[a-z][a-z0-9]*(?:-[a-z0-9]+)*-20\d\d(?:-\d\d(?:-\d\d)?)?\b", notes)) <= set(sources())
    assert all(item.share.source == "assumption" for item in detections())


def test_a_night_is_dated_by_its_morning():
    """22:30 UTC is 01:30 in Kyiv, 16:00 UTC 19:00, 12:00 UTC the day itself."""
    assert night_of(incident("RO-2024-07-25")) == date(2024, 7, 25)
    assert night_of(incident("RO-2024-10-17")) == date(2024, 10, 18)
    plain = incident("PL-2024-03-24").model_dump()
    noon = Incident.model_validate(plain | {"time_utc": time(10, 0)})
    assert night_of(noon) == date(2024, 3, 24)


def test_a_tables_rows_become_months():
    """Nothing launched, no months."""
    assert launched_by_month([]) == {"drone": {}, "cruise": {}}

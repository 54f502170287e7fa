"""The brief's sentences: what the numbers allow us to say, in plain words, and no more than their intervals do.

Nothing here reads a results folder: estimates come in, text goes out. Quoted titles come from users and are escaped by the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zaslin.brief.numbers import DASH, NBSP, finite, listed, money, nights, percent, verdict, with_interval

NATIONS = {
    "PL": "Poland", "RO": "Romania", "SK": "Slovakia", "HU": "Hungary", "MD": "Moldova", "UA": "Ukraine", "LT": "Lithuania", "LV": "Latvia",
    "EE": "Estonia", "BY": "Belarus", "RU": "Russia", "GB": "United Kingdom", "FR": "France", "NL": "Netherlands", "DK": "Denmark",
    "SE": "Sweden", "CZ": "Czechia", "DE": "Germany", "US": "United States", "BG": "Bulgaria", "TR": "Türkiye", "FI": "Finland", "IT": "Italy",
    "sea": "the sea", "coalition": "The coalition",
}
"""Names of ISO 3166-1 codes in English, for members and the countries that debris falls on."""

CLASS_WORDS = {
    "drone": "one-way drones", "cruise": "cruise missiles", "supersonic": "supersonic missiles", "aeroballistic": "aeroballistic missiles",
    "ballistic": "ballistic missiles", "unknown": "missiles of unknown type",
}

FATE_WORDS = {
    "leaked": "reached its aim region in Ukraine", "killed_ua": "stopped by Ukraine's defence", "killed_member": "shot down by the coalition",
    "lost": "lost to jamming or failure", "left": "ended outside Ukraine",
}

CAUSE_WORDS = {
    "not_seen": "no member had a track of it",
    "not_classified": "tracked, but not yet known to be a threat",
    "not_permitted": "no rule permitted firing at it",
    "not_approved": "the approval came too late",
    "out_of_reach": "permitted, but no aircraft could reach it in time",
    "no_free_shooter": "aircraft in reach were busy with another threat",
    "no_rounds": "aircraft in reach had no missiles left",
    "pilot_held": "the pilot held fire",
    "missed": "shots were fired and missed",
    "ended_first": "Ukraine stopped it, or it was lost, before that mattered",
}
"""Why the coalition did not shoot a threat down, in the order of the chain."""


def nation(code: str) -> str:
    """The English name of an ISO code, or the code itself."""
    return NATIONS.get(code, code)


def quoted(title: str) -> str:
    """A package's title in typographic quotes."""
    return f"\u201c{title}\u201d"


@dataclass(frozen=True)
class Alternative:
    """One package beside the baseline: its estimates, and its differences to the baseline (package − baseline), by measure.

    `given_stopped`: P(stopped before the border), given a crossing like the reported one; `given_gain`: its difference to the baseline.
    `own_airspace_only`: every rule of the package confines fire to the member's own airspace.
    """

    title: str
    estimates: Mapping[str, Any]
    differences: Mapping[str, Any] = field(default_factory=dict)
    given_stopped: Any = None
    given_gain: Any = None
    own_airspace_only: bool = False
    firer_share: Mapping[str, float] = field(default_factory=dict)


def change(difference: Any, *, shown: str | None = None) -> str:
    """What a difference to the baseline says: ``fewer by 0.03 (0.01–0.08)``, no difference, or that we cannot tell.

    difference: package − baseline with mean, low, high (mc_low, mc_high). shown: the interval as text where it needs a unit.
    """
    kind = verdict(difference)
    if kind == "undefined":
        return "a difference that is not defined here"
    if kind == "same":
        return "no difference in any simulated night"
    if kind == "unclear":
        return f"a difference of {shown or with_interval(difference)}, so we cannot tell whether it is more or fewer"
    size = shown or with_interval(_positive(difference))
    return f"fewer by {size}" if kind == "less" else f"more by {size}"


@dataclass(frozen=True)
class _Flipped:
    mean: float
    low: float
    high: float


def _positive(difference: Any) -> _Flipped:
    a, b = sorted((abs(difference.low), abs(difference.high)))
    return _Flipped(abs(difference.mean), a, b)


def question(members: Sequence[str], date_words: str) -> str:
    """The project's question for this night."""
    who = listed([nation(code) for code in members])
    return (
        f"What would {who or 'the neighbours'} have achieved on {date_words} by shooting down what flew toward them or, where the rule says so, "
        "what attacked Ukraine: under whose rules, at what risk and cost, and with whom the responsibility?"
    )


def answer_expected(baseline: Alternative, others: Sequence[Alternative], launched: int) -> str:
    """First sentence: effect expected on such a night, with every package's shots that tell, incursions and leakers."""
    base = baseline.estimates.get("incursions")
    head = (
        f"On a night with these {launched:,} threats the model expects, under {quoted(baseline.title)}, {with_interval(base)} incursions "
        f"into a neighbour's airspace (at least one on {nights(base)}) "
        f"and {with_interval(baseline.estimates.get('leakers'))} threats that reach their aim region in Ukraine"
    )
    if not others:
        return head + "; only this package was run, so there is nothing to compare it with."
    return head + "; " + "; ".join(_effect(item) for item in others) + "."


def _effect(item: Alternative) -> str:
    kills = item.estimates.get("coalition_kills")
    if kills is not None and finite(kills.mean) and kills.mean == 0.0 and verdict(item.differences.get("incursions")) == "same":
        return f"{quoted(item.title)} shoots down nothing in any simulated night and changes none of this"
    parts = [f"with {quoted(item.title)} the coalition shoots down {with_interval(kills)} of them"]
    if item.own_airspace_only:
        parts.append("incursions are not avoided, because its rules permit fire only after the border is crossed")
    else:
        parts.append(f"incursions are {_as_verb(item.differences.get('incursions'))}")
    parts.append(f"threats that reach their aim are {_as_verb(item.differences.get('leakers'))}")
    return listed(parts)


def _as_verb(difference: Any) -> str:
    kind = verdict(difference)
    if kind == "same":
        return "unchanged in every simulated night"
    if kind == "unclear":
        return f"different by {with_interval(difference)}, so we cannot tell whether it helps"
    return change(difference)


def answer_given(baseline: Alternative, others: Sequence[Alternative], incident: str | None) -> str:
    """Second sentence: what happens to a crossing like the reported one; says so where none was simulated."""
    if incident is None:
        return "This run did not ask what would become of a crossing like one that was reported; run it again with --given and an incident's id."
    parts = [f"{quoted(item.title)} {_stopped(item.given_stopped)}" for item in others]
    base = f"{quoted(baseline.title)} {_stopped(baseline.given_stopped)}"
    return f"Given a threat that comes to the border as the reported one did ({incident}), {listed([base, *parts])}."


def _stopped(p: Any) -> str:
    if p is None or not finite(p.mean):
        return "gives no answer (too few such crossings were simulated)"
    if p.mean == 0.0 and p.high == 0.0:
        return "stops it before the border in no simulated case"
    return f"stops it before the border in {percent(p)} of cases"


def answer_price(others: Sequence[Alternative], baseline: Alternative) -> str:
    """Third sentence: hours and money, shots and those that were not needed, people at risk, and who answers for the shots."""
    if not others:
        return f"Under {quoted(baseline.title)} this takes {_effort(baseline)}, and {_firing(baseline)}."
    return "; ".join(f"{quoted(item.title)} takes {_effort(item)}; {_firing(item)}" for item in others) + "."


def _effort(item: Alternative) -> str:
    hours, cost = item.estimates.get("flight_h"), item.estimates.get("cost_usd")
    over = item.estimates.get("minutes_over_ukraine")
    text = f"{with_interval(hours)} flight hours and {money(cost)} a night"
    if over is not None and finite(over.mean):
        text += ", none of it over Ukraine" if over.mean == 0.0 else f", {with_interval(over)} aircraft minutes of it over Ukraine"
    return text


def _firing(item: Alternative) -> str:
    shots = item.estimates.get("shots")
    if shots is None or not finite(shots.mean) or shots.mean == 0.0:
        return "not a round is fired, so no member answers for a shot"
    unneeded = item.estimates.get("unneeded_engagements")
    text = f"its members fire {with_interval(shots)} rounds"
    if unneeded is not None and finite(unneeded.mean):
        text += f", {with_interval(unneeded)} times at a threat that would neither have crossed a border nor reached its aim"
    casualties = item.differences.get("expected_casualties")
    if casualties is not None:
        text += f", expected casualties on the ground are {_casualties(casualties)}"
    firers = [f"{nation(code)} for {share:.0%}" for code, share in sorted(item.firer_share.items(), key=lambda pair: (-pair[1], pair[0])) if share >= 0.005]
    if firers:
        text += f", and the members that fire answer for their shots ({listed(firers)})"
    return text


def _casualties(difference: Any) -> str:
    kind = verdict(difference)
    if kind == "same":
        return "the same in every simulated night"
    if kind == "undefined":
        return "not defined here"
    if kind == "unclear":
        return f"different by {with_interval(difference)} persons, which may be more or fewer"
    return f"{'lower' if kind == 'less' else 'higher'} by {with_interval(_positive(difference))} persons"


def enough_replicates(difference: Any, what: str) -> str | None:
    """A warning where simulation noise alone is wider than ± 25 % of a difference that is not 0, else None."""
    noise = getattr(difference, "mc_low", None), getattr(difference, "mc_high", None)
    if difference is None or not finite(difference.mean, *noise) or difference.mean == 0.0:
        return None
    share = (noise[1] - noise[0]) / 2.0 / abs(difference.mean)
    if share <= 0.25:
        return None
    return (
        f"Simulation noise alone is \u00b1{NBSP}{share:.0%} of the difference in {what}; about {max(share / 0.25, 1.0) ** 2:.0f} times as many "
        f"replicates would bring it to \u00b1{NBSP}25{NBSP}%."
    )


def reported_against_model(stopped: int, launched: int, p05: float | None, p95: float | None) -> tuple[str, bool]:
    """One group of classes: the reported number stopped beside the model's band of single nights, and whether it lies outside.

    stopped: reported as destroyed or lost. p05, p95: the model's 5th and 95th percentile of single nights under the baseline.
    """
    if not finite(p05, p95):
        return "the model gives no band here", False
    outside = not (p05 <= stopped <= p95)  # type: ignore[operator]
    band = f"{p05:,.0f}{DASH}{p95:,.0f}"
    if outside:
        side = "above" if stopped > p95 else "below"  # type: ignore[operator]
        return f"The report ({stopped:,} of {launched:,}) lies {side} the model's 90{NBSP}% band ({band}): on this point the model misses the night.", True
    return f"The report ({stopped:,} of {launched:,}) lies inside the model's 90{NBSP}% band ({band}).", False


def compatible_readings(duration_s: float, claimed_km: float, speed_kmh: float) -> list[str]:
    """What a reported stay and distance can mean: a path of v·t, and out-and-back no deeper than half of it (plane geometry).

    >>> compatible_readings(180.0, 40.0, 800.0)[0]
    'At 800 km/h a stay of 180 s is a path of 40 km.'
    """
    path = speed_kmh * duration_s / 3600.0
    lines = [f"At {speed_kmh:,.0f} km/h a stay of {duration_s:,.0f} s is a path of {path:,.0f} km."]
    tolerance = 0.1 * path
    if claimed_km <= path / 2.0 + tolerance:
        lines.append(
            f"Read as depth, {claimed_km:,.0f} km inside and back fits into that path; read as path, it is shorter than the stay at that speed."
        )
    elif claimed_km <= path + tolerance:
        lines.append(
            f"Read as path flown inside, {claimed_km:,.0f} km fits. Read as depth it does not: out and back within that path, "
            f"a threat cannot be deeper than {path / 2.0:,.0f} km."
        )
    else:
        lines.append(f"Neither reading of {claimed_km:,.0f} km fits a path of {path:,.0f} km: the time, the speed or the distance is not as reported.")
    return lines

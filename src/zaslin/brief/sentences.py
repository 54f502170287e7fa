"""The brief's sentences: what the numbers allow us to say, in plain words, and no more than their intervals do.

Nothing here reads a results folder: estimates come in, text goes out. Quoted titles come from users and are escaped by the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zaslin.brief.numbers import NBSP, among, decimals_alone, figure, finite, listed, money, never, nights, no_interval, percent, thin, verdict, with_interval
from zaslin.scenario.nations import in_sentence, nation_name

CLASS_WORDS = {
    "drone": "one-way drones",
    "cruise": "cruise missiles",
    "supersonic": "supersonic missiles",
    "aeroballistic": "aeroballistic missiles",
    "ballistic": "ballistic missiles",
    "unknown": "missiles of unknown type",
}

FATE_WORDS = {
    "leaked": "reached its aim region in Ukraine",
    "killed_ua": "stopped by Ukraine's defence",
    "killed_member": "shot down by the coalition",
    "lost": "lost to jamming or failure",
    "left": "ended outside Ukraine",
}

CAUSE_WORDS = {
    "not_seen": "no member had a track of it",
    "not_classified": "tracked, but not yet known to be a threat",
    "not_permitted": "no rule permitted firing at it, or not where the round would have met it",
    "not_approved": "the approval came too late",
    "out_of_reach": "permitted, but no aircraft or battery could reach it in time",
    "no_free_shooter": "aircraft and batteries in reach were busy with another threat",
    "no_rounds": "what was in reach had no rounds left",
    "pilot_held": "all was permitted, and the pilot held fire",
    "missed": "shots were fired and missed",
    "ended_first": "Ukraine stopped it, or it was lost, before that mattered",
    "unmet_class": "of a class that none of the aircraft and batteries can meet, whatever the rules",
}
"""Why the coalition did not shoot a threat down, in the order of the chain."""


CASUALTIES_COUNT = "of what falls (debris, wrecks and stray rounds; what threats do that reach their aim is not counted)"
"""What expected casualties count and what not; said wherever the measure heads a sentence or a card."""


def nation(code: str) -> str:
    """The English name of an ISO code, of the sea or of the coalition; else the word itself."""
    return {"sea": "the sea", "coalition": "the coalition"}.get(code, in_sentence(code))


def heading(code: str) -> str:
    """A nation as the head of a column or a list."""
    return nation_name(code)


def quoted(title: str) -> str:
    """A package's title in typographic quotes."""
    return f"\u201c{title}\u201d"


@dataclass(frozen=True)
class Alternative:
    """One package as the sentences see it. `estimates` by measure; `differences` to the baseline (package − baseline), empty for the baseline.

    title: its short title. `given_stopped`: P(stopped before the border), given a crossing like the reported one. `firer_share`: by ISO code.
    `mostly_into`: the country that more than half of the expected incursions enter. `own_airspace_only`: every rule of the package confines
    fire to the member's own airspace.
    """

    title: str
    estimates: Mapping[str, Any]
    differences: Mapping[str, Any] = field(default_factory=dict)
    given_stopped: Any = None
    own_airspace_only: bool = False
    mostly_into: str | None = None
    firer_share: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """One sentence: its head, and one clause per package that it speaks of (title, clause), to be read as one sentence or as a list."""

    head: str
    clauses: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """The sentence in one line."""
        parts = "; ".join(f"{quoted(title)} {clause}" if title else clause for title, clause in self.clauses)
        return f"{self.head} {parts}." if parts else self.head


@dataclass(frozen=True)
class _Size:
    mean: float
    low: float
    high: float
    mc_low: float
    mc_high: float


def _positive(difference: Any) -> _Size:
    """A difference below 0 turned round, so that words can say "fewer by"."""
    if difference.mean >= 0.0:
        return _Size(difference.mean, difference.low, difference.high, *_noise(difference))
    low, high = _noise(difference)
    return _Size(-difference.mean, -difference.high, -difference.low, -high, -low)


def _noise(difference: Any) -> tuple[float, float]:
    nan = float("nan")
    return getattr(difference, "mc_low", nan), getattr(difference, "mc_high", nan)


def change(difference: Any, fewer: str = "fewer", more: str = "more", unit: str = "") -> str:
    """What a difference to the baseline says: ``fewer by 0.03 (0.01–0.08)``, no difference, or that we cannot tell.

    difference: package − baseline with mean, low, high and, where known, mc_low, mc_high. unit: follows the number.
    """
    kind = verdict(difference)
    if kind == "undefined":
        return "not defined here"
    if kind == "same":
        return f"the same in each of {among(difference)}"
    if thin(difference):
        mean = _positive(difference).mean
        way = fewer if difference.mean < 0.0 else more
        size = figure(mean, decimals_alone(mean))
        return f"{f'{way} by {size}{unit}' if mean else 'none'} by the mean ({no_interval(difference)}; we cannot tell)"
    if kind == "unclear":
        return f"not clearly changed ({with_interval(difference)}{unit}: we cannot tell)"
    return f"{fewer if kind == 'less' else more} by {with_interval(_positive(difference))}{unit}"


def question(members: Sequence[str], date_words: str, others: bool = False) -> str:
    """The project's question for this night. members: of the first package compared; others: whether there are more packages."""
    who = listed(nation(code) for code in members) or "the neighbours"
    wider = ", or another coalition," if others else ""
    return (
        f"What would {who}{wider} have achieved on {date_words} by shooting down what attacked Ukraine and flew toward them: "
        "under whose rules, at what risk and cost, and with whom the responsibility?"
    )


def answer_expected(baseline: Alternative, others: Sequence[Alternative], launched: int) -> Answer:
    """First sentence: the effect to be expected on such a night."""
    base = baseline.estimates.get("incursions")
    most = f"most of them into {nation(baseline.mostly_into)}; " if baseline.mostly_into else ""
    head = (
        f"On a night with these {launched:,} threats the model expects, under {quoted(baseline.title)}, {with_interval(base)} incursions "
        f"into a neighbour's airspace ({most}at least one on {nights(base)}) "
        f"and {with_interval(baseline.estimates.get('leakers'))} threats that reach their aim region in Ukraine"
    )
    if not others:
        return Answer(head + "; only this package was run, so there is nothing to compare it with.")
    return Answer(head + "; against that:", tuple((item.title, _effect(item)) for item in others))


def _effect(item: Alternative) -> str:
    kills = item.estimates.get("coalition_kills")
    incursions, leakers = item.differences.get("incursions"), item.differences.get("leakers")
    if kills is not None and finite(kills.mean) and kills.mean == 0.0 and verdict(incursions) == "same" and verdict(leakers) == "same":
        return f"shoots down nothing in any of {among(kills)} and changes none of this there"
    if item.own_airspace_only:
        crossing = _only_inside(incursions)
    else:
        crossing = f"incursions: {change(incursions)}"
    return f"{with_interval(kills)} of them shot down by the coalition, {crossing}, threats that reach their aim: {change(leakers)}"


def _only_inside(incursions: Any) -> str:
    """What rules do that permit fire in the own airspace alone: nothing to a threat's first crossing, by definition; perhaps something to later ones."""
    because = "avoided, because its rules permit fire only once the border is crossed"
    if verdict(incursions) in ("same", "undefined"):
        return f"incursions: none {because}"
    return f"incursions: no first crossing {because} (later ones, into a next country or back again: {change(incursions)})"


def answer_given(baseline: Alternative, others: Sequence[Alternative], incident: str | None, missing: str | None = None) -> Answer:
    """Second sentence: what happens to a crossing like the reported one; says so where none was simulated.

    missing: why the night has no such crossing, where that is known; its first sentence is told."""
    if incident is None:
        return Answer("This run did not ask what would become of a crossing like one that was reported; run it again with --given and an incident's id.")
    if missing is not None:
        first = missing.partition(". ")[0].removesuffix(".")
        return Answer(f"{first[:1].upper()}{first[1:]}.")
    head = f"A threat that comes to the border as the reported one did ({incident}) is stopped before it"
    return Answer(head + ":", tuple((item.title, _stopped(item.given_stopped)) for item in (baseline, *others)))


def _stopped(p: Any) -> str:
    if p is None or not finite(p.mean):
        return "gives no answer (no such crossing was simulated)"
    if never(p):
        return f"in none of {among(p, 'crossing')}"
    return f"in {percent(p)} of cases"


def answer_price(baseline: Alternative, others: Sequence[Alternative]) -> Answer:
    """Third sentence: hours and money, shots and those that were not needed, people at risk, and who answers for the shots."""
    return Answer("A night takes, and leaves to answer for:", tuple((item.title, f"{_effort(item)}; {_firing(item)}") for item in (baseline, *others)))


def _effort(item: Alternative) -> str:
    text = f"{with_interval(item.estimates.get('flight_h'))} flight hours and {money(item.estimates.get('cost_usd'))}"
    over = item.estimates.get("minutes_over_ukraine")
    if over is None or not finite(over.mean):
        return text
    return text + (f", none of it over Ukraine in any of {among(over)}" if never(over) else f", with {with_interval(over)} aircraft minutes over Ukraine")


def _firing(item: Alternative) -> str:
    shots = item.estimates.get("shots")
    if shots is None or not finite(shots.mean):
        return "nothing is known of rounds fired"
    if never(shots):
        return f"not a round is fired in any of {among(shots)}, so no member answers for a shot there"
    unneeded = item.estimates.get("unneeded_engagements")
    text = f"{with_interval(shots)} rounds fired"
    decoys = item.estimates.get("decoy_kills")
    if decoys is not None and finite(decoys.mean) and decoys.mean > 0.0:
        text += f" ({with_interval(decoys)} of what they bring down are decoys without a warhead)"
    if unneeded is not None and finite(unneeded.mean):
        how_often = f"in none of {among(unneeded)}" if never(unneeded) else f"{with_interval(unneeded)} times"
        text += f", {how_often} at a threat that would neither have crossed a border nor reached its aim"
    text += _wrong(item)
    if "expected_casualties" in item.differences:
        text += f"; expected casualties {CASUALTIES_COUNT} {change(item.differences['expected_casualties'], 'lower', 'higher', ' persons')}"
    ranked = sorted(item.firer_share.items(), key=lambda pair: (-pair[1], pair[0]))
    firers = [f"{nation(code)} for {share * 100:.0f}{NBSP}%" for code, share in ranked if share >= 0.005]
    if firers:
        text += f"; those who fire answer for their shots ({listed(firers)})"
    return text


_WRONG = {"civil": "civil aircraft", "friendly": "Ukraine's own aircraft", "false": "tracks with nothing dangerous behind them"}


def _wrong(item: Alternative) -> str:
    """Shots at what was no threat, expected a night and by kind; nothing where none was fired, or none is known."""
    wrong = item.estimates.get("wrong_object_shots")
    if wrong is None or not finite(wrong.mean) or never(wrong):
        return ""
    kinds = [(words, item.estimates.get(f"wrong_object_shots_{kind}")) for kind, words in _WRONG.items()]
    told = [f"{with_interval(value)} at {words}" for words, value in kinds if value is not None and not never(value)]
    return f"; at the wrong object {with_interval(wrong)} rounds a night" + (f" ({listed(told)})" if told else "")


def noisy(differences: Sequence[tuple[str, Any, bool, int | None]]) -> str | None:
    """One warning for all differences whose simulation noise is wider than ± 25 % of them; None where there is none.

    differences: (what, difference, sharp, needed), the last two as `zaslin.measures.estimate.precision` says.
    """
    blunt = [(what, needed) for what, difference, sharp, needed in differences if not sharp and finite(difference.mean) and difference.mean != 0.0]
    if not blunt:
        return None
    few = next((difference for _, difference, _, _ in differences if thin(difference)), None)
    if few is not None:
        return f"{no_interval(few).capitalize()}. How far off these figures are, nobody can say; five blocks or more would tell."
    text = f"The simulation's own noise is still more than \u00b1{NBSP}25{NBSP}% of these differences: {listed(what for what, _ in blunt)}."
    known = [needed for _, needed in blunt if needed is not None]
    if known:
        text += f" About {max(known):,} replicates would do{'' if len(known) == len(blunt) else ' for those that can be told apart from nothing'}."
    return text


def reported_against_model(stopped: int, launched: int, p05: float | None, p95: float | None) -> tuple[str, bool]:
    """A reported number stopped beside the model's band of single nights: words, and whether it lies outside.

    stopped: reported as destroyed or lost. p05, p95: the model's 5th and 95th percentile of single nights, Ukraine's layer alone.
    """
    if not finite(p05, p95):
        return "the model gives no band here", False
    if p05 <= stopped <= p95:  # type: ignore[operator]
        return "inside the band", False
    side = "more" if stopped > p95 else "fewer"  # type: ignore[operator]
    return f"outside the band: {side} were reported stopped ({stopped:,} of {launched:,}) than in 90{NBSP}% of simulated nights", True


def compatible_readings(duration_s: float, claimed_km: float, speed_kmh: float) -> list[str]:
    """What a reported stay and distance can mean: a path of v·t, and out-and-back no deeper than half of it (plane geometry).

    >>> compatible_readings(180.0, 40.0, 800.0)[0]
    'At 800 km/h a stay of 180 s is a path of 40 km.'
    """
    path = speed_kmh * duration_s / 3600.0
    lines = [f"At {speed_kmh:,.0f} km/h a stay of {duration_s:,.0f} s is a path of {path:,.0f} km."]
    tolerance = 0.1 * path
    if claimed_km <= path / 2.0 + tolerance:
        lines.append(f"Read as depth, {claimed_km:,.0f} km inside and back fits into that path; read as path, it is shorter than the stay at that speed.")
    elif claimed_km <= path + tolerance:
        lines.append(
            f"Read as path flown inside, {claimed_km:,.0f} km fits. Read as depth it does not: out and back within that path, "
            f"a threat cannot be deeper than {path / 2.0:,.0f} km."
        )
    else:
        lines.append(f"Neither reading of {claimed_km:,.0f} km fits a path of {path:,.0f} km: the time, the speed or the distance is not as reported.")
    return lines

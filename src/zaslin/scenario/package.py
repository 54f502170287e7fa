"""A package: a coalition with every member's assets, picture and caveats; the thing that a council agrees on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticKnownError

from zaslin.scenario.aircraft import Aircraft
from zaslin.scenario.deconfliction import Deconfliction
from zaslin.scenario.picture import Picture, Pooling
from zaslin.scenario.place import Id, Place
from zaslin.scenario.sourced import Dimension, Duration, Factor, Length, Money, Number, Probability, Share, Sourced, Speed, Strict
from zaslin.scenario.threat import ThreatClass
from zaslin.scenario.usual_gbad import ROUGH, USUAL_GBAD, USUAL_GBAD_KILLS, guess
from zaslin.scenario.weapons import Judging, Salvo, usual_judging

Effect = Literal["permit", "ask", "forbid"]

MAX_CAVEATS = 60
"""Caveats of one member at most: the engine holds a set of them in one word."""
Pairs = Annotated[Sourced, Dimension("a number of pairs", ("count",), "value: 1, low: 0, high: 2, unit: count", most=100.0)]
Missiles = Annotated[Sourced, Dimension("missiles of one jet", ("count", "rounds"), "value: 4, low: 4, high: 6, unit: count", most=100.0)]


class NamedZone(Strict):
    """Parts of Ukraine: oblasts and macro-regions by name, less what lies within some distance of a country."""

    regions: Annotated[tuple[str, ...], Field(min_length=1)]
    less_within: dict[str, Length] = Field(default_factory=dict)


class Zone(Strict):
    """Where a caveat applies: exactly one of the fields.

    `area`: own-airspace (land plus territorial sea), ukraine, or anywhere. `within`: over Ukraine, closer than this to the member's
    own border. `named`: a zone that the package defines.
    """

    area: Literal["own-airspace", "ukraine", "anywhere"] | None = None
    within: Length | None = None
    named: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Zone:
        if sum(field is not None for field in (self.area, self.within, self.named)) != 1:
            raise ValueError("give exactly one of area, within, named")
        return self


class Heading(Strict):
    """Projected crossing: at least `share` of the courses drawn from the track's error meet own territory within `horizon`.

    `horizon` per threat class; a class that is not named here is not covered by the caveat.
    """

    toward: Literal["own-territory"] = "own-territory"
    horizon: dict[ThreatClass, Duration]
    share: Share


class ShooterPlace(Strict):
    """Where the shooter must be when it fires: own-airspace, or Ukraine up to `pursuit` from the own border, or anywhere."""

    area: Literal["own-airspace", "ukraine", "anywhere"]
    pursuit: Length | None = None


USUAL_DELAY = {"pre-delegated": (0.0, 0.0, 0.0), "commander": (60.0, 20.0, 180.0), "ministerial": (300.0, 120.0, 900.0)}
"""Median delay until a yes and its range, s, where a caveat gives none of its own (DESIGN, "Approval"): assumptions."""
USUAL_SIGMA = 0.6
"""Sigma of the lognormal delay where a caveat gives none: an assumption."""


class Approval(Strict):
    """Who must say yes, and the delay until he has: lognormal with median `delay` and `sigma`; pre-delegated has 0.

    Where `delay` or `sigma` is left out, the usual one of that authority holds.
    """

    authority: Literal["pre-delegated", "commander", "ministerial"]
    delay: Duration = None  # type: ignore[assignment]
    sigma: Factor = None  # type: ignore[assignment]

    @model_validator(mode="before")
    @classmethod
    def _usual(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        filled = dict(given)
        authority = given.get("authority")
        if "delay" not in given and isinstance(authority, str) and authority in USUAL_DELAY:
            value, low, high = USUAL_DELAY[authority]
            filled["delay"] = {"value": value, "low": low, "high": high, "unit": "s"}
        if "sigma" not in given:
            filled["sigma"] = {"value": USUAL_SIGMA, "low": USUAL_SIGMA, "high": USUAL_SIGMA, "unit": "factor"}
        return filled

    @model_validator(mode="after")
    def _nobody_asked(self) -> Approval:
        if self.authority == "pre-delegated" and self.delay.high > 0.0:
            raise ValueError("pre-delegated means that nobody is asked; give a delay of 0, or the authority that is asked")
        return self


class Caveat(Strict):
    """One rule of a member. Forbid beats ask beats permit; where nothing matches, it is forbidden.

    A forbid holds wherever the shooter is: its `shooter_place` is anywhere, also where it is left out.
    """

    id: Id
    effect: Effect
    classes: Annotated[tuple[ThreatClass, ...], Field(min_length=1)]
    zone: Zone
    heading: Heading | None = None
    shooter_place: ShooterPlace = Field(default=None, validate_default=True)
    approval: Approval = Field(default_factory=lambda: Approval(authority="pre-delegated"))
    says: str
    source: str = "assumption"

    @field_validator("shooter_place", mode="before")
    @classmethod
    def _anywhere(cls, given: Any, info: ValidationInfo) -> Any:
        if given is None:
            if info.data.get("effect") != "forbid":
                raise PydanticKnownError("missing")
            return ShooterPlace(area="anywhere")
        return given

    @model_validator(mode="after")
    def _asks(self) -> Caveat:
        if self.effect == "ask" and self.approval.authority == "pre-delegated":
            raise ValueError('effect is "ask" but approval is pre-delegated; name the authority that is asked, or permit')
        return self


class Trigger(Strict):
    """What scrambles a QRA pair: a raid warning, `lead` before the first drone or cruise missile comes within `own_track_within` of the member's
    airspace, or an own track within that distance."""

    raid_warning: bool
    lead: Duration
    own_track_within: Length


_AVAILABLE = {
    "value": 0.9, "low": 0.7, "high": 1.0, "unit": "probability",
    "note": "that both jets of a pair take off when they should; else a spare pair does. Our guess: public figures are of whole fleets, not of jets on alert",
}  # fmt: skip
USUAL_FLYING: dict[str, dict[str, dict[str, Any]]] = {
    "cap": {
        "available": _AVAILABLE,
        "spare": {"value": 15, "low": 5, "high": 45, "unit": "min", "note": "how much later the spare comes; our guess, as the readiness of an alert pair"},
        "relief_delay": {"value": 5, "low": 0, "high": 20, "unit": "min", "note": "mean delay of a patrol's relief; our guess of the order of magnitude"},
    },
    "qra": {
        "available": _AVAILABLE,
        "crew_duty": {"value": 8, "low": 5, "high": 12, "unit": "h", "note": "what an alert crew may fly in one night; our guess of the order of magnitude"},
    },
}
"""Numbers of a pair's flying where a package gives none of its own: assumptions."""


class Fighters(Strict):
    """Pairs of fighters: on CAP (airborne over `station` with relief) or on QRA (at `base` until scrambled, then to `station`).

    `turns`: the places of these pairs in the coalition's order, where the package gives `cap_pairs`; pair k flies if the coalition
    keeps k pairs airborne. `available`: the chance that both jets of a pair take off when they should; else a spare pair does, after a second readiness
    (QRA) or `spare` later (CAP). `relief_delay`: mean of the exponential delay of a CAP's relief. `crew_duty`: what a QRA's crew may fly in the night.
    """

    kind: Literal["cap", "qra"]
    id: Id
    aircraft: str
    base: str
    station: Place
    pairs: Pairs
    readiness: Duration | None = None
    trigger: Trigger | None = None
    missiles_per_jet: Missiles
    salvo: Salvo = Field(default_factory=dict)
    available: Probability
    spare: Duration | None = None
    relief_delay: Duration | None = None
    crew_duty: Duration | None = None
    turns: tuple[Annotated[int, Field(ge=1)], ...] = ()
    operator: str | None = None
    source: str = "assumption"
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _usual(cls, given: Any) -> Any:
        kind = given.get("kind") if isinstance(given, Mapping) else None
        if not isinstance(kind, str) or kind not in USUAL_FLYING:
            return given
        filled = {**USUAL_FLYING[kind], **{name: value for name, value in given.items() if value is not None}}
        if isinstance(filled.get("turns"), list):  # what has passed through here counts as Python's own, where a list is no tuple
            filled["turns"] = tuple(filled["turns"])
        return filled

    @model_validator(mode="after")
    def _kinds(self) -> Fighters:
        if self.kind == "qra" and (self.readiness is None or self.trigger is None):
            lacking = " and ".join(name for name in ("readiness", "trigger") if getattr(self, name) is None)
            raise ValueError(f"a QRA needs readiness and trigger; {lacking} is missing")
        if self.kind == "cap" and (self.readiness is not None or self.trigger is not None):
            raise ValueError("readiness and trigger are for a QRA; a CAP is airborne already: remove them, or say kind: qra")
        if self.kind == "cap" and self.crew_duty is not None:
            raise ValueError("crew_duty is for a QRA, whose crews fly again and again; each relief of a CAP has a fresh crew: remove it")
        if self.kind == "qra" and (self.spare is not None or self.relief_delay is not None):
            raise ValueError("spare and relief_delay are for a CAP; the spare of a QRA needs a second readiness, and nobody relieves it: remove them")
        if self.kind == "qra" and self.turns:
            raise ValueError("turns are for CAP pairs; remove them")
        return self


Aloft = Annotated[Sourced, Dimension("a number of aircraft", ("count",), "value: 1, low: 0, high: 2, unit: count", most=100.0)]
Bursts = Annotated[Sourced, Dimension("bursts of one aircraft", ("count", "rounds"), "value: 8, low: 4, high: 20, unit: count", most=1_000.0)]


class Helicopters(Strict):
    """Armed helicopters, or light propeller aircraft, on alert at `base`: scrambled like a QRA, each flying alone and slowly to `station`; drones only.

    `number`: how many; each is a shooter of its own. `bursts`: rounds of one aircraft; a round is a burst of its gun, or a short missile. The pilot's
    gate and what a caveat says of the shooter's place hold as for fighters.
    """

    kind: Literal["helicopters"]
    id: Id
    aircraft: str
    base: str
    station: Place
    number: Aloft
    readiness: Duration
    trigger: Trigger
    bursts: Bursts
    operator: str | None = None
    source: str = "assumption"
    note: str = ""


Channels = Annotated[Sourced, Dimension("a number of channels", ("count",), "value: 4, low: 2, high: 8, unit: count", least=1.0, most=100.0)]
Magazine = Annotated[Sourced, Dimension("a battery's rounds", ("count", "rounds"), "value: 24, low: 8, high: 48, unit: count", least=1.0, most=1e4)]


class BorderGbad(Strict):
    """Notional ground-based air defence: one battery for each border province, somewhere behind that part of the border; no site.

    `coverage`: chance that a threat which comes through the province passes over the battery; one coin per threat and battery. `system`: the kind
    whose usual numbers stand where one is left out. It fires where the member's caveats permit, at what it meets in its own airspace; with
    `across_border` over the border too. A round of guns is a burst, of interceptor drones one interceptor, spent whether it hits or not; its channels are
    the team's operators. A round must be faster than what it meets, so interceptor drones meet drones only. Crews on the ground pass no pilot's gate.
    """

    kind: Literal["gbad"]
    id: Id
    provinces: Annotated[tuple[str, ...], Field(min_length=1)]
    coverage: Share
    classes: Annotated[tuple[ThreatClass, ...], Field(min_length=1)]
    system: Literal["medium-range", "guns", "interceptor-drones"] = "medium-range"
    across_border: bool = False
    behind_border: Length
    reach: Length
    floor: Length
    ceiling: Length
    channels: Channels
    reaction: Duration
    shot_interval: Duration
    reload: Duration
    magazine: Magazine
    round_speed: Speed
    round_cost: Money
    p_kill: dict[ThreatClass, Probability]
    salvo: Salvo = Field(default_factory=dict)
    judging: Judging = Field(default_factory=usual_judging)
    source: str = "assumption"
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _usual(cls, given: Any) -> Any:
        system = given.get("system", "medium-range") if isinstance(given, Mapping) else None
        if not isinstance(system, str) or system not in USUAL_GBAD:
            return given
        filled = {**USUAL_GBAD[system], **given}
        for name in ("provinces", "classes"):  # what has passed through here counts as Python's own, where a list is no tuple
            if isinstance(filled.get(name), list):
                filled[name] = tuple(filled[name])
        own, classes = filled.get("p_kill", {}), filled.get("classes", ())
        if isinstance(own, Mapping):
            filled["p_kill"] = dict(own)
            for name, (value, low, high) in USUAL_GBAD_KILLS[system].items():
                if isinstance(classes, (list, tuple)) and name in classes:
                    filled["p_kill"].setdefault(name, guess(value, low, high, "probability", "of one round that reaches it; " + ROUGH))
        return filled

    @model_validator(mode="after")
    def _fits(self) -> BorderGbad:
        if self.system == "interceptor-drones" and set(self.classes) != {"drone"}:
            others = " and ".join(name for name in self.classes if name != "drone")
            raise ValueError(
                f"interceptor drones fly at {self.round_speed.value:g} {self.round_speed.unit} and must be faster than what they meet, which holds for "
                f'one-way drones only (cruise missiles fly 640 km/h and more); {others} cannot be met: give classes: [drone]'
            )
        lacking = [name for name in self.classes if name not in self.p_kill]
        if lacking:
            raise ValueError(f"p_kill has no {' and no '.join(lacking)}, which classes names; give the chance, or leave the class out")
        if self.floor.at(1.0) >= self.ceiling.at(0.0):
            raise ValueError("the floor comes up to the ceiling; nothing can be met between them")
        return self


Asset = Annotated[Fighters | Helicopters | BorderGbad, Field(discriminator="kind")]


USUAL_FIRES = {
    "over_own": {"drone": (0.4, 0.15, 0.8), "cruise": (0.7, 0.3, 1.0)},
    "over_ukraine": {"drone": (0.8, 0.4, 1.0), "cruise": (0.9, 0.5, 1.0)},
}
"""Chance that a pilot who has leave to fire does so, and its range, where a package gives none of its own: assumptions."""
_FIRES_NOTES = {
    ("over_own", "drone"): "Cleared pilots held fire on 4 of 4 occasions in Romania (ledger: RO-2025-09-13, RO-2025-11-18, RO-2025-11-25b, RO-2026-05-28) "
    "and fired on 2 elsewhere (PL-2025-09-10, EE-2026-05-19); 4 drones shot down over Romania in July and August 2026 are second-hand, and by "
    "whom is open: 2 of 6 to 6 of 10",
    ("over_own", "cruise"): "no case is known: a cruise missile is a greater danger than a drone, and easier to tell; its wreck is heavier too",
    ("over_ukraine", "drone"): "no case is known: less is at risk for the member's own people",
    ("over_ukraine", "cruise"): "no case is known: less is at risk for the member's own people",
}


class PilotsGate(Strict):
    """The pilot's last look after consent (risk on the ground, identification, weather): the chance that a pilot with leave to fire does so, per class.

    `over_ukraine`: where the round would meet the threat over Ukraine; `over_own`: over own territory, and anywhere else. Drones and cruise missiles that
    are left out take the usual chance; other classes that are left out take that of cruise missiles. Crews on the ground are not asked.
    """

    over_own: dict[ThreatClass, Probability]
    over_ukraine: dict[ThreatClass, Probability]

    @model_validator(mode="before")
    @classmethod
    def _usual(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        filled = dict(given)
        for place, usual in USUAL_FIRES.items():
            own = filled.get(place, {})
            if isinstance(own, Mapping):
                filled[place] = dict(own)
                for name, (value, low, high) in usual.items():
                    note = _FIRES_NOTES[place, name]
                    filled[place].setdefault(name, {"value": value, "low": low, "high": high, "unit": "probability", "note": note})
        return filled


class Member(Strict):
    """A nation in the coalition.

    `deconfliction`: what it has agreed with Ukraine's own defence. `separation_delay` alone is the older word for shared zones with that delay. Neither:
    nothing is agreed, and no shot waits.
    """

    nation: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    picture: Picture
    assets: tuple[Asset, ...] = ()
    caveats: Annotated[tuple[Caveat, ...], Field(max_length=MAX_CAVEATS)] = ()
    separation_delay: Duration | None = None
    deconfliction: Deconfliction | None = None
    pilot: PilotsGate = Field(default_factory=lambda: PilotsGate.model_validate({}))
    note: str = ""

    @model_validator(mode="after")
    def _one_word(self) -> Member:
        if self.deconfliction is not None and self.separation_delay is not None:
            raise ValueError("deconfliction and separation_delay say the same; keep deconfliction, with its delay")
        return self

    @property
    def waits(self) -> Duration | None:
        """How long a shot over foreign soil waits to be clear of Ukraine's own missiles; None: it does not."""
        return self.deconfliction.delay if self.deconfliction is not None else self.separation_delay

    @property
    def deconflicted(self) -> bool:
        """Whether shared engagement zones are agreed with Ukraine."""
        return self.deconfliction.agreed == "shared-zones" if self.deconfliction is not None else self.separation_delay is not None


Worth = Annotated[Sourced, Dimension("a worth", ("factor",), "value: 0.2, low: 0.05, high: 1, unit: factor", least=0.001, most=1_000.0)]
Policy = Literal["earliest", "own-border-first", "highest-value", "optimal", "national"]
"""Named policies of assignment (doctrine/policies.py has the same words; a test holds them together)."""

USUAL_VALUES = {
    "drone": (0.2, 0.05, 1.0), "supersonic": (1.0, 0.5, 2.0), "aeroballistic": (1.0, 0.5, 2.0), "ballistic": (1.0, 0.5, 2.0), "unknown": (0.5, 0.1, 1.0),
}  # fmt: skip
"""What a threat of a class is worth shooting down, cruise missiles being 1, to policies that weigh: assumptions, the order of the warheads."""


class Package(Strict):
    """A coalition with its rules on a date. `assignment`: the named policy by which shooters and tracks are matched; `values`: what a threat of a class is
    worth to those that weigh (`highest-value`, `optimal`), a cruise missile being 1.

    `fleet`: aircraft that the coalition sets aside in all, declared only. `cap_pairs`: CAP pairs kept airborne together, where members
    share one effort; each CAP's `turns` say which of these pairs it flies. `aircraft`: types of the package's own, before the catalogue's.
    `pooling`: whether the members pass their own tracks on to each other.
    """

    name: Id
    title: str
    date: date
    summary: str
    agreed: Literal["real", "proposed", "illustrative"] = "illustrative"
    assignment: Policy = "earliest"
    values: dict[ThreatClass, Worth] = Field(default_factory=dict, validate_default=True)
    fleet: Number | None = None
    cap_pairs: Pairs | None = None
    aircraft: tuple[Aircraft, ...] = ()
    zones: dict[Id, NamedZone] = Field(default_factory=dict)
    pooling: Pooling = Field(default_factory=lambda: Pooling.model_validate({}))
    members: Annotated[tuple[Member, ...], Field(min_length=1)]
    source: str = "assumption"
    note: str = ""

    @field_validator("values", mode="before")
    @classmethod
    def _usual_values(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        usual = {name: guess(*range_, "factor", "worth of a threat, a cruise missile being 1; " + ROUGH) for name, range_ in USUAL_VALUES.items()}
        return {"cruise": guess(1, 1, 1, "factor", "the measure of the others"), **usual, **given}

"""Disputed forms of the model: where nobody can say which of two is right, both are here, one as the default and one as a switch of a study."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zaslin.errors import InputError, unknown
from zaslin.scenario.defence import UkraineLayer
from zaslin.scenario.package import Package
from zaslin.scenario.routes import RouteAssumptions
from zaslin.scenario.sourced import Sourced


@dataclass(frozen=True)
class Form:
    """A part of the model with two forms. `default`, `other`: their words, first what a study takes where nothing is said; `says` tells each in a sentence."""

    name: str
    default: str
    other: str
    title: str
    says: Mapping[str, str]


FORMS: dict[str, Form] = {
    form.name: form
    for form in (
        Form(
            "routes", "way-points", "direct", "How threats are routed",
            {
                "way-points": "Threats fly over way-points beside the straight way, and some come back to their target from beyond it.",
                "direct": "Threats fly straight from the launch, by a corridor's gate where they have one, to their target.",
            },
        ),
        Form(
            "hazard", "by-region", "near-aims", "Where Ukraine's own defence stops threats",
            {
                "by-region": "The hazard is the same everywhere in a macro-region.",
                "near-aims": "The hazard is five times as great in the last 75 km of a threat's path; the share stopped is the same.",
            },
        ),
        Form(
            "detection", "looks", "horizon", "How members' radars see",
            {
                "looks": "A radar sees what is in view with a chance at each look; tracks begin after several looks and can drop out.",
                "horizon": "What is above the horizon is seen at once and tracked until it ends.",
            },
        ),
    )
}  # fmt: skip
"""The forms by name; docs/model.md says why each is disputed."""


def default_forms() -> dict[str, str]:
    """Every part in its default form."""
    return {name: form.default for name, form in FORMS.items()}


def read_forms(told: Iterable[str]) -> dict[str, str]:
    """``["hazard=near-aims"]`` to the form of every part. Raises InputError, with the nearest name, for a part or form that there is not."""
    out, named = default_forms(), set()
    for text in told:
        name, equals, word = text.partition("=")
        if not equals:
            raise InputError(f'form: "{text}" came; give PART=FORM, such as hazard=near-aims')
        if name not in FORMS:
            raise InputError(unknown("part of the model with two forms", name, FORMS))
        words = (FORMS[name].default, FORMS[name].other)
        if word not in words:
            raise InputError(unknown(f"form of {name}", word, words))
        if name in named and out[name] != word:
            raise InputError(f"form: {name} is given twice, as {out[name]} and as {word}; a study has one form of each part")
        out[name] = word
        named.add(name)
    return out


def other_forms(forms: Mapping[str, str]) -> dict[str, str]:
    """Those of `forms` that are not the default."""
    return {name: word for name, word in forms.items() if name in FORMS and word != FORMS[name].default}


NEAR_AIMS = Sourced(value=5.0, low=5.0, high=5.0, unit="factor", note="hazard in the last 75 km of the path; an assumption, 2–20, fixed as the form's own")
_NOTHING = {"value": 0.0, "low": 0.0, "high": 0.0}


def routes_in(forms: Mapping[str, str], routes: RouteAssumptions) -> RouteAssumptions:
    """The assumptions of routes in the form that `forms` names for them."""
    if forms.get("routes") != "direct":
        return routes
    none = {name: getattr(routes, name).model_copy(update=_NOTHING) for name in ("way_points", "approach_from_beyond")}
    return routes.model_copy(update=none)


def layer_in(forms: Mapping[str, str], layer: UkraineLayer) -> UkraineLayer:
    """Ukraine's layer in the form that `forms` names for its hazard."""
    return layer.model_copy(update={"near_aims": NEAR_AIMS}) if forms.get("hazard") == "near-aims" else layer


def package_in(forms: Mapping[str, str], package: Package) -> Package:
    """The package with its members' pictures in the form that `forms` names for detection. The default form leaves each member the one that it says."""
    if forms.get("detection") != "horizon":
        return package
    members = [member.model_copy(update={"picture": member.picture.model_copy(update={"detection": "horizon"})}) for member in package.members]
    return package.model_copy(update={"members": tuple(members)})

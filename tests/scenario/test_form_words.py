"""Forms of the model as words of a study: read, refused with the nearest name, and put into the parts that they change."""

from __future__ import annotations

import pytest

from zaslin.errors import InputError
from zaslin.scenario.catalogue import route_assumptions
from zaslin.scenario.forms import FORMS, default_forms, layer_in, other_forms, package_in, read_forms, routes_in
from zaslin.scenario.layer import ukraine_layer
from zaslin.scenario.packages import package
from zaslin.scenario.shipped import night
from zaslin.studies.design import description, inputs_hash, study


def test_every_form_has_two_words_and_tells_both():
    for name, form in FORMS.items():
        assert form.name == name and form.default != form.other and set(form.says) == {form.default, form.other}
    assert read_forms([]) == default_forms() and other_forms(default_forms()) == {}
    assert other_forms(read_forms(["hazard=near-aims", "routes=way-points"])) == {"hazard": "near-aims"}


@pytest.mark.parametrize(
    ("told", "says"), [("hazard", "PART=FORM"), ("hazrad=near-aims", '"hazard"'), ("hazard=near-aim", '"near-aims"'), ("detection=", "form of detection")]
)
def test_what_is_no_form_is_refused(told, says):
    with pytest.raises(InputError, match=says):
        read_forms([told])


def test_one_part_has_one_form():
    assert read_forms(["hazard=near-aims", "hazard=near-aims"])["hazard"] == "near-aims"
    with pytest.raises(InputError, match="given twice, as near-aims and as by-region"):
        read_forms(["hazard=near-aims", "hazard=by-region"])


def test_each_form_changes_its_own_part_alone():
    """By hand: no way-points and nothing from beyond; a factor of 5 on the layer; every member's radar by the horizon. The default gives back what came."""
    routes, layer, shield = route_assumptions(), ukraine_layer(night("2023-12-29")), package("skyshield-west")
    direct = routes_in({"routes": "direct"}, routes)
    changed = {name for name in type(routes).model_fields if getattr(direct, name) != getattr(routes, name)}
    assert changed == {"way_points", "approach_from_beyond"} and direct.way_points.high == direct.approach_from_beyond.high == 0.0
    near = layer_in({"hazard": "near-aims"}, layer)
    assert near.near_aims is not None and near.near_aims.value == 5.0 and near.shares == layer.shares
    assert {member.picture.detection for member in package_in({"detection": "horizon"}, shield).members} == {"horizon"}
    assert routes_in(default_forms(), routes) is routes and layer_in(default_forms(), layer) is layer and package_in(default_forms(), shield) is shield


def test_a_form_is_a_part_of_the_question():
    plain, near = (study("2023-12-29", ["status-quo"], 10, 1, forms=forms) for forms in ((), ("hazard=near-aims",)))
    assert inputs_hash(plain) != inputs_hash(near)
    assert (description(plain)["forms"], description(near)["forms"]) == ({}, {"hazard": "near-aims"})
    assert next(row for row in description(near)["inputs"] if row["path"] == "layer.near_aims")["value"] == 5.0

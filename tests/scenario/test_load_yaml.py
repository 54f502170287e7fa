"""YAML files to checked types: the traps of the format, and messages that a user can act on."""

from __future__ import annotations

import datetime
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

import zaslin.scenario.load
from zaslin.errors import InputError, SpecError, ZaslinError
from zaslin.scenario.load import load_document, load_yaml_model
from zaslin.scenario.sourced import Duration, Real, Sourced, Strict
from zaslin.scenario.yaml_text import parse


class Cell(Strict):
    """A small type with one of each kind of field."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    day: datetime.date | None = None
    height: Real = 0.0
    number: int = 0
    open: bool = False
    wait: Duration | None = None
    cells: tuple[Cell, ...] = ()


def faults(text: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        load_yaml_model(text + "\n", Cell, "file")
    return [str(fault) for fault in caught.value.faults]


def test_a_file_means_what_it_looks_like():
    """YAML 1.2's core schema, section 10.3: only true/false are booleans, there are no dates, no base 60, and 1e3 is a number."""
    text = "a: NO\nb: off\nc: 2024-01-01\nd: 12:30\ne: 1e3\nf: 010\ng: true\nh: ~\ni: .5\nj: 1_000\nk: -3\nl: yes\nm: 0x10\n"
    assert parse(text, "t").data == {
        "a": "NO", "b": "off", "c": "2024-01-01", "d": "12:30", "e": 1000.0, "f": 10, "g": True, "h": None, "i": 0.5, "j": "1_000", "k": -3,
        "l": "yes", "m": "0x10",
    }  # fmt: skip


def test_whole_numbers_serve_as_numbers_and_iso_text_as_a_date():
    """Stated in docs/packages.md: 150 is a number like 150.0, and dates are written 2024-08-04."""
    cell = load_yaml_model("id: 7a\nheight: 3\nday: 2024-08-04\nwait: {value: 15, low: 5, high: 45, unit: min}\n", Cell)
    assert cell.height == 3.0
    assert cell.day == datetime.date(2024, 8, 4)
    assert cell.wait == Sourced(value=15, low=5, high=45, unit="min", source="assumption", grade="assumption")


@pytest.mark.parametrize("value", ["true", '"3"', "three", "0,5", "50%", ".nan", ".inf", "[1]", "{a: 1}", "~"])
def test_what_is_not_a_number_is_refused_where_a_number_is_due(value):
    """The type says float: none of these is one, and guessing would hide a slip."""
    assert len(faults(f"id: a\nheight: {value}")) == 1


@pytest.mark.parametrize("value", ["off", "no", "yes", "1", '"true"'])
def test_truth_is_true_or_false_and_nothing_else(value):
    """Stated in docs/packages.md."""
    assert faults(f"id: a\nopen: {value}")[0].startswith("open: ")


def test_a_short_number_takes_the_defaults_of_source_and_grade():
    """By the type: source and grade default to assumption; one without the other is refused."""
    assert "source and grade" in faults("id: a\nwait: {value: 1, low: 1, high: 1, unit: s, grade: A}")[0]


def test_every_fault_of_a_number_comes_at_once():
    """By hand: the value lies above high, the unit does not exist, and a source lacks its grade."""
    (message,) = faults("id: a\nwait: {value: 50, low: 5, high: 45, unit: mni, source: x}")
    assert "outside its range" in message
    assert 'did you mean "min"?' in message
    assert "source and grade" in message


def test_a_unit_of_the_wrong_kind_is_refused():
    """A time cannot be given in km."""
    assert faults("id: a\nwait: {value: 1, low: 1, high: 1, unit: km}") == ['wait: the unit "km" is no unit of a time; give s or min or h (line 2)']


def test_all_faults_come_at_once_by_path_and_line():
    """By hand: four planted faults in four places."""
    text = "id: a\nheight: tall\ncells:\n  - id: b\n    nmber: 3\n  - id: Not Good\n  - number: 1.5\n    id: c"
    assert [message.split(":")[0] for message in faults(text)] == ["height", "cells[0].nmber", "cells[1].id", "cells[2].number"]
    assert [message.rsplit("(", 1)[1] for message in faults(text)] == ["line 2)", "line 5)", "line 6)", "line 7)"]


def test_a_mistyped_key_names_the_nearest_and_hides_no_other_fault():
    """`hieght` is meant for `height`, whose value is wrong as well: both are told, and no "missing" for what was only mistyped."""
    messages = faults("idd: a\nhieght: tall")
    assert messages[0] == 'idd: unknown key "idd"; did you mean "id"? (line 1)'
    assert messages[1] == 'hieght: unknown key "hieght"; did you mean "height"? (line 2)'
    assert messages[2].startswith("height: ")
    assert len(messages) == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\na: 2", 'line 2: the key "a" came already in line 1'),
        ("a:\n  b: 1\n  b: 2", 'line 3: the key "b" came already in line 2'),
        ("a: 1\n\tb: 2", "line 2, column 1: there is a tab"),
        ("a: [1, 2\nb: 3", "line 2, column 2"),
        ("a: b: c", "line 1, column 5: a colon stands where no new key can start"),
        ("a: 'open", "line 2, column 1"),
        ("a: *gone", "found undefined alias"),
        ("---\na: 1\n---\nb: 2", "found another document"),
        ("a: &x [*x]", "an alias that holds itself"),
        ("a: !!python/object/apply:os.system [ls]", "tags such as"),
        ("? [a]\n: 1", "cannot be a key"),
        ("", "the file is empty"),
        ("# only a comment", "only comments"),
        ("- 1\n- 2", "a list of 2 stands where a mapping with the keys id"),
        ("a: \x07", "may not stand in YAML text"),
        ("[" * 1500, "nested too deeply"),
    ],
)
def test_broken_yaml_is_told_with_its_place(text, expected):
    """Each text is broken in one known place."""
    assert any(expected in message for message in faults(text))


def test_aliases_cannot_unfold_without_end():
    """Ten to the eighth values from eight lines ("a billion laughs"): refused at once."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]" for k in range(1, 8)]
    assert "more values or levels" in faults("\n".join(lines))[0]


def test_merge_keys_give_defaults_that_own_keys_replace():
    """YAML's merge key type (yaml.org/type/merge): keys of the mapping itself come first."""
    assert parse("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\n", "t").data["b"] == {"x": 1, "y": 3}


def test_a_missing_file_names_the_nearest_and_a_folder_says_what_it_is(tmp_path: Path):
    """By hand."""
    (tmp_path / "status-quo.yaml").write_text("id: a\n", encoding="utf-8")
    with pytest.raises(InputError, match=r'did you mean "status-quo.yaml"'):
        load_yaml_model(tmp_path / "statusquo.yaml", Cell)
    with pytest.raises(InputError, match="there is no folder"):
        load_yaml_model(tmp_path / "nowhere" / "a.yaml", Cell)
    with pytest.raises(InputError, match="is a folder"):
        load_yaml_model(tmp_path, Cell)
    assert load_yaml_model(str(tmp_path / "status-quo.yaml"), Cell).id == "a"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_the_right_to_read_it_says_so(tmp_path: Path):
    """By hand."""
    path = tmp_path / "a.yaml"
    path.write_text("id: a\n", encoding="utf-8")
    path.chmod(0)
    with pytest.raises(InputError, match="permission denied"):
        load_document(path)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "the file is empty"),
        ("id: a\nname: Łask".encode("utf-16"), "UTF-16"),
        ("id: a\nname: é".encode("latin-1"), "line 2: the byte 0xe9 is not UTF-8"),
        (b"\x7fELF\x00\x01", "binary file"),
    ],
)
def test_a_file_that_is_no_utf8_text_is_told_as_such(tmp_path: Path, content, expected):
    """By hand."""
    path = tmp_path / "a.yaml"
    path.write_bytes(content)
    with pytest.raises(SpecError, match=expected):
        load_document(path)


def test_a_mark_at_the_start_of_the_file_does_no_harm(tmp_path: Path):
    """Some editors write a byte-order mark before UTF-8 text."""
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfid: a\n")
    assert load_yaml_model(path, Cell).id == "a"


@given(st.text(alphabet=st.sampled_from("abid:-[]{}&*!|>'\"#%@` \n\t,.0123456789~<?é"), max_size=60))
def test_no_text_brings_anything_but_a_message(text):
    """A law: whatever the text, the answer is a value or an error with a message."""
    try:
        load_yaml_model(text + "\n", Cell)
    except ZaslinError as error:
        assert str(error)


@pytest.mark.parametrize(("value", "expected"), [(-2, "low -2 is too small for a time; give 0 min or more"), (1e9, "too large for a time")])
def test_a_number_out_of_all_proportion_is_refused(value, expected):
    """A time is not negative, and a million seconds outlast any night: a slip, not a setting."""
    (message,) = faults(f"id: a\nwait: {{value: {value}, low: {value}, high: {value}, unit: min}}")
    assert expected in message


def test_what_is_shipped_reads_the_same_by_both_readers():
    """Law: the fast reader of the package's own texts finds the same data at the same lines as the one for other people's."""
    files = sorted(Path(zaslin.scenario.load.__file__).parent.rglob("*.yaml"))
    assert len(files) > 25
    for file in files:
        text = file.read_text(encoding="utf-8")
        slow, fast = parse(text, file.name), parse(text, file.name, shipped=True)
        assert fast.data == slow.data and fast.lines == slow.lines, file.name
        assert repr(fast.data) == repr(slow.data), file.name  # 1 is not 1.0

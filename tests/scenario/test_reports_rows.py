"""The daily reports' importer, row by row: names, scope, numbers, doubles, and files that are not what they should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from zaslin.errors import InputError
from zaslin.scenario.report_words import canonical, model_key, split_joint, targets, transliterated
from zaslin.scenario.reports import Reports, read_reports

HEADER = "time_start,time_end,model,launch_place,target,launched,destroyed,not_reach_goal,source"
GOOD = "2024-01-10 01:00,2024-01-10 02:00,Shahed-136/131,Kursk oblast,Ukraine,10.0,9.0,,kpszsu/posts/a"


@pytest.fixture
def read(tmp_path: Path):
    """Read a table from text or bytes."""

    def from_content(content: str | bytes) -> Reports:
        path = tmp_path / "reports.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return read_reports(path)

    return from_content


def row(**cells: str) -> str:
    """A good row with some cells changed."""
    names = HEADER.split(",")
    values = dict(zip(names, GOOD.split(","), strict=True)) | cells
    return ",".join(f'"{values[name]}"' if "," in values[name] else values[name] for name in names)


def why(reports: Reports) -> list[tuple[int, str]]:
    return [(item.row, item.why) for item in reports.unused]


@pytest.mark.parametrize(
    ("reported", "key"),
    [
        ("Shahed-136/131", "Shahed-136/131"), ("X-101/X-555", "Kh-101/Kh-555"), ("Kalibr", "Kalibr"), ("Iskander-K", "Iskander-K"), ("X-59", "Kh-59"),
        ("X-69", "Kh-69"), ("X-59/X-69", "Kh-59/Kh-69"), ("X-22", "Kh-22"), ("X-22 and X-32", "Kh-22 + Kh-32"), ("X-31P", "Kh-31P"),
        ("X-47 Kinzhal", "Kinzhal"), ("Iskander-M", "Iskander-M"), ("KN-23", "KN-23"), ("Iskander-M/KN-23", "Iskander-M/KN-23"),
        ("C-300", "S-300/S-400"), ("C-400", "S-300/S-400"), ("C-300/C-400", "S-300/S-400"), ("P-800 Oniks", "Oniks"), ("3M22 Zircon", "Zircon"),
        ("X-101/X-555 and Kalibr and X-59/X-69", "Kh-101/Kh-555 + Kalibr + Kh-59/Kh-69"), ("C-300/C-400 and Iskander-M", "S-300/S-400 + Iskander-M"),
        ("Iskander-M and Iskander-K", "Iskander-M + Iskander-K"), ("C-300 and C-400", "S-300/S-400"), ("Х-101/Х-555", "Kh-101/Kh-555"),
        ("X-35", "Kh-35"), ("X-31", "Kh-31"), ("X-59 and X-35", "Kh-59 + Kh-35"), ("Unknown Missile", "Unknown Missile"), ("Нептун", "Neptun"),
    ],
)  # fmt: skip
def test_names_of_the_table_become_canonical(reported: str, key: str):
    """The issue's list; other missiles are transliterated; the fourth last is written with Cyrillic letters."""
    assert model_key(split_joint(reported)) == key


def test_a_joint_key_does_not_depend_on_the_rows_order():
    """A joint key must be stable: the same models make the same key."""
    assert model_key(split_joint("Kalibr and X-101/X-555")) == model_key(split_joint("X-101/X-555 and Kalibr")) == "Kh-101/Kh-555 + Kalibr"


def test_transliteration_keeps_latin_and_turns_cyrillic():
    """Ukraine's national system of 2010."""
    assert transliterated("Привет-82") == "Pryvet-82"
    assert canonical("X-59MK2") == ("Kh-59MK2",)


@pytest.mark.parametrize(
    "model",
    ["Orlan-10", "ZALA", "Supercam", "Lancet", "Merlin-VR", "Reconnaissance UAV", "Unknown UAV", "GBU", "Aerial Bomb", "Orion", "Mohajer-6", "Forpost",
     "Eleron", "Granat-4", "Фенікс", "Картограф", "Привет-82", "Kub", "Shahed-136/131 and Lancet", "Orlan-10 and Supercam"],
)  # fmt: skip
def test_what_is_no_one_way_drone_and_no_missile_is_out_of_scope(read, model: str):
    """The issue's rule; a row joint with one of them is out as well. Bombs are no missiles; an unknown drone need not be one-way."""
    reports = read(f"{HEADER}\n{row(model=model)}\n")
    assert why(reports) == [(2, "out of scope")]
    assert len(reports) == 0


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"launched": ""}, "no number launched"), ({"launched": "NaN"}, "no number launched"), ({"launched": "0.0"}, "none launched"),
        ({"launched": "-4"}, "negative number"), ({"launched": "4.5"}, "unreadable number"), ({"launched": "about ten"}, "unreadable number"),
        ({"launched": "1e3"}, "unreadable number"), ({"launched": "inf"}, "unreadable number"), ({"launched": "99999999999999"}, "number not plausible"),
        ({"destroyed": "many"}, "unreadable number"), ({"destroyed": "-1.0"}, "negative number"), ({"not_reach_goal": "x"}, "unreadable number"),
        ({"destroyed": "11.0"}, "more stopped than launched"), ({"destroyed": "9.0", "not_reach_goal": "2.0"}, "more stopped than launched"),
        ({"time_start": ""}, "no time"), ({"time_end": ""}, "no time"), ({"time_start": "10.01.2024"}, "unreadable time"),
        ({"time_start": "2024-02-30"}, "unreadable time"), ({"time_end": "2024-01-10 25:00"}, "unreadable time"),
        ({"time_end": "9999-12-31"}, "unreadable time"),
        ({"time_end": "2024-01-09 23:00"}, "the window ends before it starts"), ({"model": ""}, "no model"), ({"model": "nan"}, "no model"),
        ({"model": "–"}, "no model"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_used_is_told_with_its_reason(read, cells: dict[str, str], reason: str):
    """Never a silent guess: the row is listed by the number that a spreadsheet shows, the good row beside it is used."""
    reports = read(f"{HEADER}\n{GOOD}\n{row(**cells)}\n")
    assert why(reports) == [(3, reason)]
    assert reports.unused[0].detail or reason in ("no model",)
    assert reports.rows_of == {"2024-01-10": (2,)}


@pytest.mark.parametrize("cell", ["10", "10.0", "10.00", " 10.0 ", "+10"])
def test_whole_numbers_may_be_written_as_spreadsheets_do(read, cell: str):
    """Pandas writes whole numbers of a column with gaps as 10.0."""
    assert read(f"{HEADER}\n{row(launched=cell)}\n").nights[0].launched == {"Shahed-136/131": 10}


def test_contradictions_are_told_apart_from_what_is_only_missing(read):
    """Stops above the launched, and a window backward, contradict themselves; an empty number does not."""
    rows = [row(destroyed="11.0"), row(time_end="2024-01-01 02:00"), row(launched="")]
    reports = read("\n".join([HEADER, *rows]))
    assert [(remark.kind, remark.rows) for remark in reports.remarks] == [("contradiction", (2,)), ("contradiction", (3,))]


def test_a_row_that_repeats_another_from_a_second_source_is_a_duplicate(read):
    """The public table holds such rows; the first stays."""
    reports = read("\n".join([HEADER, GOOD, row(source="PvKPivden/posts/b")]))
    assert why(reports) == [(3, "duplicate of row 2")]
    assert [(remark.kind, remark.rows) for remark in reports.remarks] == [("duplicate", (2, 3))]
    assert reports.nights[0].launched == {"Shahed-136/131": 10}


def test_a_row_that_says_another_number_of_the_same_contradicts(read):
    """One window, model, place and target, two counts: the first is used, and the reader is told of both."""
    reports = read("\n".join([HEADER, GOOD, row(launched="12.0", source="b")]))
    assert why(reports) == [(3, "contradicts row 2")]
    assert reports.remarks[0].kind == "contradiction"
    assert "10 launched" in reports.remarks[0].says
    assert "12 launched" in reports.remarks[0].says


def test_rows_of_one_window_toward_other_places_are_added_and_told(read):
    """As on 2024-03-14: 13 in the east, 3 in the south, two reports; 13 + 3 here 10 + 3."""
    reports = read("\n".join([HEADER, GOOD, row(target="Odesa oblast", launched="3.0", destroyed="3.0", source="b")]))
    assert reports.nights[0].launched == {"Shahed-136/131": 13}
    assert [(remark.kind, remark.rows) for remark in reports.remarks] == [("same window", (2, 3))]


def test_places_become_launch_areas_and_bases_do_not(read):
    """Bombers do not launch at Olenya; "Chauda, Crimea" is one place; a joint row's areas are those of its models."""
    rows = [
        row(launch_place="Primorsko-Akhtarsk and Chauda, Crimea"), row(model="X-101/X-555", launch_place="Olenya"),
        row(model="X-101/X-555 and Kalibr", launch_place="Caspian Sea and Black Sea"), row(model="X-59", launch_place="Atlantis"),
    ]  # fmt: skip
    groups = {group.id: group for group in read("\n".join([HEADER, *rows])).nights[0].groups}
    assert groups["shahed"].launch_areas == ("Primorsko-Akhtarsk", "Chauda, Crimea")
    assert groups["kh101"].launch_areas == ()
    assert "Olenya" in groups["kh101"].note
    assert groups["kh101-kalibr"].launch_areas == ("Caspian Sea", "Black Sea")
    assert "Atlantis" in groups["kh59"].note


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ukraine", ("Ukraine",)), ("", ("Ukraine",)), ("Odesa oblast and Mykolaiv oblast", ("Odesa oblast", "Mykolaiv oblast")),
        ("Dnipropetrovsk oblast, Kryvyi Rih Raion", ("Dnipropetrovsk oblast",)), ("south-east", ("south", "east")), ("north and center", ("north", "centre")),
        ("Kyiv", ("Kyiv",)), ("Kyiv oblast (south)", ("Kyiv oblast",)), ("Starokostiantyniv", ("Khmelnytskyi oblast",)), ("Snake Island", ("Odesa oblast",)),
    ],
)  # fmt: skip
def test_targets_become_oblasts_and_macro_regions(text: str, expected: tuple[str, ...]):
    """Public geography; Snake Island belongs to Odesa oblast."""
    assert targets(text) == (expected, ())


def test_a_target_that_is_unknown_is_told_not_guessed():
    """Kursk oblast is no target in Ukraine: the target stays open and the word is kept."""
    assert targets("Kursk oblast") == (("Ukraine",), ("Kursk oblast",))
    assert targets("Sumy oblast and Kursk oblast") == (("Sumy oblast",), ("Kursk oblast",))


DETAILED = HEADER + ",launched_details,launch_place_details"


def test_the_details_of_a_joint_row_give_its_split_and_places(read):
    """As on 2024-08-26."""
    details = "\"{'X-101/X-555': 7, 'Kalibr': 3}\",\"{'X-101/X-555': 'Volgograd oblast', 'Kalibr': 'Black Sea'}\""
    group = read(f"{DETAILED}\n{row(model='X-101/X-555 and Kalibr', launch_place='')},{details}\n").nights[0].groups[0]
    assert group.split == {"Kh-101/Kh-555": 7, "Kalibr": 3}
    assert group.launch_areas == ("Volgograd oblast", "Black Sea")


@pytest.mark.parametrize(
    ("details", "kind"),
    [("\"{'X-101/X-555': 7, 'Kalibr': 4}\"", "contradiction"), ("{'X-101/X-555': 10}", "contradiction"), ("{oops", "cell"), ("[1]", "cell"),
     ("{'Kalibr': 1e999}", "cell"), ("__import__('os')", "cell"), ("\"{'Kalibr': 'three'}\"", "cell")],
)  # fmt: skip
def test_details_that_do_not_fit_are_told_and_left_out(read, details: str, kind: str):
    """11 of 10; one model of two; not a dictionary; not a number; and code, which is never run."""
    reports = read(f"{DETAILED}\n{row(model='X-101/X-555 and Kalibr')},{details},\n")
    assert reports.nights[0].groups[0].split is None
    assert [remark.kind for remark in reports.remarks] == [kind]


def test_row_numbers_are_those_of_a_spreadsheet(read):
    """Empty lines and cells with line breaks take one row each, as on the screen; an empty row holds nothing that could be lost."""
    text = f'{HEADER}\n{GOOD}\n\n{row(target="X").replace("X", chr(34) + "two" + chr(10) + "lines" + chr(34))}\n{row(launched="")}\n'
    reports = read(text)
    assert why(reports) == [(5, "no number launched")]
    assert reports.rows_of == {"2024-01-10": (2, 4)}
    assert reports.n_rows == 3


def test_columns_may_come_in_any_order_with_more_beside_them(read):
    """Only names matter; case and blanks around them do not."""
    reports = read("extra, Launched ,MODEL,time_end,time_start\n1,10.0,Kalibr,2024-01-10 02:00,2024-01-10 01:00\n")
    assert reports.nights[0].launched == {"Kalibr": 10}
    assert reports.remarks[0].kind == "table"
    assert "destroyed" in reports.remarks[0].says


def test_a_column_that_is_needed_and_missing_leaves_every_row_unused(read):
    """The books still balance, and the reason is told."""
    reports = read("time_start,time_end,model\n2024-01-10,2024-01-10,Kalibr\n")
    assert why(reports) == [(2, "the table has no column launched")]


def test_truncated_and_overlong_rows_are_unused(read):
    """A row that was cut may have lost half of its last cell; one that is too long may have been shifted. Empty cells at the end do no harm."""
    reports = read("\n".join([HEADER, GOOD[:40], GOOD + ",more", GOOD + ",,,"]))
    assert why(reports) == [(2, "truncated row"), (3, "too many cells")]
    assert reports.rows_of == {"2024-01-10": (4,)}


def test_other_encodings_are_told_not_guessed(read):
    """A cell in Windows-1251 is not text; UTF-8 with a mark and UTF-16 with one are."""
    assert why(read((HEADER + "\n" + GOOD + "\n").encode() + row(model="Фенікс").encode("cp1251"))) == [(3, "not UTF-8 text")]
    assert read(f"{HEADER}\n{GOOD}\n".encode("utf-8-sig")).n_rows == 1
    utf16 = read(f"{HEADER}\n{GOOD}\n".encode("utf-16"))
    assert (len(utf16), utf16.remarks[0].kind) == (1, "table")


def test_semicolons_and_tabs_will_do(read):
    """As spreadsheets in many countries save them."""
    for separator in (";", "\t"):
        assert len(read(f"{HEADER}\n{GOOD}\n".replace(",", separator))) == 1


def test_a_quotation_mark_that_is_not_closed_is_told(read):
    """It swallows the rows behind it; the reader is told which lines."""
    reports = read("\n".join([HEADER, GOOD, row(target="X").replace("X", '"open'), *[row(model="X-59")] * 30]))
    assert why(reports) == [(3, "truncated row")]
    assert [(remark.kind, remark.rows) for remark in reports.remarks] == [("table", (3,))]
    assert "lines 3 to 33" in reports.remarks[0].says


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\x00\x00", b"a,b,c\n1,2,3\n", b"\n\n\n", b"<html><body>"])
def test_what_is_no_daily_reports_table_is_refused(read, content: bytes):
    """A message that says what was expected."""
    with pytest.raises(InputError, match="expected time_start, time_end, model, launched"):
        read(content)


def test_a_column_that_is_there_twice_is_refused(read):
    """Which one is meant cannot be known."""
    with pytest.raises(InputError, match="column launched twice"):
        read(f"{HEADER},launched\n{GOOD},3\n")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path):
    """The message names the path."""
    with pytest.raises(InputError, match=r"no file .*nothing\.csv"):
        read_reports(tmp_path / "nothing.csv")
    with pytest.raises(InputError, match="is a folder"):
        read_reports(tmp_path)

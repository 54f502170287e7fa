"""The whole page, made from a made-up folder in the real schemas."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from brief_folder import GIVEN_RECORD, STRATUM, make_folder, manifest, package

from zaslin.brief import comparison, crossing
from zaslin.brief.page import CONTENTS, write_brief
from zaslin.errors import StoreError
from zaslin.measures.estimate import precision
from zaslin.measures.registry import HEADLINE, MEASURES
from zaslin.outcomes.store import create, open_results

VOID = {"meta", "img", "br", "line", "rect", "circle", "path", "input", "hr", "link"}


class Outline(HTMLParser):
    """Tags, ids, in-page links, outside references, text; and whether tags nest."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.headings: list[str] = []
        self.text: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        if "id" in known:
            self.ids.append(known["id"])
        if tag == "a" and known.get("href"):
            self.links.append(known["href"])
        for name in ("src", "data", "poster", "srcset", "xlink:href") + (("href",) if tag in ("link", "use", "image", "base") else ()):
            if known.get(name):
                self.loads.append(known[name])
        if tag == "img":
            self.images.append(known)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-3:]}")
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.text.append(data)


def outline(path: Path) -> Outline:
    parser = Outline()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser


@pytest.fixture(scope="module")
def page(folder, tmp_path_factory) -> Path:
    return write_brief(folder, tmp_path_factory.mktemp("page") / "brief.html")


def test_it_is_one_file_that_loads_nothing_from_anywhere(page):
    """Every src is a data URI, there is no stylesheet, import or url() that leaves the file."""
    seen = outline(page)
    assert seen.loads and all(load.startswith("data:") for load in seen.loads)
    style = re.search(r"<style>(.*?)</style>", page.read_text(), re.S)
    assert style is not None and "@import" not in style[1] and "url(" not in style[1]
    assert "<link" not in page.read_text()


def test_all_sections_stand_in_order_and_the_contents_lead_to_them(page):
    """The fourteen sections of the brief, each heading once."""
    seen = outline(page)
    places = [seen.ids.index(id) for id, _, _ in CONTENTS]
    assert places == sorted(places)
    assert all(f"#{id}" in seen.links for id, _, _ in CONTENTS)
    assert seen.headings.count("h1") == 1
    assert seen.headings.count("h2") == len(CONTENTS)


def test_tags_nest_ids_are_unique_and_links_inside_the_page_arrive(page):
    """What a validator would say first."""
    seen = outline(page)
    assert seen.faults == []
    assert seen.open == []
    assert len(seen.ids) == len(set(seen.ids))
    inside = {link[1:] for link in seen.links if link.startswith("#")}
    assert inside <= set(seen.ids)


def test_no_nan_and_no_none_is_printed(page):
    """Undefined numbers are words; the folder has several (no shots under the status quo)."""
    text = " ".join(outline(page).text)
    assert not re.search(r"\b(nan|NaN|None|inf)\b", text)
    assert "not defined" in text


def test_every_number_leads_to_its_inputs_and_they_to_their_sources(page, folder):
    """Two clicks: letters beside headline figures and table rows → input groups; rows of these → the sources' list."""
    text = page.read_text()
    for block in re.findall(r"<li><h3>.*?</h3>", text, re.S):
        assert 'href="#inputs-' in block
    rows = [row for row in re.findall(r'<tr id="m-.*?</th>', text, re.S) if 'class="inner"' not in row]
    assert len(rows) > 20 and all('href="#inputs-' in row for row in rows)
    cited = {row["source"] for row in folder.manifest["inputs"]} - {"assumption"}
    basis = text[text.index('id="assumptions"') :]
    assert cited and all(f'href="#source-{id}"' in basis and f'id="source-{id}"' in basis for id in cited)


def test_every_input_is_listed_with_its_range_and_grade(page, folder):
    """Rows of equal inputs are merged; no label is lost."""
    text = html.unescape(page.read_text())
    basis = text[text.index('id="assumptions"') : text.index('id="sources"')]
    assert f"{len(folder.manifest['inputs'])} uncertain or fixed numbers" in basis
    for words in ("navigation drift", "0.1 to 3", "readiness on alert", "5 to 45", "chance that one shot ends a threat it reaches: cruise missiles"):
        assert words in basis


def test_pictures_have_words(page):
    """Every image and every chart has a text alternative of its own."""
    seen = outline(page)
    assert len(seen.images) == 6
    assert all(len(image.get("alt") or "") > 40 for image in seen.images)
    for svg in re.findall(r"<svg[^>]*>", page.read_text()):
        assert 'aria-label="' in svg or 'aria-hidden="true"' in svg


def test_the_same_folder_gives_the_same_bytes(folder, page, tmp_path):
    """Read again from disk, written to another place."""
    again = write_brief(open_results(folder.folder), tmp_path / "elsewhere" / "other.html")
    assert again.read_bytes() == page.read_bytes()


def test_names_that_users_write_are_text_and_never_markup(tmp_path):
    """A title, a summary and a caveat with a script tag; a source whose address is a script."""
    evil = "<script>alert('x')</script> & \"quotes\""
    bad = package("bad", evil)
    bad["summary"] = evil
    bad["members"][0]["caveats"][0]["says"] = evil
    path = write_brief(make_folder(tmp_path / "evil", [package("status-quo", "Status quo", fires=False), bad]), tmp_path / "evil.html")
    text = path.read_text()
    assert text.count("<script>") == 1, "only the page's own"
    assert "&lt;script&gt;" in text
    assert "javascript:" not in text
    assert outline(path).faults == []


@pytest.mark.parametrize("given", [True, False])
@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_packages_with_and_without_a_given_crossing(tmp_path, count, given):
    """The page holds for every shape of a folder."""
    packages = [package("status-quo", "Status quo", fires=False), package("toward", "What flies toward us")][:count]
    path = write_brief(make_folder(tmp_path / "f", packages, given=given), tmp_path / "b.html")
    seen = outline(path)
    text = " ".join(seen.text)
    assert seen.faults == []
    assert all(id in seen.ids for id, _, _ in CONTENTS)
    assert ("nothing to compare it with" in text) == (count == 1)
    assert ("run it again with --given" in text) == (not given)
    assert ("Read as path flown inside, 40 km fits" in text) == given
    assert not re.search(r"\b(nan|NaN|None)\b", text)


def test_a_given_crossing_that_was_not_found_has_its_reason_and_no_empty_table(tmp_path):
    """By hand: no route of 2,000 resembled the report. The reason stands in the answer and in its section; no figure of such a crossing is left undefined."""
    packages = [package("status-quo", "Status quo", fires=False), package("toward", "What flies toward us")]
    told = manifest(packages, given=True) | {"tagging": {"0": {"strata": [STRATUM], "given": GIVEN_RECORD | {"alike": 0}}}}
    seen = outline(write_brief(make_folder(tmp_path / "f", packages, given=False, told=told), tmp_path / "b.html"))
    text = " ".join(seen.text)
    assert seen.faults == [] and all(id in seen.ids for id, _, _ in CONTENTS)
    assert text.count("to be found in 2,000 routes drawn in 1 block of nights") + text.count("of 2,000 routes drawn in 1 block of nights") == 2
    assert "crossing like the reported one (Poland, 29 December 2023)" in text and "no such crossing was simulated" not in text
    assert "Stopped before the border, given" not in text and "What becomes of such a threat" not in text and "--given:" not in text
    assert "Reported: a cruise missile" in text and "is drawn so that it agrees with the claims" not in text


def test_the_status_line_says_study_simulated_replicates_and_seed(page):
    """What a reader must know before the first number."""
    text = " ".join(outline(page).text)
    assert "Study, unclassified" in text and "50 replicates" in text and "seed 7" in text


def test_the_command_to_run_it_again_is_whole(page):
    """Night, packages, replicates, seed and the incident, as they were asked."""
    assert "zaslin run 2023-12-29 -p status-quo -p toward -p may-enter -n 50 --seed 7 --given PL-2023-12-29" in page.read_text()


def test_a_folder_without_results_is_refused_with_what_would_do(tmp_path, folder):
    """Exit code 2 for the command line: the message names the packages and the way out."""
    empty = create(tmp_path / "empty", {**folder.manifest})
    with pytest.raises(StoreError, match="no finished replicates of status-quo"):
        write_brief(empty, tmp_path / "b.html")


def test_a_place_that_cannot_be_written_is_told_plainly(folder, tmp_path):
    """A folder where a file should be."""
    with pytest.raises(StoreError, match="cannot be written"):
        write_brief(folder, tmp_path)


def test_incursions_are_told_by_country_too(page):
    """The made-up folder enters Poland alone: one row of its own, and the words in the first sentence."""
    text = " ".join(outline(page).text)
    assert "most of them into Poland" in text
    assert 'id="m-incursions-PL"' in page.read_text()
    assert 'id="m-incursions-RO"' not in page.read_text()


def test_how_the_given_crossings_were_found_is_told(page):
    """By hand: 12 of 2,000 routes, factor 1.25, a chance of 0.0004 is 1 in 2,500."""
    text = " ".join(outline(page).text)
    assert "Of 2,000 routes searched, 12 resemble it within a factor of 1.25." in text
    assert "about 1 in 2,500 per launched threat" in text


def test_a_given_crossing_counts_only_the_reported_country(folder):
    """By hand: under the status quo each made-up crossing is once in Poland for 120 s, and 300 s in Slovakia, which is not asked about."""
    section = crossing.section(folder, comparison.figures(folder))
    assert section is not None
    rows = {row["label"]: row["cells"][0][1] for row in section["rows"]}
    assert rows["Incursions into Poland"] == "1"
    assert rows["Time inside Poland"] == "120"
    assert rows["Stopped before the border"] == "in none of 50"


def test_the_noise_warning_watches_all_headline_measures(folder):
    """Every measure whose difference is shown first; `run` uses the same tuple."""
    fig = comparison.figures(folder)
    blunt = {name for col in fig.others for name in HEADLINE if not precision(fig.gains[col.name][name])[0] and fig.gains[col.name][name].mean}
    text = comparison.warning(fig) or ""
    assert blunt and all(comparison.label_of(MEASURES[name]).lower() in text.lower() for name in blunt)


def test_crossings_stopped_stand_in_the_table_and_kills_that_would_have_crossed_in_the_fold(folder):
    """They are counted on different samples, so they must not be read side by side."""
    table = comparison.table(comparison.figures(folder))
    main = {row["name"] for section in table["sections"] for row in section["rows"]}
    fold = {row["name"]: row["unit"] for row in table["more"]}
    assert "crossings_stopped" in main and "kills_would_have_crossed" not in main
    assert "counted in plain nights" in fold["kills_would_have_crossed"]


def test_alert_flights_left_out_and_casualties_not_counted_are_told(tmp_path):
    """A package without Romania's alert pair: a note under the comparison and a limit; the limit on lives is in every brief."""
    lean = package("toward", "What flies toward us")
    lean["members"][1]["assets"] = []
    path = write_brief(make_folder(tmp_path / "f", [package("status-quo", "Status quo", fires=False), lean]), tmp_path / "b.html")
    text = " ".join(outline(path).text)
    assert text.count("leaves out alert flights that “Status quo” counts (flown there: Romania ") == 2
    assert "cannot be read as a package's net effect on lives" in text
    assert "casualties on the ground" not in text and " 0 times" not in text


def test_inputs_that_are_switched_off_are_not_listed(tmp_path):
    """Two members' shared pictures are off under the status quo; those of the package that fires are on."""
    packages = [package("status-quo", "Status quo", fires=False), package("toward", "What flies toward us")]
    told = manifest(packages, given=False)
    for item in packages:
        for member in item["members"]:
            path = f"package.{item['name']}.members[{member['nation']}].picture.shared.latency"
            told["inputs"].append({"path": path, **member["picture"]["shared"]["latency"]})
    results = make_folder(tmp_path / "f", packages, given=False, told=told)
    text = " ".join(outline(write_brief(results, tmp_path / "b.html")).text)
    assert "2 more belong to what is switched off (parts of the picture, weights that no policy asks for)" in text
    assert "Poland, Romania (toward)" in text


def test_the_burden_tells_whose_alert_is_away_and_who_has_none_to_miss(folder, tmp_path):
    """By hand: 9,000 s without an alert pair in Poland on every night, none in Romania; with its alert pair left out, Romania has none to miss. A folder whose
    tables are older than the question has no such row."""
    label = "Minutes in which no alert pair of its own stands ready"

    def cells(results):
        tables = comparison.burden(results, comparison.figures(results))
        return [dict(row["cells"]) for table in tables for row in table["rows"] if row["label"] == label]

    for row in cells(folder):
        assert (row["Poland"], row["Romania"]) == ("150", "0")
    alone = package("status-quo", "Status quo", fires=False)
    alone["members"][1]["assets"] = []
    assert [row["Romania"] for row in cells(make_folder(tmp_path / "alone", [alone], given=False))] == ["no alert pair"]
    old = manifest([alone], given=False) | {"schema_version": 2}
    assert cells(make_folder(tmp_path / "old", [alone], given=False, told=old)) == []


def test_a_package_under_another_policy_is_run_again_by_its_name_and_policy():
    """By hand: the name with the policy in it is no package; a file of one's own, and a package in its own policy, keep their names."""
    from zaslin.brief.page import _as_named

    told = {"pl-ro-100km-national": "national", "pl-ro-100km": "earliest", "mine-national": "national", "status-quo-optimal": "earliest"}
    named = [_as_named({"name": name, "assignment": policy}) for name, policy in told.items()]
    assert named == ["pl-ro-100km@national", "pl-ro-100km", "mine-national", "status-quo-optimal"]


def test_the_price_of_not_coordinating_is_told_even_where_it_is_nothing(tmp_path):
    """By hand: the made rows are the same under both policies, so every measure is the same in every night; where more is
    shot down under one of them, that is told as a change. Of packages that differ in more than the policy nothing is said."""
    one, apart = package("toward", "What flies toward us"), package("toward-national", "What flies toward us (each nation for itself)")
    apart["assignment"] = "national"
    results = make_folder(tmp_path / "f", [package("status-quo", "Status quo", fires=False), one, apart], given=False)
    (told,) = comparison.uncoordinated(results, comparison.figures(results))
    assert "The price of not coordinating" in told and "each nation for itself" in told
    assert "shots that came too late, shots" in told and "the same in every night (the 50 simulated nights)" in told
    assert "the same in every night" in " ".join(outline(write_brief(results, tmp_path / "b.html")).text)
    other = {**apart, "name": "other-enter", "pooling": {**apart["pooling"], "enabled": not apart["pooling"]["enabled"]}}
    results = make_folder(tmp_path / "g", [one, other], given=False)
    assert comparison.uncoordinated(results, comparison.figures(results)) == []
    entering = {**apart, "name": "toward-enter"}
    (told,) = comparison.uncoordinated(results := make_folder(tmp_path / "h", [one, entering], given=False), comparison.figures(results))
    assert "shot down by the coalition more by" in told or "shot down by the coalition not clearly changed" in told

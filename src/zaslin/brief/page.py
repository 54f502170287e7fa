"""The council brief: a results folder as one HTML file that a minister can read; no network, no engine, the same bytes for the same folder.

Here the parts are put together; numbers come from `zaslin.measures`, words from `sentences`, pictures from `figures_*`.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from zaslin.asked import a_path
from zaslin.atlas.basemap import ATTRIBUTION
from zaslin.brief import comparison, crossing, formed, night, reasons, record, screened, shares
from zaslin.brief.basis import InputGroup, input_groups, source_list
from zaslin.brief.comparison import Figures, shown
from zaslin.brief.limits import ALWAYS, Limit, of_this_night
from zaslin.brief.night import Column
from zaslin.brief.numbers import among, finite, listed, never, nights, with_interval
from zaslin.brief.rules import members_of, own_airspace_only, switched_off
from zaslin.brief.sentences import CASUALTIES_COUNT, Alternative, Answer, answer_expected, answer_given, answer_price, change, heading, nation, question
from zaslin.brief.terrain import terrain_limit, terrain_words
from zaslin.errors import StoreError
from zaslin.measures.estimate import estimate
from zaslin.measures.no_given import no_given
from zaslin.measures.registry import MEASURES
from zaslin.outcomes.disk import write_text
from zaslin.outcomes.formed import read_forms_file
from zaslin.outcomes.screened import read_screening
from zaslin.outcomes.store import Results, opened
from zaslin.scenario.package import Package
from zaslin.scenario.packages import package_names
from zaslin.scenario.say import package_sentences
from zaslin.scenario.sourced import ASSUMPTION
from zaslin.scenario.sources import source

if TYPE_CHECKING:
    import jinja2

_SECTIONS = {
    "question": "Question",
    "answer": "Answer",
    "headline": "Headline figures",
    "night": "The night",
    "map": "Map",
    "record": "How far to trust it",
    "comparison": "Comparison",
    "given": "Given the crossing",
    "whynot": "Why not",
    "windows": "Windows",
    "burden": "Members",
    "packages": "Packages",
    "assumptions": "Assumptions and sources",
    "limits": "What it cannot say",
    "rerun": "Run it again",
}
SCREENED_ROWS = 10

CONTENTS = tuple((id, number, text) for number, (id, text) in enumerate(_SECTIONS.items(), 1))


def _contents(with_shares: bool) -> tuple[tuple[str, int, str], ...]:
    """The sections of a page; what each member adds is one where sub-coalitions were flown."""
    names = [(id, text) for id, _, text in CONTENTS]
    if with_shares:
        names.insert(names.index(("assumptions", _SECTIONS["assumptions"])), ("shares", "Who adds what"))
    return tuple((id, number, text) for number, (id, text) in enumerate(names, 1))


def write_brief(results: Results, path: Path | str) -> Path:
    """Write the brief of an open results folder to `path` (an .html file) and return the path.

    Raises StoreError where the folder has no finished replicates or the file cannot be written; then a page that was there stays as it was. The
    same folder gives the same bytes.
    """
    path = a_path("path", path, "the path of the page to write")
    write_text(path, render(opened(results)))
    return path


def render(results: Results) -> str:
    """The brief as HTML text."""
    lacking = [name for name in results.packages if not results.parts(name)]
    if lacking:
        raise StoreError(f"{results.folder} has no finished replicates of {listed(lacking)}; the same `zaslin run` command completes the folder")
    told = content(results)
    beside = {id: source(id).model_dump(mode="json") for id in record.cited(told["record"])}
    sources = source_list({**beside, **(results.manifest.get("sources") or {})})
    titles = {group["letter"]: group["title"] for group in told["basis"]["groups"]}
    return environment().get_template("page.html.j2").render(d=told, sources=sources, group_titles=titles)


def environment() -> jinja2.Environment:
    """Where this room's templates are found and how they are filled: everything is escaped, and a name that is missing is a fault."""
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader("zaslin.brief", "templates"), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def content(results: Results) -> dict[str, Any]:
    """Everything that the page shows, as plain data for the template."""
    manifest = results.manifest
    fig = comparison.figures(results)
    packages = [results.package(col.name) for col in fig.columns]
    version = str(manifest.get("zaslin_version") or "unknown")
    left_out = comparison.left_out(results, fig)
    done = min(len(fig.reading.replicates(col.name)) for col in fig.columns)
    baseline, *others = (_alternative(results, fig, col) for col in fig.columns)
    when = night.date_words(manifest["night"])
    who_adds = shares.section(results)
    missing = no_given(results, option="")
    contents = _contents(who_adds is not None)
    status = (
        f"Study, unclassified. Simulated: no number here is an observation unless it says “reported”. Model {version}; {done:,} replicates; "
        f"seed {manifest['seed']}."
    )
    return {
        "title": f"{when}: what a coalition of neighbours would have achieved",
        "kicker": f"zaslin council brief · night {manifest['night']['id']}",
        "status": status,
        "version": version,
        "contents": contents,
        "number": {id: number for id, number, _ in contents},
        "shares": who_adds,
        "question": question(members_of(packages[1:2] or packages), when, others=len(packages) > 2),
        "legend": [(col.css, col.title, col.whole) for col in fig.columns],
        "answers": _answers(results, fig, baseline, others, missing),
        "warnings": [*_incomplete(results, done), *filter(None, [comparison.warning(fig)])],
        "strip": _strip(results, fig, missing),
        "baseline": {"title": fig.base.title, "name": fig.base.name},
        "night": night.reported(results),
        "maps": night.maps(results),
        "record": record.section(results),
        "comparison": comparison.table(fig),
        "left_out": left_out,
        "uncoordinated": comparison.uncoordinated(results, fig),
        "given": crossing.section(results, fig, missing),
        "given_absent": "This run did not simulate a crossing like a reported one (`zaslin run … --given INCIDENT`).",
        "whynot": reasons.why_not_charts(results, fig),
        "whynot_members": reasons.members_charts(results, fig),
        "windows": reasons.windows_section(results, fig),
        "burden": comparison.burden(results, fig),
        "packages": [_package(package, col) for package, col in zip(packages, fig.columns, strict=True)],
        "basis": _basis(results),
        "limits": ALWAYS,
        "limits_here": [
            *of_this_night(manifest["night"], packages, manifest["given"], missing is None),
            terrain_limit(manifest),
            *(Limit("Alert flights are left out.", text, "DF") for text in left_out),
        ],
        "rerun": _rerun(results),
        "attribution": f"Maps: {ATTRIBUTION}.",
        "colophon": f"Made by zaslin {version} from a results folder; the folder and this page can be made again with the commands above.",
    }


def _incomplete(results: Results, done: int) -> list[str]:
    if done >= results.replicates:
        return []
    return [f"The run is not complete: {done:,} of {results.replicates:,} replicates are there. The numbers are right for what is there, with wider noise."]


def _alternative(results: Results, fig: Figures, col: Column) -> Alternative:
    shots = fig.levels[col.name]["shots"]
    shares: dict[str, float] = {}
    if finite(shots.mean) and shots.mean > 0.0:
        for code in members_of([results.package(col.name)]):
            shares[code] = estimate(fig.reading, MEASURES["shots"], col.name, code).mean / shots.mean
    return Alternative(
        title=col.title,
        estimates=fig.levels[col.name],
        differences=fig.gains.get(col.name, {}),
        own_airspace_only=own_airspace_only(results.package(col.name)),
        given_stopped=crossing.stopped(fig, col.name) if results.manifest["given"] is not None else None,
        mostly_into=_mostly_into(fig, col),
        firer_share=shares,
    )


def _mostly_into(fig: Figures, col: Column) -> str | None:
    total = fig.levels[col.name]["incursions"].mean
    for code in comparison.entered(fig):
        if estimate(fig.reading, MEASURES["incursions"], col.name, code).mean > 0.5 * total:
            return code
    return None


def _answers(results: Results, fig: Figures, base: Alternative, others: list[Alternative], missing: str | None) -> list[dict[str, Any]]:
    launched = sum(group["count"] for group in results.manifest["night"]["groups"])
    event = results.manifest["given"]
    incident = None if event is None else f"{nation(event['country'])}, {night.date_words({'id': event['date_utc'], 'title': event['date_utc']})}"
    if event is not None and missing is not None:
        missing = missing.replace(f"a crossing like {event['id']}", f"a crossing like the reported one ({incident})", 1)
    css = {col.title: col.css for col in fig.columns}
    reported = [str(results.manifest["night"]["source"])]
    rows: tuple[tuple[str, Answer, str, list[str]], ...] = (
        ("Expected on such a night", answer_expected(base, others, launched), "ABDG", reported),
        ("Given a crossing like the reported one", answer_given(base, others, incident, missing), "ADEG", [] if event is None else [str(event["source"])]),
        ("Price, risk and responsibility", answer_price(base, others), "CDFG", []),
    )
    return [
        {
            "about": about,
            "head": answer.head,
            "clauses": [(css.get(title, ""), title, text) for title, text in answer.clauses],
            "letters": letters,
            "sources": sources,
        }
        for about, answer, letters, sources in rows
    ]


def _strip(results: Results, fig: Figures, missing: str | None) -> list[dict[str, Any]]:
    """Five or six cards, each with a line per package: what a council asks for first."""
    cards = [
        _card(fig, "coalition_kills", "Shot down by the coalition, a night", compared=False),
        _card(fig, "leakers", "Threats that reach their aim in Ukraine, a night"),
        _card(fig, "incursions", "Incursions into a neighbour's airspace, a night"),
    ]
    cards[2]["lines"][0]["small"] = f"at least one: {nights(fig.levels[fig.base.name]['incursions'])}"
    if results.manifest["given"] is not None and missing is None:
        lines = [{"css": col.css, "title": col.title, "value": crossing.stopped_words(crossing.stopped(fig, col.name)), "small": ""} for col in fig.columns]
        cards.append({"label": "Stopped before the border, given a crossing like the reported one", "letters": "ADEG", "lines": lines})
    cards.append(_card(fig, "expected_casualties", f"Expected casualties {CASUALTIES_COUNT}, Ukraine included, a night", "lower", "higher"))
    cost = _card(fig, "cost_usd", "Cost of flights and missiles, a night", compared=False)
    for line, col in zip(cost["lines"], fig.columns, strict=True):
        line["small"] = f"{with_interval(fig.levels[col.name]['flight_h'])} flight hours"
    return [*cards, cost]


def _card(fig: Figures, name: str, label: str, fewer: str = "fewer", more: str = "more", compared: bool = True) -> dict[str, Any]:
    lines = []
    for col in fig.columns:
        gain = fig.gains.get(col.name, {}).get(name) if compared else None
        level = fig.levels[col.name][name]
        small = f"in none of {among(level)}" if never(level) else "" if gain is None else change(gain, fewer, more)
        lines.append({"css": col.css, "title": col.title, "value": shown(MEASURES[name], level), "small": small})
    return {"label": label, "letters": comparison.letters_of(name), "lines": lines}


def _package(data: Mapping[str, Any], col: Column) -> dict[str, Any]:
    """The package's sentences as `scenario.say` makes them, by member."""
    try:
        package = Package.model_validate(data)
    except ValidationError:
        raise StoreError(f"package {data['name']}: this folder's packages were written by another version of zaslin; make the brief with that one") from None
    about: list[dict[str, Any]] = []
    members: dict[str, list[dict[str, Any]]] = {}
    for sentence in package_sentences(package):
        row = {"text": sentence.text, "sources": [name for name in sentence.sources if name != ASSUMPTION], "assumed": ASSUMPTION in sentence.sources}
        if sentence.member:
            members.setdefault(sentence.member, []).append(row)
        else:
            about.append(row)
    return {"css": col.css, "title": col.whole, "about": about, "members": [(heading(code), rows) for code, rows in members.items()]}


def _basis(results: Results) -> dict[str, Any]:
    off = switched_off([results.package(name) for name in results.packages])
    everything = results.manifest["inputs"]
    inputs = [row for row in everything if not str(row["path"]).startswith(off)]
    unused = len(everything) - len(inputs)
    groups = input_groups(inputs, results.packages)
    assumed = sum(row["source"] == "assumption" for row in inputs)
    text = (
        f"Every one of the {len(inputs):,} uncertain or fixed numbers that went into this study, in {_count(len(groups))} groups; {assumed:,} of them are "
        "assumptions. "
        f"Equal numbers of several members or packages share a row. {results.block_size} replicates at a time share one draw from these ranges "
        "(a triangle with its top at the value; on the logarithms where the range spans a factor of ten), the same for every package."
    )
    if unused:
        what = "what is switched off (parts of the picture, weights that no policy asks for)"
        text += f" {unused:,} more belong to {what}; nothing reads them, and they are left out here."
    shown_groups = [
        {
            "anchor": group.anchor,
            "letter": group.letter,
            "title": group.title,
            "about": group.about,
            "rows": group.rows,
            "assumed": sum(row.assumed for row in group.rows),
        }
        for group in groups
    ]
    return {
        "text": text, "terrain": terrain_words(results.manifest), "groups": shown_groups, "screened": _screened(results, groups), "formed": _formed(results),
    }  # fmt: skip


def _count(n: int) -> str:
    return {6: "six", 7: "seven", 8: "eight"}.get(n, str(n))


def _screened(results: Results, groups: Sequence[InputGroup]) -> dict[str, Any] | None:
    """What the answer depends on most, with links to the inputs' rows; None where the folder holds no screening."""
    held = read_screening(results.folder, str(results.manifest["inputs_hash"]))
    target = next(iter(screened.targets(held)), None) if held is not None else None
    if held is None or target is None:
        return None
    rows = screened.ranked(held, target, SCREENED_ROWS)
    anchors = screened.link_rows(groups, rows)
    links = [next((anchors[path] for path in row.paths if path in anchors), f"inputs-{row.letter}") for row in rows]
    return {
        "title": screened.title(target),
        "unit": target["unit"],
        "letters": sorted({row.letter for row in rows}),
        "rows": list(zip(rows, links, strict=True)),
        "nothing": screened.without_effect(held, target),
        "method": screened.method(held),
    }


def _formed(results: Results) -> dict[str, Any] | None:
    """How far answers move under other forms of the model; None where the folder holds no such comparison."""
    held = read_forms_file(results.folder, str(results.manifest["inputs_hash"]))
    if held is None:
        return None
    chosen = formed.shown_targets(held)
    tables = [(formed.answer_title(held, k), formed.form_rows(held, k)) for k in chosen]
    return {"sentences": formed.sentences(held, chosen), "tables": tables, "method": formed.method(held)}


def _as_named(package: Mapping[str, Any]) -> str:
    """How `zaslin run` is given this package: a shipped one under another policy of assignment as NAME@POLICY."""
    name, policy = str(package["name"]), str(package.get("assignment") or "")
    base = name.removesuffix(f"-{policy}")
    return f"{base}@{policy}" if name != base and name not in package_names() and base in package_names() else name


def _rerun(results: Results) -> dict[str, Any]:
    manifest = results.manifest
    names = " ".join(f"-p {_as_named(package)}" for package in manifest["packages"])
    given = "" if manifest["given"] is None else f" --given {manifest['given']['id']}"
    given += "".join(f" --form {part}={word}" for part, word in (manifest.get("forms") or {}).items())
    raster = manifest.get("terrain")
    hills = f" --terrain {shlex.quote(raster['name'])}" if raster else ""
    command = (
        f"zaslin run {manifest['night']['id']} {names} -n {results.replicates} --seed {manifest['seed']}{given}{hills} -o results/again\n"
        "zaslin brief results/again -o brief.html"
    )
    libraries = {key: value for key, value in (manifest.get("libraries") or {}).items() if value}
    git = manifest.get("git") or {}
    facts = [
        ("Night", str(manifest["night"]["id"])),
        ("Packages", ", ".join(results.packages)),
        ("Seed", str(manifest["seed"])),
        ("Replicates", f"{results.replicates:,}"),
        ("Hash of all inputs", str(manifest["inputs_hash"])),
        ("Hash of the model's source", str(manifest.get("source_hash") or "not recorded")),
        ("Python", f"{manifest.get('python', 'not recorded')} on {manifest.get('machine', 'an unknown machine')}"),
        ("Libraries", ", ".join(f"{name} {value}" for name, value in libraries.items()) or "not recorded"),
    ]
    if raster:
        facts.append(("Elevation raster", f"{raster['name']}, {raster['size_bytes']:,} bytes, SHA-256 {raster['sha256']}"))
    if git.get("commit"):
        facts.append(("Commit", str(git["commit"]) + (" with local changes" if git.get("modified") else "")))
    text = (
        "With the same version of zaslin these commands give the same tables, byte for byte on the same kind of processor. "
        "A package that is not shipped with zaslin is given as its file instead of its name; the folder's manifest holds it whole."
    )
    return {"text": text, "commands": command, "facts": facts}

"""The verb `ledger` as a user's shell meets it: every option and example, codes, widths, pipes, old terminals; and how soon it answers."""

from __future__ import annotations

import csv
import json
import os
import re
import resource
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from zaslin.cli import app

KINDS = ("incidents", "positions", "law", "escalation", "catalogue")
OWN = "kind,entry,claim,date,by,says,status,source,about,low,high,unit\n"
ROW = "incidents,PL-2023-12-29,my-count,2026-01-11,A witness,Two of them,reported,reuters-2024-05-20,entered,2,2,count\n"


def run(*words: str, **kwargs: Any) -> Any:
    """The verb in this process."""
    done = CliRunner().invoke(app, ["ledger", *words], prog_name="zaslin", **kwargs)
    assert "Traceback" not in done.output and (done.exception is None or isinstance(done.exception, SystemExit)), done.output
    return done


def zaslin(*words: str, **kwargs: Any) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, as a user's shell starts it."""
    return subprocess.run([sys.executable, "-m", "zaslin", *words], capture_output=True, text=True, timeout=120, check=False, **kwargs)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without entries of the user's own."""
    monkeypatch.chdir(tmp_path)
    for name in ("ZASLIN_LEDGER", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def asked(*words: str) -> dict[str, Any]:
    done = run(*words, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    return json.loads(done.stdout)


# -- help and examples ------------------------------------------------------------------------------------------------------------------------


def examples() -> list[list[str]]:
    text = CliRunner().invoke(app, ["ledger", "--help"], terminal_width=200, env={"COLUMNS": "200"}).stdout
    return [shlex.split(line.split("zaslin ledger ", 1)[1]) for line in re.findall(r"Example\s+(zaslin ledger .*)", text)]


def test_every_example_of_the_help_runs(folder: Path):
    """Law: five at least, one of each thing that the verb does; the file that one of them imports is made here, and what it writes is a table."""
    found = examples()
    assert len(found) >= 5
    (folder / "mine.csv").write_text(OWN + ROW, encoding="utf-8")
    for words in found:
        done = run(*words)
        assert done.exit_code == 0, (words, done.stderr)
        assert done.stdout.strip() or "-o" in words
    assert (folder / "assumptions.csv").read_text(encoding="utf-8").startswith("entry,kind,")


def test_help_names_every_option():
    """By hand: what the tests below try."""
    text = CliRunner().invoke(app, ["ledger", "-h"], terminal_width=120).stdout
    for option in ("--at", "--country", "--status", "--search", "--full", "--output", "-o", "--sql", "--import", "--accept", "--own", "--no-own", "--json"):
        assert option in text


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_listed_summed_and_leads_on(kind: str):
    """Law: as many entries as JSON has; the command that it offers at the end runs."""
    n = len(asked(kind)["entries"])
    done = run(kind)
    assert done.exit_code == 0
    assert f"{n} entries of {kind}: " in done.stdout
    if kind != "catalogue":
        offered = shlex.split(done.stdout.rpartition("zaslin ledger ")[2])
        assert run(*offered).exit_code == 0


# -- options ------------------------------------------------------------------------------------------------------------------------------------


def test_json_is_one_object_as_design_says():
    """By DESIGN: {"entries": [{"id", "kind", "date", "place", "country", "status", "claims": [{"by", "date", "says", "source"}]}]}."""
    found = asked("incidents", "--at", "2024-08-04", "--country", "PL")
    assert (found["kind"], found["at"]) == ("incidents", "2024-08-04")
    assert found["entries"]
    for item in found["entries"]:
        assert {"id", "kind", "date", "place", "country", "status", "claims"} <= set(item)
        assert item["country"] == "PL" and item["date"] <= "2024-08-04" and item["claims"]
        for claim in item["claims"]:
            assert {"by", "date", "says", "source"} <= set(claim)
            assert all(ruling["date"] <= "2024-08-04" for ruling in claim["history"])


def test_filters_add_up():
    """Law: each narrows what the one before left; repeated ones widen."""
    all_, pl, pl_ro = (len(asked("positions", *words)["entries"]) for words in ((), ("--country", "PL"), ("--country", "PL", "--country", "romania")))
    assert 0 < pl < pl_ro < all_
    narrow = asked("positions", "--country", "PL", "--status", "confirmed", "--search", "missile", "--at", "2024-12-31")["entries"]
    assert 0 < len(narrow) < pl
    assert {(item["country"], item["status"]) for item in narrow} == {("PL", "confirmed")}


def test_ids_show_entries_whole_and_full_shows_all_so():
    """By hand: every claim's speaker and every source's address are there, and leads are told as leads."""
    item = asked("incidents", "PL-2025-09-10")["entries"][0]
    for words in (("PL-2025-09-10",), ("--full", "--country", "PL")):
        text = re.sub(r"\s+", " ", run("incidents", *words).stdout)
        for claim in [*item["claims"], *item["leads"]]:
            assert claim["by"] in text and claim["says"] in text
        assert all(source["url"] in text for source in item["sources"].values())
    assert [entry["id"] for entry in asked("incidents", "PL-2025-09-10", "PL-2023-12-29")["entries"]] == ["PL-2023-12-29", "PL-2025-09-10"]


def test_nothing_that_fits_is_no_fault():
    """By hand: 0, a line that says so, and an empty list in JSON."""
    done = run("incidents", "--search", "xyzzy", "--at", "2024-01-01")
    assert (done.exit_code, done.stdout.strip()) == (0, "no entry of incidents fits, as known on 2024-01-01; loosen --country, --status or --search")
    assert asked("incidents", "--search", "xyzzy")["entries"] == []
    assert asked("incidents", "--at", "1990-01-01")["entries"] == []


def test_sql_on_the_screen_and_as_json(folder: Path):
    """By hand: three countries counted by DuckDB; of the entries that the filters leave."""
    sql = "SELECT country, count(DISTINCT entry) AS n FROM ledger GROUP BY ALL ORDER BY country"
    found = asked("incidents", "--country", "PL", "--country", "RO", "--sql", sql)
    n = {code: len(asked("incidents", "--country", code)["entries"]) for code in ("PL", "RO")}
    assert found == {"columns": ["country", "n"], "rows": [["PL", n["PL"]], ["RO", n["RO"]]]}
    assert str(n["RO"]) in run("incidents", "--sql", sql).stdout
    odd = asked("incidents", "--sql", "SELECT 1.5::DECIMAL(3,1) AS a, DATE '2024-01-01' AS b, NULL AS c, [1, 2] AS d, 'NaN'::DOUBLE AS e")
    assert odd["rows"] == [["1.5", "2024-01-01", None, "[1, 2]", None]]


@pytest.mark.parametrize(
    ("kind", "ending"),
    [("incidents", "csv"), ("incidents", "html"), ("positions", "parquet"), ("law", "HTM"), ("escalation", "CSV"), ("catalogue", "html"), ("catalogue", "csv")],
)
def test_output_writes_a_table_or_a_page(folder: Path, kind: str, ending: str):
    """By hand: said on stderr, nothing on stdout; a table has a row per statement; the page names an entry."""
    name = f"new/x.{ending}"
    done = run(kind, "-o", name)
    assert (done.exit_code, done.stdout) == (0, "")
    entries = asked(kind)["entries"]
    assert done.stderr == f"wrote {len(entries)} entries to {name}\n"
    if ending.lower() == "csv":
        with (folder / name).open(encoding="utf-8", newline="") as file:
            assert sum(1 for _ in csv.DictReader(file)) == sum(len(claim["history"]) for item in entries for claim in [*item["claims"], *item["leads"]])
    elif ending != "parquet":
        page = (folder / name).read_text(encoding="utf-8")
        assert page.startswith("<!") and (entries[0]["id"] in page or kind == "catalogue") and "http" in page
    assert [path.name for path in (folder / "new").iterdir()] == [f"x.{ending}"]


def test_output_with_json_writes_and_prints(folder: Path):
    """By hand."""
    done = run("law", "-o", "law.csv", "--json")
    assert done.exit_code == 0 and json.loads(done.stdout)["kind"] == "law" and (folder / "law.csv").exists()


# -- what is wrong ----------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("incident",), 'did you mean "incidents"'),
        (("incidents", "PL-2025-09-01"), "no entry of incidents"),
        (("incidents", "ua-host-consent"), "zaslin ledger law ua-host-consent"),
        (("law", "PL-2025-09-10"), "zaslin ledger incidents PL-2025-09-10"),
        (("incidents", "--country", "Polnad"), 'did you mean "Poland"'),
        (("incidents", "--status", "confirmd"), 'did you mean "confirmed"'),
        (("catalogue", "--status", "confirmed"), "assumption, sourced"),
        (("incidents", "--at", "2024-8-4"), "give YYYY-MM-DD"),
        (("incidents", "--at", "2024-02-30"), "give YYYY-MM-DD"),
        (("incidents", "--at", "2024-W01-1"), "give YYYY-MM-DD"),
        (("incidents", "--at", "yesterday"), "give YYYY-MM-DD"),
        (("incidents", "--at", ""), "give YYYY-MM-DD"),
        (("incidents", "-o", "x.xyz"), '".xyz" is none that is written; give .csv, .parquet or .html'),
        (("incidents", "-o", "x"), "give .csv, .parquet or .html"),
        (("incidents", "-o", "file/x.csv"), "choose another folder"),
        (("incidents", "-o", "file/x.html"), "choose another"),
        (("incidents", "-o", "folder.csv"), "choose another file"),
        (("incidents", "--sql", "SELECT"), "DuckDB: "),
        (("incidents", "--sql", ""), "no question came"),
        (("incidents", "--sql", "COPY ledger TO 'x.csv'"), "disabled by configuration"),
        (("incidents", "--own", "gone.csv"), "gone.csv"),
        (("incidents", "--own", "folder.csv"), "is a folder"),
        (("incidents", "--own", "mine.csv", "--no-own"), "exclude each other"),
        (("incidents", "--accept"), "--accept belongs to --import"),
        (("incidents", "--import", "gone.csv"), "gone.csv"),
        (("incidents", "--import", "bad.csv"), "row 2, status"),
        (("incidents", "--own", "bad.csv"), "row 2, status"),
        (("law", "--import", "mine.csv"), "row 2, kind"),
        (("catalogue", "--import", "mine.csv"), "catalogue's numbers live in"),
        (("incidents", "--import", "mine.csv", "--at", "2024-01-01", "-o", "x.csv"), "leave out --at, --output"),
        (("incidents", "PL-2025-09-10", "--import", "mine.csv"), "leave out ID"),
        (("incidents", "--import", "mine.csv", "--accept", "--no-own"), "give one of them"),
        (("incidents", "--import", "mine.csv", "--accept", "--own", "file/own.csv"), "choose another"),
        (("incidents", "--import", "mine.csv", "--accept", "--own", "folder.csv"), "is a folder"),
        (("incidents", "--import", "mine.csv", "--accept", "--own", "x" * 300 + ".csv"), "name is too long"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_is_told(folder: Path, words: tuple[str, ...], told: str):
    """By DESIGN: the message on stderr alone, with what would do; nothing is made or changed."""
    (folder / "folder.csv").mkdir()
    (folder / "file").write_text("kept", encoding="utf-8")
    (folder / "mine.csv").write_text(OWN + ROW, encoding="utf-8")
    (folder / "bad.csv").write_text(OWN + ROW.replace("reported", "maybe"), encoding="utf-8")
    done = run(*words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert told in done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["bad.csv", "file", "folder.csv", "mine.csv"]
    assert (folder / "file").read_text(encoding="utf-8") == "kept"


@pytest.mark.parametrize("words", [(), ("incidents", "--nothing"), ("incidents", "--at")])
def test_what_the_command_line_itself_refuses_ends_with_2(words: tuple[str, ...]):
    """By DESIGN."""
    done = run(*words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr


# -- terminals and pipes -------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [60, 200])
@pytest.mark.parametrize("kind", KINDS)
def test_a_narrow_and_a_wide_terminal_get_all_of_it(width: int, kind: str, monkeypatch: pytest.MonkeyPatch):
    """Law: lines keep within the width, and every entry's words are there, whatever the width: at 60 columns a table of seven lost most of them."""
    entries = asked(kind)["entries"]
    monkeypatch.setenv("COLUMNS", str(width))
    done = run(kind)
    assert done.exit_code == 0
    body = done.stdout.rpartition(f"\n{len(entries)} entries of {kind}")[0]
    assert max(map(len, body.splitlines())) <= width
    letters = {sign: body.count(sign) for sign in "abcdefghijklmnoprstuvwyzABCDEFGHIKLMNOPRSTUVWZ0123456789"}
    told = {
        "catalogue": lambda item: item["title"] + item["unit"] + item["grade"],
        "incidents": lambda item: item["id"] + item["country"] + item["place"] + item["status"],
    }.get(
        kind,
        lambda item: item["id"] + item["country"] + item["claims"][0]["history"][-1]["says"] + (item["title"] if kind == "law" else item["claims"][0]["by"]),
    )
    wanted = "".join(told(item) for item in entries)
    assert not {sign: (n, wanted.count(sign)) for sign, n in letters.items() if n < wanted.count(sign)}


@pytest.mark.parametrize("words", [("incidents",), ("positions", "--full"), ("law", "--json"), ("incidents", "--country", "Атлантида")])
def test_a_terminal_without_letters_is_no_reason_to_stop(words: tuple[str, ...], folder: Path):
    """Record: LANG=C with Python's help switched off; every sign that is written is ASCII."""
    bare = {"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-m", "zaslin", "ledger", *words], capture_output=True, timeout=120, check=False, env={**os.environ, **bare})
    assert done.returncode == (2 if "--country" in words else 0), done.stderr
    assert (done.stdout + done.stderr).isascii() and b"Traceback" not in done.stderr
    if "--json" in words:
        assert any("ł" in item["title"] + json.dumps(item, ensure_ascii=False) for item in json.loads(done.stdout)["entries"])


@pytest.mark.parametrize("words", [("incidents", "--full"), ("positions", "--json"), ("law",)])
def test_a_reader_that_stops_early_is_no_fault(words: tuple[str, ...], folder: Path):
    """Record: `zaslin ledger … | head -1` closes the pipe while we write."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        done = subprocess.run([sys.executable, "-m", "zaslin", "ledger", *words], stdout=closed, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")


# -- how soon ----------------------------------------------------------------------------------------------------------------------------------------------

HEAVY = {"numpy", "pyarrow", "duckdb", "polars", "numba", "matplotlib", "scipy", "shapely", "jinja2"}


@pytest.mark.parametrize(
    "words",
    [("incidents",), ("incidents", "--search", "przewodow drone"), ("positions", "--at", "2024-08-04", "--json"), ("law", "--country", "PL", "--full"),
     ("catalogue",),     ("incidents", "--import", "mine.csv")],
)  # fmt: skip
def test_a_question_to_the_ledger_imports_nothing_that_computes(words: tuple[str, ...], folder: Path):
    """Law: rows of text are read and printed; the libraries that compute, and DuckDB, wait for who needs them."""
    (folder / "mine.csv").write_text(OWN + ROW, encoding="utf-8")
    lines = [
        "import sys",
        f"sys.argv = {['zaslin', 'ledger', *words]!r}",
        "from zaslin.cli import main",
        "try: main()",
        "except SystemExit as end: print(end.code, file=sys.stderr)",
    ]
    code = "\n".join([*lines, f"print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)"])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.split("\n")[:2] == ["0", "[]"]
    assert done.stdout


def best_s(*words: str) -> float:
    """The shortest of five runs, s of processor time: what the clock shows on a machine that does nothing else, for it waits for nothing but files."""
    spent = []
    for _ in range(5):
        begin = processor_s()
        assert zaslin(*words).returncode == 0
        spent.append(processor_s() - begin)
    return min(spent)


def processor_s() -> float:
    """Processor time of all ended children, s."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_help_is_there_in_0_4_s(folder: Path):
    """Must hold: `zaslin --help` in under 0.4 s."""
    assert best_s("--help") < 0.4


def test_the_ledger_answers_within_half_a_second_after_start_up(folder: Path):
    """Must hold: a query in under 0.5 s from the shell, start-up (what `--version` takes) left out."""
    assert best_s("ledger", "incidents", "--search", "drone", "--at", "2025-12-31") - best_s("--version") < 0.5


@pytest.mark.slow
@pytest.mark.parametrize(
    "words", [("incidents",), ("incidents", "--full"), ("positions", "--json"), ("law", "--at", "2024-08-04"), ("escalation",), ("catalogue",)]
)
def test_every_kind_answers_within_half_a_second_after_start_up(words: tuple[str, ...], folder: Path):
    """Must hold: of every kind, in whatever form."""
    assert best_s("ledger", *words) - best_s("--version") < 0.5

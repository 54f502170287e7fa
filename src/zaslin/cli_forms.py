"""The verb ``forms``: how far the answer moves where the right form of the model is disputed; it computes nothing itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from zaslin import cli_paper as paper
from zaslin.cli_ask import Json
from zaslin.cli_run import Threads
from zaslin.errors import InputError

BLOCKS = 20


def forms(
    folder: Annotated[str | None, typer.Argument(metavar="[FOLDER]", help="A results folder; without one, the forms that there are.")] = None,
    measure: Annotated[str | None, typer.Option("--measure", metavar="NAME", help="Show this measure alone. [dim]default: four of the headline[/]")] = None,
    blocks: Annotated[int | None, typer.Option("--blocks", metavar="B", help="Blocks of 10 nights in each form. [dim]default: 20[/]")] = None,
    package: Annotated[list[str] | None, typer.Option("-p", "--package", metavar="PACKAGE", help="Packages of the folder; default: its first two.")] = None,
    calibration: Annotated[str | None, typer.Option("--calibration", metavar="FILE", help="The calibration that the folder had.")] = None,
    threads: Threads = None,
    json: Json = False,
) -> None:
    """Fly a folder's study with each disputed part of the model in its other form, and show how far the answers move.

    Routes, Ukraine's hazard and detection have two forms each, and nobody can say which is right. One part is changed at a time, on the same nights. What is
    finished is kept; the same command goes on, and the brief shows the result. `zaslin run … --form PART=FORM` runs a whole study in another form.

    [bold]Example[/]   zaslin forms results/first
    [bold]Example[/]   zaslin forms results/first --blocks 50 --measure incursions
    """
    from zaslin.scenario.forms import FORMS

    if folder is None:
        if any((measure, blocks, package, calibration, threads)):
            raise InputError("name a results FOLDER; without one the forms are listed, and only --json applies")
        if json:
            paper.as_json({"forms": [{"part": form.name, "default": form.default, "other": form.other, "says": dict(form.says)} for form in FORMS.values()]})
            return
        for form in FORMS.values():
            paper.say(f"{form.title}: --form {form.name}=WORD")
            for word in (form.default, form.other):
                paper.say(f"  {word}{' (default)' if word == form.default else ''}: {form.says[word]}")
        return
    held = _compared(folder, package or [], BLOCKS if blocks is None else blocks, calibration, threads, measure)
    for name in FORMS.keys() - {row["form"] for row in held["rows"]}:
        paper.remark(f"{FORMS[name].title}: not compared, the packages have the form {FORMS[name].other} themselves")
    if json:
        paper.as_json(held)
        return
    _print(held, measure)


def _compared(folder: str, names: list[str], blocks: int, calibration: str | None, threads: int | None, measure: str | None) -> dict[str, Any]:
    from zaslin.cli_trace import study_again
    from zaslin.errors import unknown
    from zaslin.outcomes.store import open_results
    from zaslin.studies.answers import answers
    from zaslin.studies.forms import compare_forms

    results = open_results(folder)
    item = study_again(results, names, calibration)
    told = {answer.measure for answer in answers(item)}
    if measure is not None and measure not in told:  # before the nights are flown, not after
        raise InputError(f"--measure: {unknown('measure in this comparison', measure, told)}")
    done = [0, 0]
    try:
        with paper.Progress() as bar:

            def progress(what: str, finished: int, of: int) -> None:
                done[:] = finished, of
                bar(what, finished, of)

            return compare_forms(item, Path(folder), blocks, threads, progress, str(results.manifest["inputs_hash"]))
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"interrupted; kept in {folder}: {done[0]:,} of {done[1]:,} blocks, and the same command goes on from there") from None


def _print(held: dict[str, Any], measure: str | None) -> None:
    from zaslin.brief.formed import answer_title, form_rows, method, shown_targets

    columns: list[paper.Column] = [("part", "<"), ("default", ">"), ("other", ">"), ("difference (noise)", "<")]
    for k in shown_targets(held, measure):
        paper.table(columns, [(row.part, row.base, row.changed, row.difference) for row in form_rows(held, k)], answer_title(held, k))
    paper.paragraph(method(held))

"""Verbs that simulate: ``run`` a study into a folder, and ``demo``, the main job from end to end; they compute nothing themselves."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zaslin import cli_paper as paper
from zaslin.cli_ask import Json
from zaslin.errors import InputError, ZaslinError

if TYPE_CHECKING:
    from zaslin.outcomes.store import Results
    from zaslin.scenario.package import Package
    from zaslin.studies.design import Study

DEMO_NIGHT, DEMO_GIVEN = "2023-12-29", "PL-2023-12-29"
DEMO_PACKAGES = ("status-quo", "pl-ro-toward-border", "skyshield-west")
DEMO_REPLICATES, DEMO_SEED = 500, 7

Threads = Annotated[int | None, typer.Option("--threads", metavar="K", min=1, help="Worker threads; the result does not depend on it. Default: all cores.")]
Given = Annotated[str | None, typer.Option("--given", metavar="INCIDENT", help="Also simulate a crossing like this reported one, such as PL-2023-12-29.")]


def run(
    night: Annotated[str, typer.Argument(metavar="NIGHT", help="A shipped night's id, or the YAML file of your own.")],
    folder: Annotated[str, typer.Option("-o", "--output", metavar="FOLDER", help="The results folder: new, or one of the same nights to continue.")],
    package: Annotated[
        list[str] | None, typer.Option("-p", "--package", metavar="PACKAGE", help="A package's name or YAML file; repeat it to compare several.")
    ] = None,
    positions: Annotated[
        list[str] | None, typer.Option("--positions", metavar="DATE", help="Also the coalition that was politically possible on that day; repeatable.")
    ] = None,
    replicates: Annotated[int, typer.Option("-n", "--replicates", metavar="N", help="Simulated nights per package, in blocks of 10.")] = 500,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="The luck: same seed, same nights, same bytes.")] = 1,
    threads: Threads = None,
    given: Given = None,
    calibration: Annotated[
        str | None, typer.Option("--calibration", metavar="FILE", help="A file of `zaslin calibrate`. [dim]default: the one that comes with zaslin[/]")
    ] = None,
    terrain: Annotated[
        str | None,
        typer.Option("--terrain", metavar="FILE.tif", help="A GeoTIFF of heights in metres: hills then hide low flyers. [dim]default: a smooth earth[/]"),
    ] = None,
    sub_coalitions: Annotated[
        bool, typer.Option("--sub-coalitions", metavar="", help="Also fly every sub-coalition of the one package: who adds what, and how few would do.")
    ] = False,
    members: Annotated[
        str | None,
        typer.Option("--members", metavar="A,B,…", help="With --sub-coalitions: who comes and goes, 2 to 8; the others stay. [dim]default: all members[/]"),
    ] = None,
    keep_tables: Annotated[
        bool, typer.Option("--keep-tables", metavar="", help="With --sub-coalitions of up to 4 members: also the full tables of each, as packages.")
    ] = False,
    form: Annotated[
        list[str] | None,
        typer.Option(
            "--form",
            metavar="PART=FORM",
            help="A disputed part of the model in its other form (see `zaslin forms`); repeatable. A default form changes nothing that a package says.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Simulate a night under one or more packages, all of them on the same simulated nights.

    Progress goes to stderr. Ctrl-C (or SIGTERM) gives the blocks now flown 5 s to end and keeps what is finished; a second one stops at once. The same
    command on the same folder completes what is missing; a larger -n adds to it, and a package that the folder lacks is flown on the nights that it has. A
    stopped command ends with 130 after Ctrl-C, 143 after SIGTERM, 129 where its terminal is lost (SIGHUP). The first run of an install compiles the engine,
    which takes about half a minute.

    [bold]Example[/]   zaslin run 2023-12-29 -p status-quo -p pl-ro-toward-border -n 500 --seed 7 -o results/first
    [bold]Example[/]   zaslin run 2023-12-29 -p status-quo -p mine.yaml -n 500 --seed 7 -o results/mine --given PL-2023-12-29
    [bold]Example[/]   zaslin run 2023-12-29 -p status-quo --positions 2024-08-04 --positions 2025-09-15 -o results/possible
    [bold]Example[/]   zaslin run 2023-12-29 -p pl-ro-toward-border --terrain heights.tif -o results/hills
    [bold]Example[/]   zaslin run 2023-12-29 -p skyshield-west --sub-coalitions --members PL,RO,GB -n 200 -o results/shares
    [bold]Next[/]      zaslin compare results/first
    """
    from zaslin.cli_positions import possible

    chosen: list[str | Package] = [*(package or []), *(item.package for item in possible(positions or []))]
    if not chosen:
        raise InputError("no package named; give one with -p/--package (its name or YAML file; several are compared), or --positions DATE")
    wanted = _wanted(chosen, sub_coalitions, members, keep_tables)
    runs = _simulate(night, chosen, replicates, seed, folder, threads, given, calibration, form or (), terrain, wanted)
    with _all_kept(runs, "tells what it found"):
        _tell(runs, replicates, wanted is not None, json)


def _tell(runs: Results, replicates: int, sub_coalitions: bool, json: bool) -> None:
    """What a finished run has to say."""
    noise, missing = _noise(runs), _no_given(runs)
    if json:
        done = runs.manifest["summary"]
        if not done["replicates_flown"]:
            paper.remark("all replicates were there already; nothing was simulated")
        paper.as_json(
            {
                "folder": str(runs.folder), "night": runs.manifest["night"]["id"], "packages": list(runs.packages), "replicates": runs.replicates,
                "seed": runs.manifest["seed"], "seconds": done["seconds"], "replicates_per_s": done["replicates_per_s"],
                "replicates_flown": done["replicates_flown"], "noisy": noise,
                **({"compiling_s": done["compiling_s"]} if "compiling_s" in done else {}),
                **({} if missing is None else {"given_missing": missing}),
                **({"sub_coalitions": runs.manifest["sub_coalitions"]} if sub_coalitions else {}),
            }
        )  # fmt: skip
        return
    _print_done(runs, replicates, sub_coalitions)
    if missing is not None:
        paper.remark(missing)
    if runs.manifest.get("terrain"):
        from zaslin.brief.terrain import terrain_words

        for sentence in terrain_words(runs.manifest):
            paper.remark(sentence)
    _print_noise(runs, noise)
    name = shlex.quote(str(runs.folder))
    paper.say("\nnext")
    if sub_coalitions:
        paper.say(f"  zaslin share {name}                  what each member adds, who goes with whom, how few would do")
    paper.say(f"  zaslin compare {name}                what each package achieves and costs, with intervals")
    paper.say(f"  zaslin why {name}                    why the rest was not shot down")
    paper.say(f"  zaslin windows {name}                when the rules permitted fire")
    paper.say(f"  zaslin brief {name} -o brief.html    all of it on one page for a council")


def demo(
    night: Annotated[str, typer.Option("--night", metavar="ID", help="Another night; then no crossing is given.")] = DEMO_NIGHT,
    replicates: Annotated[int, typer.Option("-n", "--replicates", metavar="N", help="Simulated nights per package, in blocks of 10.")] = DEMO_REPLICATES,
    folder: Annotated[str | None, typer.Option("-o", "--output", metavar="FOLDER", help="The results folder. [dim]default: results/demo-NIGHT[/]")] = None,
    threads: Threads = None,
) -> None:
    """The main job on a real night: what would Poland and Romania have achieved on 29 December 2023?

    Simulates that night under three packages (what was in force, fire at what flies toward own territory, and the sky-shield proposal), writes the
    brief into the results folder, and sums it up in three lines. A second call uses what is there.

    [bold]Example[/]   zaslin demo
    [bold]Next[/]      open the brief in a browser; zaslin compare results/demo-2023-12-29
    """
    from zaslin.brief.page import write_brief

    place = Path(folder) if folder is not None else Path("results") / f"demo-{Path(night).stem}"
    given = DEMO_GIVEN if night == DEMO_NIGHT else None
    runs = _simulate(night, DEMO_PACKAGES, replicates, DEMO_SEED, str(place), threads, given)
    with _all_kept(runs, "writes the brief"):
        _print_done(runs, replicates)
        page = (place / "brief.html").resolve()
        paper.remark("writing the brief")
        write_brief(runs, page)
        _print_summary(runs)
        paper.say(f"the brief: {page}")
        paper.say(f"           {page.as_uri()}")


def _simulate(
    night: str,
    packages: Sequence[str | Package],
    replicates: int,
    seed: int,
    folder: str,
    threads: int | None,
    given: str | None,
    calibration: str | None = None,
    forms: Sequence[str] = (),
    terrain: str | None = None,
    players: Sequence[str] | None = None,
) -> Results:
    """Run the study with progress, and the sub-coalitions of `players` (none named: of all members) where they are asked for; Ctrl-C says what is kept."""
    import zaslin as zs
    from zaslin.compiled import ENGINE, announce_compile, compiled_before

    # What is read of the scenario needs no compiled code. So its faults come at once and alone, and then the word that a fresh install has to wait.
    asked, chosen = zs.night(night), [zs.package(item) if isinstance(item, str) else item for item in packages]
    if not (Path(folder) / "manifest.json").exists():
        announce_compile(name=ENGINE)
    paper.arrow_without_pandas()
    from zaslin.world.inputs import BLOCK_SIZE

    if players is None:
        told = {"--seed": seed, "--given": given, "--calibration": calibration, "--terrain": terrain}
        more = [word for name, value in told.items() if value is not None for word in (name, str(value))]
        files = {item.name: word for item, word in zip(chosen, packages, strict=True) if isinstance(word, str)}
        chosen, replicates = _with_those_there(folder, chosen, replicates, files, [night, *more, *(word for form in forms for word in ("--form", form))])
    study = zs.study(asked, chosen, replicates=replicates, seed=seed, given=given, calibration=calibration, forms=forms, terrain=terrain)
    if study.replicates != replicates and not _all_there(folder, study.replicates, players is not None):
        paper.remark(f"replicates come in blocks of {BLOCK_SIZE}: -n {replicates} came, {study.replicates:,} are simulated")
    if players is not None:
        from zaslin.studies.coalitions import plan_of

        plan_of(study, players)  # before the nights are flown, not after
    try:
        if given is not None and not (Path(folder) / "manifest.json").exists():
            _look_for_given(study)
        fresh, began, waited = terrain is None and not compiled_before(ENGINE), time.perf_counter(), []
        with paper.Progress() as bar:

            def progress(what: str, done: int, of: int) -> None:
                if what == "simulating":
                    if not done:
                        waited.append(time.perf_counter() - began)
                    bar(f"{what}, replicates", done * BLOCK_SIZE, of * BLOCK_SIZE)
                elif what.endswith("sub-coalitions"):
                    bar(f"flying {what}, replicates", done * BLOCK_SIZE, of * BLOCK_SIZE)
                else:
                    bar(what, done, of)

            runs = zs.run(study, folder, threads=threads, progress=progress)
            if fresh and waited and waited[0] >= 1.0:  # a raster takes its time before the first replicate too, and is left out
                runs.update(summary={**runs.manifest["summary"], "compiling_s": round(waited[0], 1)})
            if players is not None:
                _fly_sub_coalitions(runs, study, players, threads, progress)
            return runs
    except BaseException as error:
        if not paper.stopped(error):
            raise
        if isinstance(error.__context__, ZaslinError):  # such as a full disk, met after the stop was asked for
            paper.remark(f"{type(error.__context__).__name__}: {error.__context__}")
        raise KeyboardInterrupt(f"interrupted{_kept(folder, study, players)}") from None


@contextmanager
def _all_kept(runs: Results, rest: str) -> Iterator[None]:
    """Where a stop comes when all is simulated, say that it is kept. rest: what the same command then does."""
    try:
        yield
    except BaseException as error:
        if not paper.stopped(error):
            raise
        raise KeyboardInterrupt(f"interrupted when all was simulated; kept in {runs.folder}: {runs.kept()}; the same command {rest}") from None


def _all_there(folder: str, replicates: int, sub_coalitions: bool) -> bool:
    """Whether the folder has so many replicates of each package, and of its sub-coalitions where they are asked for."""
    from zaslin.outcomes.coalitions import parts
    from zaslin.outcomes.store import open_results

    there = open_results(folder).finished() if (Path(folder) / "manifest.json").exists() else 0
    return replicates <= (min(there, sum(parts(Path(folder)).values())) if sub_coalitions else there)


def _look_for_given(study: Study) -> None:
    """Say where the night has no crossing like the given one. The engine is compiled first, on all cores; a stop is answered at once."""
    from zaslin import stopping
    from zaslin.atlas.ground import load_ground
    from zaslin.studies.given_check import lacks_given
    from zaslin.studies.warm import warm_up

    lacking: list[str | None] = []

    def look() -> None:
        warm_up(study, load_ground())
        lacking.append(lacks_given(study))

    stopping.apart(look)
    if lacking[0] is not None:
        paper.remark(f"{lacking[0]}\nThe run goes on: all but that crossing will be answered, and that too where a later block has one.")


def _with_those_there(folder: str, chosen: list[Package], replicates: int, files: Mapping[str, str], words: Sequence[str]) -> tuple[list[Package], int]:
    """The packages that the folder holds and then those named that it does not, on as many replicates as any of its own has; said where one is added.

    files: by name, as what each package was given. words: night and options; where no package can be added, StoreError has the command that flies all together.
    """
    if not (Path(folder) / "manifest.json").exists():
        return chosen, replicates
    from pydantic import ValidationError

    from zaslin.errors import StoreError
    from zaslin.outcomes.store import bound_work, open_results
    from zaslin.scenario.package import Package
    from zaslin.scenario.packages import package_names

    runs, named = open_results(folder), {item.name: item for item in chosen}
    if len(named) < len(chosen):
        return chosen, replicates
    try:
        held = [named.pop(name) if name in named else Package.model_validate(runs.package(name)) for name in runs.packages]
    except ValidationError:  # written by a zaslin that knew other keys: the run says what differs
        return chosen, replicates
    there = runs.most()
    fewer = f"-n {replicates:,} came; as many are flown as the folder has, {there:,}"
    if not named:
        if max(replicates, runs.finished()) < there:  # a package was stopped before it had as many as the others
            paper.remark(fewer)
        return held, replicates
    if (bound := bound_work(runs.folder)) is not None:
        together = [word for name in (*runs.packages, *named) for word in ("-p", files.get(name, name if name in package_names() else f"FILE-OF-{name}"))]
        line = ["zaslin", "run", words[0], *together, "-n", str(max(replicates, there)), *words[1:], "-o", f"{folder.rstrip('/')}-together"]
        raise StoreError(f"{folder} keeps work on its packages as they are ({bound}), so no other can be added. All of them together: {shlex.join(line)}")
    paper.remark(f"{folder} holds {', '.join(runs.packages)}; to be added, on the same nights: {', '.join(named)}")
    if replicates < there:
        paper.remark(fewer)
    return [*held, *named.values()], max(replicates, there)


def _wanted(chosen: list[str | Package], asked: bool, members: str | None, keep_tables: bool) -> tuple[str, ...] | None:
    """Whose sub-coalitions are asked for (none named: all members'); None where none are. Adds the smaller packages to `chosen` where their tables are kept."""
    if not asked:
        for option, given in (("--members", members is not None), ("--keep-tables", keep_tables)):
            if given:
                raise InputError(f"{option} belongs to --sub-coalitions; add that, or leave {option} out")
        return None
    if len(chosen) != 1:
        raise InputError(f"--sub-coalitions: they are those of one package, and {len(chosen)} came; give one -p/--package")
    players = tuple(name.strip().upper() for name in (members or "").split(",") if name.strip())
    if members is not None and not players:
        raise InputError("--members names nobody; give 2 to 8 members, for example --members PL,RO, or leave --members out: then all come and go")
    twice = [name for name in dict.fromkeys(players) if players.count(name) > 1]
    if twice:
        raise InputError(f"--members: {', '.join(twice)} came twice; name each member once")
    if keep_tables:
        import zaslin as zs
        from zaslin.studies.coalitions import smaller_packages

        whole = zs.package(chosen[0]) if isinstance(chosen[0], str) else chosen[0]
        chosen += smaller_packages(whole, players)
    return players


def _fly_sub_coalitions(runs: Results, study: Study, players: Sequence[str], threads: int | None, progress: Callable[[str, int, int], None]) -> None:
    """Fly them beside the finished run, and note in its manifest how long that took."""
    from zaslin.outcomes.coalitions import parts
    from zaslin.studies.coalitions import fly_coalitions

    before, started = sum(parts(runs.folder).values()), time.perf_counter()
    plan = fly_coalitions(study, runs.folder, players, threads, progress)
    seconds, flown = round(time.perf_counter() - started, 3), sum(parts(runs.folder).values()) - before
    told = {"package": plan.package, "players": list(plan.players), "stay": list(plan.stay), "subsets": plan.subsets}
    runs.update(sub_coalitions={**told, "seconds": seconds, "replicates_flown": flown})


def _kept(folder: str, study: Study, players: Sequence[str] | None) -> str:
    """What a stopped command leaves, and how to go on: the rest of the sentence."""
    from zaslin.errors import StoreError
    from zaslin.outcomes.coalitions import parts
    from zaslin.outcomes.store import open_results

    try:
        results = open_results(folder)
        flown = sum(sum(results.parts(name).values()) for name in results.packages)
        told = results.kept()
        if players is not None:
            from zaslin.studies.coalitions import plan_of

            subsets, there = plan_of(study, players).subsets, sum(parts(results.folder).values())
            told += f", and {there:,} of {study.replicates:,} replicates" if there else ", and none"
            told += f" of the {subsets} sub-coalitions"
    except StoreError:
        flown = 0
    if not flown:
        return " before anything was finished; the same command begins anew"
    return f"; kept in {folder}: {told}; the same command goes on from there"


def _print_done(runs: Results, asked: int, sub_coalitions: bool = False) -> None:
    done, n = runs.manifest["summary"], len(runs.packages)
    what = f"night {runs.manifest['night']['id']}, {paper.counted(n, 'package')}, {runs.replicates:,} replicates of each"
    if done["replicates_flown"]:
        flown, compiling = done["replicates_flown"], done.get("compiling_s", 0.0)
        told = f" (of which {compiling:.0f} s compiling), without that" if compiling else ","
        paper.say(f"{what}: {flown:,} simulated in {done['seconds']:.1f} s{told} {paper.rate(flown / max(done['seconds'] - compiling, 1e-3))} a second")
    else:
        paper.say(f"{what}: all were there already" + (f", {asked:,} were asked for; the folder keeps what it has" if asked < runs.replicates else ""))
    if sub_coalitions:
        _print_sub_coalitions(runs)
    paper.say(f"results in {runs.folder}")


def _print_sub_coalitions(runs: Results) -> None:
    done = runs.manifest["sub_coalitions"]
    stay = f", {', '.join(done['stay'])} always in" if done["stay"] else ""
    what = f"{done['subsets']} sub-coalitions of {done['package']} ({', '.join(done['players'])}{stay}), {runs.replicates:,} replicates of each"
    if done["replicates_flown"]:
        rate = paper.rate(done["subsets"] * done["replicates_flown"] / max(done["seconds"], 1e-3))
        paper.say(f"{what}: {done['subsets'] * done['replicates_flown']:,} simulated in {done['seconds']:.1f} s, {rate} a second")
    else:
        paper.say(f"{what}: all were there already")


def _no_given(runs: Results) -> str | None:
    """Why the folder holds no crossing like the given one; None where it does, or none was asked for."""
    if runs.manifest["given"] is None:
        return None
    from zaslin.measures.no_given import no_given

    return no_given(runs)


def _noise(runs: Results) -> list[dict[str, Any]]:
    """Differences to the first package whose simulation noise is wider than ± 25 % of the mean, and how many replicates would do."""
    base, *others = runs.packages
    if not others:
        return []
    from zaslin.measures.estimate import compare, precision
    from zaslin.measures.registry import HEADLINE, MEASURES
    from zaslin.measures.values import Reading

    reading = Reading(runs)
    reading.load([MEASURES[name] for name in HEADLINE], runs.packages)
    out = []
    for other in others:
        for name in HEADLINE:
            found = compare(reading, MEASURES[name], base, other)
            sharp, needed = precision(found)
            if not sharp and found.mean:
                out.append({"measure": name, "a": base, "b": other, "replicates_needed": needed})
    return out


def _print_noise(runs: Results, noise: Sequence[dict[str, Any]]) -> None:
    from zaslin.measures.intervals import FEWEST

    blocks = runs.replicates // runs.block_size
    if blocks < FEWEST and len(runs.packages) > 1:
        paper.remark(f"\nfrom {paper.counted(blocks, 'block')} of {runs.block_size} replicates: no interval; -n {FEWEST * runs.block_size} or more gives one")
        return
    if not noise:
        return
    paper.remark(f"\nwith {runs.replicates:,} replicates, simulation noise alone exceeds ± 25 % of these differences:")
    for row in noise:
        needed = row["replicates_needed"]
        remedy = f"about {needed:,} replicates would do" if needed is not None else "the difference may be nothing"
        paper.remark(f"  {row['measure']}, {row['b']} − {row['a']}: {remedy}")


def _print_summary(runs: Results) -> None:
    """A line per package: what it shoots down, incursions, what leaks, and its chance against a crossing like the reported one."""
    import zaslin as zs
    from zaslin.brief.numbers import percent, with_interval
    from zaslin.measures.values import Reading

    reading = Reading(runs)
    columns: list[paper.Column] = [("package", "<"), ("shot down", "<"), ("incursions", "<"), ("reach their aim", "<")]
    given = runs.manifest["given"]
    if given is not None:
        columns.append((f"stops one like {given['id']}", "<"))
    rows = []
    for name in runs.packages:
        row = [name, *(with_interval(zs.estimate(reading, zs.MEASURES[key], name)) for key in ("coalition_kills", "incursions", "leakers"))]
        if given is not None:
            row.append(percent(zs.given_estimate(reading, zs.MEASURES["crossings_stopped"], name)))
        rows.append(row)
    paper.table(columns, rows, f"Expected on a night like {runs.manifest['night']['id']} (90 % interval over the uncertain inputs)")

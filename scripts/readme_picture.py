"""The README's picture from a results folder: one simulated night on the map, and the key comparison with its intervals.

    python scripts/readme_picture.py results/demo docs/images/first-flight.png

It draws what the folder holds and computes nothing of its own; the caption inside the picture says what it is.
"""

from __future__ import annotations

import io
import sys
import textwrap
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image

from zaslin.atlas.basemap import ATTRIBUTION
from zaslin.brief import comparison, crossing, night
from zaslin.brief.figures_charts import scale_of, tick_text, ticks
from zaslin.brief.figures_map import CLASS_COLOURS, Scene, draw_scene
from zaslin.brief.numbers import finite, percent
from zaslin.brief.rules import members_of
from zaslin.brief.sentences import CLASS_WORDS
from zaslin.measures.registry import MEASURES
from zaslin.outcomes.store import Results, open_results

COLOURS = ("#59646f", "#0b5fa5", "#b0480f", "#2c7a45", "#7a3e9d", "#8a6d00")
ROWS = (
    ("coalition_kills", "Shot down by the coalition, a night"),
    ("leakers", "Reach their aim in Ukraine, a night"),
    ("incursions", "Incursions into a neighbour, a night"),
    ("cost_usd", "Cost of flights and missiles, a night"),
)
MOST_BYTES = 300_000
INK, SOFT = "#18222e", "#4a5765"


def picture(results: Results) -> bytes:
    """The picture as PNG bytes, at most 300 kB."""
    fig = comparison.figures(results)
    with rc_context({"font.family": "DejaVu Sans"}):
        figure = Figure(figsize=(13.0, 7.2), facecolor="white")
        FigureCanvasAgg(figure)
        when = night.date_words(results.manifest["night"])
        title = f"{when}: what would a coalition of neighbours have achieved?"
        figure.text(0.02, 0.955, title, fontsize=17, fontweight="bold", color=INK, family="DejaVu Serif")
        replicate = _map(figure, results, fig)
        _panels(figure, results, fig)
        figure.text(0.02, 0.02, _caption(results, fig, replicate), fontsize=8.6, color=SOFT, va="bottom", linespacing=1.45)
        out = io.BytesIO()
        figure.savefig(out, format="png", dpi=110, metadata={"Software": None})
    return _small(out.getvalue())


def _map(figure: Figure, results: Results, fig: comparison.Figures) -> int:
    """The first kept night under the first package that is not the baseline; returns its number."""
    col = (fig.others or [fig.base])[0]
    kept = results.collect([results.scan("paths", col.name).select("replicate").unique()])[0]["replicate"].sort()
    replicate = int(kept[0])
    package = results.package(col.name)
    flights = night.flights(results, col.name, "plain", replicate)
    ax = figure.add_axes((0.02, 0.21, 0.55, 0.69))
    draw_scene(ax, Scene(flights, night.stations(package), members_of([package])), text_size=8.5)
    ax.set_anchor("NW")
    figure.text(0.02, 0.915, f"One simulated night under “{col.title}”", fontsize=11, color=SOFT)
    classes = [name for name in CLASS_WORDS if any(flight.threat_class == name for flight in flights)]
    marks: list[Any] = [Line2D([], [], color=CLASS_COLOURS[name], lw=2, label=CLASS_WORDS[name]) for name in classes]
    marks += [
        Line2D([], [], color=SOFT, lw=1, alpha=0.4, label="faint: stopped by Ukraine, or lost"),
        Line2D([], [], marker="o", ls="", mfc="#a02c2c", mec="white", label="shot down by the coalition"),
        Line2D([], [], marker="D", ls="", mfc="#ffd84d", mec=INK, label="enters a neighbour"),
        Line2D([], [], marker="^", ls="", mfc="#2c7a45", mec="white", ms=8, label="members' fighters wait"),
    ]
    ax.legend(handles=marks, loc="upper left", bbox_to_anchor=(0.0, -0.01), fontsize=8.2, frameon=False, ncols=3, borderpad=0.2)
    return replicate


def _panels(figure: Figure, results: Results, fig: comparison.Figures) -> None:
    given = results.manifest["given"] is not None
    count = len(ROWS) + given
    top, bottom = 0.93, 0.13
    height = (top - bottom) / count
    for number, (name, label) in enumerate(ROWS):
        values = [fig.levels[col.name][name] for col in fig.columns]
        texts = [comparison.shown(MEASURES[name], value) for value in values]
        _panel(figure, (0.60, top - (number + 1) * height, 0.385, height), label, fig.columns, values, texts, 1e-6 if name == "cost_usd" else 1.0)
    if given:
        values = [crossing.stopped(fig, col.name) for col in fig.columns]
        texts = [percent(value) for value in values]
        label = "Stopped before the border, given the reported crossing"
        _panel(figure, (0.60, top - count * height, 0.385, height), label, fig.columns, values, texts, 100.0)


def _panel(
    figure: Figure, box: tuple[float, float, float, float], label: str, cols: list[night.Column], values: list[Any], texts: list[str], factor: float
) -> None:
    left, low, width, height = box
    figure.text(left, low + height - 0.022, label, fontsize=10.5, fontweight="bold", color=INK)
    ax: Axes = figure.add_axes((left + 0.255, low + 0.035, width - 0.255, height - 0.065))
    known = [value for value in values if value is not None and finite(value.mean, value.low, value.high)]
    scale = scale_of([edge * factor for value in known for edge in (value.low, value.high, value.mean, value.mc_low, value.mc_high) if finite(edge)])
    pad = 0.05 * (scale.high - scale.low)
    ax.set_xlim(scale.low - pad, scale.high + pad)
    ax.set_ylim(len(values) - 0.4, -0.6)
    for row, (col, value, text) in enumerate(zip(cols, values, texts, strict=True)):
        colour = COLOURS[min(row, len(COLOURS) - 1)]
        where = low + 0.035 + (height - 0.065) * (1 - (row + 0.6) / (len(values) + 0.2))
        figure.text(left, where, f"{col.title}", fontsize=8.8, color=colour, va="center", fontweight="bold")
        figure.text(left + 0.25, where, text.split(";")[0] + (")" if ";" in text else ""), fontsize=8.8, color=INK, va="center", ha="right")
        if value is not None and finite(value.mean, value.low, value.high):
            ax.plot([value.mc_low * factor, value.mc_high * factor], [row, row], color=colour, lw=7, alpha=0.22, solid_capstyle="butt")
            ax.plot([value.low * factor, value.high * factor], [row, row], color=colour, lw=2.4, solid_capstyle="butt")
            ax.plot(value.mean * factor, row, "o", color=colour, ms=6)
    marks = ticks(scale, 4)
    ax.set_xticks(marks, [tick_text(mark) + {1e-6: " M", 100.0: " %"}.get(factor, "") for mark in marks], fontsize=7.8, color=SOFT)
    ax.set_yticks([])
    for side in ("top", "left", "right"):
        ax.spines[side].set_visible(False)
    ax.spines["bottom"].set_color("#98a3ae")
    ax.tick_params(length=3, color="#98a3ae")


def _caption(results: Results, fig: comparison.Figures, replicate: int) -> str:
    version = results.manifest.get("zaslin_version", "not recorded")
    done = min(len(fig.reading.replicates(col.name)) for col in fig.columns)
    text = (
        f"Simulated, unclassified. Map: night number {replicate} of {done:,}, the first and not a typical one; routes are guessed from coarse public "
        "corridors, and where a faint path ends says nothing about Ukraine's defence. Right: expected values with their 90 % interval over the uncertain "
        f"inputs; pale: the simulation's noise. Model {version}, seed {results.manifest['seed']}. "
        f"{ATTRIBUTION}."
    )
    return "\n".join(textwrap.wrap(text, 190))


def _small(png: bytes) -> bytes:
    """The same picture in as many colours as fit into 300 kB."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in (0, 256, 128, 64):
        out = io.BytesIO()
        (image.quantize(colours, method=Image.Quantize.MEDIANCUT, kmeans=3) if colours else image).save(out, format="png", optimize=True)
        if out.tell() <= MOST_BYTES:
            return out.getvalue()
    raise SystemExit("the picture does not fit into 300 kB")


def main(arguments: list[str]) -> int:
    if not 1 <= len(arguments) <= 2:
        print(__doc__, file=sys.stderr)
        return 2
    path = Path(arguments[1] if len(arguments) == 2 else "docs/images/first-flight.png")
    png = picture(open_results(arguments[0]))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png)
    print(f"{path}: {len(png) / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""The brief's maps: base map, flown paths by class and fate, members' stations; nothing of Ukraine's own defence, nothing finer than a path.

Paths that Ukraine's layer ended are drawn faint and without an end mark: where a simulated path ends there says nothing about where a
battery stands, because the layer has none. A map draws what it is given; it simulates and counts nothing.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from zaslin.atlas.basemap import country_outlines, region_outlines
from zaslin.plane import project

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CLASS_COLOURS = {
    "drone": "#b26a00",
    "cruise": "#0b5fa5",
    "supersonic": "#7a3e9d",
    "aeroballistic": "#a3195b",
    "ballistic": "#3d4650",
    "unknown": "#8a8a8a",
}
THEATRE = (19.0, 43.6, 41.0, 53.2)
"""West, south, east, north of the night's map, degrees: Ukraine and the members' side of its western border."""

_LABELS = {
    "PL": (51.75, 21.3, "POLAND"),
    "RO": (45.75, 24.6, "ROMANIA"),
    "SK": (48.72, 20.3, "SLOVAKIA"),
    "HU": (47.1, 20.6, "HUNGARY"),
    "MD": (47.25, 28.75, "MOLDOVA"),
    "BY": (52.6, 28.3, "BELARUS"),
    "RU": (52.0, 38.6, "RUSSIA"),
    "UA": (49.0, 31.6, "UKRAINE"),
    "BG": (43.35, 25.5, "BULGARIA"),
}
"""Where a country's name stands; degrees, chosen by eye."""

_STYLE: Any = {"svg.hashsalt": "zaslin", "svg.fonttype": "path", "font.family": "DejaVu Sans", "path.simplify": True, "path.simplify_threshold": 0.4}
_PATH, _NUMBER = re.compile(r' d="[^"]*"'), re.compile(r"-?\d+\.\d+")
_SEA, _LAND, _UKRAINE, _BORDER, _MEMBER = "#dfe8ef", "#f3f1ec", "#fffdf5", "#7d8994", "#1d2b3a"


@dataclass(frozen=True)
class Flight:
    """One flown path to draw: degrees, in order of time. `crossed` are the places where it entered a neighbour."""

    threat_class: str
    fate: str
    lat: Sequence[float]
    lon: Sequence[float]
    crossed: Sequence[tuple[float, float]] = ()


@dataclass(frozen=True)
class Station:
    """Where a member's aircraft wait: a named point, degrees; ``kind`` is cap, qra or helicopters."""

    name: str
    kind: str
    lat: float
    lon: float


@dataclass(frozen=True)
class Scene:
    """All that one map shows. `members`: ISO codes whose borders are drawn heavier. `hits`, `misses`: places of shots. `remark`: across the map."""

    flights: Sequence[Flight]
    stations: Sequence[Station] = ()
    members: Sequence[str] = ()
    hits: Sequence[tuple[float, float]] = ()
    misses: Sequence[tuple[float, float]] = ()
    extent: tuple[float, float, float, float] = THEATRE
    labels: bool = True
    remark: str = ""


def extent_around(lat: Sequence[float], lon: Sequence[float], pad_deg: float = 1.2, least_deg: float = 3.0) -> tuple[float, float, float, float]:
    """A frame around points, degrees, at least `least_deg` high, so that a map never zooms in below the coarse."""
    south, north, west, east = min(lat) - pad_deg, max(lat) + pad_deg, min(lon) - 1.4 * pad_deg, max(lon) + 1.4 * pad_deg
    grow = max(0.0, least_deg - (north - south)) / 2.0
    wide = max(0.0, 1.6 * least_deg - (east - west)) / 2.0
    return west - wide, south - grow, east + wide, north + grow


def comes_into(flight: Flight, extent: tuple[float, float, float, float]) -> bool:
    """Whether a vertex of the path lies inside an extent."""
    west, south, east, north = extent
    return any(south <= lat <= north and west <= lon <= east for lat, lon in zip(flight.lat, flight.lon, strict=True))


def draw_scene(ax: Axes, scene: Scene, text_size: float = 9.0) -> None:
    """Draw one scene into an axes in the plane's kilometres."""
    west, south, east, north = scene.extent
    edge_lat = np.concatenate([np.full(20, south), np.full(20, north), np.linspace(south, north, 20), np.linspace(south, north, 20)])
    edge_lon = np.concatenate([np.linspace(west, east, 20), np.linspace(west, east, 20), np.full(20, west), np.full(20, east)])
    x, y = _km(edge_lat, edge_lon)
    box = float(x.min()), float(x.max()), float(y.min()), float(y.max())
    ax.set_xlim(box[0], box[1])
    ax.set_ylim(box[2], box[3])
    ax.set_aspect("equal")
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_facecolor(_SEA)
    _base(ax, scene, box)
    for flight in sorted(scene.flights, key=_draw_order):
        _flight(ax, flight)
    for place, colour, fill in [*((p, "#a02c2c", "#a02c2c") for p in scene.hits), *((p, "#a02c2c", "white") for p in scene.misses)]:
        px, py = _km(*place)
        ax.plot(px, py, "o", ms=5.0, mfc=fill, mec=colour, mew=1.3, zorder=9)
    _stations(ax, scene, box)
    if scene.labels:
        for code, (lat, lon, name) in _LABELS.items():
            px, py = _km(lat, lon)
            if box[0] < px < box[1] and box[2] < py < box[3]:
                weight = "bold" if code in scene.members else "normal"
                ax.text(px, py, name, ha="center", va="center", fontsize=text_size, color="#55616d", fontweight=weight, zorder=8, **_halo(), clip_on=True)
    if scene.remark:
        ax.text(0.5, 0.5, scene.remark, transform=ax.transAxes, ha="center", va="center", fontsize=text_size * 1.3, color=_MEMBER, zorder=13, **_halo())
    _scale_bar(ax, box, text_size)


def svg_of(scene: Scene, width_in: float = 6.4) -> bytes:
    """The scene as SVG bytes, the same for the same scene: no clock, no random ids; paths to a tenth of a point, which no eye can tell."""
    text = render(scene, "svg", width_in).decode()
    return _PATH.sub(lambda path: _NUMBER.sub(lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), path[0]), text).encode()


def render(scene: Scene, kind: str, width_in: float = 6.4, dpi: int = 150) -> bytes:
    """The scene alone as ``svg`` or ``png`` bytes."""
    import matplotlib

    with matplotlib.rc_context(_STYLE):
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(width_in, width_in * aspect(scene.extent)))
        FigureCanvasAgg(figure)
        ax = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        draw_scene(ax, scene)
        out = io.BytesIO()
        meta = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
        figure.savefig(out, format=kind, dpi=dpi, metadata=meta)
    return out.getvalue()


def aspect(extent: tuple[float, float, float, float]) -> float:
    """Height over width of an extent in the plane."""
    west, south, east, north = extent
    lon = np.linspace(west, east, 20)
    lat = np.linspace(south, north, 20)
    x, y = _km(np.concatenate([np.full(20, south), np.full(20, north), lat, lat]), np.concatenate([lon, lon, np.full(20, west), np.full(20, east)]))
    return float((y.max() - y.min()) / (x.max() - x.min()))


def _km(lat: Any, lon: Any) -> tuple[Any, Any]:
    x, y = project(np.asarray(lat, dtype=float), np.asarray(lon, dtype=float))
    return np.asarray(x) / 1000.0, np.asarray(y) / 1000.0


def _halo() -> dict[str, Any]:
    from matplotlib import patheffects

    return {"path_effects": [patheffects.withStroke(linewidth=2.2, foreground="white", alpha=0.85)]}


def _draw_order(flight: Flight) -> tuple[int, str]:
    rank = {"killed_ua": 0, "lost": 0, "left": 1, "leaked": 2, "killed_member": 4}.get(flight.fate, 1)
    return rank + (3 if flight.crossed else 0), flight.threat_class


def _base(ax: Axes, scene: Scene, box: tuple[float, float, float, float]) -> None:
    import shapely
    from matplotlib.collections import LineCollection, PolyCollection

    rings = {code: _rings(shape, box) for code, shape in country_outlines().items()}
    for code, shapes in rings.items():
        if shapes:
            fill = _UKRAINE if code == "UA" else _LAND
            ax.add_collection(PolyCollection(shapes, facecolors=fill, edgecolors=_BORDER, linewidths=0.7, zorder=1))
    units = shapely.line_merge(shapely.unary_union([shapely.boundary(shape) for shape in region_outlines().values()]))
    ax.add_collection(LineCollection(_rings(units, box), colors="#d9d3c4", linewidths=0.5, zorder=2))
    for code in ("UA", *scene.members):
        for ring in rings.get(code, []):
            ax.plot(ring[:, 0], ring[:, 1], color=_MEMBER if code != "UA" else _BORDER, lw=1.3, solid_joinstyle="round", zorder=3)


def _rings(shape: Any, box: tuple[float, float, float, float]) -> list[np.ndarray]:
    """Outer rings of polygons (or lines) in degrees, cut a little outside the box, as plane kilometres without what no eye can tell apart."""
    import shapely

    margin = 0.05 * (box[1] - box[0])
    plane = shapely.transform(shape, lambda points: np.column_stack(_km(points[:, 1], points[:, 0])))
    if not shapely.intersects(shapely.box(box[0], box[2], box[1], box[3]), shapely.envelope(plane)):
        return []
    cut = shapely.clip_by_rect(shapely.make_valid(plane), box[0] - margin, box[2] - margin, box[1] + margin, box[3] + margin)
    out = []
    for part in shapely.get_parts(shapely.simplify(cut, 0.0008 * (box[1] - box[0]))):
        line = shapely.get_exterior_ring(part) if shapely.get_type_id(part) == 3 else part
        points = shapely.get_coordinates(line)
        if len(points) > 1:
            out.append(points)
    return out


def _flight(ax: Axes, flight: Flight) -> None:
    colour = CLASS_COLOURS.get(flight.threat_class, CLASS_COLOURS["unknown"])
    x, y = _km(flight.lat, flight.lon)
    faint = flight.fate in ("killed_ua", "lost", "left") and not flight.crossed
    ax.plot(x, y, color=colour, lw=0.8 if faint else 1.2, alpha=0.3 if faint else 0.85, zorder=4 if faint else 5, solid_capstyle="round")
    for place in flight.crossed:
        px, py = _km(*place)
        ax.plot(px, py, "D", ms=5.5, mfc="#ffd84d", mec="#1d2b3a", mew=1.0, zorder=8)
    if flight.fate == "killed_member":
        ax.plot(x[-1], y[-1], "o", ms=6.0, mfc="#a02c2c", mec="white", mew=0.9, zorder=9)


def _stations(ax: Axes, scene: Scene, box: tuple[float, float, float, float]) -> None:
    for lat, lon in dict.fromkeys((station.lat, station.lon) for station in scene.stations):
        px, py = _km(lat, lon)
        if box[0] < px < box[1] and box[2] < py < box[3]:
            ax.plot(px, py, "^", ms=7.5, mfc="#2c7a45", mec="white", mew=1.0, zorder=10)


def _scale_bar(ax: Axes, box: tuple[float, float, float, float], text_size: float) -> None:
    width = box[1] - box[0]
    length = next(size for size in (500.0, 200.0, 100.0, 50.0) if size < 0.3 * width or size == 50.0)
    x0, y0 = box[0] + 0.03 * width, box[2] + 0.035 * (box[3] - box[2])
    ax.plot([x0, x0 + length], [y0, y0], color="#1d2b3a", lw=1.6, zorder=12, solid_capstyle="butt")
    style = {"ha": "center", "va": "bottom", "fontsize": text_size * 0.9, "color": "#1d2b3a", "zorder": 12, **_halo()}
    ax.text(x0 + length / 2, y0 + 0.012 * (box[3] - box[2]), f"{length:.0f} km", **style)

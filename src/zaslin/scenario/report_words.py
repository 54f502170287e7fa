"""The words of the daily reports: model names, what is in scope, targets and places, brought to the catalogue's names; it reads no file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from zaslin.scenario.catalogue import joint_key, resolve_launch
from zaslin.scenario.night import JOINT

OUT_OF_SCOPE = "out of scope"

_MODELS: dict[str, tuple[str, ...]] = {
    "shahed-136/131": ("Shahed-136/131",), "shahed-136": ("Shahed-136/131",), "shahed-131": ("Shahed-136/131",), "shahed": ("Shahed-136/131",),
    "geran-2": ("Shahed-136/131",), "geran-1": ("Shahed-136/131",), "geran-1/2": ("Shahed-136/131",),
    "x-101/x-555": ("Kh-101/Kh-555",), "x-101/x-55": ("Kh-101/Kh-555",), "x-101": ("Kh-101/Kh-555",), "x-555": ("Kh-101/Kh-555",),
    "x-55": ("Kh-101/Kh-555",), "x-55/x-555": ("Kh-101/Kh-555",),
    "kalibr": ("Kalibr",), "iskander-k": ("Iskander-K",),
    "x-59": ("Kh-59",), "x-69": ("Kh-69",), "x-59/x-69": ("Kh-59/Kh-69",), "x-59/69": ("Kh-59/Kh-69",),
    "x-22": ("Kh-22",), "x-32": ("Kh-32",), "x-22/x-32": ("Kh-22", "Kh-32"), "x-22/32": ("Kh-22", "Kh-32"), "x-31p": ("Kh-31P",),
    "x-47 kinzhal": ("Kinzhal",), "x-47m2 kinzhal": ("Kinzhal",), "kinzhal": ("Kinzhal",),
    "iskander-m": ("Iskander-M",), "kn-23": ("KN-23",), "iskander-m/kn-23": ("Iskander-M/KN-23",),
    "s-300": ("S-300/S-400",), "s-400": ("S-300/S-400",), "s-300/s-400": ("S-300/S-400",), "s-300/400": ("S-300/S-400",),
    "p-800 oniks": ("Oniks",), "oniks": ("Oniks",), "3m22 zircon": ("Zircon",), "zircon": ("Zircon",),
}  # fmt: skip
"""Spellings after `_plain`; "X" there is the Cyrillic Kh and "C" the Cyrillic S of the table. A slash between two models that are not one
entry of the catalogue is a joint count."""

_RECONNAISSANCE = ("orlan", "supercam", "zala", "merlin", "reconnaissance", "recon ", "orion", "forpost", "mohajer", "eleron", "granat", "feniks", "kartohraf")
_LOITERING = ("lancet", "kub", "pryvet", "privet", "molniia", "molniya")
_BOMBS = ("gbu", "aerial bomb", "glide bomb", "guided bomb", "guided aerial bomb", "kab", "fab", "umpk", "umpb")
_UAV = re.compile(r"\b(uav|uavs|drone|drones|bpla|bpak|quadcopter)\b")

_CITIES = {
    "dnipro": "Dnipropetrovsk oblast", "kryvyi rih": "Dnipropetrovsk oblast", "kharkiv": "Kharkiv oblast", "sumy": "Sumy oblast",
    "zaporizhzhia": "Zaporizhzhia oblast", "kherson": "Kherson oblast", "starokostiantyniv": "Khmelnytskyi oblast", "ochakiv": "Mykolaiv oblast",
    "kolomyia": "Ivano-Frankivsk oblast", "kramatorsk": "Donetsk oblast", "snake island": "Odesa oblast", "odesa": "Odesa oblast",
    "mykolaiv": "Mykolaiv oblast", "lviv": "Lviv oblast", "kyiv": "Kyiv", "poltava": "Poltava oblast", "chernihiv": "Chernihiv oblast",
    "izmail": "Odesa oblast", "kropyvnytskyi": "Kirovohrad oblast", "vinnytsia": "Vinnytsia oblast", "zhytomyr": "Zhytomyr oblast",
    "khmelnytskyi": "Khmelnytskyi oblast", "ternopil": "Ternopil oblast", "rivne": "Rivne oblast", "lutsk": "Volyn oblast",
    "ivano-frankivsk": "Ivano-Frankivsk oblast", "uzhhorod": "Zakarpattia oblast", "chernivtsi": "Chernivtsi oblast", "cherkasy": "Cherkasy oblast",
}  # fmt: skip
_SIDES = {
    "north": ("north",), "south": ("south",), "east": ("east",), "west": ("west",), "center": ("centre",), "centre": ("centre",),
    "north-east": ("north", "east"), "north-west": ("north", "west"), "south-east": ("south", "east"), "south-west": ("south", "west"),
}  # fmt: skip
_JOIN = re.compile(r"\s+(?:and|та|і|и)\s+|\s*[+&;]\s*", re.IGNORECASE)
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "y", "і": "i", "ї": "i",
    "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ь": "", "є": "ie", "ю": "iu", "я": "ia", "ы": "y", "э": "e", "ъ": "",
    "ё": "e",
}  # fmt: skip
"""Ukraine's national system of 2010, without its special first letters; Russian letters likewise."""


def split_joint(text: str) -> list[str]:
    """The parts of a joint cell ("X-101/X-555 and Kalibr"), whitespace tidied, empty parts left out."""
    parts = (" ".join(part.split()) for part in _JOIN.split(text))
    return [part for part in parts if part]


def out_of_scope(name: str) -> str | None:
    """Why this one model is no one-way drone and no missile (for the reader), or None if it is one of them."""
    plain = transliterated(name).casefold()
    if plain.startswith(_RECONNAISSANCE) or " reconnaissance" in plain:
        return f"{shown(name)} is a reconnaissance drone"
    if plain.startswith(_LOITERING):
        return f"{shown(name)} is a loitering munition of the front"
    if plain.startswith(_BOMBS):
        return f"{shown(name)} is an aerial bomb"
    if _plain(name) not in _MODELS and _UAV.search(plain):
        return f"{shown(name)} is not known to be a one-way drone"
    return None


def model_key(names: Iterable[str]) -> str:
    """The joint key of models in scope, by canonical names; a missile that is not in the list keeps its own name, transliterated."""
    return joint_key(one for name in names for one in canonical(name))


def canonical(name: str) -> tuple[str, ...]:
    """The canonical model, or models, of one reported name.

    >>> canonical("X-101/X-555"), canonical("C-400"), canonical("X-35")
    (('Kh-101/Kh-555',), ('S-300/S-400',), ('Kh-35',))
    """
    return _MODELS.get(_plain(name)) or (transliterated(name),)


def transliterated(name: str) -> str:
    """A reported name in Latin letters: the table's X- and C- become Kh- and S-, Cyrillic follows Ukraine's national system.

    >>> transliterated("X-35"), transliterated("Фенікс")
    ('Kh-35', 'Feniks')
    """
    text = " ".join(unicodedata.normalize("NFC", name).split())
    text = re.sub(r"(?<![A-Za-z])[XХ](?=-\d)", "Kh", text)
    text = re.sub(r"(?<![A-Za-z])[CС](?=-\d)", "S", text)
    out = []
    for char in text:
        latin = _CYRILLIC.get(char.lower())
        if latin is None:
            out.append(char)
        else:
            out.append(latin.capitalize() if char.isupper() else latin)
    return "".join(out).replace("+", "-")


def slug(key: str) -> str:
    """A group's id from its model key: `shahed`, `kh101`, `kh101-kalibr`, `iskander-m`."""
    short = {"Shahed-136/131": "shahed", "Kh-101/Kh-555": "kh101", "Kh-59/Kh-69": "kh59-69", "S-300/S-400": "s300", "Iskander-M/KN-23": "iskander-m-kn23"}
    text = "-".join(short.get(name) or re.sub(r"-(?=\d)", "", name) for name in key.split(JOINT)).lower()
    text = re.sub(r"[^a-z0-9]+", "-", text).strip("-")
    return text[:60].strip("-") or "missile"


def targets(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Oblasts, macro-regions or "Ukraine" for a reported target, and the parts of it that are none of them."""
    found: list[str] = []
    strange: list[str] = []
    for part in split_joint(text):
        name = re.sub(r"\s*\(.*?\)", "", part.split(",")[0]).strip().casefold()
        if name in ("ukraine", ""):
            found.append("Ukraine")
        elif name in _regions():
            found.append(_regions()[name])
        elif name in _CITIES:
            found.append(_CITIES[name])
        elif name in _SIDES:
            found += _SIDES[name]
        else:
            strange.append(part)
    return tuple(dict.fromkeys(found)) or ("Ukraine",), tuple(strange)


def launch_names(models: Iterable[str], text: str, details: dict[str, str] | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Launch areas of a group by the catalogue, and the reported places that nothing is known of.

    models: canonical names. details: per reported model its own places, where the report gives them (a joint row).
    """
    areas: list[str] = []
    strange: list[str] = []
    by_model = {one: places for name, places in (details or {}).items() for one in canonical(name)}
    for model in models:
        names, odd = resolve_launch(model, split_joint(by_model.get(model, text)))
        areas += names
        strange += odd
    return tuple(dict.fromkeys(areas)), tuple(dict.fromkeys(strange))


def clean(text: str, most: int = 160) -> str:
    """Text from a file, safe to print: one line, what cannot be printed replaced, at most `most` signs."""
    safe = text.encode("utf-8", "backslashreplace").decode()
    safe = "".join(char if char.isprintable() else " " for char in safe)
    return safe if len(safe) <= most else safe[: most - 1] + "…"


def shown(text: str) -> str:
    """Text from a file as a message quotes it: at most 40 signs."""
    return f'"{clean(text, 40)}"'


def _plain(name: str) -> str:
    text = transliterated(name).casefold()
    text = re.sub(r"(?<![a-z])kh(?=-\d)", "x", text)
    return re.sub(r"\s*/\s*", "/", text)


@cache
def _regions() -> dict[str, str]:
    from zaslin.atlas.regions import REGIONS

    return {name.casefold(): name for name in REGIONS}

"""Two-letter codes and English names of the nations that a package may name as members; it says nothing of alliances or borders."""

from __future__ import annotations

from zaslin.errors import nearest, unknown

NATIONS = {
    "AL": "Albania", "AT": "Austria", "AU": "Australia", "BA": "Bosnia and Herzegovina", "BE": "Belgium", "BG": "Bulgaria", "CA": "Canada",
    "CH": "Switzerland", "CY": "Cyprus", "CZ": "Czechia", "DE": "Germany", "DK": "Denmark", "EE": "Estonia", "ES": "Spain", "FI": "Finland",
    "FR": "France", "GB": "United Kingdom", "GR": "Greece", "HR": "Croatia", "HU": "Hungary", "IE": "Ireland", "IS": "Iceland", "IT": "Italy",
    "JP": "Japan", "LT": "Lithuania", "LU": "Luxembourg", "LV": "Latvia", "MD": "Moldova", "ME": "Montenegro", "MK": "North Macedonia",
    "MT": "Malta", "NL": "Netherlands", "NO": "Norway", "NZ": "New Zealand", "PL": "Poland", "PT": "Portugal", "RO": "Romania", "RS": "Serbia",
    "SE": "Sweden", "SI": "Slovenia", "SK": "Slovakia", "TR": "Türkiye", "US": "United States",
}  # fmt: skip
"""ISO 3166-1 alpha-2."""

NO_MEMBERS = {
    "UA": "Ukraine's own defence is a layer of its own, not a member; leave it out",
    "RU": "Russia launches the threats; it cannot be a member",
    "BY": "Belarus is not modelled as a member; leave it out",
}
_ALSO = {"UK": "GB", "ENGLAND": "GB", "BRITAIN": "GB", "GREAT BRITAIN": "GB", "USA": "US", "TURKEY": "TR", "CZECH REPUBLIC": "CZ", "HOLLAND": "NL"}

_WITH_ARTICLE = ("GB", "NL", "US")
_PLURALS = (NATIONS["NL"], NATIONS["US"])


def nation_name(code: str) -> str:
    """The English name of a code; the code itself where it is none of ours."""
    return NATIONS.get(code, {"UA": "Ukraine", "RU": "Russia", "BY": "Belarus"}.get(code, code))


def in_sentence(code: str) -> str:
    """The English name of a code inside a sentence, with its article: ``the Netherlands``."""
    return f"the {nation_name(code)}" if code in _WITH_ARTICLE else nation_name(code)


def possessive(name: str) -> str:
    """Whose something is, of a name as it stands in the sentence. Names in the plural take the apostrophe alone.

    >>> possessive("the Netherlands"), possessive("Cyprus"), possessive("the coalition")
    ("the Netherlands'", "Cyprus's", "the coalition's")
    """
    return f"{name}'" if name.endswith(_PLURALS) else f"{name}'s"


def nation_fault(code: str) -> str | None:
    """Why `code` cannot be a member, with the nearest code, or None where it can."""
    if code in NATIONS:
        return None
    if code in NO_MEMBERS:
        return NO_MEMBERS[code]
    by_name = {name.upper(): known for known, name in NATIONS.items()} | _ALSO
    if code.upper() in NATIONS:
        return f'no country "{code}"; write it in capitals: {code.upper()}'
    near = nearest(code.upper(), by_name) if len(code) > 2 or code.upper() in by_name else None
    if near is not None:
        known = by_name[near]
        return f'no country "{code}"; did you mean "{known}" ({NATIONS[known]})?'
    return unknown("country", code, NATIONS)

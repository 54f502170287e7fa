"""The shipped packages and the user's own, loaded and checked; it compiles and runs nothing.

A package is a YAML file (docs/packages.md). The shipped ones lie in `data/packages`, each written to be copied and edited.
"""

from __future__ import annotations

import json
import os
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import get_args

from zaslin.asked import of_kind
from zaslin.errors import Fault, InputError, SpecError, unknown
from zaslin.scenario.faults import in_order, try_validate
from zaslin.scenario.load import load_document, name_of
from zaslin.scenario.package import Package, Policy
from zaslin.scenario.package_rules import package_findings
from zaslin.scenario.yaml_text import Document

ORDER = ("status-quo", "pl-ro-own-airspace", "pl-ro-toward-border", "neighbours", "pl-ro-may-enter", "pl-ro-100km", "skyshield-west")
"""The order in which shipped packages are listed, from the least that they permit to the most; any others follow by name."""


POLICY_WORDS = {
    "earliest": "earliest shot first", "own-border-first": "own border first", "highest-value": "highest value first", "optimal": "optimal assignment",
    "national": "each nation for itself",
}  # fmt: skip
"""What a policy of assignment is called in a package's title."""


@cache
def package_names() -> tuple[str, ...]:
    """Names of the shipped packages.

    >>> package_names()[0]
    'status-quo'
    """
    names = {entry.name.removesuffix(".yaml") for entry in (files("zaslin.scenario") / "data" / "packages").iterdir() if entry.name.endswith(".yaml")}
    return tuple(sorted(names, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name)))


def package(name_or_path: str | Path) -> Package:
    """A shipped package by name, or the package of a YAML file; with ``@POLICY`` behind it, under another policy of assignment.

    ``pl-ro-toward-border@national`` is that package under the name ``pl-ro-toward-border-national``.

    Raises InputError where there is neither (with the nearest name), SpecError with every fault of the file at once.
    """
    of_kind("package", name_or_path, (str, os.PathLike), 'a package\'s name, as "status-quo", or the path of a YAML file')
    if isinstance(name_or_path, str) and under_other_policy(name_or_path):
        name, _, policy = name_or_path.rpartition("@")
        if name.rpartition("@")[2] in get_args(Policy) and not _is_file(Path(name)):
            raise InputError(f"{name_or_path} names two policies of assignment; give one, as NAME@POLICY")
        return under_policy(package(name), policy)
    if isinstance(name_or_path, str) and name_or_path in package_names():
        return _shipped(name_or_path)
    path = Path(name_or_path)
    if not isinstance(name_or_path, str) or path.suffix in (".yaml", ".yml") or "/" in name_or_path or "\\" in name_or_path or _is_file(path):
        document = load_document(path)
        if isinstance(document.data, dict) and "groups" in document.data and "members" not in document.data:
            raise InputError(f"{path} is a night, not a package; give a package's name or file")
        return checked(inspect_package(document), name_of(path))
    raise InputError(f"{unknown('package', name_or_path, package_names())} (a file of your own: give its path, such as ./mine.yaml)")


def under_other_policy(name: str) -> bool:
    """Whether a text has the form NAME@POLICY. It need not name a package or a policy that there is; a file of that name is none, nor is an @ in a path.

    >>> under_other_policy("pl-ro-toward-border@national"), under_other_policy("a@b/mine.yaml")
    (True, False)
    """
    return "@" in name and not _is_file(Path(name)) and not set(name.rpartition("@")[2]) & set("/\\.")


def kept_as(name: str) -> str:
    """What a results folder calls a package: NAME@POLICY, as `zaslin run` takes it, is kept under its own name.

    >>> kept_as("pl-ro-toward-border@national"), kept_as("status-quo")
    ('pl-ro-toward-border-national', 'status-quo')
    """
    return "-".join(name.rsplit("@", 1))


def under_policy(item: Package, policy: str) -> Package:
    """The package with its shooters and tracks matched by another policy, under a name of its own. Raises InputError for an unknown policy."""
    policies = get_args(Policy)
    if policy not in policies:
        raise InputError(unknown("policy of assignment", policy, policies))
    title, colon, rest = item.title.partition(":")
    told = f"{title} ({POLICY_WORDS[policy]}){colon}{rest}"
    return item.model_copy(update={"name": f"{item.name}-{policy}", "title": told, "assignment": policy})


def package_text(name: str) -> str:
    """The YAML of a shipped package, comments included: what a user copies to begin with. Of NAME@POLICY with that assignment, under its name and title."""
    if under_other_policy(name):
        text, item = package_text(name.rpartition("@")[0]), package(name)
        lines = [line for line in text.splitlines() if not line.startswith("assignment:")]
        top = {"name": item.name, "title": json.dumps(item.title, ensure_ascii=False)}
        for key, value in top.items():
            lines = [f"{key}: {value}" if line.startswith(f"{key}:") else line for line in lines]
        at = next(i for i, line in enumerate(lines) if line.startswith("members:"))
        return "\n".join([*lines[:at], f"assignment: {item.assignment}", *lines[at:]]) + "\n"
    if name not in package_names():
        raise InputError(unknown("package", name, package_names()))
    return (files("zaslin.scenario") / "data" / "packages" / f"{name}.yaml").read_text(encoding="utf-8")


def inspect_package(document: Document) -> tuple[Package | None, list[Fault], list[Fault]]:
    """The package (None where it has faults), every fault, of type and of reference, and every warning, in the file's order."""
    found, faults = try_validate(document.data, Package, document.lines)
    rules = package_findings(document.data, document.lines)
    better = {fault.path for fault in rules.faults}
    faults = in_order([*(fault for fault in faults if fault.path not in better), *rules.faults])
    return (None if faults else found), faults, in_order(rules.warnings)


def checked(inspected: tuple[Package | None, list[Fault], list[Fault]], where: str) -> Package:
    """The package of `inspect_package`, or SpecError with its faults."""
    found, faults, _ = inspected
    if found is None:
        raise SpecError(where, faults)
    return found


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long for any file
        return False


@cache
def _shipped(name: str) -> Package:
    return checked(inspect_package(load_document(package_text(name), name, shipped=True)), name)

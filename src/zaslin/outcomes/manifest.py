"""The manifest of a results folder: what was asked, of which model, with which luck; and whether two of them ask the same.

Plain data (JSON); the file is the only place for clocks, paths and thread counts. Keys: docs/estimates.md, "The results folder".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from zaslin.errors import StoreError
from zaslin.outcomes.disk import read_refused, write_all
from zaslin.outcomes.tables import SCHEMA_VERSION

NAME = "manifest.json"

IDENTITY = ("schema_version", "inputs_hash", "seed", "block_size", "night", "packages", "inputs", "given")
"""Keys that say which question a folder answers; a folder is never continued with another. `given` is the incident as plain data with its
`id`, to which the run may add what it accepted; null where none was asked for."""

CODE = "kernels"
"""Hash of the source that made the replicates: other code is another question, too (where both manifests say it)."""

REQUIRED = (*IDENTITY, "replicates")

AREAS = "areas"
"""The catalogue of launch areas, a part of the question. A manifest without it is older than the check of its hash and cannot be checked."""

TERRAIN = "terrain"
"""The user's elevation raster by name, hash and size, where the run had one: a part of the question by its content. `terrain_effect` is what it changed."""

WITH_OTHER_CONTENT = "with other content"

OF_PACKAGES = ("package.", "aircraft.")
"""How the paths of inputs begin that a package brings with it."""

_USUAL_BLOCK = 10

_TYPES: dict[str, tuple[type, str]] = {
    **dict.fromkeys(("inputs_hash", "kernels", "source_hash", "zaslin_version", "python", "machine", "started", "finished"), (str, "text")),
    **dict.fromkeys(("libraries", "git", "sources", "summary", "tagging", AREAS, TERRAIN, "terrain_effect"), (dict, "an object")),
    "given": (dict, "an object"),
    "seed": (int, "a whole number"),
}
"""What a key must be where it is there and not null."""

_SHOWN = 5
"""Differences named in a message; the rest is counted."""
_LONGEST = 40
"""Characters of a value that a message shows whole; longer ones (notes) are only named."""


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of `folder`. Raises StoreError where it is missing, garbled or of a newer zaslin."""
    path = folder / NAME
    again = "delete the folder and run again, or choose another"
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise StoreError(f"{path} is garbled (not text); {again}") from None
    except OSError as error:
        raise read_refused(path, error) from None
    try:
        manifest = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{path} is truncated or garbled ({error}); {again}") from None
    if not isinstance(manifest, dict):
        raise StoreError(f"{path} is garbled (no object inside); {again}")
    version = manifest.get("schema_version")
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise StoreError(f"{folder} was made by a newer zaslin (its tables are of version {version}, this one reads up to {SCHEMA_VERSION}); upgrade zaslin")
    fault = _fault(manifest)
    if fault:
        raise StoreError(f"{path} is garbled ({fault}); {again}")
    if AREAS in manifest:
        found, said = question_hash(manifest), str(manifest["inputs_hash"])
        if found != said:
            raise StoreError(
                f"{path} does not match its own hash: it says inputs_hash {said[:12]}…, and what stands in it gives {found[:12]}…. Something of the question "
                "(night, packages, seed, inputs, given, areas) was edited after the run, so it no longer tells of these results. Put the manifest back as the "
                "run wrote it; to ask another question, run again into another folder"
            )
    return manifest


def question_hash(manifest: Mapping[str, Any]) -> str:
    """SHA-256 over all that a replicate depends on: night, packages in any order, inputs, launch areas, seed, incident, schema; not the number of
    replicates. The one home of `inputs_hash`: the run writes it, whoever reads computes it again.
    """
    content = {
        "schema": manifest["schema_version"],
        "seed": manifest["seed"],
        "night": manifest["night"],
        "packages": sorted(manifest["packages"], key=lambda package: str(package["name"])),
        "inputs": sorted(manifest["inputs"], key=lambda row: str(row["path"])),
        AREAS: manifest[AREAS],
        "given": manifest["given"],
    }
    if manifest["block_size"] != _USUAL_BLOCK:  # the usual one is not part of it, as it never was
        content["block_size"] = manifest["block_size"]
    if manifest.get(TERRAIN):
        content[TERRAIN] = {key: manifest[TERRAIN].get(key) for key in ("sha256", "version")}
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write it whole or not at all. Raises OSError, or TypeError for what is not plain data."""
    rows = [f" {json.dumps(key, ensure_ascii=False)}: {_spread(json.dumps(value, ensure_ascii=False))}" for key, value in manifest.items()]
    write_all([(folder / NAME, ("{\n" + ",\n".join(rows) + "\n}\n").encode())])


@lru_cache(maxsize=32)
def _spread(text: str) -> str:
    """A value's JSON over lines, as it stands in a manifest. A run writes its manifest some times, and most of it does not change in between."""
    return json.dumps(json.loads(text), indent=1, ensure_ascii=False).replace("\n", "\n ")


def check_manifest(manifest: Mapping[str, Any]) -> None:
    """Raise ValueError where a manifest that the program made lacks what a folder needs: a fault of ours, not the user's."""
    fault = _fault(manifest)
    if fault:
        raise ValueError(f"manifest: {fault}")


def _fault(manifest: Mapping[str, Any]) -> str | None:
    missing = [key for key in REQUIRED if key not in manifest]
    if missing:
        return f"it lacks {', '.join(missing)}"
    if not _is_whole(manifest["schema_version"]):
        return "schema_version is not a whole number"
    for key in ("replicates", "block_size"):
        if not _is_whole(manifest[key]) or manifest[key] < 1:
            return f"{key} is not a positive whole number"
    for key, (kind, words) in _TYPES.items():
        value = manifest.get(key)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            return f"{key} is not {words}"
    for key in ("seed", "inputs_hash"):
        if manifest[key] is None:
            return f"{key} is empty"
    return _packages_fault(manifest["packages"]) or _night_fault(manifest["night"]) or _rest_fault(manifest)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _objects(value: Any, key: str, kind: type) -> bool:
    """Whether `value` is a list of objects that each have `key` of this kind."""
    return isinstance(value, list) and all(isinstance(item, dict) and isinstance(item.get(key), kind) for item in value)


def _packages_fault(packages: Any) -> str | None:
    if not isinstance(packages, list) or not packages:
        return "packages is not a list of packages"
    for package in packages:
        name = package.get("name") if isinstance(package, dict) else None
        if not isinstance(name, str) or not name or set(name) & set("/\\\0") or name.startswith("."):
            return "a package has no usable name"
        members = package.get("members", [])
        if not _objects(members, "nation", str):
            return f"the members of package {name} are not a list of members, each with its nation"
        for member in members:
            if not all(isinstance(member.get(key, []), list) and all(isinstance(item, dict) for item in member.get(key, [])) for key in ("caveats", "assets")):
                return f"the caveats or assets of {member['nation']} in package {name} are not a list of objects"
    names = [package["name"] for package in packages]
    return "two packages have the same name" if len(set(names)) < len(names) else None


def _night_fault(night: Any) -> str | None:
    if not isinstance(night, dict):
        return "night is not an object"
    if not isinstance(night.get("id"), str) or not night["id"]:
        return "night has no id"
    if not _objects(night.get("groups", []), "count", int):
        return "the groups of night are not a list of groups, each with its count"
    return None


def _rest_fault(manifest: Mapping[str, Any]) -> str | None:
    if not _objects(manifest["inputs"], "path", str):
        return "inputs is not a list of inputs, each with its path"
    if manifest["given"] is not None and not isinstance(manifest["given"].get("id"), str):
        return "given has no id"
    for key in ("sources", "tagging", AREAS):
        if not all(isinstance(item, dict) for item in (manifest.get(key) or {}).values()):
            return f"{key} holds something that is not an object"
    return None


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """In words, where two manifests ask different questions; empty where they ask the same. Replicates may differ.
    Packages that `new` has beside `old`'s, and what these bring, are no cause of a refusal: they are told where nothing else is, or another package is gone."""
    told: list[str] = []
    if old["schema_version"] != new["schema_version"]:
        told.append(f"tables of version {old['schema_version']}, now {new['schema_version']}")
    codes = old.get(CODE), new.get(CODE)
    if None not in codes and codes[0] != codes[1]:
        told.append("another version of the model's code (zaslin was changed or upgraded)")
    if not _in_front(old, new):
        told.append("packages in another order, on which the terrain mask depends")
    if old["inputs_hash"] == new["inputs_hash"] and not told:
        return []
    if old["night"] != new["night"]:
        before, now = _name(old["night"], "id"), _name(new["night"], "id")
        told.append(f"night {before}, now {now}" if before != now else f"night {now} with other content ({_paths(old['night'], new['night'])})")
    for key in ("seed", "block_size"):
        if old[key] != new[key]:
            told.append(f"{key} {old[key]}, now {new[key]}")
    told += _packages(old["packages"], new["packages"])
    if _name(old["given"], "id") != _name(new["given"], "id"):
        told.append(f"given incident {_name(old['given'], 'id')}, now {_name(new['given'], 'id')}")
    more = {str(item["name"]) for item in new["packages"]} - {str(item["name"]) for item in old["packages"]}
    told += _inputs(old["inputs"], new["inputs"], brought="aircraft." if more else None)
    if old.get(AREAS) and new.get(AREAS) and old[AREAS] != new[AREAS]:
        told.append(f"launch areas ({_paths(old[AREAS], new[AREAS])})")
    if _raster(old) != _raster(new):
        before, now = _name(old.get(TERRAIN), "name"), _name(new.get(TERRAIN), "name")
        told.append(f"terrain {before}, now {now}" if before != now else f"terrain {now} with other content")
    if old["inputs_hash"] != new["inputs_hash"] and not told:
        told.append(_named("package", more, "added") if more else "inputs that the manifest does not list")
    return told


def adds_packages(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether `new` asks what `old` did, of the same nights with the same luck, and of further packages: then what `old`'s folder holds stands to the byte.
    With a raster the further ones have to come last: each member's terrain mask is that of the first package that names it.
    """
    same = all(old[key] == new[key] for key in ("schema_version", "seed", "block_size", "night", "given")) and old.get(CODE) == new.get(CODE)
    if not same or old.get(AREAS) != new.get(AREAS) or _raster(old) != _raster(new) or not _in_front(old, new):
        return False
    (packages, more), (rows, others) = (
        ({str(item[key]): item for item in old[what]}, {str(item[key]): item for item in new[what]}) for what, key in (("packages", "name"), ("inputs", "path"))
    )
    kept = all(more.get(name) == item for name, item in packages.items()) and all(others.get(path) == row for path, row in rows.items())
    return kept and len(more) > len(packages) and all(path.startswith(OF_PACKAGES) for path in others.keys() - rows.keys())


def _in_front(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether the packages that both name come in the same order and before those of `new` alone; true where there is no raster, which alone asks for it."""
    held, named = ([str(package["name"]) for package in manifest["packages"]] for manifest in (old, new))
    common = [name for name in held if name in named]
    return _raster(new) is None or named[: len(common)] == common


def _raster(manifest: Mapping[str, Any]) -> tuple[Any, Any] | None:
    held = manifest.get(TERRAIN)
    return (held.get("sha256"), held.get("version")) if held else None


def _name(item: Any, key: str) -> str:
    if item is None:
        return "none"
    return str(item.get(key, "without a name")) if isinstance(item, dict) else str(item)


def _packages(old: list[Any], new: list[Any]) -> list[str]:
    before, now = ({str(item["name"]): item for item in items} for items in (old, new))
    told = []
    if gone := before.keys() - now.keys():
        told.append(_named("package", gone, "no longer asked for"))
        if added := now.keys() - before.keys():
            told.append(_named("package", added, "added"))
    for name in sorted(before.keys() & now.keys()):
        if before[name] != now[name]:
            told.append(f"package {name} {WITH_OTHER_CONTENT} ({_paths(before[name], now[name])})")
    return told


def _named(what: str, names: Collection[str], how: str) -> str:
    return f"{what}{'s' * (len(names) > 1)} {', '.join(sorted(names))} {how}"


def _inputs(old: Any, new: Any, brought: str | None) -> list[str]:
    """Inputs that differ. brought: the beginning of paths whose new rows came with a package that was added."""
    before, now = ({str(row.get("path")): row for row in rows if isinstance(row, dict)} if isinstance(rows, list) else {} for rows in (old, new))
    # a package's own numbers are told with the package
    changed = sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path) and not path.startswith("package."))
    if brought is not None:
        changed = [path for path in changed if path in before or not path.startswith(brought)]
    if not changed:
        return []
    told = [f"{path} ({_row(before.get(path), now.get(path))})" for path in changed[:_SHOWN]]
    more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
    return [f"input{'s' * (len(changed) > 1)} {', '.join(told)}{more}"]


def _row(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> str:
    """What of a number is another: ``value 0.5, now 0.7; high 3, now 4``."""
    if old is None or new is None:
        return "new" if old is None else "no longer there"
    return "; ".join(key + _values(old.get(key), new.get(key)) for key in dict.fromkeys([*old, *new]) if old.get(key) != new.get(key))


def _values(old: Any, new: Any) -> str:
    """Both values where they are numbers or words; nothing of what is longer."""
    plain = [value for value in (old, new) if value is None or isinstance(value, bool | int | float | str)]
    both = ["none" if value is None else json.dumps(value, ensure_ascii=False) for value in plain]
    return f" {both[0]}, now {both[1]}" if len(both) == 2 and max(map(len, both)) <= _LONGEST else ""


def _paths(old: Any, new: Any) -> str:
    changed = [path + _values(a, b) for path, a, b in _changes(old, new, "")]
    more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
    return ", ".join(changed[:_SHOWN]) + more


def _changes(old: Any, new: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from _changes(old.get(key), new.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (a, b) in enumerate(zip(old, new)):
            yield from _changes(a, b, f"{path}[{index}]")
    elif old != new:
        yield path, old, new

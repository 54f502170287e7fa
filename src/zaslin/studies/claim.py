"""Whose pieces of finished work a folder keeps: a plan beside them, so that those of another question are never taken for this one's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zaslin.errors import StoreError
from zaslin.outcomes.beside import write_file
from zaslin.outcomes.manifest import differences
from zaslin.outcomes.tables import SCHEMA_VERSION
from zaslin.studies.design import Study, description
from zaslin.studies.provenance import provenance

PLAN = "plan.json"
_QUESTION, _STUDY = "inputs_hash", "study"
_WORDS = {_QUESTION: "question", "kernels": "version of the model"}


def claim(work: Path, item: Study, keeps: str, more: Mapping[str, Any], words: Mapping[str, str], remedy: str) -> None:
    """Note in the work folder which question's pieces it keeps; raises StoreError where it keeps another's, and says in which numbers they differ.

    keeps: what the folder keeps, in words. more: what the pieces depend on beside the study and the model's code; words: what its keys are called.
    remedy: how to begin anew. A plan without the study (of an older zaslin) can only be told from another by its hash.
    """
    now = description(item)
    asked = {_QUESTION: now["inputs_hash"], "kernels": provenance()["source_hash"], **more}
    study = {"schema_version": SCHEMA_VERSION, **{key: value for key, value in now.items() if key != "sources"}}
    path = work / PLAN
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        write_file(path, {**asked, _STUDY: study})
        return
    except (OSError, ValueError):
        held = None
    held = held if isinstance(held, dict) else {}
    other = [key for key in asked if held.get(key) != asked[key]]
    if other:
        told = [{**words, **_WORDS}.get(key, key) + _moved(key, held, asked, study) for key in other]
        raise StoreError(f"{work} keeps {keeps} of another {', '.join(told)}; {remedy}")


def _moved(key: str, held: Mapping[str, Any], asked: Mapping[str, Any], study: Mapping[str, Any]) -> str:
    """What of a key is another, old and new, in brackets; empty where that is not known or is a hash."""
    old, new = held.get(key), asked[key]
    if key == _QUESTION:
        before = held.get(_STUDY)
        told = differences(before, study) if isinstance(before, dict) and study.keys() <= before.keys() | {"terrain"} else []
    elif isinstance(old, dict) and isinstance(new, dict):
        told = [f"{name.replace('_', ' ')} {old.get(name)}, now {value}" for name, value in new.items() if old.get(name) != value]
    elif isinstance(old, list) and isinstance(new, list):
        gone, come = [str(x) for x in old if x not in new], [str(x) for x in new if x not in old]
        told = [f"{', '.join(names)} {what}" for names, what in ((gone, "no longer"), (come, "new")) if names]
    else:
        told = []
    return f" ({'; '.join(told)})" if told else ""

"""On what a benchmark ran: cores, processor, load, versions. Facts of the machine's make only, no names and no paths."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def machine() -> dict[str, Any]:
    """Plain data, the first line of a kept result."""
    from zaslin import __version__
    from zaslin.studies.provenance import provenance

    told = provenance()
    return {
        "zaslin": __version__,
        "commit": (told["git"] or {}).get("commit"),
        "modified": (told["git"] or {}).get("modified"),
        "source_hash": told["source_hash"],
        "when": datetime.now(UTC).isoformat(timespec="minutes"),
        "cores": cores(),
        "processor": _processor(),
        "memory_gb": _memory_gb(),
        "load": _load(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": told["python"],
        **{name: told["libraries"][name] for name in ("numba", "numpy", "pyarrow")},
    }


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def version_name(facts: dict[str, Any]) -> str:
    """A file's name for this version: the commit where there is one, with a plus where the checkout differs from it; else zaslin's version."""
    if not facts["commit"]:
        return str(facts["zaslin"])
    return str(facts["commit"])[:10] + ("+" if facts["modified"] else "")


def _load() -> list[float] | None:
    return [round(value, 1) for value in os.getloadavg()] if hasattr(os, "getloadavg") else None


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.processor() or platform.machine()
    names = re.findall(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return names[0].strip() if names else platform.machine()


def _memory_gb() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
    except (AttributeError, ValueError, OSError):
        return None

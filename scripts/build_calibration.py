"""Make the shipped calibration and the shipped track record anew from a daily-reports table, and the page of the docs that shows it.

    python scripts/build_calibration.py daily_reports.csv [alarms.csv [results/demo-2023-12-29]]

Writes scenario/data/calibration.json and evidence/data/validation.json under src/zaslin. The table itself is not part of the project.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from zaslin.cli_paper import Progress
from zaslin.evidence.validation_page import page
from zaslin.scenario.calibration import shipped_calibration, write_calibration
from zaslin.studies.calibrate import calibrate
from zaslin.studies.validate import simulated, validate

HOME = Path(__file__).parents[1] / "src" / "zaslin"


def rounded(item: object) -> object:
    """Numbers of a record at six digits."""
    if isinstance(item, float):
        return float(f"{item:.6g}")
    if isinstance(item, dict):
        return {key: rounded(value) for key, value in item.items()}
    if isinstance(item, list | tuple):
        return [rounded(value) for value in item]
    return item


def main(table: str, alarms: str | None = None, folder: str | None = None) -> None:
    """Write both files. A calibration that has changed changes what is simulated: `folder` must be of a run with the new one."""
    with Progress() as bar:
        calibration = calibrate(table, progress=bar).calibration
        (HOME / "scenario" / "data" / "calibration.json").write_text(write_calibration(calibration), encoding="utf-8")
        shipped_calibration.cache_clear()
        record = rounded({**validate(table, progress=bar), **simulated(table, alarms, folder, progress=bar)})
    text = json.dumps(record, indent=1, ensure_ascii=False)
    (HOME / "evidence" / "data" / "validation.json").write_text(text + "\n", encoding="utf-8")
    (HOME.parents[1] / "docs" / "validation.md").write_text(page(json.loads(text)), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A night of attack as it was reported: groups of threats with counts, launch areas, windows and targets; no routes, no luck."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field, model_validator

from zaslin.scenario.sourced import Strict

JOINT = " + "
"""Between the models of a joint row: the report gives one count for several models."""

MOST_LAUNCHED = 10_000
"""Threats of one group, and of a whole night, at most: as the importer of report tables has it (a test holds them together)."""

Count = Annotated[int, Field(ge=0)]


def window_faults(start: datetime, end: datetime) -> list[str]:
    """What is wrong with a group's window, in words; empty where nothing is."""
    return [f"the window ends ({end:%Y-%m-%d %H:%M}) before it starts ({start:%Y-%m-%d %H:%M})"] if end < start else []


def stop_faults(count: int, destroyed: int, lost: int) -> list[str]:
    """What is wrong with the reported stops of `count` launched, in words."""
    return [f"destroyed and lost add to {destroyed + lost}, more than the {count} launched"] if destroyed + lost > count else []


def sum_faults(launched: int) -> list[str]:
    """What is wrong with the number launched in a whole night, in words."""
    return [f"the groups add to {launched:,} launched, more than the {MOST_LAUNCHED:,} that a night may have"] if launched > MOST_LAUNCHED else []


def split_faults(count: int, split: Mapping[str, int]) -> list[str]:
    """What is wrong with a joint group's counts per model, in words."""
    total = sum(split.values())
    return [f"the split adds to {total}, not to the {count} launched"] if total != count else []


def id_twice(name: str) -> str:
    """How a group's id that another group has already is told."""
    return f'two groups have the id "{name}"; ids must differ'


class Group(Strict):
    """Threats that a report names together. Times are UTC; a report of one moment has a window without length.

    `model` is one canonical model name, or several joined with " + ". `split` gives a joint group's counts per model where
    the report does; otherwise the split is sampled (an assumption). `destroyed`, `lost`: as reported, None where it is silent.
    `launch_areas`: names of the gazetteer of coarse launch areas. `targets`: oblasts (English names), macro-regions, "Ukraine".
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    model: Annotated[str, Field(min_length=1)]
    count: Annotated[int, Field(ge=1, le=MOST_LAUNCHED)]
    split: dict[str, Count] | None = None
    destroyed: Count | None = None
    lost: Count | None = None
    start_utc: AwareDatetime
    end_utc: AwareDatetime
    time_known: bool = True
    launch_areas: tuple[str, ...] = ()
    targets: tuple[str, ...] = ("Ukraine",)
    source: str
    note: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Group:
        wrong = [
            *window_faults(self.start_utc, self.end_utc),
            *stop_faults(self.count, self.destroyed or 0, self.lost or 0),
            *(split_faults(self.count, self.split) if self.split is not None else []),
        ]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    @property
    def models(self) -> tuple[str, ...]:
        """The group's canonical model names."""
        return tuple(self.model.split(JOINT))


class Night(Strict):
    """One attack. `id` is the Kyiv date on which the window with most launched ends; `incidents` are ids of the incident table."""

    id: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}[b-z]?$|^[a-z0-9][a-z0-9-]*$")]
    title: str
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    incidents: tuple[str, ...] = ()
    source: str
    note: str = ""

    @model_validator(mode="after")
    def _ids(self) -> Night:
        ids = [group.id for group in self.groups]
        for name in ids:
            if ids.count(name) > 1:
                raise ValueError(id_twice(name))
        return self

    @property
    def start_utc(self) -> datetime:
        """The earliest start of a group's window: the night's epoch, t = 0 s."""
        return min(group.start_utc for group in self.groups)

    @property
    def end_utc(self) -> datetime:
        """The latest end of a group's window."""
        return max(group.end_utc for group in self.groups)

    @property
    def launched(self) -> dict[str, int]:
        """Launched per model key, joint keys kept."""
        out: dict[str, int] = {}
        for group in self.groups:
            out[group.model] = out.get(group.model, 0) + group.count
        return out

"""Packages of one study share what their members see and may, where it is the same; no byte depends on it."""

from __future__ import annotations

import pytest

from zaslin.atlas.ground import load_ground
from zaslin.engine import replicate
from zaslin.scenario.packages import package
from zaslin.scenario.vary import vary
from zaslin.studies.block import fly_block
from zaslin.studies.design import study


def flown_alone_and_together(item, monkeypatch):
    """Tables of a block with each package alone, and with all of them; and how often was looked, and windows opened, together."""
    ground = load_ground()
    alone = [fly_block(item, ground, [one], 1).tables[one.name] for one in item.packages]
    calls = {"sense": 0, "open": 0}
    sense, open_windows = replicate.sense, replicate.rules.open_windows

    def counted(name, function):
        def call(*given):
            calls[name] += 1
            return function(*given)

        return call

    monkeypatch.setattr(replicate, "sense", counted("sense", sense))
    monkeypatch.setattr(replicate.rules, "open_windows", counted("open", open_windows))
    together = fly_block(item, ground, item.packages, 1)
    return alone, [together.tables[one.name] for one in item.packages], calls


@pytest.mark.parametrize(
    "packages, looks, opened",
    [
        # the same eyes, other rules: one look, windows of each
        (lambda: [package("pl-ro-own-airspace"), package("pl-ro-toward-border")], 1, 2),
        # the same rules under another policy of assignment: all is shared
        (lambda: [package("pl-ro-toward-border"), vary(package("pl-ro-toward-border"), assignment="national", name="national")], 1, 1),
        # other eyes: nothing is
        (lambda: [package("pl-ro-toward-border"), vary(package("pl-ro-toward-border"), {"pooling.enabled": True}, name="pooled")], 2, 2),
    ],
)
def test_sharing_changes_no_row(small_night, monkeypatch, packages, looks, opened):
    """Records: a block of plain and tagged raids, each package alone and both together; how often was looked at a raid says that something was shared."""
    item = study(small_night, packages(), 10, seed=3)
    alone, together, calls = flown_alone_and_together(item, monkeypatch)
    for one, other in zip(alone, together, strict=True):
        assert one.keys() == other.keys()
        for draw in one:
            for name in one[draw]:
                assert one[draw][name].equals(other[draw][name]), (draw, name)
    raids = sum(_raids(table) for table in together[0].values())
    for name, times in (("sense", looks), ("open", opened)):  # a few raids need more room and are looked at again
        assert times * raids <= calls[name] < (times + 0.5) * raids


def _raids(tables) -> int:
    threats = tables["threats"]
    keys = zip(threats.column("replicate").to_pylist(), threats.column("sample").to_pylist(), strict=True)
    return len(set(keys))

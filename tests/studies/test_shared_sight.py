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
    """Tables of a block with each package alone, and with all of them; and how often was looked, and windows opened, in all apart and together."""
    ground = load_ground()
    calls = {"sense": 0, "open": 0}
    sense, open_windows = replicate.sense, replicate.rules.open_windows

    def counted(name, function):
        def call(*given):
            calls[name] += 1
            return function(*given)

        return call

    monkeypatch.setattr(replicate, "sense", counted("sense", sense))
    monkeypatch.setattr(replicate.rules, "open_windows", counted("open", open_windows))
    alone, apart = [], []
    for one in item.packages:
        alone.append(fly_block(item, ground, [one], 1).tables[one.name])
        apart.append(dict(calls))
        calls.update(sense=0, open=0)
    together = fly_block(item, ground, item.packages, 1)
    return alone, [together.tables[one.name] for one in item.packages], apart, calls


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
    """Records: a block of plain and tagged raids, each package alone and both together; how often was looked at raids says that something was shared."""
    item = study(small_night, packages(), 10, seed=3)
    alone, together, apart, calls = flown_alone_and_together(item, monkeypatch)
    for one, other in zip(alone, together, strict=True):
        assert one.keys() == other.keys()
        for draw in one:
            for name in one[draw]:
                assert one[draw][name].equals(other[draw][name]), (draw, name)
    for name, times in (("sense", looks), ("open", opened)):
        each = [count[name] for count in apart]
        if times == 2:
            assert calls[name] == sum(each)
        else:  # what one package alone asks for may be more: raids around tagged threats that the other leaves alone
            assert max(each) <= calls[name] < 0.75 * sum(each)


def test_packages_with_other_objects_share_what_they_see_of_the_threats(small_night, monkeypatch):
    """Records: a package that permits nothing has no objects that are no threats about it, one that permits has; the same eyes. No row depends on who flies
    first, and what is looked at a second time are the objects alone."""
    packages = [package("status-quo"), package("pl-ro-toward-border")]
    tables, looked = {}, {}
    sense = replicate.sense
    for order in (1, -1):
        item, many = study(small_night, packages[::order], 10, seed=3), []
        monkeypatch.setattr(replicate, "sense", lambda *given, many=many: many.append(len(given[3]) - int(given[-2])) or sense(*given))
        tables[order] = fly_block(item, load_ground(), item.packages, 1).tables
        looked[order] = many
    for name in tables[1]:
        for draw in tables[1][name]:
            for table in tables[1][name][draw]:
                assert tables[1][name][draw][table].equals(tables[-1][name][draw][table]), (name, draw, table)
    first, second = (sum(looked[order]) for order in (1, -1))
    assert abs(first - second) < 0.2 * second

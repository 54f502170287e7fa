"""The council brief: a results folder as one page that a minister can read. `zaslin.brief(runs, path)` writes it.

The front door's function and this room share a name, so the room itself can be called.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Room(ModuleType):
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from zaslin.brief.page import write_brief

        return write_brief(*args, **kwargs)


sys.modules[__name__].__class__ = _Room

"""Whole nights of workload W by our own NumPy step of one second: `python numpy_nights.py REPLICATE`. Prints its seconds as JSON."""

from __future__ import annotations

import sys

from movers import told

from numpy_step import draw, night


def main() -> None:
    """One night."""
    replicate = int(sys.argv[1])
    told(lambda: night(draw(replicate), replicate))


if __name__ == "__main__":
    main()

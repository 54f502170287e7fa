"""The few constants of nature and conversions that more than one room needs; files may say km and km/h, the inside says SI."""

from __future__ import annotations

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth, m (IUGG mean radius R1); the model's Earth is a sphere, error of distances < 0.5 %."""

G_MPS2 = 9.80665
"""Standard gravity, m/s² (CGPM 1901)."""

KM = 1_000.0
HOUR_S = 3_600.0
MINUTE_S = 60.0
KMH = 1.0 / 3.6
"""Metres per second in one kilometre per hour."""

SI_FACTOR = {
    "m": 1.0, "km": KM, "s": 1.0, "min": MINUTE_S, "h": HOUR_S, "mps": 1.0, "km/h": KMH, "deg": 0.017453292519943295,
    "rad": 1.0, "count": 1.0, "probability": 1.0, "share": 1.0, "factor": 1.0, "usd": 1.0, "usd/h": 1.0 / HOUR_S,
    "kg": 1.0, "m2": 1.0, "kg/m2": 1.0, "usd/round": 1.0, "rounds": 1.0, "persons": 1.0, "nats": 1.0,
    "1/h": 1.0 / HOUR_S, "1/h/10000km2": 1.0 / (HOUR_S * 1e4 * KM * KM),
}
"""Multiply a file's value in this unit by the factor to get SI (angles: radians)."""

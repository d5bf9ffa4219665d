"""How telemetry becomes figures: definitions, spans, states. Free of Django.

Importing the package registers every family in the catalogue.
"""

from kpis.engine import (
    autonomy,
    data,
    dependability,
    energy,
    productivity,
    safety,
    software,
)

__all__ = [
    "autonomy",
    "data",
    "dependability",
    "energy",
    "productivity",
    "safety",
    "software",
]

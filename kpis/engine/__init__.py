"""How telemetry becomes figures: definitions, spans, states. Free of Django.

Importing the package registers every family in the catalogue.
"""

from kpis.engine import autonomy, data, dependability, productivity, safety

__all__ = ["autonomy", "data", "dependability", "productivity", "safety"]

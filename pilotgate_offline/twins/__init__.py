"""Every KPI a second time: slow, obvious, and without the platform.

Rows are plain dicts. A line is one robot's telemetry of one evidence kind. This is
written to be read by someone who wants to know whether the platform told the truth.
"""

from pilotgate_offline.twins.edges import (
    Edge,
    component_of,
    cycle_times,
    edges,
    facts_of_edge,
    fault_level,
    faults_in,
    quantile,
    spelled_out,
)
from pilotgate_offline.twins.facts import Bucket, facts_by_minute
from pilotgate_offline.twins.kpis import KPIS, Total
from pilotgate_offline.twins.readings import Reading, facts_of_reading, readings
from pilotgate_offline.twins.rows import (
    HOUR_US,
    MINUTE_US,
    SECOND_US,
    Line,
    Row,
    distinct,
    facts_of_row,
    lines,
    minute_of,
    place,
    under_told_software,
)
from pilotgate_offline.twins.spans import (
    OP_STATES,
    OPERATING,
    UP,
    WAITING,
    Held,
    Span,
    declared_interval_s,
    facts_of_span,
    known_spans,
    pieces,
)

__all__ = [
    "HOUR_US",
    "KPIS",
    "MINUTE_US",
    "OPERATING",
    "OP_STATES",
    "SECOND_US",
    "UP",
    "WAITING",
    "Bucket",
    "Edge",
    "Held",
    "Line",
    "Reading",
    "Row",
    "Span",
    "Total",
    "component_of",
    "cycle_times",
    "declared_interval_s",
    "distinct",
    "edges",
    "facts_by_minute",
    "facts_of_edge",
    "facts_of_reading",
    "facts_of_row",
    "facts_of_span",
    "fault_level",
    "faults_in",
    "known_spans",
    "lines",
    "minute_of",
    "pieces",
    "place",
    "quantile",
    "readings",
    "spelled_out",
    "under_told_software",
]

"""What can go wrong while telemetry becomes figures."""


class EngineError(Exception):
    """Any refusal of the engine."""


class StateOverflowError(EngineError):
    """A sum left int64."""


class UnknownKpiError(EngineError):
    """No KPI has this key."""

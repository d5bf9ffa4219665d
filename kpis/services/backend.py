"""The engine's backend of this process."""

import threading

from kpis.engine.backends import DuckDb

_of_thread = threading.local()


def backend() -> DuckDb:
    """Return this thread's database; one must not serve two threads."""
    if not hasattr(_of_thread, "backend"):
        _of_thread.backend = DuckDb()
    return _of_thread.backend

"""The engine's backend of this process."""

import threading
from importlib import import_module

from django.conf import settings

from kpis.engine.backends import Backend
from kpis.engine.backends.duck import DuckDb

_of_thread = threading.local()


def backend() -> Backend:
    """Return this thread's own DuckDB."""
    if not hasattr(_of_thread, "backend"):
        _of_thread.backend = DuckDb()
    found: Backend = _of_thread.backend
    return found


def wide_backend() -> Backend:
    """Return what reads the lake: `KPI_BACKEND`, else this thread's own DuckDB.

    A batch that is folded stays with DuckDB: it is in memory already, and a cluster
    would take longer to be asked than DuckDB to answer.
    """
    url = str(settings.KPI_BACKEND)
    if not url:
        return backend()
    if not hasattr(_of_thread, "spark"):
        # An extra, loaded where it is named.
        _of_thread.spark = import_module("kpis.engine.backends.spark").Spark(url)
    found: Backend = _of_thread.spark
    return found

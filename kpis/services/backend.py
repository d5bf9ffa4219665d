"""The engine's backend of this process."""

import threading
from functools import cache
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
    return _spark(url) if url else backend()


@cache
def _spark(url: str) -> Backend:
    """Return the process's session; pyspark is an extra, loaded where it is named."""
    spark: Backend = import_module("kpis.engine.backends.spark").Spark(url)
    return spark

import gc
import logging
import signal
import threading
from typing import Any, Final

from django.core.checks import Tags
from django.core.management.base import BaseCommand
from django.db import OperationalError, connection
from django.utils import timezone

from dispatch.services import beat
from kpis import services
from kpis.services.instants import microseconds
from robot_bridge.services import open_spool
from robot_bridge.spool import Spool
from robot_bridge.telemetry import HOUR_US

logger = logging.getLogger(__name__)
IDLE_S: Final = 0.1
# Reading a message makes thousands of objects that die at once; the collector need
# not look so often.
NEW_OBJECTS: Final = 50_000
RETRY_S: Final = 1.0


class Command(BaseCommand):
    help = "Settle the spool into ledger, states and lake until told to stop."
    requires_system_checks = (Tags.security,)  # pages are checked elsewhere

    def handle(self, *_args: Any, **_options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        gc.set_threshold(NEW_OBJECTS)
        spool = open_spool()
        services.get_ready()
        while not stop.is_set():
            try:
                with services.only_settler(spool):
                    run(spool, stop)
            except OperationalError:
                # The spool keeps what comes meanwhile; nothing is lost by waiting.
                logger.exception("the database is away; trying again")
                connection.close()
                stop.wait(RETRY_S)


def run(spool: Spool, stop: threading.Event) -> None:
    """Settle, repair and prune until told to stop; a batch begun is finished.

    A round shows life once it is through: who fails at the work is not alive.
    """
    pruned_us = 0
    while not stop.is_set():
        worked = services.settle_and_fold(spool) > 0
        worked |= services.repair_one()
        now_us = microseconds(timezone.now())
        if now_us - pruned_us > HOUR_US:
            services.prune_minutes(now_us=now_us)
            pruned_us = now_us
        beat("settler")
        if not worked:
            stop.wait(IDLE_S)

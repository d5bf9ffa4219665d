"""The pilots' past: sent through the bridge, and settled."""

import logging
from contextlib import suppress

from dispatch.models import Delivery
from dispatch.services import run_here
from kpis.errors import SettlerBusyError
from kpis.models import DirtyRange
from kpis.services import only_settler, repair, settle_and_fold
from robot_bridge import services as bridge
from robot_bridge.errors import SpoolBusyError

logger = logging.getLogger(__name__)


def send_and_settle() -> None:
    """Send every past that waits and settle it, unless a settler runs and does it."""
    run_here(Delivery.objects.waiting_for("pilots.send_past"))
    spool = bridge.open_spool()
    with suppress(SpoolBusyError, SettlerBusyError), only_settler(spool):
        while rows := settle_and_fold(spool):
            logger.debug("settled %s rows of the demo city's past", rows)
        repair(DirtyRange.objects.values_list("robot_id", flat=True))

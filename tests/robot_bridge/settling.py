"""Messages through the spool into the ledger and the lake, in one step."""

from django.db import transaction

from robot_bridge import services
from robot_bridge.models import SetAsideMessage


def settle(spool, *envelopes):
    """Settle, store and remove; return what was accepted of the last segment."""
    services.ingest(envelopes, spool=spool)
    return settle_all(spool)


def settle_all(spool):
    accepted = None
    for segment in spool.segments():
        with transaction.atomic():
            accepted = services.settle(segment)
        services.append_to_lake([accepted])
        spool.remove(segment)
    return accepted


def set_aside():
    """Return the reasons of what was set aside, in the order it came."""
    reasons = SetAsideMessage.objects.order_by("pk").values_list("reason", flat=True)
    return list(reasons)

import pytest

from kpis import services
from robot_bridge.services import ingest
from robot_bridge.spool import Spool
from tests.factories import make_deployment_span


@pytest.fixture
def spool(home):
    return Spool(home / "spool", reserve_bytes=0)


@pytest.fixture
def robot(db):
    return make_deployment_span(evidence="sim").robot


@pytest.fixture
def settled(spool):
    """Return a function that takes envelopes from ingest to states and lake."""

    def settle(*envelopes):
        ingest(envelopes, spool=spool)
        return services.settle_and_fold(spool)

    return settle

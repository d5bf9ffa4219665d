import os
import time

from dispatch.services import beat, heartbeat_age_s


def test_heartbeat_age_is_none_before_the_first_beat():
    assert heartbeat_age_s("bridge") is None


def test_heartbeat_age_counts_from_the_last_beat(home):
    beat("bridge")
    an_hour_ago = time.time() - 3600
    os.utime(home / "heartbeat" / "bridge", (an_hour_ago, an_hour_ago))

    old = heartbeat_age_s("bridge")
    beat("bridge")

    assert old >= 3600
    assert heartbeat_age_s("bridge") < 60

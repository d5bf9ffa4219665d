"""Two web processes count together; without the broker each counts for itself."""

import subprocess
import sys

import pytest
from django.core.cache.backends.locmem import LocMemCache
from django.utils.module_loading import import_string

from config import places
from config.embedded.valkey import Valkey
from config.shared_cache import SharedCache

OTHER_PROCESS = """
import sys
from config.shared_cache import SharedCache
print(SharedCache(sys.argv[1], {"KEY_PREFIX": "pilotgate"}).incr("asked"))
"""


@pytest.fixture(scope="module")
def broker(reachable_folder):
    service = Valkey(reachable_folder)
    service.start()
    yield service
    service.stop()


def cache_of(url):
    told = places.cache_settings(url)
    backend = import_string(told["BACKEND"])
    return backend(told.get("LOCATION", "apart"), {"KEY_PREFIX": "pilotgate"})


def test_two_processes_share_one_count(broker):
    cache = cache_of(places.broker_url(broker.home))
    cache.add("asked", 0, 60)
    mine = cache.incr("asked")

    url = places.cache_settings(places.broker_url(broker.home))["LOCATION"]
    told = subprocess.run(
        [sys.executable, "-c", OTHER_PROCESS, url],
        cwd=places.CHECKOUT,
        env={"DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": "x" * 50},
        capture_output=True,
        text=True,
        check=True,
    )

    assert mine == 1
    assert told.stdout.strip() == "2"
    assert cache.get("asked") == 2
    cache.close()


def test_broker_that_is_away_leaves_each_process_its_own_count(tmp_path):
    cache = cache_of(f"redis+socket://{tmp_path}/none.sock")

    assert isinstance(cache, SharedCache)
    assert cache.add("asked", 0, 60)
    assert [cache.incr("asked"), cache.incr("asked")] == [1, 2]
    assert cache.get("asked") == 2
    cache.clear()
    assert cache.get("asked") is None


def test_broker_without_a_memory_leaves_djangos_own():
    assert isinstance(cache_of("amqp://broker.example/"), LocMemCache)

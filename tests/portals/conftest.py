import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def unlimited():
    """Begin each test with no try counted."""
    cache.clear()


@pytest.fixture
def english(client):
    client.cookies["django_language"] = "en"
    return client

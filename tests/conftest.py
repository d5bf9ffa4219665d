from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings) -> Path:
    """Give each test a data directory of its own."""
    settings.PILOTGATE_HOME = tmp_path
    settings.SPOOL_ROOT = tmp_path / "spool"
    settings.LAKE_URL = str(tmp_path / "lake")
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path

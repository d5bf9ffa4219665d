import shutil
import tempfile
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


@pytest.fixture(scope="module")
def reachable_folder():
    """Give a folder that a service running under an account of its own can enter."""
    folder = Path(tempfile.mkdtemp(prefix="pilotgate-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)

"""Where the recordings lie; a test that needs one skips with a reason without it."""

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("PILOTGATE_RECORDINGS") or CHECKOUT / "../shared/data")
UR3 = "robots/ur3_cobotops/dataset_02052023.csv"
VDA5050_CAPTURE = "robots/vda5050_virtual_agv_capture.txt"


def recording(name):
    path = FOLDER / name
    if not path.exists():
        pytest.skip(
            f"recording {path} is absent; PILOTGATE_RECORDINGS names its folder"
        )
    return path

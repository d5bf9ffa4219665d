"""A process that writes to a spool and comes to grief."""

import os
import resource
import signal
import sys
from pathlib import Path

from robot_bridge.errors import SpoolFullError
from robot_bridge.spool import Spool
from robot_bridge.telemetry import Envelope

ENVELOPES = [Envelope(f"topic/{n}", bytes([n]) * n, "a/b", n) for n in range(1, 20)]
FULL = 7


def open_file(folder):
    return next(folder.glob("*.open"))


def die_in_a_write(folder):
    Spool(folder, age_s=3600, reserve_bytes=0).append(ENVELOPES)
    with open_file(folder).open("ab") as torn:
        torn.write(b"\x00\x00\x00\xffhalf a frame")
    os.kill(os.getpid(), signal.SIGKILL)


def run_out_of_room(folder):
    """A file size limit stands in for a full disk; both end the same write."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    spool = Spool(folder, age_s=3600, reserve_bytes=0)
    spool.append(ENVELOPES[:5])
    room = open_file(folder).stat().st_size + 20
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    try:
        spool.append(ENVELOPES[5:])
    except SpoolFullError:
        sys.exit(FULL)


if __name__ == "__main__":
    {"die": die_in_a_write, "fill": run_out_of_room}[sys.argv[1]](Path(sys.argv[2]))

"""A bridge that dies by SIGKILL between the sync to disk and the receipt."""

import os
import signal
import sys
from pathlib import Path

import django

django.setup()

from robot_bridge import adapters  # noqa: E402
from robot_bridge.services.bridge import CLIENT_ID, Bridge  # noqa: E402
from robot_bridge.spool import Spool  # noqa: E402
from robot_bridge.transports.mqtt import MqttWire  # noqa: E402


class FatalSpool(Spool):
    def append(self, envelopes):
        super().append(envelopes)
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    url, folder = sys.argv[1:]
    wire = MqttWire(url, client_id=CLIENT_ID, topics=adapters.subscriptions())
    Bridge(wire, FatalSpool(Path(folder), reserve_bytes=0)).run(lambda: False)

"""What the services that come from wheels have in common."""

import abc
import signal
import subprocess
from pathlib import Path
from typing import Any, ClassVar

from config.embedded import EmbeddedServiceError
from config.embedded.processes import await_condition, spawn, stop


class Service(abc.ABC):
    """A server of our own: started, waited for, watched, stopped."""

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    start_within_s: ClassVar[float] = 60
    stop_within_s: ClassVar[float] = 30

    def __init__(self, home: Path) -> None:
        self.home = home
        self.log = home / "logs" / f"{self.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    @abc.abstractmethod
    def start(self) -> None:
        """Prepare what the server needs, and serve."""

    @abc.abstractmethod
    def answers(self) -> bool:
        """Return whether the server takes a client now."""

    def tend(self) -> None:
        """Do what needs doing now and then while it serves."""
        return

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, by=self.stop_signal, within_s=self.stop_within_s)
            self.process = None

    def serve(self, command: list[str], **options: Any) -> None:
        """Start the server and return once it answers."""
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = spawn(
                command, log=log.fileno(), on_orphaned=self.stop_signal, **options
            )
        if not await_condition(self._answers_or_ended, within_s=self.start_within_s):
            self.stop()
            raise EmbeddedServiceError(f"{self.name} did not answer; see {self.log}.")
        if self.process.poll() is not None:
            raise EmbeddedServiceError(f"{self.name} ended at once; see {self.log}.")

    def _answers_or_ended(self) -> bool:
        ended = self.process is None or self.process.poll() is not None
        return ended or self.answers()

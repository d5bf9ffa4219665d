"""How what is in the outbox leaves the house: one file a channel."""

from collections.abc import Callable
from typing import Any, Final

from dispatch.enums import Channel
from dispatch.senders import email, task

SENDERS: Final[dict[Channel, Callable[[dict[str, Any]], None]]] = {
    Channel.EMAIL: email.send,
    Channel.TASK: task.send,
}

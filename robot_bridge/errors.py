"""What the bridge refuses, each as its own type."""


class BridgeError(Exception):
    """Anything the bridge refuses to do."""


class MalformedMessageError(BridgeError):
    """A message that cannot be read: it is set aside whole, and kept.

    `reason` is a SetAsideReason value, so that callers need not read the sentence.
    """

    def __init__(self, sentence: str, *, reason: str = "malformed") -> None:
        super().__init__(sentence)
        self.reason = reason


class SpoolError(BridgeError):
    """The spool could not make a promise durable; nothing may be acknowledged."""


class SpoolFullError(SpoolError):
    """No room for another promise; what is already spooled is whole."""


class SpoolBusyError(SpoolError):
    """Another process holds the spool."""


class LakeOrderError(BridgeError):
    """A later segment was offered to the lake before an earlier one of its spool."""

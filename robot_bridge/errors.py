"""What the bridge refuses, each as its own type."""

from accounts.errors import DomainError, InvalidInputError, UnavailableError


class MalformedMessageError(InvalidInputError):
    """A message that cannot be read: it is set aside whole, and kept.

    `code` is a SetAsideReason value.
    """

    code = "malformed"


class SpoolError(UnavailableError):
    """The spool could not make a promise durable; nothing may be acknowledged."""

    code = "spool"


class SpoolFullError(SpoolError):
    """No room for another promise; what is already spooled is whole."""

    code = "spool_full"


class SpoolBusyError(SpoolError):
    """Another process settles this spool."""

    code = "spool_busy"


class SegmentSettledError(DomainError):
    """A segment was offered to the ledger a second time."""

    code = "segment_settled"


class LakeOrderError(DomainError):
    """A later segment was offered to the lake before an earlier one of its run."""

    code = "lake_order"


class LakeUnreadableError(UnavailableError):
    """The lake's place does not answer, or what it held is not there."""

    code = "lake_unreadable"

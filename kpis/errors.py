"""What may go wrong around states and measurements."""

from accounts.errors import UnavailableError


class LakeBehindError(UnavailableError):
    """The lake does not hold every settled row yet."""

    code = "lake_behind"


class SettlerBusyError(UnavailableError):
    """Another process settles, and there is one at a time."""

    code = "settler_busy"

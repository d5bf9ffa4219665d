"""What ends a verification before it can say same or different."""


class UnreadableError(Exception):
    """The file is no bundle that can be read; the message says what, which and why."""

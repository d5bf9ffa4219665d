"""What may go wrong by the rules, as types; views and API map them to answers."""


class DomainError(Exception):
    """A rule said no. The message is a sentence for the person who asked.

    `code` names the rule for programs; `status` is the HTTP answer it deserves.
    """

    code = "refused"
    status = 409

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.message = str(message)
        if code:
            self.code = code


class InvalidInputError(DomainError):
    """What was given cannot be right; the message says what would be."""

    code = "invalid"
    status = 400


class NotAllowedError(DomainError):
    """A person may not do what they asked for."""

    code = "not_allowed"
    status = 403


class TransitionRefusedError(DomainError):
    """The subject's state, or a guard, does not allow this move."""

    code = "transition_refused"


class NotFoundError(DomainError):
    """For this person, the thing does not exist."""

    code = "not_found"
    status = 404


class UnavailableError(DomainError):
    """Something the deed needs cannot be reached now; trying again may help."""

    code = "unavailable"
    status = 503


class CancelledError(DomainError):
    """A person cancelled this long work."""

    code = "cancelled"

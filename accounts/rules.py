"""Named rules on who an organisation is."""

from typing import Final

_USCC_SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_LENGTH: Final = 18


def uscc_check_sign(body: str) -> str:
    """Return the 18th sign of a unified social credit code.

    Source: GB 32100-2015, annex A (weights are powers of 3 modulo 31).
    """
    total = sum(
        _USCC_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(body)
    )
    return _USCC_SIGNS[-total % 31]


def is_uscc(code: str) -> bool:
    """Say whether this is a well-formed unified social credit code (GB 32100-2015)."""
    return (
        len(code) == _USCC_LENGTH
        and set(code) <= set(_USCC_SIGNS)
        and uscc_check_sign(code[:-1]) == code[-1]
    )

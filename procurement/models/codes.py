"""Public codes: opaque, easy to read out (no I, L, O or U)."""

import secrets

from django.utils import timezone

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 5


def new_code(prefix: str) -> str:
    tail = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{prefix}-{timezone.now().year}-{tail}"


def programme_code() -> str:
    return new_code("PG")


def call_code() -> str:
    return new_code("CA")


def site_code() -> str:
    return new_code("ST")


def brief_code() -> str:
    return new_code("BR")


def submission_code() -> str:
    return new_code("SU")


def assignment_code() -> str:
    return new_code("AS")


def award_code() -> str:
    return new_code("AW")


def contract_code() -> str:
    return new_code("PC")

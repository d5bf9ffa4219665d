"""What a production start refuses."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import WARNING, CheckMessage, Error, Tags, register
from django.db import connection

SHORTEST_SECRET = 50


@register(Tags.security)
def check_secret_is_own(**_: Any) -> list[CheckMessage]:
    """Refuse a missing, short or framework-made secret in production."""
    key = settings.SECRET_KEY
    if not settings.PRODUCTION:
        return []
    if len(key) >= SHORTEST_SECRET and not key.startswith("django-insecure-"):
        return []
    return [
        Error(
            "Production needs its own secret of at least "
            f"{SHORTEST_SECRET} characters.",
            hint="Name it in SECRET_KEY or SECRET_KEY_FILE.",
            id="pilotgate.E001",
        )
    ]


@register(Tags.security)
def check_debug_is_off(**_: Any) -> list[CheckMessage]:
    if not (settings.PRODUCTION and settings.DEBUG):
        return []
    return [
        Error(
            "DEBUG shows settings and code to strangers; production refuses it.",
            hint="Leave DEBUG unset.",
            id="pilotgate.E002",
        )
    ]


@register(Tags.security)
def check_hosts_are_named(**_: Any) -> list[CheckMessage]:
    """Refuse to start where no address would be answered."""
    if not settings.PRODUCTION or settings.ALLOWED_HOSTS:
        return []
    return [
        Error(
            "Production answers to named hosts only, and none is named.",
            hint="Name them in ALLOWED_HOSTS, separated by commas.",
            id="pilotgate.E004",
        )
    ]


@register(Tags.security)
def check_mail_is_sent(**_: Any) -> list[CheckMessage]:
    """Warn where mail, and the links in it, only gather in files."""
    if not settings.PRODUCTION or settings.MAIL_IS_SENT:
        return []
    return [
        CheckMessage(
            WARNING,
            "No mail leaves: each is kept in a file, with its links to log in.",
            hint="Name the mail server in EMAIL_URL.",
            id="pilotgate.W001",
        )
    ]


@register(Tags.database)
def check_role_is_no_superuser(
    *, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Refuse a superuser in production: row-level security never binds one."""
    if not (settings.PRODUCTION and databases):
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles "
            "WHERE rolname = current_user"
        )
        role, unbound = cursor.fetchone()
    if not unbound:
        return []
    return [
        Error(
            f"The database role {role} is a superuser or bypasses row security.",
            hint="Name an ordinary role in DATABASE_URL.",
            id="pilotgate.E003",
        )
    ]

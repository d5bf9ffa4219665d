"""Where mail goes, as one URL."""

from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_BACKENDS: Final = "django.core.mail.backends"
# scheme: (setting that chooses its encryption, default port)
_SMTP: Final = {
    "smtp": ("", 25),
    "smtp+tls": ("EMAIL_USE_TLS", 587),
    "smtps": ("EMAIL_USE_SSL", 465),
}


def mail_settings(url: str) -> dict[str, Any]:
    """Return Django's settings for a mail URL.

    `smtp://`, `smtp+tls://` (STARTTLS) or `smtps://` with user:secret@host:port, or
    `file:///folder` for one file a mail.

    Raises:
        ImproperlyConfigured: another scheme, or no host.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path:
        return {
            "EMAIL_BACKEND": f"{_BACKENDS}.filebased.EmailBackend",
            "EMAIL_FILE_PATH": unquote(parts.path),
        }
    if parts.scheme not in _SMTP or not parts.hostname:
        raise ImproperlyConfigured(
            f"EMAIL_URL begins with {parts.scheme}://; it would be smtp://, "
            "smtp+tls:// or smtps:// and a host, or file:///folder."
        )
    encryption, port = _SMTP[parts.scheme]
    found = {
        "EMAIL_BACKEND": f"{_BACKENDS}.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
    }
    return found | ({encryption: True} if encryption else {})

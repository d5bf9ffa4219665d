"""What every page knows: its portal's frame, menu, reader, clock and words."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext

from accounts.models import User
from dispatch.models import Notice
from portals.navigation import (
    PORTAL_NAMES,
    Entry,
    frame_of,
    menu,
    optional_url,
    portal_of,
    workbench_of,
)
from portals.requests import awaits_second_factor, passkeys_work

OTHER_LANGUAGE = {
    "zh-hans": {"code": "en", "name": "English", "lang": "en"},
    "en": {"code": "zh-hans", "name": "中文", "lang": "zh-Hans"},
}
HTML_LANG = {"zh-hans": "zh-Hans", "en": "en"}
TEXT_COOKIE = "pilotgate_text"


def script_words() -> dict[str, str]:
    """Collect the words the page's script may need to say."""
    return {
        "stale": gettext("stale"),
        "beijing": gettext("%(at)s Beijing time"),
        "live": gettext("Live"),
        "polling": gettext("Live, refreshed every {n} seconds"),
        "lost": gettext("Connection lost, trying again"),
        "saving": gettext("Saving…"),
        "saved": gettext("Draft saved at {time}."),
        "notSaved": gettext("Not saved yet: {reason}"),
        "offline": gettext("no connection; it will be tried again"),
        "copied": gettext("Copied"),
        "copyFailed": gettext("Select the text and copy it by hand."),
        "confirm": gettext("Yes, continue"),
        "cancel": gettext("Cancel"),
        "local": gettext("your time"),
        "requestFailed": gettext("The page did not answer ({status}). Try again."),
    }


def is_demo(request: HttpRequest) -> bool:
    """Whether the reader's organisation is flagged demo; a visitor sees the site's."""
    organisation = getattr(getattr(request, "user", None), "organisation", None)
    if organisation is None:
        return bool(getattr(settings, "DEMO", False))
    return bool(organisation.is_demo)


def unread_notices(request: HttpRequest) -> int:
    """Count the news that a signed-in reader has not seen."""
    user = getattr(request, "user", None)
    return (
        Notice.objects.visible_to(user).unread().count()
        if isinstance(user, User)
        else 0
    )


def open_menu(request: HttpRequest) -> list[Entry]:
    """List the portal's entries, or none before a second factor opens them."""
    if not portal_of(request) and awaits_second_factor(request):
        return []
    return menu(request)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Hand every page its frame; what costs a query is called by the template."""
    portal = frame_of(request)
    language = (get_language() or settings.LANGUAGE_CODE).lower()
    return {
        "portal": portal,
        "portal_name": gettext(PORTAL_NAMES[portal]) if portal else "",
        "portal_base": f"frames/{portal or 'plain'}.html",
        "portal_home": optional_url(f"{portal}:workbench") or reverse("public:home"),
        "own_workbench": partial(workbench_of, request),
        "navigation": partial(open_menu, request),
        "awaits_second_factor": partial(awaits_second_factor, request),
        "passkeys_work": partial(passkeys_work, request),
        "mail_is_sent": settings.MAIL_IS_SENT,
        "product_name": gettext("Pilotgate"),
        "product_version": getattr(settings, "VERSION", ""),
        "is_demo": partial(is_demo, request),
        "html_lang": HTML_LANG.get(language, language),
        "other_language": OTHER_LANGUAGE.get(language, OTHER_LANGUAGE["zh-hans"]),
        "large_text": request.COOKIES.get(TEXT_COOKIE) == "large",
        "script_words": script_words,
        "server_now": timezone.now(),
        "notices_url": reverse("account:notice_list"),
        "notices_count": partial(unread_notices, request),
        "shows_styleguide": settings.DEBUG or getattr(settings, "DEMO", False),
    }

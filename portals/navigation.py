"""The menu of each portal, as data. An entry shows only if its URL exists."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.enums import Role

PORTAL_OF: Final[dict[str, str]] = {
    Role.OFFICIAL: "officials",
    Role.AUDITOR: "officials",
    Role.VENDOR: "vendors",
    Role.REVIEWER: "institutes",
}


@dataclass(frozen=True)
class Item:
    """A menu entry; `nouns` are the starts of the URL names it stands for."""

    label: str
    url_name: str
    nouns: tuple[str, ...] = ()

    def covers(self, url_name: str) -> bool:
        own = self.url_name.removesuffix("_list")
        starts = (own, *self.nouns)
        return any(url_name == s or url_name.startswith(f"{s}_") for s in starts)


@dataclass(frozen=True)
class Entry:
    label: str
    url: str
    active: bool


WORKBENCH = Item(gettext_noop("Workbench"), "workbench")
GATES = Item(gettext_noop("Gates"), "gate_list")
PEOPLE = Item(
    gettext_noop("People"),
    "people_list",
    ("person", "invitation", "institute", "organisation", "vendor"),
)
PORTAL_NAMES = {
    "officials": gettext_noop("City portal"),
    "vendors": gettext_noop("Vendor portal"),
    "institutes": gettext_noop("Institute portal"),
    "public": gettext_noop("Public portal"),
}
MENUS = {
    "officials": (
        WORKBENCH,
        Item(gettext_noop("Calls"), "call_list", ("programme",)),
        Item(gettext_noop("Scenario briefs"), "brief_list", ("site",)),
        Item(
            gettext_noop("Submissions"),
            "submission_list",
            ("review", "assignment"),
        ),
        Item(gettext_noop("Awards and contracts"), "award_list", ("contract",)),
        Item(
            gettext_noop("Pilots"),
            "pilot_list",
            ("robot", "bridge", "inspector"),
        ),
        GATES,
        Item(gettext_noop("Volume orders"), "tranche_list"),
        Item(gettext_noop("KPI catalogue"), "kpi_list", ("own_kpi",)),
        Item(gettext_noop("Audit"), "audit_list"),
        PEOPLE,
    ),
    "vendors": (
        WORKBENCH,
        Item(gettext_noop("Scenario briefs"), "brief_list", ("call",)),
        Item(gettext_noop("Submissions"), "submission_list", ("award",)),
        Item(gettext_noop("Contracts"), "contract_list"),
        Item(gettext_noop("Pilots"), "pilot_list", ("tranche",)),
        GATES,
        Item(
            gettext_noop("Robots"),
            "robot_list",
            ("credential", "deployment", "inspector"),
        ),
        PEOPLE,
    ),
    "institutes": (
        WORKBENCH,
        Item(
            gettext_noop("Assignments"),
            "assignment_list",
            ("review", "score", "submission", "brief"),
        ),
        Item(gettext_noop("Pilots"), "pilot_list", ("robot",)),
        GATES,
        PEOPLE,
    ),
    "public": (
        Item(gettext_noop("Home"), "home"),
        Item(gettext_noop("Scenario briefs"), "brief_list", ("call",)),
        Item(gettext_noop("Awards"), "award_list"),
        Item(gettext_noop("Outcome register"), "register", ("outcome",)),
        Item(gettext_noop("Published overrides"), "override_list"),
        Item(gettext_noop("KPI catalogue"), "kpi_list"),
    ),
}


def optional_url(name: str, *args: object) -> str:
    """Reverse a name, or answer "" where no such page is mounted."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def portal_of(request: HttpRequest) -> str:
    """Name the portal that answers, "" outside the four."""
    match = request.resolver_match
    names = match.namespaces if match else []
    return next((name for name in names if name in MENUS), "")


def here(request: HttpRequest, name: str, *args: object) -> str:
    """Reverse a page of the portal that answers."""
    return reverse(f"{portal_of(request)}:{name}", args=args)


def link_here(request: HttpRequest, name: str, *args: object) -> str:
    """Reverse a name in the portal that answers, or return "" where it has none."""
    try:
        return here(request, name, *args)
    except NoReverseMatch:
        return ""


def frame_of(request: HttpRequest) -> str:
    """Name the portal whose frame a page wears: its own, or its reader's."""
    role = getattr(getattr(request, "user", None), "role", "")
    return portal_of(request) or PORTAL_OF.get(role, "")


def workbench_of(request: HttpRequest) -> str:
    """Return where a signed-in reader starts, "" for a visitor."""
    role = getattr(getattr(request, "user", None), "role", "")
    return optional_url(f"{PORTAL_OF[role]}:workbench") if role in PORTAL_OF else ""


def menu(request: HttpRequest) -> list[Entry]:
    """List the entries of the portal the reader is in."""
    portal = frame_of(request)
    match = request.resolver_match
    here = (match.url_name if match else "") or ""
    found = [
        (item, optional_url(f"{portal}:{item.url_name}"))
        for item in MENUS.get(portal, ())
    ]
    return [Entry(_(item.label), url, item.covers(here)) for item, url in found if url]

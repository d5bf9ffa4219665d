"""The page of a thing that a notice or an audit entry names by type and code."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portals.navigation import optional_url

# What each kind of subject is called, and the page of it, which a portal may have.
PAGES: Final = {
    "procurement.VendorRegistration": (gettext_noop("Vendor"), "vendor_detail"),
    "procurement.Programme": (gettext_noop("Programme"), ""),
    "procurement.Call": (gettext_noop("Call"), "call_detail"),
    "procurement.Brief": (gettext_noop("Scenario brief"), "brief_detail"),
    "procurement.Site": (gettext_noop("Site"), "site_edit"),
    "procurement.Submission": (gettext_noop("Submission"), "submission_detail"),
    "procurement.Assignment": (gettext_noop("Review"), "assignment_detail"),
    "procurement.Award": (gettext_noop("Award"), "award_detail"),
    "procurement.PocContract": (gettext_noop("Contract"), "contract_detail"),
    "pilots.Pilot": (gettext_noop("Pilot"), "pilot_detail"),
    "pilots.PilotMilestone": (gettext_noop("Milestone"), ""),
    "pilots.GateReview": (gettext_noop("Gate review"), "gate_detail"),
    "pilots.VolumeTranche": (gettext_noop("Volume order"), "tranche_detail"),
    "robot_bridge.Robot": (gettext_noop("Robot"), "robot_detail"),
    "accounts.User": (gettext_noop("Person"), ""),
    "accounts.Organisation": (gettext_noop("Organisation"), ""),
    "accounts.Invitation": (gettext_noop("Invitation"), ""),
    "accounts.ApiToken": (gettext_noop("Access token"), ""),
    "dispatch.Job": (gettext_noop("Long work"), "job_detail"),
}
# No portal's own: the same page for everybody.
PERSONAL: Final = {"job_detail": "account"}


def subject_word(subject_type: str) -> str:
    """Name a kind of subject; one without a name keeps its own."""
    word, _page = PAGES.get(subject_type, (subject_type.rpartition(".")[2], ""))
    return _(word)


def subject_url(portal: str, subject_type: str, code: str) -> str:
    """Return the page of a subject in a portal, "" where it has none."""
    _word, page = PAGES.get(subject_type, ("", ""))
    if not page:
        return ""
    return optional_url(f"{PERSONAL.get(page, portal)}:{page}", code)

"""A volume order as a page: what was ordered, for how much, unlocked by what."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from pilots.models import VolumeTranche
from portals.navigation import here
from portals.presenters.figures import moment_text, money_text
from portals.presenters.pieces import Answer, Link
from portals.presenters.pilots.verdict import gate_words, review_card


def tranche_page(request: HttpRequest, tranche: VolumeTranche) -> dict[str, Any]:
    pilot, review = tranche.pilot, tranche.gate_review
    override = getattr(review, "override", None)
    return {
        "title": _("Volume order %(code)s") % {"code": tranche.code},
        "subtitle": pilot.title,
        "status": tranche.state,
        "status_label": tranche.get_state_display(),
        "is_demo": pilot.is_demo,
        "trail": [
            Link(_("Volume orders"), here(request, "tranche_list")),
            Link(tranche.code),
        ],
        "actions": [
            Link(_("The pilot"), here(request, "pilot_detail", pilot.code)),
            Link(_("The gate review"), here(request, "gate_detail", review.code)),
        ],
        "answers": [
            Answer(_("Robots"), f"{tranche.quantity:,}"),
            Answer(_("Unit price"), money_text(tranche.unit_price_cny)),
            Answer(_("Amount"), money_text(tranche.unit_price_cny * tranche.quantity)),
            Answer(_("Vendor"), str(pilot.vendor)),
            Answer(_("City"), str(pilot.city)),
            Answer(_("Contract"), pilot.contract.code),
            Answer(_("Ordered by"), str(tranche.ordered_by)),
            Answer(_("Ordered"), moment_text(tranche.ordered_at)),
            Answer(
                _("Unlocked by"),
                gate_words(review.gate.stage, review.gate.quantity),
            ),
        ],
        "card": review_card(review),
        "override": override,
    }

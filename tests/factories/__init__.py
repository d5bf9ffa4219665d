"""Plain functions that make one valid thing each."""

from tests.factories.people import HOUSE_OF, make_organisation, make_uscc, make_user
from tests.factories.purchases import (
    AVAILABILITY_CRITERION,
    make_assignment,
    make_award,
    make_brief,
    make_brief_kpi,
    make_call,
    make_contract,
    make_plan,
    make_programme,
    make_site,
    make_submission,
    move_state,
    pass_deadline,
    triggers_off,
)
from tests.factories.robots import make_deployment_span, make_robot

__all__ = [
    "AVAILABILITY_CRITERION",
    "HOUSE_OF",
    "make_assignment",
    "make_award",
    "make_brief",
    "make_brief_kpi",
    "make_call",
    "make_contract",
    "make_deployment_span",
    "make_organisation",
    "make_plan",
    "make_programme",
    "make_robot",
    "make_site",
    "make_submission",
    "make_uscc",
    "make_user",
    "move_state",
    "pass_deadline",
    "triggers_off",
]

"""All that belongs to one purchase: from its brief to the last robot ordered."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from pilots.models import GateReview, Pilot, PilotMilestone, VolumeTranche
from procurement.models import Assignment, Award, Brief, PocContract, Submission


def brief_of_case(code: str, user: User) -> Brief | None:
    """Find a purchase by the code of its brief, contract, pilot or gate review."""
    found = [
        Brief.objects.visible_to(user).filter(code=code).values("pk"),
        PocContract.objects.visible_to(user).filter(code=code).values("award__brief"),
        Pilot.objects.visible_to(user)
        .filter(code=code)
        .values("contract__award__brief"),
        GateReview.objects.visible_to(user)
        .filter(code=code)
        .values("gate__pilot__contract__award__brief"),
    ]
    anywhere = Q(pk__in=found[0])
    for rows in found[1:]:
        anywhere |= Q(pk__in=rows)
    brief: Brief | None = Brief.objects.visible_to(user).filter(anywhere).first()
    return brief


def in_case(brief: Brief, user: User) -> Q:
    """Say which audit entries tell of a purchase, through what this reader may see."""
    whole = _of(Brief.objects.visible_to(user).filter(pk=brief.pk))
    for rows in (
        Submission.objects.visible_to(user).filter(brief=brief),
        Assignment.objects.visible_to(user).filter(submission__brief=brief),
        Award.objects.visible_to(user).filter(brief=brief),
        PocContract.objects.visible_to(user).filter(award__brief=brief),
        Pilot.objects.visible_to(user).filter(contract__award__brief=brief),
        PilotMilestone.objects.visible_to(user).filter(
            pilot__contract__award__brief=brief
        ),
        GateReview.objects.visible_to(user).filter(
            gate__pilot__contract__award__brief=brief
        ),
        VolumeTranche.objects.visible_to(user).filter(
            pilot__contract__award__brief=brief
        ),
    ):
        whole |= _of(rows)
    return whole


def _of(rows: "QuerySet[Any]") -> Q:
    return Q(subject_type=rows.model._meta.label, subject_id__in=rows.values("pk"))

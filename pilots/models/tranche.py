from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from pilots.enums import TrancheState
from pilots.models.gate import GateReview
from pilots.models.pilot import Pilot
from pilots.querysets import VolumeTrancheQuerySet
from procurement.models.codes import new_code

CURRENCY = "CNY"


def tranche_code() -> str:
    return new_code("VT")


class VolumeTranche(models.Model):
    """One call-off of 1, 10, 100 or 1000 robots, unlocked by a gate review of its own.

    Whether the review unlocks it is decided by the database.
    """

    code = models.CharField(max_length=32, unique=True, default=tranche_code)
    pilot = models.ForeignKey(Pilot, models.PROTECT, related_name="tranches")
    number = models.PositiveSmallIntegerField(_("Tranche"))
    quantity = models.PositiveIntegerField(_("Robots"))
    gate_review = models.OneToOneField(
        GateReview, models.PROTECT, related_name="tranche"
    )
    unit_price_cny = models.DecimalField(
        _("Unit price, CNY"), max_digits=12, decimal_places=2
    )
    currency = models.CharField(max_length=3, default=CURRENCY)
    ordered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(
        max_length=16, choices=TrancheState, default=TrancheState.ORDERED
    )

    objects = VolumeTrancheQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["pilot", "number"], name="tranche_is_ordered_once"
            ),
            models.CheckConstraint(
                condition=Q(currency=CURRENCY), name="tranche_is_paid_in_yuan"
            ),
            models.CheckConstraint(
                condition=Q(unit_price_cny__gt=0), name="tranche_has_a_price"
            ),
            models.CheckConstraint(
                condition=Q(state__in=TrancheState.values),
                name="tranche_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def city(self) -> Organisation:
        return self.pilot.city

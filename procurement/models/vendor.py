from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from procurement.enums import RegistrationState
from procurement.querysets import VendorRegistrationQuerySet


class VendorRegistration(models.Model):
    """Whether officials let a vendor submit; who did so, the audit tells."""

    vendor = models.OneToOneField(Organisation, models.PROTECT, related_name="+")
    state = models.CharField(
        _("State"),
        max_length=16,
        choices=RegistrationState,
        default=RegistrationState.WAITING,
    )
    reason = models.TextField(_("Reason"), blank=True)
    judged_at = models.DateTimeField(_("Judged"), null=True)

    objects = VendorRegistrationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=RegistrationState.values),
                name="registration_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state=RegistrationState.WAITING)
                | (Q(judged_at__isnull=False) & ~Q(reason="")),
                name="judged_vendor_is_told_when_and_why",
            ),
        ]

    def __str__(self) -> str:
        return str(self.vendor)

    @property
    def code(self) -> str:
        return self.vendor.code

    @property
    def is_demo(self) -> bool:
        return self.vendor.is_demo

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.enums import OrganisationKind
from accounts.querysets import OrganisationQuerySet


class Organisation(models.Model):
    """A city, vendor or institute. A demo one marks all it touches as demo data."""

    code = models.SlugField(_("Code"), max_length=40, unique=True)
    kind = models.CharField(_("Kind"), max_length=16, choices=OrganisationKind)
    name_zh = models.CharField(_("Name in Chinese"), max_length=120)
    name_en = models.CharField(_("Name in English"), max_length=160, blank=True)
    uscc = models.CharField(
        _("Unified social credit code"), max_length=18, null=True, unique=True
    )
    is_demo = models.BooleanField(_("Demo"), default=False)
    registered_at = models.DateTimeField(_("Registered"), auto_now_add=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="vendor_has_a_credit_code",
                condition=~Q(kind=OrganisationKind.VENDOR) | Q(uscc__isnull=False),
            ),
            models.CheckConstraint(
                name="credit_code_has_18_signs",
                condition=Q(uscc__isnull=True)
                | Q(uscc__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, else in Chinese."""
        if (get_language() or "").startswith("en") and self.name_en:
            return self.name_en
        return self.name_zh

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from procurement.enums import ContractEvidence, ContractState
from procurement.models.brief import Brief
from procurement.models.codes import award_code, contract_code
from procurement.models.submission import Submission
from procurement.querysets import AwardQuerySet, PocContractQuerySet


class Award(models.Model):
    """The decision for one submission of a brief. Never edited."""

    code = models.CharField(max_length=32, unique=True, default=award_code)
    brief = models.ForeignKey(Brief, models.PROTECT, related_name="awards")
    submission = models.OneToOneField(Submission, models.PROTECT, related_name="award")
    awarded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    awarded_at = models.DateTimeField(default=timezone.now, editable=False)
    score = models.DecimalField(
        _("Weighted score"), max_digits=5, decimal_places=2, editable=False
    )
    reason = models.TextField(_("Reason"))

    objects = AwardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brief"], name="brief_is_awarded_once"),
            models.CheckConstraint(
                condition=~Q(reason=""), name="award_states_its_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def vendor(self) -> Organisation:
        return self.submission.vendor

    @property
    def city(self) -> Organisation:
        return self.brief.city


class PocContract(models.Model):
    """The POC contract of an award, with the KPI contract its gates are judged by.

    `criteria` is a list of objects, one a KPI; numbers are decimal strings.
    `criteria_digest` is the SHA-256 of its canonical JSON. Both stand still from the
    first signature on.
    """

    code = models.CharField(max_length=32, unique=True, default=contract_code)
    award = models.OneToOneField(Award, models.PROTECT, related_name="contract")
    city = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    vendor = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    starts_on = models.DateField(_("Starts on"))
    weeks = models.PositiveSmallIntegerField(_("Weeks"))
    robots = models.PositiveSmallIntegerField(_("Robots in the POC"))
    poc_price_cny = models.DecimalField(
        _("Price of the POC, CNY"), max_digits=14, decimal_places=2
    )
    unit_price_cny = models.DecimalField(
        _("Unit price at volume, CNY"), max_digits=12, decimal_places=2
    )
    quantity_min = models.PositiveIntegerField(_("Smallest volume, robots"))
    quantity_max = models.PositiveIntegerField(_("Largest volume, robots"))
    evidence_kind = models.CharField(
        _("Accepted evidence"), max_length=16, choices=ContractEvidence
    )
    criteria = models.JSONField()
    criteria_digest = models.CharField(max_length=64)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(auto_now_add=True)
    vendor_signed_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, editable=False
    )
    vendor_signed_at = models.DateTimeField(null=True, editable=False)
    city_signed_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, editable=False
    )
    signed_at = models.DateTimeField(null=True, editable=False)
    state = models.CharField(
        max_length=16,
        choices=ContractState,
        default=ContractState.DRAFT,
        editable=False,
    )

    objects = PocContractQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ContractState.values),
                name="contract_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(weeks__range=(8, 12)), name="poc_lasts_8_to_12_weeks"
            ),
            models.CheckConstraint(
                condition=Q(evidence_kind__in=ContractEvidence.values),
                name="gate_accepts_live_or_sim_only",
            ),
            models.CheckConstraint(
                condition=Q(quantity_min__gte=1, quantity_max__gte=F("quantity_min")),
                name="contract_has_a_quantity_range",
            ),
            models.CheckConstraint(
                condition=Q(state=ContractState.DRAFT)
                | Q(vendor_signed_by__isnull=False, vendor_signed_at__isnull=False),
                name="vendor_signs_first",
            ),
            models.CheckConstraint(
                condition=~Q(state=ContractState.SIGNED)
                | Q(city_signed_by__isnull=False, signed_at__isnull=False),
                name="signed_means_by_both_sides",
            ),
            models.CheckConstraint(
                condition=Q(criteria_digest__regex="^[0-9a-f]{64}$") & ~Q(criteria=[]),
                name="contract_has_criteria_and_digest",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def brief(self) -> Brief:
        return self.award.brief

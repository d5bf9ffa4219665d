from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from robot_bridge.enums import EvidenceKind, RobotProtocol
from robot_bridge.querysets import (
    BackfillPermissionQuerySet,
    CredentialQuerySet,
    DeploymentSpanQuerySet,
    RobotQuerySet,
)

SERIAL_SIGNS: Final = r"^[A-Za-z0-9._-]{1,64}$"


class Robot(models.Model):
    """One machine of a vendor, known to the wires by vendor code and serial."""

    code = models.CharField(_("Code"), max_length=24, unique=True)
    serial = models.CharField(_("Serial number"), max_length=64)
    maker = models.CharField(_("Maker"), max_length=80)
    model = models.CharField(_("Model"), max_length=80)
    vendor = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("Vendor"), related_name="+"
    )
    protocol = models.CharField(_("Protocol"), max_length=16, choices=RobotProtocol)
    registered_at = models.DateTimeField(_("Registered"), auto_now_add=True)

    objects = RobotQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                "vendor", "serial", name="serial_names_one_robot_of_a_vendor"
            ),
            models.CheckConstraint(
                name="serial_fits_into_a_topic",
                condition=Q(serial__regex=SERIAL_SIGNS),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.maker} {self.model}"

    @property
    def wire_name(self) -> str:
        """The user name and the middle of every topic: vendor code / serial."""
        return f"{self.vendor.code}/{self.serial}"


class Credential(models.Model):
    """What a robot proves itself with; the secret is shown once and kept hashed."""

    robot = models.ForeignKey(Robot, models.CASCADE, related_name="credentials")
    username = models.CharField(_("User name"), max_length=110)
    secret_hash = models.CharField(max_length=160)
    issued_at = models.DateTimeField(_("Issued"))
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(_("Revoked"), null=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(
                "username",
                condition=Q(revoked_at=None),
                name="robot_has_one_valid_credential",
            ),
            models.CheckConstraint(
                name="credential_is_revoked_after_its_issue",
                condition=Q(revoked_at=None) | Q(revoked_at__gte=F("issued_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.username


class DeploymentSpan(models.Model):
    """When a robot worked where, on which software, and what that is evidence of.

    Spans of one robot never overlap; a new software version begins a new span.
    """

    robot = models.ForeignKey(Robot, models.PROTECT, related_name="deployment_spans")
    city = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("City"),
    )
    start_at = models.DateTimeField(_("From"))
    end_at = models.DateTimeField(_("Until"), null=True)
    evidence = models.CharField(_("Evidence"), max_length=16, choices=EvidenceKind)
    software = models.CharField(_("Software"), max_length=64)

    objects = DeploymentSpanQuerySet.as_manager()

    class Meta:
        ordering = ["robot", "start_at"]
        constraints = [
            models.CheckConstraint(
                name="span_ends_after_it_starts",
                condition=Q(end_at=None) | Q(end_at__gt=F("start_at")),
            ),
            models.CheckConstraint(
                name="span_is_evidence_of_a_known_kind",
                condition=Q(evidence__in=EvidenceKind.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.robot_id} [{self.start_at}, {self.end_at}) {self.evidence}"


class BackfillPermission(models.Model):
    """Leave to send samples older than a week, and what they are evidence of."""

    robot = models.ForeignKey(
        Robot, models.PROTECT, related_name="backfill_permissions"
    )
    from_at = models.DateTimeField(_("From"))
    until_at = models.DateTimeField(_("Until"))
    evidence = models.CharField(_("Evidence"), max_length=16, choices=EvidenceKind)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("Opened"))
    closes_at = models.DateTimeField(_("Closes"))

    objects = BackfillPermissionQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.CheckConstraint(
                name="permission_covers_a_span", condition=Q(until_at__gt=F("from_at"))
            ),
            models.CheckConstraint(
                name="permission_covers_the_past",
                condition=Q(until_at__lte=F("opened_at")),
            ),
            models.CheckConstraint(
                name="permission_is_evidence_of_a_known_kind",
                condition=Q(evidence__in=EvidenceKind.values),
            ),
            models.CheckConstraint(
                name="permission_closes_after_it_opens",
                condition=Q(closes_at__gt=F("opened_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.robot_id} [{self.from_at}, {self.until_at}) {self.evidence}"

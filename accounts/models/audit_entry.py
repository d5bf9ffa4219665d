from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.organisation import Organisation
from accounts.models.person import User
from accounts.querysets import AuditEntryQuerySet


class AuditEntry(models.Model):
    """One deed, chained to the one before by its digest. Appended, never edited."""

    number = models.PositiveBigIntegerField(_("Number"), unique=True)
    at = models.DateTimeField(_("Time"))
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("By"), related_name="+")
    city = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(_("Deed"), max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    subject_code = models.CharField(_("Subject"), max_length=120)
    facts = models.JSONField(_("Facts"), default=dict)
    previous_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="audit_by_subject")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.verb} {self.subject_code}"

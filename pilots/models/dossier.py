from django.db import models
from django.db.models import Q

from pilots.models.gate import GateReview
from pilots.querysets import GateDossierQuerySet


class GateDossier(models.Model):
    """A review's dossier in one language, as asked for and, once made, as kept.

    `content_digest` is that of what is signed: when it changes, another is made and
    this one stays.
    """

    review = models.ForeignKey(GateReview, models.PROTECT, related_name="dossiers")
    language = models.CharField(max_length=8)
    content_digest = models.CharField(max_length=64)
    asked_at = models.DateTimeField(auto_now_add=True)
    made_at = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    # Why it could not be made, in its language; asking again forgets it.
    error = models.TextField(blank=True)

    objects = GateDossierQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "language", "content_digest"],
                name="dossier_is_made_once_for_what_is_signed",
            ),
            models.CheckConstraint(
                condition=Q(made_at=None, sha256="")
                | Q(made_at__isnull=False, sha256__regex="^[0-9a-f]{64}$", error=""),
                name="made_dossier_says_its_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review.code} {self.language}"

    @property
    def file_name(self) -> str:
        return f"{self.review.code}-{self.language}-{self.content_digest[:12]}.pdf"

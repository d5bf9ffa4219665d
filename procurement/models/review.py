from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from procurement.enums import AssignmentState, ConflictGround
from procurement.models.call import ReviewCriterion
from procurement.models.codes import assignment_code
from procurement.models.submission import Submission
from procurement.querysets import (
    AssignmentQuerySet,
    ConflictDeclarationQuerySet,
    ScoreQuerySet,
)


class Assignment(models.Model):
    """A reviewer asked to score a submission; nothing is read before declaring."""

    code = models.CharField(max_length=32, unique=True, default=assignment_code)
    submission = models.ForeignKey(
        Submission, models.PROTECT, related_name="assignments"
    )
    reviewer = models.ForeignKey(User, models.PROTECT, related_name="+")
    assigned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, editable=False)
    state = models.CharField(
        max_length=16,
        choices=AssignmentState,
        default=AssignmentState.ASSIGNED,
        editable=False,
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "reviewer"], name="reviewer_is_assigned_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=AssignmentState.values),
                name="assignment_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def city(self) -> Organisation:
        return self.submission.brief.city


class ConflictDeclaration(models.Model):
    """A reviewer's word on ties with the vendor. Made once, never edited."""

    assignment = models.OneToOneField(
        Assignment, models.PROTECT, related_name="declaration"
    )
    has_conflict = models.BooleanField(_("There is a conflict of interest"))
    ground = models.CharField(
        _("Ground"), max_length=16, choices=ConflictGround, blank=True
    )
    statement = models.TextField(_("Statement"), blank=True)
    declared_at = models.DateTimeField(auto_now_add=True)

    objects = ConflictDeclarationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(has_conflict=False) | ~Q(ground=""),
                name="conflict_names_its_ground",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment.code} declaration"


class Score(models.Model):
    """A reviewer's points on one criterion; saved as they are typed."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(
        ReviewCriterion, models.PROTECT, related_name="scores"
    )
    points = models.DecimalField(_("Points"), max_digits=5, decimal_places=2)
    comment = models.TextField(_("Comment"), blank=True)
    saved_at = models.DateTimeField(auto_now=True)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "criterion"], name="criterion_is_scored_once"
            ),
            models.CheckConstraint(
                condition=Q(points__gte=0), name="points_are_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment.code} {self.criterion.number}"

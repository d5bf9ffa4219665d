"""The fixed words of news and work."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class NoticeKind(TextChoices):
    """What a notice tells; the label is the sentence, %(subject)s its subject."""

    BRIEF_PUBLISHED = "brief_published", _("Brief %(subject)s is published.")
    SUBMISSION_RECEIVED = (
        "submission_received",
        _("Submission %(subject)s was received."),
    )
    SUBMISSIONS_OPENED = (
        "submissions_opened",
        _("The submissions to %(subject)s were opened."),
    )
    REVIEW_ASSIGNED = "review_assigned", _("You are asked to review %(subject)s.")
    AWARD_MADE = "award_made", _("%(subject)s is awarded.")
    NOT_AWARDED = "not_awarded", _("%(subject)s was not awarded.")
    CONTRACT_TO_SIGN = "contract_to_sign", _("Contract %(subject)s waits for you.")
    CONTRACT_SIGNED = "contract_signed", _("Contract %(subject)s is signed.")
    PILOT_OPENED = "pilot_opened", _("Pilot %(subject)s is open.")
    ROBOT_TO_RELEASE = (
        "robot_to_release",
        _("A robot of %(subject)s is to be withdrawn; an official must agree."),
    )
    GATE_ASSESSED = "gate_assessed", _("The gate of %(subject)s was assessed.")
    GATE_TO_RECOMMEND = (
        "gate_to_recommend",
        _("The gate of %(subject)s waits for your recommendation."),
    )
    GATE_TO_DECIDE = (
        "gate_to_decide",
        _("The gate of %(subject)s waits for a decision."),
    )
    GATE_TO_APPROVE = (
        "gate_to_approve",
        _("The gate of %(subject)s waits for a second official."),
    )
    GATE_DECIDED = "gate_decided", _("The gate of %(subject)s is decided.")
    TRANCHE_ORDERED = "tranche_ordered", _("Volume tranche %(subject)s is ordered.")
    VENDOR_REGISTERED = (
        "vendor_registered",
        _("Vendor %(subject)s has registered and waits to be accepted."),
    )
    VENDOR_ACCEPTED = (
        "vendor_accepted",
        _("Your company is accepted; you may submit plans."),
    )
    VENDOR_REFUSED = "vendor_refused", _("Your company was refused; see why.")
    JOB_FINISHED = "job_finished", _("%(subject)s is done.")


class Channel(TextChoices):
    TASK = "task", _("Background task")
    EMAIL = "email", _("E-mail")


class JobKind(TextChoices):
    """Long work that shows its progress."""

    FAST_FORWARD = "fast_forward", _("Fast-forward: the past weeks are sent")
    RECOMPUTE = "recompute", _("KPI states computed anew from the telemetry")
    COMPACTION = "compaction", _("Small files of the lake merged")
    DRY_RUN = "dry_run", _("A city's KPI tried out on past days")
    EVIDENCE_BUNDLE = "evidence_bundle", _("Evidence bundle of a gate review made")


class JobState(TextChoices):
    QUEUED = "queued", pgettext_lazy("job", "Queued")
    RUNNING = "running", pgettext_lazy("job", "Running")
    DONE = "done", pgettext_lazy("job", "Done")
    FAILED = "failed", pgettext_lazy("job", "Failed")
    CANCELLED = "cancelled", pgettext_lazy("job", "Cancelled")

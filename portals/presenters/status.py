"""One word, icon and tone for every state a page shows; never colour alone."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

ICONS = {
    "good": "check",
    "info": "circle-dot",
    "warn": "question-mark",
    "bad": "x",
    "muted": "circle-dashed",
}
TONES = {
    "good": (
        "accepted active_now approved awarded completed delivered done healthy met ok "
        "online open_now ordered pass passed promote promoted published ready "
        "recommended_pass settled signed succeeded up valid verified won"
    ),
    "info": (
        "active assessed assigned current deployed evaluating in_progress in_review "
        "invited live open opened ordering received recommended registered released "
        "reviewing running scored sent sim started submitted testbed under_review"
    ),
    "warn": (
        "changed clarification delayed degraded due expiring extended inconclusive "
        "late not_enough_evidence override overridden paused recorded retrying stale "
        "suspended unknown waiting warning"
    ),
    "bad": (
        "blocked breached cancelled conflicted declined down error expired fail failed "
        "invalid lost offline overdue refuse refused rejected revoked set_aside "
        "terminated unlocked_by_override"
    ),
}
TONE_OF = {key: tone for tone, keys in TONES.items() for key in keys.split()}
ICON_OF = {
    "late": "clock",
    "stale": "clock",
    "delayed": "clock",
    "overdue": "clock",
    "waiting": "hourglass",
    "offline": "plug-connected-x",
    "online": "plug-connected",
    "locked": "lock",
    "sealed": "lock",
    "cancelled": "ban",
    "revoked": "ban",
    "degraded": "alert-triangle",
    "suspended": "alert-triangle",
}
WORDS = {
    "pass": gettext_noop("Pass"),
    "fail": gettext_noop("Fail"),
    "not_enough_evidence": gettext_noop("Not enough evidence"),
    "pending": gettext_noop("Not yet assessed"),
    "online": gettext_noop("Online"),
    "late": gettext_noop("Late"),
    "offline": gettext_noop("Offline"),
    "stale": gettext_noop("Stale"),
    "not_started": gettext_noop("Not started"),
    "in_progress": gettext_noop("In progress"),
    "done": gettext_noop("Done"),
    "failed": gettext_noop("Failed"),
    "cancelled": gettext_noop("Cancelled"),
    "running": gettext_noop("Running"),
    "queued": gettext_noop("Queued"),
    "revoked": gettext_noop("Revoked"),
    "open": gettext_noop("Open"),
    "closed": gettext_noop("Closed"),
    "draft": gettext_noop("Draft"),
    "locked": gettext_noop("Locked"),
    "waiting": gettext_noop("Waiting for others"),
    "due": gettext_noop("Due"),
    "override": gettext_noop("To be approved"),
    "cannot_start": gettext_noop("Cannot start yet"),
}


@dataclass(frozen=True)
class Status:
    key: str
    word: str
    tone: str
    icon: str


def status_of(value: Any, label: str = "") -> Status:
    """Describe a stored state: an enum member, or its value with a label beside."""
    key = str(getattr(value, "value", value) or "pending")
    tone = TONE_OF.get(key, "muted")
    word = label or getattr(value, "label", "") or _(WORDS.get(key, ""))
    return Status(
        key=key,
        word=str(word) or key.replace("_", " ").capitalize(),
        tone=tone,
        icon=ICON_OF.get(key, ICONS[tone]),
    )

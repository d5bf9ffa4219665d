"""Dossiers are made once for what is signed, in the background, and kept."""

import hashlib
import os
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dispatch.services import enqueue
from pilots.models import GateDossier, GateOverride, GateReview
from pilots.reports.dossier import gate_dossier
from pilots.reports.pdf import PdfUnavailableError
from procurement import sealing

LANGUAGES: Final = ("zh-hans", "en")
FOLDER: Final = "dossiers"
TASK: Final = "pilots.make_dossiers"
# Who asks later than this asks again: the worker that took it is no more.
PATIENCE: Final = timedelta(minutes=5)


@transaction.atomic
def ask_dossiers(review: GateReview) -> list[GateDossier]:
    """Return the dossiers of what is signed now, made or asked for, one a language.

    What failed, got lost or takes too long is asked for again.
    """
    digest = content_digest(review)
    dossiers, is_due = [], False
    for language in LANGUAGES:
        dossier, new = GateDossier.objects.get_or_create(
            review=review, language=language, content_digest=digest
        )
        is_due |= new or _ask_again(dossier)
        dossiers.append(dossier)
    if is_due:
        enqueue(TASK, review_id=review.pk)
    return dossiers


def _ask_again(dossier: GateDossier) -> bool:
    if kept_dossier(dossier):
        return False
    late = Q(asked_at__lt=timezone.now() - PATIENCE)
    asked = GateDossier.objects.filter(
        late | ~Q(error="") | Q(made_at__isnull=False), pk=dossier.pk
    )
    return bool(
        asked.update(asked_at=timezone.now(), made_at=None, sha256="", error="")
    )


def kept_dossier(dossier: GateDossier) -> bytes | None:
    """Return the file as it was made, or None where it is not there or not the same."""
    path = _path_of(dossier)
    if dossier.made_at is None or not path.exists():
        return None
    content = path.read_bytes()
    return content if hashlib.sha256(content).hexdigest() == dossier.sha256 else None


def make_dossiers(*, review: GateReview) -> int:
    """Make what was asked for and fits what is signed now; returns how many."""
    asked = GateDossier.objects.filter(
        review=review, made_at=None, content_digest=content_digest(review)
    )
    return sum(_make(each) for each in asked.select_related("review"))


def content_digest(review: GateReview) -> str:
    """Return the digest of a review's evidence and of all that people signed on it."""
    override = GateOverride.objects.filter(review=review).first()
    return sealing.digest(
        {
            "bundle": review.bundle_digest,
            "signatures": [
                [each.step, each.person_id, each.answer, each.reason]
                for each in review.signatures.order_by("pk")
            ],
            "override": [
                override.reason,
                override.proposed_by_id,
                override.approved_by_id,
            ]
            if override
            else None,
        }
    )


def _make(dossier: GateDossier) -> bool:
    try:
        content = gate_dossier(dossier.review, dossier.language)
    except PdfUnavailableError as refused:
        GateDossier.objects.filter(pk=dossier.pk).update(error=refused.message)
        return False
    _write(_path_of(dossier), content)
    GateDossier.objects.filter(pk=dossier.pk).update(
        made_at=timezone.now(), sha256=hashlib.sha256(content).hexdigest(), error=""
    )
    return True


def _write(path: Path, content: bytes) -> None:
    """Put a whole file in its place, durably, or none."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _path_of(dossier: GateDossier) -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER / dossier.file_name

"""The append-only record of deeds: every entry carries the digest of the one before."""

import hashlib
import json
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import AuditEntry, Organisation, User

GENESIS: Final = "0" * 64
# One writer at a time; by convention the last lock a transaction takes.
_CHAIN_LOCK: Final = 7_106_001


@transaction.atomic
def record(
    subject: models.Model,
    verb: str,
    *,
    by: User,
    city: Organisation | None = None,
    **facts: Any,
) -> AuditEntry:
    """Append one deed. `facts` must be JSON; ids and digests, never secrets."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
    last = AuditEntry.objects.order_by("-number").first()
    entry = AuditEntry(
        number=last.number + 1 if last else 1,
        at=timezone.now(),
        by=by,
        city=city or _city_of(subject) or _city_of(by),
        verb=verb,
        subject_type=subject._meta.label,
        subject_id=subject.pk,
        subject_code=str(getattr(subject, "code", subject.pk)),
        facts=json.loads(json.dumps(facts, cls=DjangoJSONEncoder)),
        previous_digest=last.digest if last else GENESIS,
    )
    entry.digest = digest_of(entry)
    entry.save(force_insert=True)
    return entry


def digest_of(entry: AuditEntry) -> str:
    """Return the SHA-256 over the entry's canonical JSON, hex."""
    told = {
        "number": entry.number,
        "at": entry.at.isoformat(timespec="microseconds"),
        "by": entry.by_id,
        "city": entry.city_id,
        "verb": entry.verb,
        "subject": [entry.subject_type, entry.subject_id, entry.subject_code],
        "facts": entry.facts,
        "previous": entry.previous_digest,
    }
    canonical = json.dumps(
        told, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def first_broken() -> int | None:
    """Return the number of the first entry that does not fit the chain, or None."""
    expected, previous = 1, GENESIS
    for entry in AuditEntry.objects.order_by("number").iterator():
        fits = (
            entry.number == expected
            and entry.previous_digest == previous
            and digest_of(entry) == entry.digest
        )
        if not fits:
            return expected
        expected, previous = expected + 1, entry.digest
    return None


def _city_of(subject: models.Model) -> Organisation | None:
    """Follow the subject to the city whose auditors may read the entry."""
    city = getattr(subject, "city", None)
    if city is None and isinstance(subject, User):
        city = subject.organisation
    if isinstance(subject, Organisation):
        city = subject
    return city if isinstance(city, Organisation) and city.kind == "city" else None

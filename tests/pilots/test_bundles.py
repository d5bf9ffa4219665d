import json
import shutil
import stat
import zipfile
from datetime import date
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from accounts.enums import Role
from accounts.errors import NotAllowedError, NotFoundError
from dispatch.models import Job
from pilotgate_offline.verification import verify
from pilots import services
from pilots.errors import NotMeasuredYetError, SigningKeyError
from pilots.gate import Day
from pilots.models import GateReview
from pilots.services.bundles import bundle_path
from pilots.services.documents import Counted, refuse_other_integers
from pilots.services.seals import signing_key
from robot_bridge.lake import Lake, LakeTable
from tests.factories import make_user
from tests.pilots.factories import make_pilot_reviewer, make_review, sign
from tests.pilots.measured import exclude, make_measured_pilot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def assessed(home):
    pilot = make_measured_pilot()
    exclude(pilot)
    return services.assess_gate(pilot=pilot)


def test_a_review_keeps_a_bundle_that_verifies(assessed, settings):
    path = services.evidence_file(assessed)

    report = verify(path, services.signing_key().public)

    assert assessed.outcome == "pass", [v.reasons for v in assessed.verdicts.all()]
    assert (report.result, report.told, report.faults) == ("same", "pass", ())
    assert [kpi.result for kpi in report.kpis] == ["same"] * 6
    assert path.stat().st_size == assessed.evidence_bytes
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [*path.parent.iterdir()] == [path]
    job = Job.objects.get(kind="evidence_bundle")
    assert (job.state, job.done) == ("done", job.total)


def test_bundle_is_written_one_way_only(assessed):
    with zipfile.ZipFile(services.evidence_file(assessed)) as archive:
        entries = archive.infolist()
        manifest = json.loads(archive.read("manifest.json"))

    assert [entry.filename for entry in entries] == sorted(
        entry.filename for entry in entries
    )
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
    assert manifest["review"] == assessed.code
    assert manifest["software"]["engine"] == assessed.engine_version


def test_the_lake_forgetting_does_no_harm(assessed, settings):
    for table in LakeTable:
        Lake(settings.LAKE_URL).tidy(table)
    shutil.rmtree(settings.LAKE_URL)

    assert verify(services.evidence_file(assessed)).result == "same"


def test_the_signing_key_is_made_once_and_closed(home):
    first, second = services.signing_key(), services.signing_key()

    assert first == second
    assert stat.S_IMODE((home / "evidence_key").stat().st_mode) == 0o600
    assert [path.name for path in home.glob("evidence_key*")] == ["evidence_key"]


def test_digest_of_a_bundle_never_changes():
    review = make_review()

    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        GateReview.objects.filter(pk=review.pk).update(evidence_sha256="0" * 64)


def test_nobody_signs_without_a_bundle():
    review = make_review(evidence_sha256="", evidence_bytes=0)
    reviewer = make_pilot_reviewer(pilot=review.pilot)

    with pytest.raises(NotAllowedError, match="bundle of this review is missing"):
        services.recommend(review=review, answer="no", reason="As is.", by=reviewer)
    with (
        pytest.raises(IntegrityError, match="signature_rests_on_evidence"),
        transaction.atomic(),
    ):
        sign(review, "recommend", reviewer, "no")
    with pytest.raises(NotFoundError, match="No evidence bundle"):
        services.evidence_file(review)


@pytest.mark.parametrize(
    ("deed", "words"),
    [(lambda path: path.unlink(), "missing"), (None, "not the one that was kept")],
)
def test_nobody_signs_over_a_bundle_that_is_gone_or_changed(deed, words):
    review = make_review()
    path = bundle_path(review.code)
    if deed is None:
        path.write_bytes(b"another")
    else:
        deed(path)
    official = make_user(Role.OFFICIAL, organisation=review.pilot.contract.city)
    reviewer = make_pilot_reviewer(pilot=review.pilot)
    sign(review, "recommend", reviewer)

    with pytest.raises(NotAllowedError, match=words):
        services.decide(review=review, answer="yes", reason="So it is.", by=official)


def test_other_integers_than_those_weighed_leave_no_bundle():
    day = Day(date(2026, 3, 2), 3, 4, rows=5)
    weighed = SimpleNamespace(
        criterion=SimpleNamespace(kpi="availability"),
        evidence=SimpleNamespace(days=(day,)),
    )
    finding = SimpleNamespace(scope=SimpleNamespace(as_of=day.on), weighed=[weighed])
    later = {"2026-03-03": (9, 9, 9)}

    refuse_other_integers(
        finding, Counted({"availability": {"2026-03-02": (3, 4, 5)} | later}, {})
    )
    with pytest.raises(NotMeasuredYetError, match="New data came"):
        refuse_other_integers(
            finding, Counted({"availability": {"2026-03-02": (2, 4, 5)} | later}, {})
        )


def test_lost_key_is_not_replaced_by_another(home):
    make_review()

    with pytest.raises(SigningKeyError, match="is gone"):
        signing_key()

    assert not (home / "evidence_key").exists()

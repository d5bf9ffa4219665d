"""A stranger verifies a decision, and finds every way to tamper with it."""

import json
import zipfile
from contextlib import redirect_stdout
from io import StringIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import transaction
from django.test import override_settings

from pilotgate_offline.__main__ import main
from pilots import services
from tests.pilotgate_offline.forging import Forged
from tests.pilotgate_offline.strangers import Stranger
from tests.pilots.measured import exclude, make_measured_pilot

pytestmark = pytest.mark.django_db
PLATFORM = ("django", "kpis", "pilots", "robot_bridge", "portals", "duckdb", "ibis")


@pytest.fixture(scope="module")
def decided(django_db_setup, django_db_blocker, tmp_path_factory):
    """Bundles of a passed and of a failed gate, and the key they are signed with."""
    home = tmp_path_factory.mktemp("platform")
    places = {
        "PILOTGATE_HOME": home,
        "SPOOL_ROOT": home / "spool",
        "LAKE_URL": str(home / "lake"),
        "MEDIA_ROOT": home / "files",
    }
    found = {}
    with django_db_blocker.unblock(), override_settings(**places):
        with transaction.atomic():
            for name, good in (("passed", True), ("failed", False)):
                pilot = make_measured_pilot(good=good)
                exclude(pilot)
                review = services.assess_gate(pilot=pilot)
                found[name] = services.evidence_file(review)
            transaction.set_rollback(True)
        return found | {"key": services.signing_key().public}


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    return Stranger(tmp_path_factory.mktemp("stranger"))


def verified(path, key=""):
    """Verify in this process, which is quicker; return the status and the report."""
    said = StringIO()
    with redirect_stdout(said):
        status = main(["verify", str(path), "--json", "--key", key])
    return status, json.loads(said.getvalue())


def test_the_platform_is_not_there(stranger):
    assert [name for name in PLATFORM if stranger.imports(name)] == []
    assert stranger.imports("pilotgate_offline.verification")


@pytest.mark.parametrize(("name", "outcome"), [("passed", "pass"), ("failed", "fail")])
def test_a_decision_verifies_as_the_same(decided, stranger, name, outcome):
    status, report = stranger.verify(decided[name], "--key", decided["key"])

    assert (status, report["result"], report["faults"]) == (0, "same", [])
    assert (report["told"], report["found"]) == (outcome, outcome), report["kpis"]
    assert {each["result"] for each in report["kpis"]} == {"same"}
    assert all(each["told"] == each["found"] for each in report["kpis"])


def test_the_report_is_read_by_people(decided, stranger):
    done = stranger.run("-m", "pilotgate_offline", "verify", decided["passed"])

    assert done.returncode == 0
    assert "same       task_success: the bundle tells " in done.stdout
    assert done.stdout.endswith("same: the whole bundle\n")


def one_integer(forged):
    def change(rows):
        for row in rows:
            if row["kpi"] == "task_success" and row["den"]:
                row["num"] += 1
                return rows
        raise AssertionError("no integer to change")

    forged.table("integers.parquet", change)


def one_row(forged):
    forged.table(
        "events.parquet",
        lambda rows: [
            row | {"value": "finished"} if row["value"] == "failed" else row
            for row in rows
        ],
    )


def rows_left_out(forged):
    forged.table("signs.parquet", lambda rows: rows[:-40])


def one_exclusion(forged):
    forged.document("scope.json", lambda told: told["duty"]["exclusions"].clear())


def a_verdict(forged):
    def change(told):
        told["outcome"] = "pass" if told["outcome"] == "fail" else "fail"

    forged.document("verdict.json", change)


def a_kpis_outcome(forged):
    def change(told):
        told["kpis"][0]["outcome"] = "not_enough_evidence"

    forged.document("verdict.json", change)


def a_criterion(forged):
    def change(told):
        told["criteria"][0]["minimum"] = "0.1"

    forged.document("contract.json", change)


def a_definition(forged):
    def change(told):
        told[0]["numerator"], told[0]["denominator"] = (
            told[0]["denominator"],
            told[0]["numerator"],
        )

    forged.document("definitions.json", change)


def a_statistic(forged):
    def change(told):
        told["kpis"][0]["readings"][0]["statistic"] = "99.5"

    forged.document("verdict.json", change)


def a_later_window(forged):
    def later(told):
        told["window"][0] += 7 * 24 * 3600 * 1_000_000

    forged.document("scope.json", later)


def a_look_left_out(forged):
    forged.document("scope.json", lambda told: told["looks"].pop(0))


@pytest.mark.parametrize("forge", [a_later_window, a_look_left_out])
def test_another_time_than_agreed_is_named_though_signed_anew(decided, tmp_path, forge):
    forged = Forged(decided["passed"])
    forge(forged)

    status, report = verified(forged.sign_again().pack(tmp_path / "forged.zip"))

    assert status == 1
    assert report["faults"][0].startswith("scope.json: the ")


FORGERIES = {
    one_integer: ("integers.parquet", "task_success"),
    one_row: ("events.parquet", "task_success"),
    rows_left_out: ("signs.parquet", "availability"),
    one_exclusion: ("scope.json", "availability"),
    a_verdict: ("verdict.json", "verdict"),
    a_kpis_outcome: ("verdict.json", "task_success"),
    a_criterion: ("contract.json", "verdict"),
    a_definition: ("definitions.json", "task_success"),
    a_statistic: ("verdict.json", "task_success"),
}


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_changed_file_is_named(decided, tmp_path, forge):
    forged = Forged(decided["passed"])
    forge(forged)

    status, report = verified(forged.pack(tmp_path / "forged.zip"))

    assert status == 1
    (fault,) = (each for each in report["faults"] if "sha256" in each)
    assert fault.startswith(FORGERIES[forge][0])


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_forgery_signed_anew_is_still_different(decided, tmp_path, forge):
    forged = Forged(decided["passed"])
    forge(forged)
    path = forged.sign_again().pack(tmp_path / "forged.zip")

    status, report = verified(path)

    assert (status, report["result"]) == (1, "different")
    assert not any("sha256" in each or "signature" in each for each in report["faults"])
    what = FORGERIES[forge][1]
    if what == "verdict":
        assert report["told"] != report["found"]
    else:
        named = [each for each in report["kpis"] if each["kpi"] == what]
        assert [each["result"] for each in named] == ["different"]
        assert named[0]["differences"]


def test_another_signature_is_named(decided, tmp_path):
    forged = Forged(decided["passed"]).sign_again()
    path = forged.pack(tmp_path / "forged.zip")
    broken = Forged(decided["passed"])
    broken.files["manifest.sig"] = b"00" * 64

    status, report = verified(path, decided["key"])
    other = verified(broken.pack(tmp_path / "broken.zip"))

    assert status == 1
    assert "not with the given one" in report["faults"][0]
    assert other[0] == 1
    assert other[1]["faults"][0].startswith("signature: it is not that of key")


def cut_short(decided, path):
    whole = decided["passed"].read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def a_bomb(decided, path):
    forged = Forged(decided["passed"])
    forged.files["scope.json"] = b" " * (200 << 20)
    forged.pack(path, zipfile.ZIP_DEFLATED)


def a_file_too_many(decided, path):
    forged = Forged(decided["passed"])
    forged.files["../evil.json"] = b"{}"
    forged.pack(path)


def a_file_lost(decided, path):
    forged = Forged(decided["passed"])
    del forged.files["scope.json"]
    forged.pack(path)


def a_newer_format(decided, path):
    forged = Forged(decided["passed"])
    forged.document("manifest.json", lambda told: told.update(version=2))
    forged.pack(path)


def an_unknown_word(decided, path):
    forged = Forged(decided["passed"])
    forged.document(
        "definitions.json",
        lambda told: told[0]["numerator"][0]["where"][0].update(at_least=3),
    )
    forged.sign_again().pack(path)


def not_a_zip(decided, path):
    path.write_bytes(b"not a zip")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (cut_short, "no whole zip file; it is cut short or damaged"),
        (not_a_zip, "no whole zip file"),
        (a_bomb, "is compressed; a bundle's files are stored"),
        (a_file_too_many, "a bundle has no file ../evil.json"),
        (a_file_lost, "scope.json: missing"),
        (a_newer_format, "this program reads pilotgate evidence bundle 1"),
        (an_unknown_word, "does not know what at_least means"),
    ],
)
def test_what_cannot_be_read_says_why(decided, tmp_path, spoil, words):
    path = tmp_path / "spoilt.zip"
    spoil(decided, path)

    status, report = verified(path)

    assert (status, report["result"]) == (2, "unreadable")
    assert words in report["why"]


def test_a_table_that_would_grow_too_large_is_refused(decided, tmp_path):
    """A megabyte told three thousand times over takes little room in a file."""
    forged = Forged(decided["passed"])
    signs = pq.read_table(pa.BufferReader(forged.files["signs.parquet"])).slice(0, 3000)
    texts = pa.DictionaryArray.from_arrays(
        pa.array([0] * signs.num_rows, pa.int32()), ["x" * (1 << 20)]
    )
    sink = pa.BufferOutputStream()
    pq.write_table(signs.set_column(2, "software", texts), sink)
    forged.files["signs.parquet"] = sink.getvalue().to_pybytes()
    path = forged.sign_again().pack(tmp_path / "large.zip")

    status, report = verified(path)

    assert path.stat().st_size < 3 << 20
    assert status == 2
    assert "signs.parquet: software: " in report["why"]
    assert "bytes when it is read; at most" in report["why"]

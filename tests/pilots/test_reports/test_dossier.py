"""The gate dossier as a reader meets it: a PDF, its text, its tags."""

import os
import shutil
import subprocess
import unicodedata

import pikepdf
import pytest

from pilots.reports import pdf
from pilots.reports.dossier import dossier_html, gate_dossier
from tests.pilots.bundles import make_bundled_review
from tests.pilots.factories import sign_fully

pytestmark = pytest.mark.django_db
needs_pdftotext = pytest.mark.skipif(
    shutil.which("pdftotext") is None and os.environ.get("CI") != "true",
    reason="poppler-utils is not installed",
)


def text_of(document, folder):
    path = folder / "dossier.pdf"
    path.write_bytes(document)
    done = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True)
    plain = unicodedata.normalize("NFKC", done.stdout.decode())
    return "".join(plain.split())


@needs_pdftotext
@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            [
                "Gate dossier",
                "Demo data",
                "演示数据",
                "Availability",
                "Signatures",
                "The figures say",
                "Integers",
            ],
        ),
        ("zh-hans", ["可用率", "演示数据", "Demo data", "The figures say"]),
    ],
)
def test_a_dossier_says_what_was_judged_and_signed(language, expected, tmp_path):
    review = make_bundled_review()
    people = sign_fully(review)

    text = text_of(gate_dossier(review, language), tmp_path)

    for word in [*expected, review.code, review.pilot.code]:
        assert word.replace(" ", "") in text
    for person in people:
        assert person.name.replace(" ", "") in text
    verdict = review.verdicts.get()
    assert str(verdict.num) in text
    assert str(verdict.den) in text
    assert review.bundle_digest in text


def test_a_dossier_is_tagged_and_names_its_language(tmp_path):
    path = tmp_path / "dossier.pdf"
    path.write_bytes(gate_dossier(make_bundled_review(), "zh-hans"))

    with pikepdf.open(path) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "zh-Hans"
        assert "Title" in str(document.docinfo)


def test_a_dossier_of_a_real_city_claims_no_demo():
    review = make_bundled_review()
    review.pilot.city.is_demo = False

    assert "演示数据" not in dossier_html(review, "zh-hans")


def test_a_pdf_fetches_nothing_but_data(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("open sesame")
    html = (
        f'<html lang="en"><head><title>t</title></head><body>'
        f'<img alt="a" src="file://{secret}"><a rel="attachment" '
        f'href="file://{secret}">x</a></body></html>'
    )

    made = pdf.pdf_of(html)

    assert made.startswith(b"%PDF")
    with pikepdf.open(_kept(made, tmp_path)) as document:
        assert not document.attachments


def _kept(made, folder):
    path = folder / "made.pdf"
    path.write_bytes(made)
    return path


def test_a_document_beyond_its_limits_is_a_typed_error():
    nested = "<div>" * 50_000

    with pytest.raises(pdf.PdfUnavailableError):
        pdf.pdf_of(f"<html lang='en'><title>t</title><body>{nested}", time_s=1)


def test_a_missing_font_is_named_with_its_package(monkeypatch, tmp_path):
    empty = tmp_path / "fc-list"
    empty.write_text("#!/bin/sh\nexit 0\n")
    empty.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(pdf.PdfUnavailableError, match="fonts-noto-cjk"):
        pdf.pdf_of("<html></html>")


def test_a_missing_library_is_named_with_its_package(tmp_path):
    press = tmp_path / "press.py"
    press.write_text("import sys\nsys.exit(3)\n")

    with pytest.raises(pdf.PdfUnavailableError, match="libpango"):
        pdf.pdf_of("<html></html>", press=press)

"""The evidence bundle of a gate review: one signed file that convinces a stranger.

A zip of stored, sorted entries with fixed times. It holds copies of the rows the
contracted KPIs need, what was agreed, every integer, and the verdict, so that
`python -m pilotgate_offline verify` can compute all of it again without the platform.
"""

import contextlib
import hashlib
import json
import os
import platform
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.errors import NotAllowedError, NotFoundError
from accounts.services import clock
from dispatch.enums import JobState
from dispatch.services import running, start_job
from kpis.engine.definition import ENGINE_VERSION
from kpis.services import Fleet, export_evidence
from pilots.errors import NotMeasuredYetError
from pilots.models import GateReview
from pilots.services import seals
from pilots.services.documents import (
    Finding,
    counted_in,
    documents,
    refuse_other_integers,
)

FORMAT: Final = "pilotgate evidence bundle"
FORMAT_VERSION: Final = 1
JOB: Final = "evidence_bundle"
LIBRARIES: Final = (
    "duckdb",
    "ibis-framework",
    "deltalake",
    "pyarrow",
    "numpy",
    "scipy",
)
EPOCH_OF_ZIP: Final = (1980, 1, 1, 0, 0, 0)
README: Final = """Evidence of one gate review. 一次门禁评审的证据包。

How to check it, without the platform and without trusting it:
如何在不依赖、不信任本平台的情况下核验：

    pip install pyarrow numpy scipy cryptography tzdata
    python -m pilotgate_offline verify THIS_FILE.zip --key PUBLIC_KEY

PUBLIC_KEY is the one the city publishes on its page "Verify a decision".
PUBLIC_KEY 为城市在“核验决定”页面公布的公钥。
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A bundle that lies in its place."""

    sha256: str
    size: int


def bundle_path(code: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "evidence" / f"{code}.zip"


def keep_bundle(finding: Finding, fleet: Fleet) -> Kept:
    """Write a finding's bundle into its place; a job tells how far it is.

    Raises:
        NotMeasuredYetError: the rows are no longer those that were measured, or the
            work was cancelled; nothing is kept.
    """
    job = start_job(JOB, by=clock(), subject=finding.look.gate.pilot)
    kept: list[Kept] = []
    with running(job) as tell, _staging(bundle_path(finding.code).parent) as folder:
        kpis = export_evidence(
            fleet=fleet,
            window=finding.scope.window,
            duty=finding.scope.duty,
            folder=folder,
            tell=tell,
        )
        counted = counted_in(folder / "integers.parquet")
        refuse_other_integers(finding, counted)
        for name, told in documents(finding, kpis, counted).items():
            (folder / f"{name}.json").write_bytes(_json(told))
        (folder / "README.txt").write_text(README, encoding="utf-8")
        manifest = _json(_manifest(finding, fleet, folder))
        (folder / "manifest.json").write_bytes(manifest)
        (folder / "manifest.sig").write_text(seals.sign(manifest), encoding="ascii")
        kept.append(_put(folder, bundle_path(finding.code)))
    if job.state != JobState.DONE:
        raise NotMeasuredYetError(
            job.error or _("The evidence bundle was cancelled; assess the gate again.")
        )
    return kept[0]


def evidence_file(review: GateReview) -> Path:
    """Return where a review's bundle lies.

    Raises:
        NotFoundError: none was kept, or it is gone.
    """
    path = bundle_path(review.code)
    if not review.evidence_sha256 or not path.is_file():
        raise NotFoundError(_("No evidence bundle is kept of this review."))
    return path


def refuse_without_bundle(review: GateReview) -> None:
    """Refuse to sign what nobody could check.

    Raises:
        NotAllowedError: the bundle is missing, or is not the one that was kept.
    """
    path = bundle_path(review.code)
    if not review.evidence_sha256 or not path.is_file():
        raise NotAllowedError(
            _(
                "The evidence bundle of this review is missing, so that nobody could "
                "check it; it cannot be signed."
            ),
            code="signature_rests_on_evidence",
        )
    if _sha256(path) != review.evidence_sha256:
        raise NotAllowedError(
            _(
                "The evidence bundle of this review is not the one that was kept; put "
                "it back from a backup before anybody signs."
            ),
            code="signature_rests_on_evidence",
        )


@contextlib.contextmanager
def _staging(beside: Path) -> Iterator[Path]:
    """Give a folder in the file system where the bundle will lie."""
    beside.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".", dir=beside))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _put(folder: Path, target: Path) -> Kept:
    """Pack a folder and move it into its place, whole or not at all."""
    packed = folder / "bundle.zip"
    names = sorted(path.name for path in folder.iterdir())
    with packed.open("xb") as out:
        packed.chmod(0o600)
        with zipfile.ZipFile(out, "w") as archive:
            for name in names:
                entry = zipfile.ZipInfo(name, EPOCH_OF_ZIP)
                entry.create_system, entry.external_attr = 3, 0o644 << 16
                entry.file_size = (folder / name).stat().st_size
                with (folder / name).open("rb") as rows, archive.open(entry, "w") as to:
                    shutil.copyfileobj(rows, to)
        out.flush()
        os.fsync(out.fileno())
    kept = Kept(_sha256(packed), packed.stat().st_size)
    packed.replace(target)
    place = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
    return kept


def _sha256(path: Path) -> str:
    with path.open("rb") as readable:
        return hashlib.file_digest(readable, "sha256").hexdigest()


def _json(told: Any) -> bytes:
    """Write JSON one way only; there are no floats in it, only texts of them."""
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, indent=1)
    return f"{text}\n".encode()


def _manifest(finding: Finding, fleet: Fleet, folder: Path) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "review": finding.code,
        "pilot": finding.look.gate.pilot.code,
        "key": {"algorithm": seals.ALGORITHM, "public": seals.public_key()},
        "files": {
            path.name: {"sha256": _sha256(path), "bytes": path.stat().st_size}
            for path in sorted(folder.iterdir())
        },
        "lake_versions": fleet.pooled.lake_versions,
        "software": {
            "pilotgate": settings.VERSION,
            "engine": ENGINE_VERSION,
            "python": platform.python_version(),
            **{name: version(name) for name in LIBRARIES},
        },
    }

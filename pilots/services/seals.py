"""The platform's signature: one Ed25519 key in the home, outside the database."""

import contextlib
import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings

from pilots.errors import SigningKeyError
from pilots.models import GateReview

ALGORITHM: Final = "ed25519"
# Before what is signed, so that no other signature of this key can stand for it.
CONTEXT: Final = b"pilotgate evidence bundle 1\n"


def sign(told: bytes) -> str:
    """Return the platform's signature under a manifest, in hexadecimal."""
    return _key().sign(CONTEXT + told).hex()


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What everybody may know of the key; texts in hexadecimal."""

    algorithm: str
    public: str
    fingerprint: str


def signing_key() -> SigningKey:
    """Return the key everybody may hold a signature against."""
    public = public_key()
    return SigningKey(ALGORITHM, public, fingerprint(public))


def public_key() -> str:
    raw = _key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return raw.hex()


def fingerprint(key: str) -> str:
    """Return what people compare: the start of the SHA-256 of a public key."""
    digest = hashlib.sha256(bytes.fromhex(key)).hexdigest()[:32]
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))


def _key() -> Ed25519PrivateKey:
    kept = Path(settings.PILOTGATE_HOME) / "evidence_key"
    if not kept.exists():
        _refuse_lost(kept)
        _make(kept)
    key = load_pem_private_key(kept.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningKeyError(
            f"{kept} holds no Ed25519 key; put back the one of your backup."
        )
    return key


def _refuse_lost(kept: Path) -> None:
    """Refuse another key where bundles were signed: theirs is lost, not missing."""
    if GateReview.objects.exclude(evidence_sha256="").exists():
        raise SigningKeyError(
            f"{kept} is gone, and gate reviews were signed with it; put back the one "
            "of your backup."
        )


def _make(kept: Path) -> None:
    """Make the key once; of two processes that try, one is the first."""
    kept.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    fresh = kept.with_name(f"evidence_key.{secrets.token_hex(4)}")
    private = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(private, "wb") as out:
        out.write(
            Ed25519PrivateKey.generate().private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            )
        )
        out.flush()
        os.fsync(out.fileno())
    with contextlib.suppress(FileExistsError):  # a neighbour was quicker
        kept.hardlink_to(fresh)
    fresh.unlink()

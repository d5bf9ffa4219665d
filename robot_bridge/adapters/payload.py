"""What every adapter shares: decoding with a clear refusal, times, digests."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

import msgspec

from robot_bridge.errors import MalformedMessageError

T = TypeVar("T")
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
DIGEST_BYTES: Final = 16
MAX_INT64: Final = 2**63 - 1


def decode(decoder: "msgspec.json.Decoder[T]", payload: bytes, *, topic: str) -> T:
    """Decode and check one JSON payload.

    Raises:
        MalformedMessageError: not JSON, or a field missing or of the wrong type.
    """
    try:
        return decoder.decode(payload)
    except msgspec.ValidationError as error:
        raise MalformedMessageError(f"{topic}: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedMessageError(
            f"{topic}: the payload of {len(payload)} bytes is not JSON ({error}); "
            "JSON in UTF-8 without NaN or Infinity is expected."
        ) from None


def microseconds(instant: datetime) -> int:
    """Return µs UTC; an instant without an offset is read as UTC."""
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return (aware - EPOCH) // MICROSECOND


def digest(*parts: bytes) -> bytes:
    """Return a digest of byte strings that no other split of them shares."""
    hasher = hashlib.sha256()
    for part in parts:
        hasher.update(len(part).to_bytes(8, "big"))
        hasher.update(part)
    return hasher.digest()[:DIGEST_BYTES]

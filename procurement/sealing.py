"""The storey where a submission's content is fixed. Pure: bytes and hashes only.

Content becomes canonical bytes here before it is hashed, and it is these bytes that a
call's key will seal.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any


def canonical(content: Mapping[str, Any] | Sequence[Any]) -> bytes:
    """Write JSON one way only: sorted keys, no spaces, UTF-8, no floats.

    Raises:
        TypeError: a value is a float or is not JSON; send numbers as decimal strings.
    """
    refuse_floats(content)
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def digest(content: Mapping[str, Any] | Sequence[Any]) -> str:
    """Return the SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


def refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float; canonical JSON takes decimal strings.")
    if isinstance(value, Mapping):
        for part in value.values():
            refuse_floats(part)
    elif isinstance(value, list | tuple):
        for part in value:
            refuse_floats(part)

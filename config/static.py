"""Where collected static files lie."""

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage as Hashed


class HashedStaticFiles(Hashed):
    """Files named by their content, each with a gzipped twin.

    Source maps stay uncollected, so their mention is left as it stands; brotli would
    add most of a minute to a first start.
    """

    patterns = tuple(
        (name, tuple(kept for kept in found if "sourceMappingURL" not in str(kept)))
        for name, found in Hashed.patterns
    )

    def create_compressor(self, **options: Any) -> Compressor:
        return Compressor(use_brotli=False, **options)

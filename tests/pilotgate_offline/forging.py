"""Ways to tamper with a bundle, signed again or not."""

import hashlib
import json
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pilotgate_offline.archive import CONTEXT


class Forged:
    """A bundle's files, to be changed and packed anew."""

    def __init__(self, bundle):
        with zipfile.ZipFile(bundle) as archive:
            self.files = {name: archive.read(name) for name in archive.namelist()}

    def document(self, name, change):
        told = json.loads(self.files[name])
        change(told)
        self.files[name] = json.dumps(told, ensure_ascii=False).encode()

    def table(self, name, change):
        rows = pq.read_table(pa.BufferReader(self.files[name]))
        kept = change(rows.to_pylist())
        sink = pa.BufferOutputStream()
        pq.write_table(pa.Table.from_pylist(kept, schema=rows.schema), sink)
        self.files[name] = sink.getvalue().to_pybytes()

    def sign_again(self):
        """Make hashes and signature fit, with a key of the forger's own."""
        key = Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

        def renew(manifest):
            manifest["key"]["public"] = public.hex()
            for name, told in manifest["files"].items():
                told["sha256"] = hashlib.sha256(self.files[name]).hexdigest()

        self.document("manifest.json", renew)
        signature = key.sign(CONTEXT + self.files["manifest.json"])
        self.files["manifest.sig"] = signature.hex().encode()
        return self

    def pack(self, path, compression=zipfile.ZIP_STORED):
        with zipfile.ZipFile(path, "w", compression) as archive:
            for name, content in self.files.items():
                archive.writestr(name, content)
        return path

"""A stranger's machine: an environment with the verifier and its few libraries."""

import json
import shutil
import subprocess
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NEEDED = {
    "pyarrow",
    "numpy",
    "scipy",
    "cryptography",
    "cffi",
    "_cffi_backend",
    "tzdata",
}


class Stranger:
    """Runs the verifier where the platform is not installed."""

    def __init__(self, home: Path) -> None:
        self.home = home
        libraries = home / "libraries"
        libraries.mkdir()
        for place in Path(sysconfig.get_path("purelib")).iterdir():
            name = place.name.split(".")[0]
            if name in NEEDED and not place.name.endswith(".dist-info"):
                (libraries / place.name).symlink_to(place)
        source = ROOT / "pilotgate_offline"
        shutil.copytree(
            source,
            libraries / source.name,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        venv.create(home / "venv", with_pip=False, symlinks=True)
        (site,) = (home / "venv" / "lib").glob("python*/site-packages")
        (site / "libraries.pth").write_text(f"{libraries}\n", encoding="utf-8")
        self.python = home / "venv" / "bin" / "python"

    def run(self, *arguments):
        return subprocess.run(
            [str(self.python), "-I", *map(str, arguments)],
            cwd=self.home,
            env={},
            capture_output=True,
            text=True,
            check=False,
        )

    def imports(self, name):
        return self.run("-c", f"import {name}").returncode == 0

    def verify(self, bundle, *options):
        """Return the exit status and the report."""
        done = self.run("-m", "pilotgate_offline", "verify", bundle, "--json", *options)
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

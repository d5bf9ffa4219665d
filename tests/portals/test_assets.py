import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCK = json.loads((ROOT / "static/vendor/lock.json").read_text())
FILES = [file for package in LOCK["packages"] for file in package["files"]]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file["to"])
def test_vendored_file_is_the_locked_one(file):
    content = (ROOT / file["to"]).read_bytes()

    assert hashlib.sha256(content).hexdigest() == file["sha256"]


def test_lock_names_every_vendored_file():
    own = {"static/vendor/lock.json", "static/vendor/refresh.py"}
    found = {
        str(path.relative_to(ROOT))
        for folder in ("static/vendor", "tests/vendor")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert found - own == {file["to"] for file in FILES}


@pytest.mark.parametrize("package", LOCK["packages"], ids=lambda one: one["name"])
def test_package_says_version_integrity_and_licence(package):
    assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
    assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", package["integrity"])
    assert package["licence"]
    assert any(file["to"].endswith("LICENSE") for file in package["files"])
    third = (ROOT / "THIRD_PARTY.md").read_text()
    assert f"{package['name']} {package['version']}" in third


def test_templates_use_only_icons_of_the_sprite():
    sprite = (ROOT / "static/vendor/tabler-icons/sprite.svg").read_text()
    drawn = set(re.findall(r'symbol id="([^"]+)"', sprite))
    used = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([a-z-]+)"', path.read_text())
    }

    assert used <= drawn


def test_templates_hold_no_inline_style_or_script():
    run = r"<script(?![^>]*\s(src=|type=\"application/json\"))"
    inline = re.compile(rf"\sstyle=|\son[a-z]+=|<style|{run}")
    pages = [
        path
        for path in (ROOT / "templates").rglob("*.html")
        if not {"reports", "emails"} & set(path.parts)
    ]

    assert [path.name for path in pages if inline.search(path.read_text())] == []

"""What a template may not ask."""

import re
from pathlib import Path

from tests.house.sources import files

ROLE_TEST = re.compile(
    r"{%\s*(?:el)?if\b[^%]*\b(?:role|is_staff|is_superuser)\b[^%]*%}"
)


def role_tests(root: Path) -> list[str]:
    """Find templates that ask who reads; a template draws what it is handed."""
    return [
        f"{path.relative_to(root)}:{number}: asks for the reader's role"
        for path in files(root / "templates", ".html", ".txt")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if ROLE_TEST.search(line)
    ]

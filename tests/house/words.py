"""Every text for people, found in the source and looked up in the catalogue."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import polib
from django.utils.translation.template import templatize

from tests.house.sources import files

CATALOGUE = Path("locale/zh_Hans/LC_MESSAGES/django.po")
UNTRANSLATED = {"tests", "bench", "edge", "pilotgate_offline", "docs", "static"}
# By function: which arguments are the context and the text.
PLAIN, WITH_CONTEXT = (None, 0), (0, 1)
FUNCTIONS = {
    "_": PLAIN,
    "gettext": PLAIN,
    "gettext_lazy": PLAIN,
    "gettext_noop": PLAIN,
    "ngettext": PLAIN,
    "ngettext_lazy": PLAIN,
    "pgettext": WITH_CONTEXT,
    "pgettext_lazy": WITH_CONTEXT,
    "npgettext": WITH_CONTEXT,
    "npgettext_lazy": WITH_CONTEXT,
}
_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
TEMPLATE_CALL = re.compile(
    rf"\b(?:_|n?p?gettext)\({_STRING}(?:, {_STRING})*(?:, *\w+)?\)", re.DOTALL
)
PLACES = re.compile(r"%\(\w+\)[-#0 +]*[\d.]*[a-z]|\{\w*\}|(?<!%)%[sd]")
WORD = re.compile(r"[A-Za-z]{2,}")
# What is written alike in both languages.
ALIKE = {
    "API",
    "CSV",
    "JSON",
    "KPI",
    "MQTT",
    "OCDS",
    "OPC UA",
    "PDF",
    "Pilotgate",
    "ROS 2",
    "VDA 5050",
}

Message = tuple[str, str]  # context, msgid


def texts(root: Path) -> dict[Message, str]:
    """Map each text for people to the file that says it."""
    found: dict[Message, str] = {}
    for path in files(root, ".py", ".html", ".txt"):
        place = path.relative_to(root)
        if place.parts[0] in UNTRANSLATED or place.name.startswith("requirements"):
            continue
        for message in _said_in(path):
            found.setdefault(message, place.as_posix())
    return found


def _said_in(path: Path) -> Iterator[Message]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from _calls(ast.parse(text)) if "gettext" in text else ()
        return
    # Templates become calls between blanks, which no parser but a lexer reads.
    for match in TEMPLATE_CALL.finditer(templatize(text, origin=path.name)):
        yield from _calls(ast.parse(match[0]))


def _calls(tree: ast.Module) -> Iterator[Message]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func).rsplit(".", 1)[-1]
        if name not in FUNCTIONS:
            continue
        context, text = (_constant(node, place) for place in FUNCTIONS[name])
        if text:
            yield context, text


def _constant(call: ast.Call, place: int | None) -> str:
    """Return the text of an argument, "" where it is none or made at run time."""
    if place is None or place >= len(call.args):
        return ""
    argument = call.args[place]
    return str(argument.value) if isinstance(argument, ast.Constant) else ""


def missing_translations(root: Path) -> list[str]:
    """Find texts without Chinese, stale ones, and Chinese that is English."""
    catalogue = {
        (entry.msgctxt or "", entry.msgid): entry
        for entry in polib.pofile(str(root / CATALOGUE))
        if not entry.obsolete
    }
    said = texts(root)
    absent = [
        f"{place}: no Chinese for {message[1]!r}"
        for message, place in said.items()
        if message not in catalogue
    ]
    unsaid = [
        f"{CATALOGUE}: nobody says {message[1]!r}"
        for message in catalogue
        if message not in said
    ]
    wrong = [
        f"{CATALOGUE}: {words}: {entry.msgid!r}"
        for entry in catalogue.values()
        if (words := _objection(entry))
    ]
    return sorted(absent + unsaid + wrong)


def _objection(entry: polib.POEntry) -> str:
    if entry.fuzzy:
        return "fuzzy"
    chinese = list(entry.msgstr_plural.values()) or [entry.msgstr]
    if not all(text.strip() for text in chinese):
        return "empty"
    english = entry.msgid_plural or entry.msgid
    if any(_places(text) != _places(english) for text in chinese):
        return "other places than the English"
    if entry.msgid in chinese and _has_words(entry.msgid):
        return "the Chinese is the English"
    return ""


def _places(text: str) -> list[str]:
    return sorted(PLACES.findall(text))


def _has_words(text: str) -> bool:
    if text in ALIKE:
        return False
    return bool(WORD.search(PLACES.sub("", text)))


def half_marked(root: Path, endings: Iterable[str] = (".html",)) -> list[str]:
    """Find templates with words outside any translation."""
    return [
        f"{path.relative_to(root)}:{number}: {words!r} is not translated"
        for path in files(root / "templates", *endings)
        for number, words in _bare_words(path.read_text(encoding="utf-8"))
    ]


# What a reader never sees as words, and what says its own language.
BLANKED = re.compile(
    r"{#.*?#}"
    r"|{%\s*comment.*?endcomment\s*%}"
    r"|{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%}"
    r"|{%.*?%}|{{.*?}}"
    r"|<!--.*?-->"
    r"|<(?P<raw>script|style|code|pre|svg)\b.*?</(?P=raw)>"
    r"|<(?P<own>\w+)\s[^>]*\blang=\"(?:en|zh-Hans)\"[^>]*>[^<]*</(?P=own)>",
    re.DOTALL,
)
TAG = re.compile(r"<[^>]*>", re.DOTALL)
SPOKEN = re.compile(r'\b(?:title|alt|placeholder|aria-label)="([^"]*)"')


def _bare_words(text: str) -> Iterator[tuple[int, str]]:
    text = BLANKED.sub(_lines_only, text)
    for match in SPOKEN.finditer(text):
        if WORD.search(match[1]):
            yield text.count("\n", 0, match.start()) + 1, match[1]
    bare = TAG.sub(_lines_only, text)
    for number, line in enumerate(bare.splitlines(), start=1):
        words = re.sub(r"&\w+;", "", line).strip()
        if WORD.search(words) and words not in ALIKE:
            yield number, words


def _lines_only(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")

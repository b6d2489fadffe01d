"""What a template may hold inside: no macros, nothing fetched from elsewhere, no fields that act, no open brackets."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import qn

from db.documents.word_lines import FIELD, FILLED, lines_in, told
from db.rules.problems import N_, Problem, Problems

_SHOWN = 80
MOST_PART = 1024 * 1024
MOST_BRACES = 4_000
# A bracket inside a bracket would send docxtpl's own patterns over the whole document once for each.
_TAG = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}")
_LOOSE = re.compile(r"\{[{%#]|[}%#]\}")
# Field codes that only count pages; everything else could fetch or run something when the document is opened.
_HARMLESS = re.compile(r"\b(PAGE|NUMPAGES|SECTIONPAGES)\b|\\\*\s*\w+|\s")
_CARRIES = ("aFChunk", "attachedTemplate", "control", "frame", "oleObject", "package", "subDocument")


def check_parts(content: bytes) -> None:
    """Raise Problems for a file that is no plain Word document."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for name in parts.namelist():
                if name.endswith(".rels"):
                    _check_relations(parse_xml(parts.read(name)))
                elif FILLED.fullmatch(name):
                    _check_part(parts, name)
    except (SyntaxError, ValueError, OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error):
        raise _refused(N_("This file is not a Word document that can be read.")) from None


def _check_relations(root: Any) -> None:
    for relation in root:
        kind = str(relation.get("Type")).rpartition("/")[2]
        outside = relation.get("TargetMode") == "External" and kind != "hyperlink"
        if outside or kind in _CARRIES:
            raise _refused(N_("A template may not bring in other files: {what}"), relation.get("Target"))


def _check_part(parts: zipfile.ZipFile, name: str) -> None:
    if parts.getinfo(name).file_size > MOST_PART:
        raise _refused(N_("The text of the template is too long."))
    text = parts.read(name)
    if text.count(b"{") > MOST_BRACES:
        raise _refused(N_("There are too many placeholders in this template."))
    root = parse_xml(text)
    fields = " ".join(_field_codes(root))
    if left := _HARMLESS.sub(" ", fields).strip():
        raise _refused(N_("A template may have page numbers, but no other fields: {what}"), left)
    for line in lines_in(name, root):
        if _LOOSE.search(_TAG.sub("", line.text)):
            said = N_("A bracket is opened and not closed, or closed and not opened: {what}")
            raise Problems(Problem(FIELD, said, {"what": line.text[:_SHOWN]}), told(line))


def _field_codes(root: Any) -> Iterator[str]:
    yield from (code.text or "" for code in root.iter(qn("w:instrText")))
    yield from (field.get(qn("w:instr")) or "" for field in root.iter(qn("w:fldSimple")))


def _refused(message: str, what: object = "") -> Problems:
    return Problems(Problem(FIELD, message, {"what": str(what)[:_SHOWN]} if what else {}))

"""What may be attached: kinds by content and name together, sizes, counts, what an office file may hold inside."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from types import MappingProxyType
from typing import BinaryIO

from db.rules.problems import N_
from db.rules.text import cleaned

# The folder inside the data folder that the backup takes along.
FOLDER = "files"
MOST_PER_CASE = 20
MOST_PER_DISPUTE = 60
LONGEST_NAME = 120
MOST_ENTRIES = 2_000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 100
_MEGABYTE = 1024 * 1024
_MACROS = re.compile(r"vbaproject|activex|macrosheet|(^|/)\.\.(/|$)|^/", re.IGNORECASE)


@dataclass(frozen=True)
class FileKind:
    """One permitted kind: what it is sent out as, and how its first bytes must look."""

    media_type: str
    looks_right: Callable[[bytes], bool]


def _starts(*signs: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(signs)


def _riff(form: bytes) -> Callable[[bytes], bool]:
    return lambda content: content[:4] == b"RIFF" and content[8:12] == form


def _pdf(content: bytes) -> bool:
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-4096:]


def _m4a(content: bytes) -> bool:
    return content[4:8] == b"ftyp" and content[8:12] in (b"M4A ", b"M4B ", b"mp42", b"isom", b"iso2", b"3gp4")


def _mp3(content: bytes) -> bool:
    return content.startswith(b"ID3") or (len(content) > 2 and content[0] == 0xFF and content[1] & 0xE0 == 0xE0)


def _text(content: bytes) -> bool:
    if b"\x00" in content:
        return False
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return cleaned(text) == text.replace("\r\n", "\n").replace("\r", "\n")
    return False


_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS: Mapping[str, FileKind] = MappingProxyType(
    {
        ".jpg": FileKind("image/jpeg", _starts(b"\xff\xd8\xff")),
        ".jpeg": FileKind("image/jpeg", _starts(b"\xff\xd8\xff")),
        ".png": FileKind("image/png", _starts(b"\x89PNG\r\n\x1a\n")),
        ".webp": FileKind("image/webp", _riff(b"WEBP")),
        ".pdf": FileKind("application/pdf", _pdf),
        ".docx": FileKind(_DOCX, _starts(b"PK\x03\x04")),
        ".xlsx": FileKind(_XLSX, _starts(b"PK\x03\x04")),
        ".txt": FileKind("text/plain", _text),
        ".m4a": FileKind("audio/mp4", _m4a),
        ".mp3": FileKind("audio/mpeg", _mp3),
        ".wav": FileKind("audio/wav", _riff(b"WAVE")),
    }
)
EXTENSIONS = tuple(extension.removeprefix(".") for extension in KINDS)
_MAIN_PART = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml"}


def label_of(name: str) -> str:
    """The user's file name as a label: no folders, nothing invisible, not longer than LONGEST_NAME."""
    plain = re.sub(r"[\r\n\t]", " ", cleaned(PurePath(name.replace("\\", "/")).name)).strip()
    stem, suffix = PurePath(plain).stem, PurePath(plain).suffix
    return f"{stem[: LONGEST_NAME - len(suffix)]}{suffix}" or "file"


def extension_of(name: str) -> str:
    """The ending of a name in lower case, with its dot."""
    return PurePath(label_of(name)).suffix.lower()


def why_not_file(name: str, content: bytes, megabytes: int) -> str:
    """ "" when the file may be attached, else the reason as a message; looks at name, size and content together."""
    kind = KINDS.get(extension_of(name))
    if not content:
        return N_("{name} is empty.")
    if len(content) > megabytes * _MEGABYTE:
        return N_("{name} is larger than {megabytes} MB.")
    if extension_of(name) in (".heic", ".heif"):
        return N_("{name}: photos of this kind keep the place where they were taken. Send it as JPEG.")
    if kind is None:
        return N_("{name}: files of this kind can't be taken.")
    if not kind.looks_right(content):
        return N_("{name} is not what its name says.")
    main_part = _MAIN_PART.get(extension_of(name))
    return _why_not_office_file(io.BytesIO(content), main_part) if main_part else ""


def why_not_workbook(file: BinaryIO) -> str:
    """ "" when an open file is an Excel workbook without macros that may be unpacked, else the reason as a message."""
    return _why_not_office_file(file, _MAIN_PART[".xlsx"])


def _why_not_office_file(file: BinaryIO, main_part: str) -> str:
    """Look into the list of parts only; nothing is unpacked."""
    try:
        parts = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
        return N_("{name} is damaged.")
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if len(parts) > MOST_ENTRIES or unpacked > MOST_UNPACKED or unpacked / packed > MOST_RATIO:
        return N_("{name} is packed too tightly to be opened safely.")
    if any(_MACROS.search(part.filename) or part.flag_bits & 0x1 for part in parts):
        return N_("{name} holds macros or is locked with a password.")
    names = {part.filename for part in parts}
    if main_part not in names or "[Content_Types].xml" not in names:
        return N_("{name} is not what its name says.")
    return ""

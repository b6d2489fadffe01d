"""Names of files and sheets every system takes: no characters Windows refuses, never too long, never empty."""

import re
import unicodedata

# Characters, and bytes: a system counts the ones or the others, and a number or an ending may be added.
LONGEST, MOST_BYTES = 120, 240
_REFUSED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_SHEET = re.compile(r"[\[\]:*?/\\']")
_LONGEST_SHEET = 31
# Names of devices, whatever their ending.
_DEVICES = re.compile(r"(CON|PRN|AUX|NUL|COM\d|LPT\d)(\..*)?", re.IGNORECASE)


def file_name(wanted: str, *, longest: int = LONGEST) -> str:
    """A file's name with its ending, cut before the ending; invisible and refused characters become nothing or _."""
    stem, dot, ending = wanted.rpartition(".")
    stem, ending = (stem, dot + ending) if stem and len(ending) <= 5 else (wanted, "")
    seen = "".join(letter for letter in stem if unicodedata.category(letter) not in _INVISIBLE)
    plain = re.sub(r"\s+", " ", _REFUSED.sub("_", seen)).strip(" .")
    short = plain[: longest - len(ending)].encode()[: MOST_BYTES - len(ending.encode())]
    plain = short.decode(errors="ignore").strip(" .") or "_"
    return f"_{plain}{ending}" if _DEVICES.fullmatch(plain) else f"{plain}{ending}"


def sheet_name(wanted: str) -> str:
    """A name a spreadsheet gives a sheet."""
    return _SHEET.sub(" ", wanted).strip()[:_LONGEST_SHEET] or "1"


def unlike(name: str, taken: set[str]) -> str:
    """The name, numbered where another file of the same folder bears it; `taken` takes it in."""
    stem, dot, ending = name.rpartition(".")
    found, n = name, 1
    while found.casefold() in taken:
        n += 1
        found = f"{stem} ({n}){dot}{ending}"
    taken.add(found.casefold())
    return found

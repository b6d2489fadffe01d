"""What nobody expects in a record: documents are still made, opened by LibreOffice, and nothing in them acts."""

import io
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from components.front_door import exports as door
from db import clock
from db.documents import word
from db.documents.forms import forms, samples_of, shape_of
from db.documents.names import file_name
from db.engine import Database
from db.models import Case
from db.rules.problems import Problems
from db.services.cases import dossier, papers
from db.services.ledgers import exports
from db.services.ledgers.asking import Choice
from tests.db.services import stages
from tests.db.services.stages import brought
from tests.db.services.test_ledgers import YEAR
from tests.factories import Office, a_case
from tests.opened import pages_of

LONG = "长" * 1_000
HOSTILE = {
    "formula": '=HYPERLINK("http://x","y")',
    "plus": "+861",
    "minus": "-1+1",
    "at": "@SUM(A1)",
    "braces": "{{ number }} {% for x in y %}",
    "markup": "<w:p/>&amp;<script>alert(1)</script>",
    "right to left": "\u202eمرحبا\u202c 村口",
    "emoji": "🏮👨‍👩‍👧 村口",
}


@pytest.mark.office
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_strange_words_stay_words_in_every_paper(database: Database, office: Office, tmp_path: Path) -> None:
    made: list[Case] = []
    with database.transaction(office.clerk) as session:
        for n, said in enumerate(HOSTILE.values(), 51):
            told: dict[str, Any] = {"subject": said, "place": said, "text": said, "number": f"2026-{n:06}"}
            made.append(a_case(session, office, running=n, **told))
        empty = a_case(session, office, number="2026-000099", running=99, subject="", text="", place="", category="")
        session.flush()
        ids, empty_id = [case.id for case in made], empty.id
    case_id = brought(office, stages.ROUTED, subject=LONG[:200], text=LONG)
    taken = exports.ask(office.director, code="matters", choice=Choice(**YEAR), language="zh")
    _, book = door._workbook(office.director, taken.token)
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(book)).worksheets[0].iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert set(HOSTILE.values()) <= {cell.value for cell in cells}
    assert all(cell.quotePrefix for cell in cells if str(cell.value)[:1] in tuple("=+-@"))
    files = {"ledger.xlsx": book}
    for name, one in (("empty", empty_id), ("long", case_id), ("formula", ids[0]), ("emoji", ids[-1])):
        files[f"{name}.docx"] = papers.document(office.director, form="registration", case_id=one).content
        files[f"{name}-file.docx"] = dossier.cover(office.director, case_id=one).content
    pages = pages_of(files, tmp_path)
    assert HOSTILE["formula"] in "".join("".join(pages["formula.docx"]).split())
    assert "{{" not in "".join(pages["empty.docx"])
    assert len("".join(pages["long.docx"]).split("长")) > 1_000


def test_a_template_may_say_as_much_as_it_likes() -> None:
    form = forms()["reply"]
    names = [name for name, fields in shape_of(form).items() if fields is None]
    made, many = docx.Document(), (names * 200)[:200]
    for name in many:
        made.add_paragraph(f"{{{{ {name} }}}}")
    made.save(out := io.BytesIO())
    word.check_template(out.getvalue(), form, at=clock.now())
    filled = word.render(out.getvalue(), form, samples_of(form), at=clock.now())
    assert len(docx.Document(io.BytesIO(filled)).paragraphs) >= len(many)
    made.add_paragraph("{{ nobody_knows }}")
    made.save(out := io.BytesIO())
    with pytest.raises(Problems) as told:
        word.check_template(out.getvalue(), form, at=clock.now())
    problems = told.value.problems
    assert "nobody_knows" in str(problems[0].values)
    assert "201" in str([problem.values for problem in problems]), "the line is told, too"


@pytest.mark.parametrize("name", [f"{LONG}.docx", 'a/b\\c:d*?"<>|.docx', "\u202egpj.docx", "=1+1.xlsx"])
def test_a_name_of_a_file_is_one_that_every_system_takes(name: str) -> None:
    made = file_name(name)
    assert made.endswith((".docx", ".xlsx"))
    assert len(made.encode()) <= 255
    assert not set(made) & set('/\\:*?"<>|\u202e')

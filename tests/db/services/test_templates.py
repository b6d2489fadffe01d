"""Which template stands: the office's own after it was tried, else the built-in one; both are in the backup."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from docx import Document
from sqlalchemy import select

from db import engine
from db.documents.forms import built_in, forms
from db.engine import Database
from db.journal import JournalRow
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services import keeping, templates
from db.services.files import Upload
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, Office

FORM = forms()["agreement"]


def own(text: str = "本院格式 {{ file_number }}") -> Upload:
    document = Document()
    document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return Upload("我们的协议书.docx", out.getvalue())


def with_more(name: str, content: bytes) -> Upload:
    """A good template with one more part inside."""
    out = io.BytesIO(own().content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(name, content)
    return Upload("协议.docx", out.getvalue())


def folder_of(database: Database) -> Path:
    return database.settings.folder / "templates"


def everything_in(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def row(office: Office, code: str = "agreement") -> dict[str, object]:
    frame = templates.templates(office.admin)
    return dict(frame.set_index("code").loc[code])


def test_the_built_in_templates_stand_at_first(database: Database, office: Office) -> None:
    frame = templates.templates(office.admin)
    assert list(frame.columns) == templates.TEMPLATES
    assert list(frame["code"]) == list(forms())
    assert not frame["own"].any()
    assert set(frame["version"]) == {0}
    found = templates.fetch(office.admin, form="agreement")
    assert (found.name, found.content) == ("人民调解协议书.docx", built_in(FORM))


def test_the_office_s_own_template_stands_from_the_moment_it_was_taken(database: Database, office: Office) -> None:
    mine = own()
    version = templates.replace(office.admin, form="agreement", version=0, upload=mine, key="a")
    now = row(office)
    assert (now["own"], now["version"], now["since"]) == (True, version, NOW)
    assert templates.fetch(office.admin, form="agreement").content == mine.content
    assert templates.fetch(office.admin, form="agreement", original=True).content == built_in(FORM)
    assert templates.standing(FORM) == mine.content
    assert not row(office, "record")["own"]


def test_the_same_key_takes_it_once(database: Database, office: Office) -> None:
    first = templates.replace(office.admin, form="agreement", version=0, upload=own(), key="a")
    assert templates.replace(office.admin, form="agreement", version=0, upload=own(), key="a") == first
    assert list(everything_in(folder_of(database))) == ["agreement.docx"]


def test_the_built_in_template_is_put_back_and_nothing_is_lost(database: Database, office: Office) -> None:
    first, second = own("一 {{ facts }}"), own("二 {{ facts }}")
    version = templates.replace(office.admin, form="agreement", version=0, upload=first, key="a")
    version = templates.replace(office.admin, form="agreement", version=version, upload=second, key="b")
    assert templates.put_back(office.admin, form="agreement", version=version, key="c") == 0
    assert templates.put_back(office.admin, form="agreement", version=version, key="c") == 0
    assert not row(office)["own"]
    assert templates.standing(FORM) == built_in(FORM)
    assert set(everything_in(folder_of(database)).values()) == {first.content, second.content}


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        (None, "Choose a Word file (.docx)."),
        (Upload("协议.pdf", b"x"), "Choose a Word file (.docx)."),
        (Upload("协议.doc", b"x"), "{name}: open it in Word and save it as .docx."),
        (Upload("协议.docm", b"x"), "{name}: open it in Word and save it as .docx."),
        (Upload("协议.docx", b""), "{name} is empty."),
        (Upload("协议.docx", b"PK\x03\x04" + bytes(21 * 1024 * 1024)), "{name} is larger than {megabytes} MB."),
        (with_more("word/vbaProject.bin", b"x"), "{name} holds macros or is locked with a password."),
        (with_more("word/media/a.png", bytes(8 * 1024 * 1024)), "{name} is packed too tightly to be opened safely."),
        (Upload("协议.docx", b"not a zip"), "{name} is not what its name says."),
        (own("{{ nobody }}"), "There is no such placeholder: {what}"),
        (own("{{ ''.__class__ }}"), "There is no such placeholder: {what}"),
        (own("{% for x in parties %}"), "This is opened and never closed: {what}"),
        (own("没有空格"), "There is no placeholder in this template."),
    ],
)
def test_a_broken_or_hostile_template_is_refused_and_the_standing_one_stays(
    database: Database, office: Office, upload: Upload | None, said: str
) -> None:
    version = templates.replace(office.admin, form="agreement", version=0, upload=own(), key="a")
    before = everything_in(folder_of(database))
    with nothing_changes(database), pytest.raises(Problems) as refused:
        templates.replace(office.admin, form="agreement", version=version, upload=upload, key="b")
    problem = refused.value.problems[0]
    assert (problem.field, problem.message) == ("upload", said)
    assert everything_in(folder_of(database)) == before


def test_an_earlier_template_is_listed_looked_at_and_used_again(database: Database, office: Office) -> None:
    first, second = own("一 {{ facts }}"), own("二 {{ facts }}")
    version = templates.replace(office.admin, form="agreement", version=0, upload=first, key="a")
    version = templates.replace(office.admin, form="agreement", version=version, upload=second, key="b")
    [kept] = templates.earlier_ones(office.admin, form="agreement")
    assert (kept.since, kept.by, kept.until) == (NOW, office.admin.name, NOW)
    assert row(office)["by"] == office.admin.name
    found = templates.fetch(office.admin, form="agreement", kept=kept.kept)
    assert (found.name, found.content) == (f"人民调解协议书 {kept.kept}.docx", first.content)
    for _ in range(2):
        templates.use_earlier(office.admin, form="agreement", kept=kept.kept, version=version, key="c")
    assert templates.standing(FORM) == first.content
    assert len(templates.earlier_ones(office.admin, form="agreement")) == 2
    assert templates.earlier_ones(office.admin, form="record") == ()


def test_an_earlier_template_is_tried_like_a_new_one(database: Database, office: Office) -> None:
    version = templates.replace(office.admin, form="agreement", version=0, upload=own("{{ facts }}"), key="a")
    folder = folder_of(database) / "earlier"
    folder.mkdir()
    (folder / "agreement-20200101-000000-0000abcd.docx").write_bytes(own("{{ gone_since }}").content)
    (folder / "agreement-notes.docx").write_bytes(b"left by somebody")
    [kept] = templates.earlier_ones(office.admin, form="agreement")
    assert kept.by == ""
    with nothing_changes(database), pytest.raises(Problems):
        templates.use_earlier(office.admin, form="agreement", kept=kept.kept, version=version, key="b")
    for wrong in ("notes", "../../linli", "20200101-000000-ffffffff"):
        with pytest.raises(NotThere):
            templates.fetch(office.admin, form="agreement", kept=wrong)


def test_a_sample_needs_nobody_s_record(database: Database, office: Office) -> None:
    templates.replace(office.admin, form="reply", version=0, upload=own("本院格式 {{ answer }}"), key="a")
    made = templates.sample(office.admin, form="reply")
    assert made.name == "信访事项处理意见书（样本）.docx"
    assert Document(io.BytesIO(made.content)).paragraphs[0].text == "本院格式 已于11月24日更换线路，路灯恢复照明。"


def test_who_sees_an_older_template_replaces_nothing(database: Database, office: Office) -> None:
    version = templates.replace(office.admin, form="agreement", version=0, upload=own(), key="a")
    before = everything_in(folder_of(database))
    with nothing_changes(database):
        with pytest.raises(Changed) as changed:
            templates.replace(office.admin, form="agreement", version=0, upload=own("{{ facts }}"), key="b")
        with pytest.raises(Changed):
            templates.put_back(office.admin, form="agreement", version=0, key="c")
    assert changed.value.version == version
    assert everything_in(folder_of(database)) == before


def test_templates_are_the_administrator_s(database: Database, office: Office) -> None:
    with nothing_changes(database):
        for name, actor in office.people.items():
            if name == "admin":
                continue
            with pytest.raises(Refused):
                templates.templates(actor)
            with pytest.raises(Refused):
                templates.fetch(actor, form="agreement")
            with pytest.raises(Refused):
                templates.replace(actor, form="agreement", version=0, upload=own(), key=name)
            with pytest.raises(Refused):
                templates.put_back(actor, form="agreement", version=0, key=name)
            with pytest.raises(Refused):
                templates.sample(actor, form="agreement")
            with pytest.raises(Refused):
                templates.earlier_ones(actor, form="agreement")
            with pytest.raises(Refused):
                templates.use_earlier(actor, form="agreement", kept="x", version=0, key=name)
    assert not folder_of(database).exists()


@pytest.mark.parametrize("form", ["", "nothing", "../linli", "agreement.docx"])
def test_there_is_no_such_form(database: Database, office: Office, form: str) -> None:
    with pytest.raises(NotThere):
        templates.fetch(office.admin, form=form)
    with pytest.raises(NotThere):
        templates.replace(office.admin, form=form, version=0, upload=own(), key="a")


def test_what_was_done_is_journalled(database: Database, office: Office) -> None:
    version = templates.replace(office.admin, form="agreement", version=0, upload=own(), key="a")
    templates.fetch(office.admin, form="agreement")
    templates.put_back(office.admin, form="agreement", version=version, key="b")
    with database.reading() as session:
        rows = session.scalars(select(JournalRow).where(JournalRow.tbl == "template").order_by(JournalRow.seq)).all()
    assert [(r.event, r.pk, r.actor_id) for r in rows] == [
        ("template_replaced", "agreement", office.admin.id),
        ("download", "agreement", office.admin.id),
        ("template_put_back", "agreement", office.admin.id),
    ]
    assert len(json.loads(rows[0].after or "")["sha256"]) == 64


@pytest.mark.usefixtures("alone")
def test_a_backup_brings_the_office_s_own_templates_back(database: Database, office: Office) -> None:
    mine = own()
    version = templates.replace(office.admin, form="agreement", version=0, upload=mine, key="a")
    line = keeping.backup(database.settings)[0]
    archive = Path(line.removeprefix("backup: ").rpartition(" (")[0])
    templates.put_back(office.admin, form="agreement", version=version, key="b")
    templates.replace(office.admin, form="record", version=0, upload=own("{{ result }}"), key="c")
    database.close()
    said = keeping.restore(database.settings, source=archive)
    assert any("templates are kept in" in line for line in said)
    restored = engine.open_database(database.settings)
    try:
        assert everything_in(folder_of(restored)) == {"agreement.docx": mine.content}
    finally:
        restored.close()

"""The forms of a case: what there is something to put on, each field from its row, names only when asked for."""

import io
import json

import pytest
from docx import Document
from sqlalchemy import select

from db.documents import word
from db.documents.forms import forms_of_cases, shape_of
from db.engine import Database
from db.journal import JournalRow
from db.models import CaseConference
from db.rules.case_flow import Step
from db.rules.permissions import Actor
from db.rules.problems import NotThere, Problems, Refused
from db.services import intake
from db.services.cases import papers
from tests.db.services import stages
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
ALWAYS = {"resident_receipt", "work_record", "case_acceptance", "registration"}
UNITS = {"transfer_slip", "transfer_notice"}
ANSWERED = {"reply", "reply_receipt"}
SECRET = "请勿外传：内部意见"


def offered(actor: Actor, case_id: int) -> dict[str, list[int | None]]:
    """Form to the rows it is offered for."""
    found: dict[str, list[int | None]] = {}
    for offer in papers.offers(actor, case_id=case_id):
        found.setdefault(offer.form.code, []).append(offer.of)
    return found


def text_of(content: bytes) -> str:
    body = Document(io.BytesIO(content)).element.body
    paragraphs = ("".join(text.text or "" for text in p.iter("{*}t")) for p in body.iter("{*}p"))
    return "\n".join("".join(paragraph.split()) for paragraph in paragraphs)


def printed(actor: Actor, form: str, case_id: int, of: int | None = None, *, identities: bool = False) -> str:
    made = papers.document(actor, form=form, case_id=case_id, of=of, identities=identities)
    return text_of(made.content)


def a_meeting(database: Database, office: Office, case_id: int) -> int:
    with database.transaction(SYSTEM) as session:
        row = CaseConference(
            case_id=case_id,
            held_at=NOW,
            place="二楼会议室",
            convened_by_id=office.leader.id,
            units=json.dumps([office.unit_a, office.unit_b]),
            topic="权属不清",
            agreed="由城建所牵头。",
            lead_unit_id=office.unit_a,
        )
        session.add(row)
        session.flush()
        return row.id


@pytest.mark.parametrize(
    ("way", "there"),
    [
        ((), set()),
        (stages.ROUTED, UNITS),
        (stages.OBJECTED, UNITS | {"objection"}),
        ((*stages.OBJECTED, ("leader", Step.AGREE_RETURN, {"reason": "同意"})), {"objection"}),
        (stages.HANDLING, UNITS | {"acceptance_notice"}),
        (stages.EXTENSION_ASKED, UNITS | {"acceptance_notice"}),
        (stages.EXTENDED, UNITS | {"acceptance_notice", "extension_notice"}),
        (stages.ANSWERED, UNITS | ANSWERED | {"acceptance_notice"}),
        (stages.VISITED, UNITS | ANSWERED | {"acceptance_notice", "case_visit"}),
        (stages.CLOSED, UNITS | ANSWERED | {"acceptance_notice", "case_visit", "case_closing"}),
    ],
)
def test_what_is_offered_follows_the_case(
    database: Database, office: Office, way: tuple[stages.Taken, ...], there: set[str]
) -> None:
    case_id = stages.brought(office, way)
    found = offered(office.clerk, case_id)
    assert set(found) == ALWAYS | there
    # Whatever is offered can be printed, by the one who is offered it.
    for form, rows in found.items():
        for of in rows:
            assert form == papers.RECEIPT or printed(office.clerk, form, case_id, of)


def test_what_is_gathered_is_what_the_preset_promises(
    database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    gathered: dict[str, dict[str, object]] = {}
    monkeypatch.setattr(word, "render", lambda _, form, values, **__: gathered.update({form.code: values}))
    to_go = {"referral": "court", "words": "应通过诉讼解决", "material_returned": True}
    for way in (
        (*stages.OBJECTED, ("leader", Step.REFUSE_RETURN, {"reason": "由你所办理"})),
        (*stages.EXTENDED, *stages.CLOSED[3:]),
        (("leader", Step.NOT_ACCEPT, to_go),),
    ):
        case_id = stages.brought(office, way)
        a_meeting(database, office, case_id)
        papers.receipt(office.clerk, case_id=case_id)
        for offer in papers.offers(office.director, case_id=case_id):
            if offer.form.code != papers.RECEIPT:
                papers.document(office.director, form=offer.form.code, case_id=case_id, of=offer.of)
    assert set(gathered) == set(forms_of_cases())
    for code, values in gathered.items():
        shape = shape_of(forms_of_cases()[code])
        assert set(values) == set(shape), code
        for name, fields in shape.items():
            rows = values[name]
            assert isinstance(rows, list) == bool(fields), name
            assert not fields or not rows or {frozenset(row) for row in rows} == {fields}, name  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("way", "form", "lines"),
    [
        (
            (("deputy", Step.PROPOSE, {"unit": "unit_a", "reason": "建议由城建所办理"}), *stages.ROUTED[1:]),
            "transfer_slip",
            ("城建所", "主办", "建议由城建所办理", "夜间施工噪音扰民"),
        ),
        (stages.HELPED, "transfer_notice", ("现将以下事项转你单位主办，其他承办单位：城建所（协办）。",)),
        (stages.OBJECTED, "objection", ("不属本所", "2026年11月19日")),
        (stages.HANDLING, "acceptance_notice", ("决定予以受理，由城建所负责办理。", "受理之日起60日内办结")),
        (stages.EXTENDED, "extension_notice", ("决定延长办理期限20日", "需要鉴定")),
        (
            stages.ANSWERED,
            "reply",
            ("（草稿，未经签字确认，不得送达）", "予以支持。", "已停工", "属实", "条例", "30日内"),
        ),
        (stages.CONFIRMED, "reply_receipt", ("部门负责人", "责任领导", "已停工", "信访人签收")),
        (stages.VISITED, "case_visit", ("电话", "满意", "已解决")),
        (stages.CLOSED, "case_closing", ("夜间施工噪音扰民", "已停工", "2026年11月19日")),
    ],
)
def test_each_field_is_from_its_row(
    database: Database, office: Office, way: tuple[stages.Taken, ...], form: str, lines: tuple[str, ...]
) -> None:
    case_id = stages.brought(office, way)
    text = printed(office.clerk, form, case_id, offered(office.clerk, case_id)[form][0])
    assert [line for line in lines if line not in text] == []


def test_signatures_count_for_the_answer_they_were_given_for(database: Database, office: Office) -> None:
    case_id = stages.brought(office, stages.CONFIRMED)
    signed = printed(office.clerk, "reply_receipt", case_id)
    assert f"系统签署：{office.head.name}" in signed
    assert f"系统确认：{office.leader.name}" in signed
    assert "草稿" not in printed(office.clerk, "reply", case_id)
    returned = (*stages.SIGNED, ("leader", Step.RETURN_ANSWER, {"reason": "写清楚"}))
    again = stages.brought(office, (*returned, ("handler", Step.ANSWER, stages.ANSWER)))
    assert "系统签署" not in printed(office.clerk, "reply_receipt", again)


def test_a_joint_meeting_and_somebody_told_where_to_go(database: Database, office: Office) -> None:
    case_id = stages.brought(office, stages.HELPED)
    meeting = a_meeting(database, office, case_id)
    text = printed(office.leader, "conference_record", case_id, meeting)
    assert [
        line for line in ("二楼会议室", "权属不清", "由城建所牵头。", "2026年11月19日9时") if line not in text
    ] == []
    values = {"referral": "court", "words": "应通过诉讼解决", "material_returned": True}
    told = stages.brought(office, (("leader", Step.NOT_ACCEPT, values),))
    assert {"not_accepted_notice", "directed_notice"} <= set(offered(office.clerk, told))
    assert "请依法向人民法院（诉讼）提出。" in printed(office.clerk, "not_accepted_notice", told)
    assert "已退回" in printed(office.clerk, "directed_notice", told)
    with pytest.raises(NotThere):
        printed(office.leader, "conference_record", told, meeting)


# --- who brought it ---


def test_no_form_for_a_unit_says_who_brought_it(database: Database, office: Office) -> None:
    case_id = stages.brought(office, stages.OBJECTED)
    assert not [form for form in forms_of_cases().values() if form.of == "case_unit" and "parties" in shape_of(form)]
    for form in ("transfer_slip", "transfer_notice", "objection"):
        of = offered(office.director, case_id)[form][0]
        text = printed(office.director, form, case_id, of, identities=True)
        assert "李" not in text
        assert "15400000001" not in text


def test_names_are_masked_until_asked_for_by_who_may(database: Database, office: Office) -> None:
    case_id = stages.brought(office, stages.HANDLING)
    assert "李小明" not in printed(office.leader, "registration", case_id)
    clear = printed(office.leader, "registration", case_id, identities=True)
    assert "李小明" in clear
    assert "15400000001" in clear
    with nothing_changes(database):
        for who in ("outsider", "viewer", "admin", "auditor"):
            with pytest.raises((NotThere, Refused)):
                printed(office.people[who], "registration", case_id, identities=True)
            with pytest.raises((NotThere, Refused)):
                papers.offers(office.people[who], case_id=case_id)
    with database.reading() as session:
        wanted = select(JournalRow.actor_id, JournalRow.after).where(JournalRow.event == "print")
        rows = session.execute(wanted.where(JournalRow.case_id == case_id).order_by(JournalRow.seq)).all()
    told = [(actor, json.loads(after or "")["identities"]) for actor, after in rows]
    assert told == [(office.leader.id, False), (office.leader.id, True)]


def test_nothing_internal_is_printed(database: Database, office: Office) -> None:
    case_id = stages.brought(office, stages.CLOSED)
    stages.take(office, "clerk", case_id, Step.NOTE, reason=SECRET)
    for form, rows in offered(office.clerk, case_id).items():
        for of in rows:
            assert form == papers.RECEIPT or SECRET not in printed(office.clerk, form, case_id, of)


def test_a_sealed_matter_is_printed_by_those_who_may_see_it(database: Database, office: Office) -> None:
    case_id = stages.brought(office, sealed=True)
    assert "检举控告" in printed(office.director, "registration", case_id)
    with nothing_changes(database):
        for who in ("leader", "handler", "outsider"):
            with pytest.raises((NotThere, Refused)):
                printed(office.people[who], "registration", case_id)
    assert "夜间施工" not in text_of(papers.receipt(office.clerk, case_id=case_id).content)


def test_the_receipt_is_offered_to_those_who_take_matters_in(office: Office) -> None:
    case_id = stages.brought(office, stages.HANDLING)
    assert papers.RECEIPT in offered(office.clerk, case_id)
    assert papers.RECEIPT not in offered(office.handler, case_id)


def test_the_receipt_has_the_code_and_where_to_look(database: Database, office: Office) -> None:
    case_id = stages.brought(office)
    code = intake.receipt(office.clerk, case_id=case_id).query_code
    made = papers.receipt(office.clerk, case_id=case_id, where="https://linli.example/query")
    assert made.name == "信访事项登记回执 2026-000001.docx"
    text = text_of(made.content)
    assert code in text
    assert "https://linli.example/query" in text
    assert "http" not in text_of(papers.receipt(office.clerk, case_id=case_id).content)


# --- what is not there ---


def test_what_has_not_come_about_is_not_printed(database: Database, office: Office) -> None:
    case_id, other = stages.brought(office, stages.HANDLING), stages.brought(office, stages.HANDLING)
    elsewhere = offered(office.clerk, other)["transfer_notice"][0]
    with nothing_changes(database):
        for form in ("reply", "extension_notice", "case_closing", "not_accepted_notice"):
            with pytest.raises(Problems):
                printed(office.clerk, form, case_id)
        for form, of in (
            ("transfer_notice", elsewhere),
            ("transfer_notice", None),
            ("registration", 1),
            ("agreement", None),
            (papers.RECEIPT, None),
            ("", None),
        ):
            with pytest.raises(NotThere):
                printed(office.clerk, form, case_id, of)


def test_a_file_is_called_by_form_number_and_unit(database: Database, office: Office) -> None:
    case_id = stages.brought(office, stages.HELPED)
    of = offered(office.clerk, case_id)["transfer_notice"]
    names = [papers.document(office.clerk, form="transfer_notice", case_id=case_id, of=one).name for one in of]
    assert len(set(names)) == 2
    assert all(name.startswith("案件转办通知单 2026-000001 ") and name.endswith(".docx") for name in names)

"""What the Word forms are made from: each field from its row, scope, the journal, no caucus, nothing removed."""

import io
import json
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from docx import Document
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import identity
from db.documents import word
from db.documents.forms import forms, shape_of
from db.engine import Database
from db.journal import JournalRow
from db.models import (
    Agreement,
    Dispute,
    DisputeMediator,
    DisputePaper,
    DisputeParty,
    DisputeSession,
    DisputeVisit,
    Obligation,
    Performance,
)
from db.rules.permissions import Actor
from db.rules.problems import NotThere, Problems, Refused
from db.services.mediation import documents
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office, a_dispute, mediator_of

DAY = NOW.date()
ZONE = ZoneInfo("Asia/Shanghai")
CLEAR = {
    "applicant": {"name": "甲小禾", "contact": "15400000001", "address": "柳林村三组7号", "guardian": "甲大禾"},
    "respondent": {"name": "乙建筑公司", "contact": "02300000002", "agent": "丙代理", "agent_contact": "15400000003"},
}


class File:
    """A file with a party on each side, a session, a caucus, an enquiry, a written agreement and a visit."""

    def __init__(self, database: Database, office: Office, **changes: object) -> None:
        self.database, self.office = database, office
        with database.transaction(SYSTEM) as session:
            dispute = a_dispute(session, office, **({"accepted_on": DAY, "state": "mediating"} | changes))
            self.id = dispute.id
            self.applicant, self.respondent = self._parties(session, dispute)
            mediator = mediator_of(session, office.mediator)
            row = DisputeMediator(dispute_id=dispute.id, mediator_id=mediator, lead=True, from_on=DAY)
            session.add(row)
            self.sessions = {kind: self._session(session, kind, mediator) for kind in ("session", "enquiry", "caucus")}
            session.add(self._agreement())
            for kind, changes in {
                "money": {"amount": 120050, "manner": "转账", "due_on": date(2026, 12, 31)},
                "act": {"act": "改装落水管。", "place": "柳林村三组7号", "due_on": date(2026, 12, 1)},
            }.items():
                who = {"debtor_id": self.respondent, "creditor_id": self.applicant}
                session.add(Obligation(dispute_id=dispute.id, kind=kind, **who, **changes))
            session.flush()
            paid = session.scalars(select(Obligation).where(Obligation.dispute_id == self.id).limit(1)).one()
            done = Performance(obligation_id=paid.id, done_on=DAY, amount=60000, whole=False, evidence="转账凭证")
            session.add(done)
            session.add(
                DisputePaper(dispute_id=self.id, document="evidence", title="现场照片", pages=2, remark="共四张")
            )
            visit = DisputeVisit(
                dispute_id=dispute.id,
                person_id=office.clerk.id,
                visited_on=date(2026, 11, 20),
                how="telephone",
                reason="了解履行情况",
                performance="part",
                satisfaction="fairly",
                recurrence=True,
                words="第一期已付。",
            )
            session.add(visit)
            session.flush()
            self.visit, self.done = visit.id, done.id

    def _parties(self, session: Session, dispute: Dispute) -> list[int]:
        wanted = select(DisputeParty).where(DisputeParty.dispute_id == dispute.id).order_by(DisputeParty.side)
        rows = list(session.scalars(wanted))
        for row in rows:
            for name, value in CLEAR[row.side].items():
                setattr(row, name, identity.encrypt(self.database, f"dispute_party.{name}", value))
        rows[0].sex, rows[0].age, rows[0].occupation = "female", 15, "学生"
        rows[1].kind, rows[1].agent_mask, rows[1].agent_until = "organisation", "丙**", date(2026, 12, 31)
        return [row.id for row in rows]

    def _session(self, session: Session, kind: str, mediator: int) -> int:
        row = DisputeSession(
            dispute_id=self.id,
            kind=kind,
            held_at=datetime(2026, 11, 19, 9, 0, tzinfo=ZONE),
            ended_at=datetime(2026, 11, 19, 10, 30, tzinfo=ZONE),
            place="村委会调解室",
            present=json.dumps([self.applicant]),
            invited="丁邻居\n戊医生",
            notices="已告知权利义务。",
            statements=f"{kind}的陈述",
            result="约定再谈。",
            recorder="陈记录",
            mediators=json.dumps([mediator]),
        )
        session.add(row)
        session.flush()
        return row.id

    def _agreement(self) -> Agreement:
        return Agreement(
            dispute_id=self.id,
            form="written",
            copies=3,
            facts="屋檐水流入院内。",
            content="一、改装落水管。",
            performance="分两次履行。",
            amount=120050,
            sealed_on=DAY,
            recorder="陈记录",
        )

    def change(self, model: type[DisputeSession | DisputeVisit], row_id: int, **changes: object) -> None:
        with self.database.transaction(SYSTEM) as session:
            row = session.get_one(model, row_id)
            for name, value in changes.items():
                setattr(row, name, value)

    def becomes(self, stage: str) -> None:
        """In effect and agreed, between persons only, agreed by word of mouth, or ended without an agreement."""
        with self.database.transaction(SYSTEM) as session:
            dispute, parties = session.get_one(Dispute, self.id), (self.applicant, self.respondent)
            agreement = session.scalars(select(Agreement).where(Agreement.dispute_id == self.id)).one()
            agreement.effective_on = None if stage in ("mediating", "failed") else DAY
            agreement.form = "oral" if stage == "oral" else "written"
            if stage != "mediating":
                dispute.state, dispute.ended_on = ("failed" if stage == "failed" else "agreed"), DAY
            if stage == "failed":
                dispute.routes_told, dispute.routes_told_on = "arbitration,court", DAY
            for one in parties:
                row = session.get_one(DisputeParty, one)
                row.kind = "person" if stage == "persons" else row.kind
                row.identity_seen_on, row.identity_seen_by_id = DAY, self.office.clerk.id

    def printed(self, actor: Actor, form: str, of: int | None = None) -> str:
        made = documents.document(actor, form=form, dispute_id=self.id, of=of)
        assert made.name.endswith(".docx")
        body = Document(io.BytesIO(made.content)).element.body
        paragraphs = ("".join(text.text or "" for text in p.iter("{*}t")) for p in body.iter("{*}p"))
        return "\n".join("".join(paragraph.split()) for paragraph in paragraphs)


@pytest.fixture
def file(database: Database, office: Office) -> File:
    return File(database, office)


@pytest.fixture
def elsewhere(database: Database, office: Office, file: File) -> File:
    """Another file of the same committee, whose rows must not reach the first."""
    return File(database, office)


def test_the_acceptance_register_holds_both_sides_in_clear(office: Office, file: File) -> None:
    text = file.printed(office.mediator, "acceptance")
    for line in (
        "编号：（2026）人调字第1号",
        "2026年11月19日，本人民调解委员会经当事人同意，调解甲小禾与乙建筑公司之间的纠纷。",
        "申请人：甲小禾性别女年龄15岁职业或职务学生",
        "联系方式15400000001单位或住址柳林村三组7号",
        "监护人甲大禾",
        "被申请人：乙建筑公司",
        "委托代理人丙代理联系方式15400000003代理权限",
        "纠纷类型：邻里",
        "案件来源：当事人申请",
        "甲家屋檐水流入乙家院内，双方为此多次争吵。",
        "城建所调委会",
    ):
        assert line in text


def test_the_record_is_of_its_session_and_of_who_was_there(office: Office, file: File) -> None:
    text = file.printed(office.mediator, "record", file.sessions["session"])
    for line in (
        "时间：2026年11月19日9时至10时30分",
        "地点：村委会调解室",
        "事由：院墙排水",
        "当事人：甲小禾\n",
        "参加人：丁邻居、戊医生",
        "调解方式：不公开",
        "已告知权利义务。",
        "session的陈述",
        "约定再谈。",
    ):
        assert line in text
    assert "被申请人（签名" not in text


def test_the_agreement_lists_what_is_owed_by_day(office: Office, file: File) -> None:
    text = file.printed(office.mediator, "agreement")
    for line in (
        "屋檐水流入院内。",
        "一、改装落水管。",
        "协议金额：人民币1,200.50元（大写：壹仟贰佰元伍角整）。",
        "分两次履行。",
        "1．乙建筑公司于2026年12月1日前向甲小禾履行：改装落水管，履行地点：柳林村三组7号。",
        "2．乙建筑公司于2026年12月31日前向甲小禾支付人民币1,200.50元（大写：壹仟贰佰元伍角整），履行方式：转账。",
        "本协议一式3份",
    ):
        assert line in text
    assert text.endswith("2026年11月19日")


def test_the_follow_up_record(office: Office, file: File) -> None:
    text = file.printed(office.mediator, "follow_up", file.visit)
    for line in (
        "当事人：甲小禾、乙建筑公司",
        "调解协议编号：（2026）人调字第1号",
        "回访事由：了解履行情况",
        "回访时间：2026年11月20日",
        "回访方式：电话",
        "协议履行情况：已部分履行",
        "对调解的满意程度：基本满意",
        "是否就该纠纷起诉：否",
        "有无反复迹象：有",
        "第一期已付。",
    ):
        assert line in text


def test_what_is_gathered_is_what_the_preset_promises(
    database: Database, office: Office, file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = {"record": file.sessions["session"], "enquiry": file.sessions["enquiry"], "follow_up": file.visit}
    of |= {"power_of_attorney": file.respondent, "performance": file.done}
    gathered: dict[str, dict[str, object]] = {}
    monkeypatch.setattr(word, "render", lambda _, form, values, **__: gathered.update({form.code: values}))
    for state, codes in _STAGES.items():
        file.becomes(state)
        for code in codes:
            documents.document(office.director, form=code, dispute_id=file.id, of=of.get(code))
    assert set(gathered) == {form.code for form in forms().values() if form.job == "mediation"}
    for code, values in gathered.items():
        shape = shape_of(forms()[code])
        assert set(values) == set(shape)
        for name, fields in shape.items():
            rows = values[name]
            assert isinstance(rows, list) == bool(fields), name
            assert not fields or {frozenset(row) for row in rows} == {fields}, name  # type: ignore[attr-defined]


# What is printed while the file stands so, in the order in which it comes to stand so.
_STAGES = {
    "mediating": ("application", "acceptance", "notice", "identity", "power_of_attorney", "enquiry", "evidence"),
    "written": ("record", "agreement", "confirmation_unit", "performance", "follow_up", "closing_report", "cover"),
    "persons": ("confirmation", "contents", "file_note", "back_cover"),
    "oral": ("oral",),
    "failed": ("termination",),
}


@pytest.mark.parametrize(
    ("form", "lines"),
    [
        (
            "power_of_attorney",
            ("委托人（被申请人）：乙建筑公司", "受委托人：丙代理", "自签名之日起至2026年12月31日止。"),
        ),
        (
            "performance",
            ("乙建筑公司于2026年11月19日向甲小禾履行：支付人民币600.00元（大写：陆佰元整），为部分履行。",),
        ),
        ("evidence", ("现场照片", "共四张")),
        ("cover", ("人民调解卷宗", "甲小禾与乙建筑公司邻里纠纷", "（2026）人调字第1号")),
        ("closing_report", ("结案报告表", "达成协议", "一、改装落水管。")),
        ("confirmation_unit", ("法定代表人（负责人）职务", "申请人（签名盖章或按指印）：")),
        ("identity", ("甲小禾", "自然人", "单位", "2026年11月19日")),
    ],
)
def test_what_the_forms_around_a_mediation_say(office: Office, file: File, form: str, lines: tuple[str, ...]) -> None:
    file.becomes("written")
    of = {"power_of_attorney": file.respondent, "performance": file.done}.get(form)
    text = file.printed(office.mediator, form, of)
    assert [line for line in lines if line not in text] == []


def test_a_notice_of_termination_names_the_other_ways(office: Office, file: File) -> None:
    file.becomes("failed")
    text = file.printed(office.mediator, "termination")
    assert "因调解不成，现终止调解。" in text
    assert "当事人可以依法通过仲裁、诉讼维护自己的权利。" in text


@pytest.mark.parametrize(
    ("form", "of"),
    [
        ("termination", None),
        ("confirmation", None),
        ("confirmation_unit", None),
        ("oral", None),
        ("closing_report", None),
    ],
)
def test_what_has_not_come_about_is_not_printed(
    database: Database, office: Office, file: File, form: str, of: int | None
) -> None:
    with nothing_changes(database), pytest.raises(Problems):
        file.printed(office.mediator, form, of)


def test_an_excluded_matter_and_a_party_without_an_agent_have_no_paper(
    database: Database, office: Office, file: File, elsewhere: File
) -> None:
    file.becomes("written")
    with database.transaction(SYSTEM) as session:
        for row in session.scalars(select(Agreement)):
            row.excluded_matter = "adoption"
    with nothing_changes(database):
        with pytest.raises(Problems):
            file.printed(office.mediator, "confirmation_unit")
        for form, of in (("power_of_attorney", file.applicant), ("performance", elsewhere.done), ("performance", None)):
            with pytest.raises(NotThere):
                file.printed(office.mediator, form, of)


def test_a_day_not_entered_yet_is_a_blank_to_fill_in(database: Database, office: Office) -> None:
    text = File(database, office, accepted_on=None, state="registered").printed(office.mediator, "acceptance")
    assert "年月日，本人民调解委员会" in text


# --- who may ---


def test_printing_is_for_those_who_may_see_the_names(database: Database, office: Office, file: File) -> None:
    for name in ("mediator", "chair", "director"):
        assert "甲小禾" in file.printed(office.people[name], "acceptance")
    with nothing_changes(database):
        for name in ("elsewhere", "clerk", "leader"):
            with pytest.raises(NotThere):
                file.printed(office.people[name], "acceptance")
        for name in ("handler", "head", "viewer", "admin", "auditor"):
            with pytest.raises(Refused):
                file.printed(office.people[name], "acceptance")


def test_the_visitor_prints_the_follow_up_record(database: Database, office: Office) -> None:
    file = File(database, office, visitor_id=office.clerk.id)
    assert "甲小禾" in file.printed(office.clerk, "follow_up", file.visit)


def test_a_childs_file_stays_with_its_mediators(database: Database, office: Office) -> None:
    file = File(database, office, child=True)
    assert file.printed(office.mediator, "acceptance")
    with pytest.raises(NotThere):
        file.printed(office.chair, "acceptance")


def test_who_stepped_aside_prints_nothing_more(database: Database, office: Office, file: File) -> None:
    with database.transaction(SYSTEM) as session:
        row = session.scalars(select(DisputeMediator).where(DisputeMediator.dispute_id == file.id)).one()
        row.ended_on, row.end_kind = DAY, "stepped_aside"
    with pytest.raises(NotThere):
        file.printed(office.mediator, "acceptance")


def test_each_printing_is_journalled(database: Database, office: Office, file: File) -> None:
    file.printed(office.mediator, "record", file.sessions["session"])
    with database.reading() as session:
        row = session.scalars(select(JournalRow).where(JournalRow.event == "print")).one()
    assert (row.tbl, row.pk, row.actor_id) == ("dispute", str(file.id), office.mediator.id)
    assert json.loads(row.after or "") == {"what": "record", "of": file.sessions["session"]}


def test_an_archived_file_may_still_be_printed(database: Database, office: Office) -> None:
    file = File(database, office, state="archived", open=False, archived_on=DAY)
    assert "甲小禾" in file.printed(office.mediator, "agreement")


# --- what is never printed ---


@pytest.mark.parametrize("who", ["mediator", "director"])
def test_a_caucus_is_never_printed(database: Database, office: Office, file: File, who: str) -> None:
    with nothing_changes(database), pytest.raises(NotThere):
        file.printed(office.people[who], "record", file.sessions["caucus"])
    for form, of in (("acceptance", None), ("record", file.sessions["session"]), ("agreement", None)):
        assert "caucus的陈述" not in file.printed(office.people[who], form, of)


def test_an_enquiry_is_no_mediation_record(office: Office, file: File) -> None:
    with pytest.raises(NotThere):
        file.printed(office.mediator, "record", file.sessions["enquiry"])


def test_removed_rows_are_on_no_form(database: Database, office: Office, file: File) -> None:
    file.change(DisputeSession, file.sessions["session"], removed_at=NOW)
    file.change(DisputeVisit, file.visit, removed_at=NOW)
    with database.transaction(SYSTEM) as session:
        session.get_one(DisputeParty, file.respondent).removed_at = NOW
        for row in session.scalars(select(Obligation).where(Obligation.kind == "act")):
            row.removed_at = NOW
    for form, of in (("record", file.sessions["session"]), ("follow_up", file.visit)):
        with pytest.raises(NotThere):
            file.printed(office.mediator, form, of)
    assert "乙建筑公司" not in file.printed(office.mediator, "acceptance")
    assert "改装落水管，" not in file.printed(office.mediator, "agreement")


def test_a_row_of_another_file_is_not_there(office: Office, file: File, elsewhere: File) -> None:
    for form, of in (("record", elsewhere.sessions["session"]), ("follow_up", elsewhere.visit), ("record", None)):
        with pytest.raises(NotThere):
            file.printed(office.mediator, form, of)


def test_there_is_no_agreement_to_print_before_it_is_written(database: Database, office: Office, file: File) -> None:
    with database.transaction(SYSTEM) as session:
        session.scalars(select(Agreement)).one().form = "oral"
    with nothing_changes(database), pytest.raises(Problems):
        file.printed(office.mediator, "agreement")
    assert "调解协议编号：\n" in file.printed(office.mediator, "follow_up", file.visit)


def test_there_is_no_such_form(office: Office, file: File) -> None:
    for form in ("", "secret", "../agreement", "agreement.docx"):
        with pytest.raises(NotThere):
            file.printed(office.mediator, form)


def test_a_long_night_is_told_by_the_office_s_clock(office: Office, file: File) -> None:
    late = datetime(2026, 11, 18, 15, 5, tzinfo=ZoneInfo("UTC"))
    file.change(DisputeSession, file.sessions["session"], held_at=late, ended_at=late + timedelta(minutes=30))
    assert "时间：2026年11月18日23时5分至23时35分" in file.printed(office.mediator, "record", file.sessions["session"])

"""The file: what it lacks, its papers and pages, and who may archive it how, on both engines."""

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import Database
from db.identity import encrypt
from db.journal import JournalRow
from db.models import (
    Agreement,
    Attachment,
    Dispute,
    DisputeEntry,
    DisputeMediator,
    DisputePaper,
    DisputeParty,
    DisputeSession,
    DisputeVisit,
    Obligation,
    Performance,
)
from db.rules.files import FOLDER
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services import files
from db.services.files import Upload
from db.services.mediation import dossier as service
from db.services.mediation import steps
from db.services.mediation.sheets import dossier_sheet
from db.services.mediation.steps import Receipt
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office, a_dispute, mediator_of

TODAY = NOW.date()
SCAN = Upload("收据.txt", "已收到".encode())
_keys = count(1)


def key() -> str:
    """A new submission key."""
    return f"dossier-{next(_keys)}"


def ago(days: int) -> date:
    """That many days before today."""
    return TODAY - timedelta(days=days)


def held(session: Session, dispute_id: int, kind: str, days: int, **changes: object) -> None:
    """An enquiry, session or caucus that many days ago."""
    at = NOW - timedelta(days=days)
    session.add(DisputeSession(dispute_id=dispute_id, kind=kind, held_at=at, **changes))


def a_settled_dispute(session: Session, office: Office, **changes: object) -> Dispute:
    """A written agreement in effect, paid at once, followed up: a file with nothing missing."""
    fields: dict[str, object] = {"state": "agreed", "received_on": ago(60), "accepted_on": ago(59), "ended_on": ago(40)}
    dispute = a_dispute(session, office, **(fields | changes))
    session.add(
        DisputeMediator(dispute_id=dispute.id, mediator_id=mediator_of(session, office.mediator), from_on=ago(59))
    )
    parties = session.scalars(select(DisputeParty).where(DisputeParty.dispute_id == dispute.id)).all()
    for party in parties:
        party.told_on, party.consent, party.consent_on = ago(58), "yes", ago(57)
        party.identity_seen_on, party.signed_on = ago(57), ago(41)
    held(session, dispute.id, "session", 50, present=f"[{parties[0].id}, {parties[1].id}]")
    days = {"reached_on": ago(41), "mediator_signed_on": ago(41), "sealed_on": ago(40), "effective_on": ago(40)}
    session.add(Agreement(dispute_id=dispute.id, form="written", number=dispute.number, copies=3, **days))
    owed = Obligation(
        dispute_id=dispute.id,
        debtor_id=parties[0].id,
        creditor_id=parties[1].id,
        kind="money",
        amount=120000,
        due_on=ago(30),
        standing="fulfilled",
        fulfilled_on=ago(35),
    )
    session.add(owed)
    session.flush()
    session.add(Performance(obligation_id=owed.id, done_on=ago(35), amount=120000, evidence="转账回单"))
    session.add(DisputeVisit(dispute_id=dispute.id, visited_on=ago(5), how="telephone", performance="full"))
    session.flush()
    return dispute


@pytest.fixture
def settled(database: Database, office: Office) -> int:
    """A dispute with a complete file."""
    with database.transaction(SYSTEM) as session:
        return a_settled_dispute(session, office).id


def file_it(actor: Actor, dispute_id: int, version: int = 1, **changes: Any) -> Receipt:
    """Archive a file."""
    told: dict[str, Any] = {"retention": "years_10", "archived_on": TODAY, "key": key()}
    return service.archive(actor, dispute_id=dispute_id, version=version, **(told | changes))


def lacks(actor: Actor, dispute_id: int) -> list[str]:
    """The codes of what a file lacks."""
    return [problem.field for problem in service.dossier(actor, dispute_id=dispute_id).problems]


def fields(error: pytest.ExceptionInfo[Problems]) -> list[str]:
    """The fields problems stand beside."""
    return [problem.field for problem in error.value.problems]


def version_of(database: Database, dispute_id: int) -> int:
    """The version a page would show."""
    with database.reading() as session:
        return session.get_one(Dispute, dispute_id).version


def drop(database: Database, model: Any, dispute_id: int) -> None:
    """Take every such row out of the file."""
    with database.transaction(SYSTEM) as session:
        for row in session.scalars(select(model).where(model.dispute_id == dispute_id)):
            row.removed_at = NOW


# --- what a file holds ---


def test_a_settled_file_is_complete_and_counted_through(office: Office, settled: int) -> None:
    seen = service.dossier(office.mediator, dispute_id=settled)
    assert (seen.complete, seen.problems) == (True, ())
    told = [(line.code, line.from_page, line.to_page) for line in seen.lines if line.pages]
    assert told == [
        ("acceptance", 1, 1),
        ("notice", 2, 3),
        ("record", 4, 4),
        ("agreement", 5, 5),
        ("performance", 6, 6),
        ("follow_up", 7, 7),
    ]
    assert seen.pages == 7


def test_what_was_taken_out_counts_nowhere(database: Database, office: Office, settled: int) -> None:
    drop(database, DisputeVisit, settled)
    assert lacks(office.mediator, settled) == ["follow_up"]
    drop(database, DisputeSession, settled)
    assert lacks(office.mediator, settled) == ["record", "follow_up"]


@pytest.mark.parametrize(
    ("table", "changes", "code"),
    [
        (DisputeParty, {"told_on": None}, "notice"),
        (DisputeParty, {"identity_seen_on": None}, "identity"),
        (DisputeParty, {"agent": b"x"}, "power_of_attorney"),
        (DisputeParty, {"child": True}, "parties"),
        (DisputeParty, {"consent_on": ago(45)}, "record"),
        (Agreement, {"confirmation": "requested"}, "confirmation"),
        (Agreement, {"effective_on": ago(42)}, "agreement"),
        (Obligation, {"standing": "part"}, "performance"),
        (Performance, {"evidence": " "}, "performance"),
        (DisputeVisit, {"visited_on": ago(45)}, "follow_up"),
    ],
)
def test_what_is_missing_or_out_of_order_is_named(
    database: Database, office: Office, settled: int, table: type[DisputeParty], changes: dict[str, Any], code: str
) -> None:
    with database.transaction(SYSTEM) as session:
        for name, value in changes.items():
            setattr(session.scalars(select(table).order_by(table.id)).first(), name, value)
    assert lacks(office.mediator, settled) == [code]


def test_a_file_that_proves_a_payment_proves_it_until_it_is_removed(
    database: Database, office: Office, settled: int
) -> None:
    (scan,) = files.attach_to_dispute(office.mediator, dispute_id=settled, uploads=[SCAN], key=key())
    with database.transaction(SYSTEM) as session:
        row = session.scalars(select(Performance)).one()
        row.evidence, row.attachment_id = "", scan
    assert lacks(office.mediator, settled) == []
    files.remove(office.mediator, attachment_id=scan, version=1)
    assert lacks(office.mediator, settled) == ["performance"]


def test_a_caucus_is_no_part_of_the_file(database: Database, office: Office, settled: int) -> None:
    with database.transaction(SYSTEM) as session:
        held(session, settled, "caucus", 0, mediators=f"[{mediator_of(session, office.mediator)}]")
    before = service.dossier(office.director, dispute_id=settled)
    assert (before.complete, before.pages) == (True, 7)
    with nothing_changes(database), pytest.raises(Problems) as wrong:
        file_it(office.mediator, settled, archived_on=ago(5), retention="")
    assert fields(wrong) == ["retention"], "the day of a caucus is its mediators' alone"
    drop(database, DisputeSession, settled)
    with database.transaction(SYSTEM) as session:
        held(session, settled, "caucus", 50)
    assert lacks(office.mediator, settled) == ["record"]


def test_who_may_look(office: Office, settled: int) -> None:
    for actor in (office.mediator, office.chair, office.director):
        assert service.dossier(actor, dispute_id=settled).complete
    for actor in (office.clerk, office.elsewhere):
        with pytest.raises(NotThere):
            service.dossier(actor, dispute_id=settled)
    for actor in (office.handler, office.viewer, office.admin):
        with pytest.raises(Refused):
            service.dossier(actor, dispute_id=settled)


# --- papers and pages ---


def a_paper(actor: Actor, dispute_id: int, **changes: object) -> int:
    """Evidence of three pages."""
    told: dict[str, object] = {"document": "evidence", "title": "照片", "pages": 3, "dated_on": ago(52), "key": key()}
    return service.add_paper(actor, dispute_id=dispute_id, **(told | changes))  # type: ignore[arg-type]


def test_a_paper_is_filed_corrected_removed_and_put_back(database: Database, office: Office, settled: int) -> None:
    once = key()
    paper = a_paper(office.mediator, settled, uploads=[SCAN], key=once)
    assert a_paper(office.mediator, settled, uploads=[SCAN], key=once) == paper
    with database.reading() as session:
        row = session.scalars(select(DisputePaper)).one()
        attached = session.get_one(Attachment, row.attachment_id)
        assert (row.title, row.pages, attached.dispute_id) == ("照片", 3, settled)
    assert service.dossier(office.mediator, dispute_id=settled).pages == 10
    mine: dict[str, Any] = {"dispute_id": settled, "paper_id": paper}
    version = service.edit_paper(office.mediator, **mine, version=1, title="照片两张", pages=2, key=key())
    with pytest.raises(Changed) as stale:
        service.edit_paper(office.mediator, **mine, version=1, title="又一张", pages=2, key=key())
    assert stale.value.theirs["title"] == "照片两张"
    lines = {line.title: line for line in service.dossier(office.mediator, dispute_id=settled).lines if line.ref}
    assert (lines["照片两张"].ref, lines["照片两张"].from_page, lines["照片两张"].to_page) == (paper, 4, 5)
    version = service.remove_paper(office.mediator, **mine, version=version, key=key())
    assert service.dossier(office.mediator, dispute_id=settled).pages == 7
    with pytest.raises(NotThere):
        service.remove_paper(office.mediator, **mine, version=version, key=key())
    service.restore_paper(office.mediator, **mine, version=version, key=key())
    assert service.dossier(office.mediator, dispute_id=settled).pages == 9
    with database.reading() as session:
        told = session.scalars(select(DisputeEntry.step).order_by(DisputeEntry.id)).all()
    assert told == ["paper", "paper", "remove", "restore"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"document": "other"}, "document"),
        ({"document": "cover"}, "document"),
        ({"document": "record", "title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "a\nb"}, "title"),
        ({"remark": "\u202e"}, "remark"),
        ({"pages": 0}, "pages"),
        ({"pages": 10_000}, "pages"),
        ({"dated_on": TODAY + timedelta(days=1)}, "dated_on"),
        ({"uploads": [SCAN, SCAN]}, "uploads"),
        ({"uploads": [Upload("a.exe", b"MZ")]}, "uploads"),
    ],
)
def test_a_wrong_paper_is_told_beside_its_field(
    database: Database, office: Office, settled: int, changes: dict[str, Any], field: str
) -> None:
    with nothing_changes(database), pytest.raises(Problems) as wrong:
        a_paper(office.mediator, settled, **changes)
    assert fields(wrong) == [field]
    assert list((database.settings.folder / FOLDER).glob("*")) == []


def test_pages_are_counted_once_for_each_document(database: Database, office: Office, settled: int) -> None:
    for pages in (6, 4):
        service.set_pages(office.mediator, dispute_id=settled, document="record", pages=pages, key=key())
    seen = service.dossier(office.mediator, dispute_id=settled)
    assert next(line.pages for line in seen.lines if line.code == "record") == 4
    with database.reading() as session:
        assert len(session.scalars(select(DisputePaper)).all()) == 1
    for document, pages, field in (("cover", 1, "document"), ("evidence", 1, "document"), ("record", 0, "pages")):
        with nothing_changes(database), pytest.raises(Problems) as wrong:
            service.set_pages(office.mediator, dispute_id=settled, document=document, pages=pages, key=key())
        assert fields(wrong) == [field]


def test_papers_are_for_those_who_keep_the_file(database: Database, office: Office, settled: int) -> None:
    paper = a_paper(office.chair, settled)
    mine: dict[str, Any] = {"dispute_id": settled, "paper_id": paper, "version": 1}
    with nothing_changes(database):
        with pytest.raises(Refused):
            a_paper(office.clerk, settled)
        with pytest.raises(NotThere):
            a_paper(office.elsewhere, settled)
        with pytest.raises(NotThere):
            service.edit_paper(office.elsewhere, **mine, title="x", key=key())
        with pytest.raises(NotThere):
            service.remove_paper(office.elsewhere, **mine, key=key())
        with pytest.raises(NotThere):
            service.set_pages(office.elsewhere, dispute_id=settled, document="record", pages=2, key=key())


def test_a_paper_of_another_file_is_not_there(database: Database, office: Office, settled: int) -> None:
    paper = a_paper(office.mediator, settled)
    with database.transaction(SYSTEM) as session:
        other = a_settled_dispute(session, office).id
    with nothing_changes(database):
        for act in (service.remove_paper, service.restore_paper):
            with pytest.raises(NotThere):
                act(office.mediator, dispute_id=other, paper_id=paper, version=1, key=key())
        with pytest.raises(NotThere):
            service.edit_paper(office.mediator, dispute_id=other, paper_id=paper, version=1, title="x", key=key())


def test_papers_and_pages_have_documents_to_choose_from() -> None:
    assert set(service.pages_to_count()) < set(service.papers_to_add())
    assert not {"cover", "contents", "back_cover"} & set(service.papers_to_add())
    assert service.papers_to_add()["evidence"].zh == "证据材料"


# --- into the archive ---


def test_a_complete_file_is_archived_as_a_standard_one(database: Database, office: Office, settled: int) -> None:
    once = key()
    receipt = file_it(office.mediator, settled, key=once, file_note="无特殊情况", reason="不需要")
    assert file_it(office.mediator, settled, key=once) == receipt
    with database.reading() as session:
        row = session.get_one(Dispute, settled)
        assert (row.state, row.open, row.standard, row.signed_incomplete) == ("archived", False, True, "")
        assert (row.archived_on, row.archived_by_id) == (TODAY, office.mediator.id)
        assert (row.retention, row.file_note, row.next_due_on) == ("years_10", "无特殊情况", None)
        line = session.scalars(select(DisputeEntry)).one()
        assert (line.step, line.from_state, line.to_state) == ("archive", "agreed", "archived")
    assert service.dossier(office.mediator, dispute_id=settled).complete
    with nothing_changes(database):
        with pytest.raises(Problems, match="archived"):
            a_paper(office.mediator, settled)
        with pytest.raises(Problems, match="archived"):
            file_it(office.mediator, settled, version=version_of(database, settled))


def test_an_incomplete_file_is_refused_and_says_what_is_missing(
    database: Database, office: Office, settled: int
) -> None:
    drop(database, DisputeVisit, settled)
    for reason in ("", "赶时间"):
        with nothing_changes(database), pytest.raises(Problems) as wrong:
            file_it(office.mediator, settled, reason=reason)
        assert "No follow-up visit is recorded." in str(wrong.value)
        assert fields(wrong) == ["follow_up", ""]
    with nothing_changes(database), pytest.raises(Problems) as unsigned:
        file_it(office.director, settled, reason=" ")
    assert fields(unsigned) == ["follow_up", "reason"]


def test_the_director_signs_the_reason(database: Database, office: Office, settled: int) -> None:
    drop(database, DisputeVisit, settled)
    file_it(office.director, settled, reason="当事人已迁居，无法回访")
    with database.reading() as session:
        row = session.get_one(Dispute, settled)
        assert (row.state, row.standard, row.signed_incomplete) == ("archived", False, "当事人已迁居，无法回访")
        assert session.scalars(select(DisputeEntry.text)).one() == "当事人已迁居，无法回访"
    assert lacks(office.director, settled) == ["follow_up"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"retention": "years_3"}, "retention"),
        ({"retention": ""}, "retention"),
        ({"archived_on": None}, "archived_on"),
        ({"archived_on": TODAY + timedelta(days=1)}, "archived_on"),
        ({"archived_on": ago(6)}, "archived_on"),
        ({"file_note": "\x00"}, "file_note"),
    ],
)
def test_wrong_filing_is_told_beside_its_field(
    database: Database, office: Office, settled: int, changes: dict[str, Any], field: str
) -> None:
    with nothing_changes(database), pytest.raises(Problems) as wrong:
        file_it(office.mediator, settled, **changes)
    assert fields(wrong) == [field]


def test_only_an_ended_file_is_archived(database: Database, office: Office, settled: int) -> None:
    with database.transaction(SYSTEM) as session:
        session.get_one(Dispute, settled).state = "mediating"
    with nothing_changes(database), pytest.raises(Problems, match="no longer open"):
        file_it(office.director, settled, version=version_of(database, settled), reason="x")


def test_a_stale_version_shows_both(database: Database, office: Office, settled: int) -> None:
    with database.transaction(SYSTEM) as session:
        session.get_one(Dispute, settled).file_note = "另一人写的"
    with nothing_changes(database), pytest.raises(Changed) as stale:
        file_it(office.mediator, settled, file_note="我写的")
    assert (stale.value.theirs["file_note"], stale.value.mine["file_note"]) == ("另一人写的", "我写的")


def test_who_may_archive(database: Database, office: Office, settled: int) -> None:
    with nothing_changes(database):
        with pytest.raises(NotThere):
            file_it(office.elsewhere, settled)
        for actor in (office.clerk, office.handler, office.viewer):
            with pytest.raises(Refused):
                file_it(actor, settled)
    assert file_it(office.chair, settled).state == "archived"


def test_a_reopened_file_is_archived_anew(database: Database, office: Office, settled: int) -> None:
    drop(database, DisputeVisit, settled)
    file_it(office.director, settled, reason="无法回访")
    version = version_of(database, settled)
    steps.reopen(office.director, dispute_id=settled, version=version, reason="补回访", key=key())
    with database.transaction(SYSTEM) as session:
        for visit in session.scalars(select(DisputeVisit)):
            visit.removed_at = None
    file_it(office.mediator, settled, version=version_of(database, settled))
    with database.reading() as session:
        row = session.get_one(Dispute, settled)
        assert (row.standard, row.signed_incomplete) == (True, "")


@pytest.mark.parametrize(
    ("result", "changes"),
    [("refused", {"refused_by": "respondent", "source": "initiative"}), ("withdrawn", {"source": "initiative"})],
)
def test_a_file_that_ended_early_needs_little(
    database: Database, office: Office, result: str, changes: dict[str, Any]
) -> None:
    with database.transaction(SYSTEM) as session:
        dispute_id = a_dispute(session, office, state=result, ended_on=TODAY, **changes).id
    assert lacks(office.mediator, dispute_id) == []
    file_it(office.mediator, dispute_id)
    assert lacks(office.chair, dispute_id) == []


def test_a_day_in_the_office_is_the_day_of_a_session(database: Database, office: Office, settled: int) -> None:
    drop(database, DisputeSession, settled)
    late = datetime.fromisoformat(f"{ago(50)}T00:30:00+08:00")
    with database.transaction(SYSTEM) as session:
        session.add(DisputeSession(dispute_id=settled, kind="session", held_at=late))
        session.get_one(Dispute, settled).accepted_on = ago(50)
    assert "record" not in lacks(office.mediator, settled)


# --- on paper ---


def test_a_printed_file_names_its_parties_only_when_asked(database: Database, office: Office, settled: int) -> None:
    with database.transaction(SYSTEM) as session:
        for party in session.scalars(select(DisputeParty).where(DisputeParty.side == "applicant")):
            party.name = encrypt(database, "dispute_party.name", "李小明")
    masked = dossier_sheet(office.mediator, dispute_id=settled)
    assert (masked.cover.applicants, masked.cover.respondents) == (("甲**",), ("乙**",))
    assert dossier_sheet(office.mediator, dispute_id=settled, identities=True).cover.applicants == ("李小明",)
    with database.reading() as session:
        noted = session.scalars(select(JournalRow.after).where(JournalRow.event == "print").order_by(JournalRow.seq))
        assert ['"identities": true' in str(after) for after in noted] == [False, True]


def test_a_cover_says_who_mediated_when_and_who_filed_it(database: Database, office: Office, settled: int) -> None:
    before = dossier_sheet(office.mediator, dispute_id=settled).cover
    assert (before.from_on, before.until_on, before.mediators) == (ago(59), ago(40), ("马调解",))
    assert (before.filed_by, before.filed_on, before.retention["zh"]) == ("", None, "")
    file_it(office.chair, settled, file_note="无")
    after = dossier_sheet(office.mediator, dispute_id=settled).cover
    assert (after.filed_by, after.filed_on, after.note) == ("方主委", TODAY, "无")
    assert (after.retention["zh"], after.category["en"], after.committee["zh"]) == (
        "10年",
        "Neighbours",
        "城建所调委会",
    )


def test_who_may_print(database: Database, office: Office, settled: int) -> None:
    for identities in (False, True):
        for actor in (office.clerk, office.elsewhere):
            with pytest.raises(NotThere):
                dossier_sheet(actor, dispute_id=settled, identities=identities)
        for actor in (office.handler, office.viewer):
            with pytest.raises(Refused):
                dossier_sheet(actor, dispute_id=settled, identities=identities)
    with database.reading() as session:
        assert session.scalars(select(JournalRow.seq).where(JournalRow.event == "print")).all() == []

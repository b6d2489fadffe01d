"""One search: by words, numbers and names, only what somebody may see, residents only where their names may be seen."""

import pytest
from sqlalchemy import func, select

from db.engine import Database
from db.journal import JournalRow
from db.models import Case
from db.rules.cases import Kind
from db.rules.permissions import Actor
from db.rules.problems import Refused
from db.services import finding
from db.services.finding import residents
from db.services.mediation import parties
from db.services.turns import Turns
from tests.db.services import disputes
from tests.db.services.found import a_matter
from tests.db.services.stages import HANDLING, brought
from tests.factories import SYSTEM, Office


def looks(database: Database) -> int:
    with database.reading() as session:
        return int(session.scalar(select(func.count()).where(JournalRow.event == "search_identity")) or 0)


def numbers(hits: tuple[finding.Hit, ...]) -> list[str]:
    return [hit.number for hit in hits]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
class TestWords:
    def test_each_register_answers_with_what_this_person_may_see(self, database: Database, office: Office) -> None:
        case_id, dispute_id = brought(office, HANDLING), disputes.registered(database, office, subject="噪音纠纷")
        shown = finding.find(office.director, text="噪音")
        assert [hit.id for hit in shown.cases.hits] == [case_id]
        assert [hit.id for hit in shown.disputes.hits] == [dispute_id]
        assert (shown.cases.total, shown.disputes.total) == (1, 1)
        assert [hit.id for hit in finding.find(office.handler, text="噪音").cases.hits] == [case_id]
        for stranger in (office.outsider, office.elsewhere):
            assert finding.find(stranger, text="噪音").empty

    def test_a_sealed_matter_is_found_by_nobody(self, office: Office) -> None:
        sealed = a_matter(
            office.clerk, subject="举报一事", name="李四光", contact="15400007788", kind=Kind.ACCUSATION,
            taken_by_id=office.director.id, accused_unit_id=office.unit_a, anonymous=False,
        )  # fmt: skip
        for text in (sealed.number, "举报一事", "李四光", "lsg", "7788", "15400007788"):
            assert finding.find(office.director, text=text).empty, text

    def test_a_number_finds_its_case_first_and_what_a_merged_one_went_into(
        self, database: Database, office: Office
    ) -> None:
        kept, told = a_matter(office.clerk, subject="甲"), a_matter(office.clerk, subject="甲")
        gone, earlier = a_matter(office.clerk, subject="乙"), a_matter(office.clerk, subject="丙")
        a_matter(office.clerk, subject=f"又问 {kept.number}")
        with database.transaction(SYSTEM) as session:
            for row, into in ((earlier, gone), (gone, kept)):
                case = session.get_one(Case, row.case_id, execution_options={"with_gone": True})
                case.gone, case.merged_into_id = "merged", into.case_id
        assert numbers(finding.find(office.clerk, text=kept.number).cases.hits)[0] == kept.number
        found = finding.find(office.clerk, text=earlier.number.replace("-", "－")).cases
        assert [(hit.number, hit.merged, found.total) for hit in found.hits] == [(kept.number, earlier.number, 1)]
        assert finding.find(office.outsider, text=earlier.number).empty
        with database.transaction(SYSTEM) as session:
            session.get_one(Case, told.case_id).gone = "binned"
        assert finding.find(office.clerk, text=told.number).empty

    def test_units_and_handlers_by_name_and_by_initials(self, office: Office) -> None:
        for text in ("城建", "cjs", "ＣＪ"):
            assert office.unit_a in [one.id for one in finding.find(office.director, text=text).units], text
        for text in ("王经办", "wjb", "WJ"):
            assert [one.id for one in finding.find(office.director, text=text).handlers] == [office.handler.id], text
        assert not finding.find(office.outsider, text="cjs").units
        assert not finding.find(office.outsider, text="wjb").handlers
        assert not finding.find(office.mediator, text="cjs").units

    @pytest.mark.parametrize("text", ["", "   ", "，。", "a", "x" * 5000, "🙂", "\x00", "<script>", "%", "a\u202eb"])
    def test_whatever_is_typed_is_answered(self, office: Office, text: str) -> None:
        assert finding.find(office.clerk, text=text).empty

    def test_who_reads_no_register_may_not_ask(self, office: Office) -> None:
        for actor in (office.viewer, office.admin, office.auditor, office.assessor):
            with pytest.raises(Refused):
                finding.find(actor, text="路灯")


def test_residents_are_found_only_where_names_may_be_seen(database: Database, office: Office) -> None:
    mine = a_matter(office.clerk, name="单 小明", contact="154-0000-7788")
    foreign = a_matter(office.deputy, name="单小明", contact="15400007788")

    def seen(actor: Actor, text: str) -> set[str]:
        return set(numbers(finding.find(actor, text=text).case_parties))

    for text in ("单小明", "sxm", "ＳＸＭ", "7788", "154 0000 7788"):
        assert seen(office.director, text) == {mine.number, foreign.number}, text
        assert seen(office.clerk, text) == {mine.number}, text
        assert seen(office.handler, text) == set(), text
    assert not any(seen(office.director, text) for text in ("小明", "dxm", "788", "8877", "sx"))
    assert looks(database) == 33, "one for each register looked into, whether somebody was found or not"
    (one,) = finding.find(office.clerk, text="7788").case_parties
    assert (one.why, "小明" in one.who) == ("tail", False)


def test_parties_of_disputes_are_found_by_their_mediators(database: Database, office: Office) -> None:
    dispute_id = disputes.registered(database, office)
    with database.reading():
        told = parties.unmask(office.mediator, dispute_id=dispute_id)
    name, contact = told["name"].iloc[0], told["contact"].iloc[0]
    party = disputes.party_rows(database, dispute_id)[0]
    for text in (name, contact[-4:]) if contact else (name,):
        assert [hit.id for hit in finding.find(office.mediator, text=text).dispute_parties] == [dispute_id]
        assert not finding.find(office.clerk, text=text).dispute_parties
        assert not finding.find(office.elsewhere, text=text).dispute_parties
    parties.edit_party(
        office.mediator, dispute_id=dispute_id, party_id=party.id, version=party.version, side=party.side,
        name="单小明", contact="15400007788", key="renamed",
    )  # fmt: skip
    assert [hit.id for hit in finding.find(office.mediator, text="sxm").dispute_parties] == [dispute_id]
    assert [hit.id for hit in finding.find(office.mediator, text="7788").dispute_parties] == [dispute_id]
    assert not finding.find(office.mediator, text=name).dispute_parties


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_who_looks_for_residents_too_often_waits_and_still_finds_words(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(residents, "_looks", Turns("residents", most=2, seconds=3600))
    a_matter(office.clerk, subject="单小明来访", name="单小明", contact="15400007788")
    answers = [finding.find(office.clerk, text="单小明") for _ in range(3)]
    assert [(len(one.case_parties), one.slowly, one.cases.total) for one in answers] == [
        (1, False, 1), (1, False, 1), (0, True, 1),
    ]  # fmt: skip

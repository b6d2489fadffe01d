"""Taking in on both engines: registered once or not at all, drafts, earlier matters, the resident's own look."""

import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from db import clock
from db.engine import Database
from db.journal import JournalRow
from db.models import Case, CaseVisit, Draft, Submission
from db.rules.cases import Kind
from db.rules.intake import Party
from db.rules.permissions import Permission
from db.rules.problems import NotThere, Problems, Refused
from db.rules.rates import TooMany
from db.services import cases, intake
from db.services.intake import looking_up, registering
from tests.db.services.test_cases import an_intake, key
from tests.factories import NOW, SYSTEM, Office


def count(database: Database, table: type) -> int:
    """How many rows a table holds."""
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def events(database: Database, event: str) -> list[JournalRow]:
    """Journal rows of one event."""
    with database.reading() as session:
        return list(session.scalars(select(JournalRow).where(JournalRow.event == event)))


def test_who_may_register(database: Database, office: Office) -> None:
    for actor in office.people.values():
        if actor.may(Permission.INTAKE_REGISTER):
            intake.register(actor, intake=an_intake(), key=key())
        else:
            before = count(database, Case)
            with pytest.raises(Refused):
                intake.register(actor, intake=an_intake(), key=key())
            assert count(database, Case) == before


def test_a_wrong_matter_changes_nothing(database: Database, office: Office) -> None:
    for changes in ({"subject": ""}, {"text": "a\x00b"}, {"text": "\ud800"}, {"repeat_of_id": 99}, {"category": "x"}):
        with pytest.raises(Problems):
            intake.register(office.clerk, intake=an_intake(**changes), key=key())
    assert count(database, Case) == count(database, Submission) == 0
    assert intake.register(office.clerk, intake=an_intake(), key=key()).number == "2026-000001"


@pytest.mark.parametrize(
    "hostile", ["'; DROP TABLE case_file; --", "<script>alert(1)</script>", "=1+1", "%_\\", "𠀀🙂"]
)
def test_hostile_words_are_kept_as_they_are(office: Office, hostile: str) -> None:
    told = an_intake(subject=hostile, text=hostile, place=hostile, parties=(Party(hostile, hostile),))
    case = intake.register(office.clerk, intake=told, key=key()).case_id
    assert cases.view(office.deputy, case_id=case).fields["subject"] == hostile
    assert list(cases.unmask(office.deputy, case_id=case)["name"]) == [hostile]


def test_the_same_key_writes_once(database: Database, office: Office) -> None:
    once = key()
    first = intake.register(office.clerk, intake=an_intake(), key=once)
    again = intake.register(office.clerk, intake=an_intake(), key=once)
    assert (again.number, again.query_code) == (first.number, first.query_code)
    assert count(database, Case) == 1


def test_a_used_key_is_refused_for_other_words(database: Database, office: Office) -> None:
    once = key()
    intake.register(office.clerk, intake=an_intake(), key=once)
    with pytest.raises(Problems, match="already registered as 2026-000001"):
        intake.register(office.clerk, intake=an_intake(subject="Something else"), key=once)
    assert count(database, Case) == 1


def test_the_query_code_stands_nowhere_in_clear(database: Database, office: Office) -> None:
    code = intake.register(office.clerk, intake=an_intake(), key=key()).query_code
    with database.reading() as session:
        results = list(session.scalars(select(Submission.result)))
        after = [text or "" for text in session.scalars(select(JournalRow.after))]
    assert not any(code in text for text in (*results, *after))


def test_two_at_once_get_different_numbers(office: Office) -> None:
    got: list[str] = []
    barrier = threading.Barrier(6)

    def take_in() -> None:
        barrier.wait()
        got.append(intake.register(office.clerk, intake=an_intake(), key=key()).number)

    threads = [threading.Thread(target=take_in) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [f"2026-{n:06d}" for n in range(1, 7)]


def test_a_double_click_at_once_writes_once(database: Database, office: Office) -> None:
    once, got, failed = key(), [], []
    barrier = threading.Barrier(4)

    def click() -> None:
        barrier.wait()
        try:
            got.append(intake.register(office.clerk, intake=an_intake(), key=once).number)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert set(got) == {"2026-000001"}
    assert count(database, Case) == 1


def test_the_number_at_the_source_is_taken_once(office: Office) -> None:
    told = an_intake(source="hotline", source_number="SJ-1")
    intake.register(office.clerk, intake=told, key=key())
    with pytest.raises(Problems, match="already registered"):
        intake.register(office.clerk, intake=told, key=key())


def test_answered_on_the_spot_is_closed(office: Office) -> None:
    told = an_intake(outcome="explained", words="已当面解释")
    done = intake.register(office.clerk, intake=told, key=key())
    assert done.state == "closed"
    fields = cases.view(office.clerk, case_id=done.case_id).fields
    assert (fields["outcome"], fields["answer"], fields["replied_on"]) == ("explained", "已当面解释", NOW.date())


def test_an_accusation_goes_to_its_taker_only(office: Office) -> None:
    assert intake.takers(office.clerk) == [(office.director.id, office.director.name)]
    assert intake.takers(office.clerk, accused_unit_id=office.centre) == []
    told = an_intake(kind=Kind.ACCUSATION, accused_unit_id=office.unit_a, taken_by_id=office.handler.id)
    with pytest.raises(Problems, match="can't take"):
        intake.register(office.clerk, intake=told, key=key())
    done = intake.register(office.clerk, intake=replace(told, taken_by_id=office.director.id), key=key())
    told_again = intake.receipt(office.clerk, case_id=done.case_id)
    assert (told_again.query_code, told_again.subject) == (done.query_code, "")
    with clock.at(NOW + timedelta(days=2)), pytest.raises(NotThere):
        intake.receipt(office.clerk, case_id=done.case_id)
    with pytest.raises(NotThere):
        intake.receipt(office.deputy, case_id=done.case_id)


def test_a_repeat_after_re_review_needs_new_facts(database: Database, office: Office) -> None:
    first = intake.register(office.clerk, intake=an_intake(), key=key()).case_id
    with database.transaction(SYSTEM) as session:
        session.get_one(Case, first).exhausted = True
    with pytest.raises(Problems, match="new facts"):
        intake.register(office.clerk, intake=an_intake(repeat_of_id=first), key=key())
    second = intake.register(office.clerk, intake=an_intake(repeat_of_id=first, new_facts=True), key=key())
    assert [row["case_id"] for row in cases.view(office.clerk, case_id=second.case_id).links] == [first]


# --- drafts ---


def test_a_draft_is_its_owner_s_alone(database: Database, office: Office) -> None:
    typed = {"subject": "夜间", "name_0": "李小明", "odd": "\ud800"}
    intake.keep_draft(office.clerk, form="take_in", subject="t1", key="t1", content=typed, label="夜间")
    kept = intake.draft_of(office.clerk, form="take_in", subject="t1")
    assert kept is not None
    assert kept.content == typed
    assert list(intake.drafts(office.clerk)["label"]) == ["夜间"]
    assert intake.draft_of(office.deputy, form="take_in", subject="t1") is None
    assert intake.drafts(office.deputy).empty
    with database.reading() as session:
        row = session.scalars(select(Draft)).one()
    assert "李小明".encode() not in row.content
    assert "夜间" not in row.label


def test_a_draft_is_replaced_thrown_away_and_gone_once_registered(database: Database, office: Office) -> None:
    for text in ("a", "ab"):
        intake.keep_draft(office.clerk, form="take_in", subject="t", key="t", content={"text": text})
    assert count(database, Draft) == 1
    intake.drop_draft(office.clerk, form="take_in", subject="t")
    assert count(database, Draft) == 0
    intake.keep_draft(office.clerk, form="take_in", subject="t", key="t", content={"text": "abc"})
    intake.register(office.clerk, intake=an_intake(), key="t")
    assert count(database, Draft) == 0
    assert intake.keep_draft(office.clerk, form="take_in", subject="t", key="t", content={"text": "late"}) is None
    assert count(database, Draft) == 0


def test_a_draft_may_not_be_endless(database: Database, office: Office) -> None:
    with pytest.raises(Problems):
        intake.keep_draft(office.clerk, form="take_in", subject="t", key="t", content={"text": "x" * 500_000})
    assert count(database, Draft) == 0


# --- earlier matters ---


def test_earlier_matters_by_contact_place_and_words(database: Database, office: Office) -> None:
    first = intake.register(office.clerk, intake=an_intake(), key=key()).case_id
    found = intake.likely_earlier(office.clerk, contact="154 0000-0001", place="东门路 12号", text="东门工地每晚打桩")
    assert list(found["id"]) == [first]
    assert found.iloc[0]["why"] == ["contact", "place", "words"]
    assert len(events(database, "search_identity")) == 1
    assert intake.likely_earlier(office.clerk, text="\ud800\x00").empty
    assert intake.likely_earlier(office.clerk).empty


def test_looking_again_and_again_is_stopped(office: Office) -> None:
    def look_again_and_again() -> None:
        for _ in range(2000):  # the bucket refills while a slow machine takes from it
            intake.likely_earlier(office.clerk)

    with pytest.raises(TooMany):
        look_again_and_again()
    assert intake.likely_earlier(office.deputy, contact="1").empty


# --- the resident's own look ---


def test_progress_needs_number_and_code(office: Office) -> None:
    done = intake.register(office.clerk, intake=an_intake(), key=key())
    for code in (done.query_code, done.query_code.lower(), f" {done.query_code[:4]} {done.query_code[4:]} "):
        assert intake.progress(number=done.number, code=code).state == "registered"
    for number, code in ((done.number, "AAAAAAAA"), ("2026-999999", done.query_code), ("\ud800", "\ud800"), ("", "")):
        with pytest.raises(NotThere):
            intake.progress(number=number, code=code, address="a")


def test_guessing_is_stopped_by_address(office: Office) -> None:
    done = intake.register(office.clerk, intake=an_intake(), key=key())
    for _ in range(10):
        with pytest.raises(NotThere):
            intake.progress(number=done.number, code="AAAAAAAA", address="10.0.0.9")
    with pytest.raises(TooMany):
        intake.progress(number=done.number, code=done.query_code, address="10.0.0.9")
    assert intake.progress(number=done.number, code=done.query_code, address="10.0.0.8").state == "registered"


def test_progress_tells_nothing_personal(office: Office) -> None:
    done = intake.register(office.clerk, intake=an_intake(), key=key())
    shown = str(intake.progress(number=done.number, code=done.query_code))
    assert not any(word in shown for word in ("李小明", "15400000001", "夜间", "陈接访", "周主任"))
    sealed = an_intake(kind=Kind.ACCUSATION, taken_by_id=office.director.id)
    told = intake.register(office.clerk, intake=sealed, key=key())
    with pytest.raises(NotThere):
        intake.progress(number=told.number, code=told.query_code)


def test_a_number_is_guarded_from_whatever_address_and_the_count_outlives_a_restart(office: Office) -> None:
    done = intake.register(office.clerk, intake=an_intake(), key=key())
    for n in range(20):
        with pytest.raises(NotThere):
            intake.progress(number=done.number, code="AAAAAAAAA", address=f"10.0.0.{n}")
    looking_up._all._inside._left.clear()  # what a process remembers; the rest stands in the database
    with pytest.raises(TooMany):
        intake.progress(number=done.number, code=done.query_code, address="10.9.9.9")
    with clock.at(NOW + timedelta(minutes=16)):
        assert intake.progress(number=done.number, code=done.query_code, address="10.9.9.9").number == done.number


def test_a_code_can_not_be_guessed_and_a_number_not_be_tried() -> None:
    codes = {registering.new_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert len(registering.CODE_LETTERS) ** registering.CODE_LENGTH > 2**40
    assert {len(code) for code in codes} == {9}
    seen = [{code[place] for code in codes} for place in range(9)]
    assert all(letters == set(registering.CODE_LETTERS) for letters in seen), "every letter at every place"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_wrong_number_takes_as_long_as_a_wrong_code(office: Office) -> None:
    done = intake.register(office.clerk, intake=an_intake(), key=key())

    def spent(number: str) -> float:
        times = []
        for _ in range(60):
            began = time.process_time()
            with pytest.raises(NotThere):
                looking_up._progress(number, "AAAAAAAAA")
            times.append(time.process_time() - began)
        return sorted(times)[len(times) // 2]

    there, nowhere = spent(done.number), spent("2026-999999")
    assert 0.5 < nowhere / there < 2, f"{nowhere / there:.2f}"


def test_a_resident_rates_once_after_the_matter_is_closed(database: Database, office: Office) -> None:
    done = intake.register(office.clerk, intake=an_intake(), key=key())
    pair = {"number": done.number, "code": done.query_code}
    with pytest.raises(Problems):
        intake.rate(**pair, satisfaction="satisfied")
    with database.transaction(SYSTEM) as session:
        case = session.get_one(Case, done.case_id)
        case.state, case.open, case.replied_on, case.closed_on = "closed", False, NOW.date(), NOW.date()
    assert intake.progress(**pair).may_rate
    for wrong in ("no_word", "x"):
        with pytest.raises(Problems):
            intake.rate(**pair, satisfaction=wrong)
    with pytest.raises(NotThere):
        intake.rate(number=done.number, code="AAAAAAAAA", satisfaction="satisfied")
    after = intake.rate(**pair, satisfaction="dissatisfied")
    assert (after.may_rate, after.rated) == (False, "dissatisfied")
    with pytest.raises(Problems):
        intake.rate(**pair, satisfaction="satisfied")
    with database.reading() as session:
        (visit,) = session.scalars(select(CaseVisit).where(CaseVisit.case_id == done.case_id))
        assert (visit.person_id, visit.how, visit.satisfaction) == (None, "query", "dissatisfied")
        assert session.get_one(Case, done.case_id).satisfaction == "dissatisfied"

"""Whole disputes from the application to the last follow-up, told through the services as people use them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from db import clock
from db.engine import Database
from db.rules.mediation.opening import Opening, PartyForm
from db.rules.mediation.words import Step
from db.rules.permissions import Actor
from db.rules.problems import NotThere, Problems
from db.services.files import Upload
from db.services.mediation import agreement, mediators, obligations, opening, parties, sessions, steps, visits
from db.services.mediation.read import DisputeView, view
from tests.factories import Office, mediator_of

ROUTES = ("arbitration", "administrative", "court")
SIDES = (
    PartyForm(side="applicant", name="甲大山", contact="15400000001", address="东村一组"),
    PartyForm(side="respondent", name="乙小河", contact="15400000002", address="东村一组"),
)


@contextmanager
def on(day: date) -> Iterator[date]:
    """At five in the afternoon of that day."""
    with clock.at(datetime.combine(day, time(17), tzinfo=ZoneInfo("Asia/Shanghai"))):
        yield day


@dataclass
class File:
    """A file as its mediator works on it."""

    actor: Actor
    id: int
    mediator_id: int
    keys: Iterator[int]

    def now(self, reader: Actor | None = None) -> DisputeView:
        """The file as its page shows it."""
        return view(reader or self.actor, dispute_id=self.id)

    def do(self, act: Any, actor: Actor | None = None, **values: Any) -> Any:
        """One act on the file."""
        return act(actor or self.actor, dispute_id=self.id, key=f"story {next(self.keys)}", **values)

    def step(self, act: Any, actor: Actor | None = None, **values: Any) -> Any:
        """One act on the dispute itself, as it was last seen."""
        return self.do(act, actor, version=self.now().version, **values)

    def each_party(self, act: Any, **values: Any) -> None:
        """The same act for every party."""
        for party in self.now().parties:
            self.do(act, party_id=party["id"], version=party["version"], **values)

    def session(self, day: date, **changes: Any) -> int:
        """A session with both sides."""
        values: dict[str, Any] = {
            "kind": "session",
            "held_on": day,
            "held_time": time(9),
            "present": [party["id"] for party in self.now().parties],
            "mediators": [self.mediator_id],
        } | changes
        return int(self.do(sessions.add_session, **values))


def opened(database: Database, office: Office, day: date) -> File:
    """The neighbours' dispute, received and taken on by the mediator on that day."""
    with database.reading() as session:
        mediator_id = mediator_of(session, office.mediator)
    told = Opening(
        committee_id=office.committee_a,
        source="application",
        category="neighbours",
        subject="屋檐排水",
        facts="甲家屋檐水流入乙家院内。",
        parties=SIDES,
        mediator_id=mediator_id,
    )
    done = opening.open_dispute(office.mediator, opening=told, key="open")
    file = File(office.mediator, done.dispute_id, mediator_id, count())
    file.step(steps.accept, accepted_on=day)
    return file


def told_and_consenting(file: File, day: date) -> None:
    """Both sides hear their rights and consent."""
    file.each_party(parties.tell_rights, told_on=day, told_how="in_person")
    file.each_party(parties.record_consent, consent_on=day)


def test_a_dispute_settled_in_writing_with_three_instalments_one_paid_late(database: Database, office: Office) -> None:
    with on(date(2026, 11, 19)) as day:
        file = opened(database, office, day)
        with pytest.raises(Problems, match=r"甲\*\*、乙\*\*"):
            file.session(day)
        file.session(day, kind="enquiry", present=[], statements="查看两家屋檐。")
        told_and_consenting(file, day)
        assert file.now().days_left == 32  # 30 days end on Saturday, 19 December; the last day is the Monday after
    with on(date(2026, 11, 23)) as day:
        file.session(day, kind="caucus", present=[file.now().parties[0]["id"]], statements="最低八百元。")
        file.session(day, statements="双方各让一步。", result="达成一致。")
        assert [row["kind"] for row in file.now().sessions] == ["enquiry", "caucus", "session"]
        assert [row["kind"] for row in file.now(office.director).sessions] == ["enquiry", "session"]
        _write_agreement(file)
        file.each_party(agreement.sign, signed_on=day)
        with pytest.raises(Problems, match="not sealed"):
            file.step(agreement.conclude)
    with on(date(2026, 11, 25)) as day:
        _write_agreement(file, mediator_signed_on=date(2026, 11, 23), sealed_on=day)
        assert file.now().needs == ()
        assert file.step(agreement.conclude).state == "agreed"
        seen = file.now()
        assert seen.agreement is not None
        assert (seen.agreement["effective_on"], seen.confirm_by) == (day, date(2026, 12, 25))
        assert [(row["amount"], row["due_on"]) for row in seen.obligations] == [
            (33_333, date(2026, 12, 31)),
            (33_333, date(2027, 1, 31)),
            (33_334, date(2027, 2, 28)),
        ]
        assert seen.fields["next_due_on"] == date(2026, 12, 31)
    with on(date(2026, 12, 1)) as day:
        asked: dict[str, Any] = {
            "confirmation": "requested",
            "requested_on": day,
            "requested_jointly": True,
            "court": "东湖区人民法院",
        }
        file.do(agreement.confirm, version=_agreement_version(file), **asked)
        file.do(
            agreement.confirm,
            version=_agreement_version(file),
            **(asked | {"confirmation": "confirmed", "decided_on": day}),
        )
    with on(date(2026, 12, 31)) as day:
        _pay(file, 0, "333.33", day, uploads=[Upload("收据.pdf", b"%PDF-1.7\n%%EOF\n")])
        assert file.now().fields["next_due_on"] == date(2027, 1, 31)
    with on(date(2027, 2, 1)):
        assert [row["overdue"] for row in file.now().obligations] == [False, True, False]
        assert file.now().days_left == -1
    with on(date(2027, 2, 5)) as day:
        _pay(file, 1, "300", day)
        with pytest.raises(Problems, match=r"33\.33"):
            _pay(file, 1, "33.34", day)
        _pay(file, 1, "33.33", day)
        assert file.now().fields["next_due_on"] == date(2027, 2, 28)
    with on(date(2027, 2, 26)) as day:
        _pay(file, 2, "333.34", day)
        seen = file.now()
        assert [row["late"] for row in seen.obligations] == [False, True, False]
        assert [(row["standing"], row["left"]) for row in seen.obligations] == [("fulfilled", 0)] * 3
        assert len(seen.files) == 1
    with on(date(2027, 3, 1)) as day:
        found: dict[str, Any] = {
            "visited_on": day,
            "how": "in_person",
            "performance": "full",
            "satisfaction": "satisfied",
        }
        with pytest.raises(Problems, match="other than the mediators"):
            file.do(visits.add_visit, **found)
        with pytest.raises(NotThere):
            file.do(visits.add_visit, office.clerk, **found)
        file.step(mediators.name_visitor, person_id=office.clerk.id)
        file.do(visits.add_visit, office.clerk, **found)
        seen = file.now()
        assert (seen.fields["next_due_on"], seen.needs) == (None, ())
        _assert_frozen(file)
        lines = [row["step"] for row in seen.timeline]
        assert [line for line in lines if line in (Step.OPEN, Step.ACCEPT, Step.CONCLUDE)] == [
            Step.OPEN,
            Step.ACCEPT,
            Step.CONCLUDE,
        ]
        assert lines.count(Step.PERFORM) == 4


def _write_agreement(file: File, **days: Any) -> None:
    """A thousand yuan in three instalments from the last of December on, written down once."""
    written: dict[str, Any] = {
        "form": "written",
        "content": "乙方补偿甲方一千元，分三期付清。",
        "amount": "1000",
        "copies": 3,
    }
    file.do(agreement.write_agreement, version=_agreement_version(file), **written, **days)
    if not file.now().obligations:
        applicant, respondent = (party["id"] for party in file.now().parties)
        file.do(
            obligations.add_instalments,
            debtor_id=respondent,
            creditor_id=applicant,
            total="1000",
            count=3,
            first_due_on=date(2026, 12, 31),
        )


def _agreement_version(file: File) -> int:
    found = file.now().agreement
    return int(found["version"]) if found else 0


def _pay(file: File, place: int, amount: str, day: date, **more: Any) -> None:
    owed = file.now().obligations[place]
    file.do(obligations.perform, obligation_id=owed["id"], version=owed["version"], amount=amount, done_on=day, **more)


def _assert_frozen(file: File) -> None:
    owed = file.now().obligations[0]
    with pytest.raises(Problems, match="reopened"):
        file.do(obligations.remove_obligation, obligation_id=owed["id"], version=owed["version"])
    with pytest.raises(Problems, match="reopened"):
        file.session(date(2026, 11, 24))
    with pytest.raises(Problems, match="reopened"):
        _write_agreement(file)


def test_a_dispute_settled_by_word(database: Database, office: Office) -> None:
    with on(date(2026, 11, 19)) as day:
        file = opened(database, office, day)
        told_and_consenting(file, day)
        file.session(day)
        spoken: dict[str, Any] = {"form": "oral", "content": "乙方当场道歉，甲方接受。", "reached_on": day}
        with pytest.raises(Problems, match="In writing"):
            file.do(agreement.write_agreement, version=0, performed_at_once=False, **spoken)
        file.do(agreement.write_agreement, version=0, performed_at_once=True, **spoken)
        assert file.step(agreement.conclude).state == "agreed"
        seen = file.now()
        assert seen.agreement is not None
        assert (seen.agreement["effective_on"], seen.agreement["number"]) == (day, "")
        assert seen.fields["next_due_on"] == date(2026, 12, 21)
    with on(date(2026, 12, 18)) as day:
        found: dict[str, Any] = {"visited_on": day, "how": "telephone", "performance": "not_applicable"}
        file.do(visits.add_visit, office.director, **found)
        assert file.now().fields["next_due_on"] is None


def test_a_refused_mediation(database: Database, office: Office) -> None:
    with on(date(2026, 11, 19)) as day:
        file = opened(database, office, day)
        file.each_party(parties.tell_rights, told_on=day, told_how="telephone")
    with on(date(2026, 11, 20)) as day:
        refusing = file.now().parties[1]["id"]
        receipt = file.step(
            steps.refuse, party_id=refusing, refused_on=day, reason="要去法院。", routes=ROUTES, routes_told_on=day
        )
        assert receipt.state == "refused"
        seen = file.now()
        assert (seen.fields["refused_by"], seen.fields["ended_on"], seen.fields["next_due_on"]) == (
            "respondent",
            day,
            None,
        )
        with pytest.raises(Problems, match="reopened"):
            file.session(day)
        with pytest.raises(Problems):
            file.step(agreement.conclude)
    with on(date(2026, 11, 23)) as day:
        file.step(steps.reopen, office.director, reason="乙方改变主意。")
        file.each_party(parties.record_consent, consent_on=day)
        file.session(day)
        assert [row["kind"] for row in file.now().sessions] == ["session"]

"""Who sees what of disputes: every person of the office, every kind of file, on both engines."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import Database
from db.models import Dispute, DisputeMediator, Mediator
from db.rules.mediation.words import Step
from db.rules.permissions import Permission
from db.rules.problems import Changed, NotThere, Problems
from db.services.mediation import scope, timeline
from tests.factories import NOW, SYSTEM, Office, a_dispute, mediator_of

Change = Callable[[Session, Office, Dispute], None]


def on_file(name: str, **more: object) -> Change:
    """A mediator of the office stands, or stood, on the file."""

    def change(session: Session, office: Office, dispute: Dispute) -> None:
        mediator_id = mediator_of(session, office.people[name])
        row = DisputeMediator(dispute_id=dispute.id, mediator_id=mediator_id, from_on=NOW.date())
        for field, value in more.items():
            setattr(row, field, value)
        session.add(row)

    return change


def left(name: str, kind: str) -> Change:
    """A mediator who left the file."""
    return on_file(name, ended_on=NOW.date(), end_kind=kind)


def visited_by(name: str) -> Change:
    """Somebody named for the follow-up visit."""

    def change(session: Session, office: Office, dispute: Dispute) -> None:
        dispute.visitor_id = office.people[name].id

    return change


def fields(**values: object) -> Change:
    """Columns of the dispute."""

    def change(session: Session, office: Office, dispute: Dispute) -> None:
        for field, value in values.items():
            setattr(dispute, field, value)

    return change


def of_the_other_committee(session: Session, office: Office, dispute: Dispute) -> None:
    """A file of committee B."""
    dispute.committee_id = office.committee_b


CHILD, ARCHIVED = fields(child=True), fields(state="archived", open=False)
# file: how it came to be, who sees it whole, who else knows that it exists and how it stands.
FILES: dict[str, tuple[list[Change], str, str]] = {
    "nobody's yet": ([], "director mediator chair", "clerk deputy leader"),
    "the mediator's own": ([on_file("mediator")], "director mediator chair", "clerk deputy leader"),
    "the chair's own": ([on_file("chair")], "director chair", "clerk deputy leader"),
    "chosen from elsewhere": ([on_file("elsewhere", how="chosen")], "director chair elsewhere", "clerk deputy leader"),
    "another committee's": ([of_the_other_committee], "director elsewhere", "clerk deputy leader"),
    "a child's, nobody's yet": ([CHILD], "director chair", ""),
    "a child's, the mediator's": ([CHILD, on_file("mediator")], "director mediator", ""),
    "a child's, to be visited": ([CHILD, on_file("mediator"), visited_by("clerk")], "director mediator clerk", ""),
    "the mediator stepped aside": ([left("mediator", "stepped_aside")], "director chair", "clerk deputy leader"),
    "a party objected": ([left("mediator", "objected"), on_file("chair")], "director chair", "clerk deputy leader"),
    "the chair stepped aside": (
        [left("chair", "stepped_aside"), on_file("mediator")],
        "director mediator",
        "clerk deputy leader",
    ),
    "replaced by the chair": (
        [left("mediator", "replaced"), on_file("chair")],
        "director chair",
        "clerk deputy leader",
    ),
    "replaced, nobody's now": ([left("mediator", "replaced")], "director mediator chair", "clerk deputy leader"),
    "archived": ([on_file("mediator"), ARCHIVED], "director mediator chair", "clerk deputy leader"),
    "archived, nobody's now": ([left("mediator", "replaced"), ARCHIVED], "director chair", "clerk deputy leader"),
    "a child's, archived, nobody's": ([CHILD, left("mediator", "replaced"), ARCHIVED], "director", ""),
    "a child's, the chair's": ([CHILD, on_file("chair")], "director chair", ""),
    "named to visit": (
        [on_file("mediator"), visited_by("clerk")],
        "director mediator chair clerk",
        "deputy leader",
    ),
    "a mediator named to visit": (
        [on_file("chair"), visited_by("elsewhere")],
        "director chair elsewhere",
        "clerk deputy leader",
    ),
    "visitor without the right": (
        [on_file("mediator"), visited_by("viewer")],
        "director mediator chair",
        "clerk deputy leader",
    ),
}


@pytest.fixture
def files(database: Database, office: Office) -> dict[str, int]:
    """One dispute of every kind: name to id."""
    made = {}
    with database.transaction(SYSTEM) as session:
        for name, (changes, _, _) in FILES.items():
            dispute = a_dispute(session, office)
            for change in changes:
                change(session, office, dispute)
            session.flush()
            made[name] = dispute.id
    return made


def test_everybody_sees_what_is_theirs_and_nothing_else(
    database: Database, office: Office, files: dict[str, int]
) -> None:
    with database.reading() as session:
        for who, actor in office.people.items():
            whole = set(session.scalars(select(Dispute.id).where(scope.visible(actor))))
            known = set(session.scalars(select(Dispute.id).where(scope.stubs(actor))))
            for name, (_, sees, knows) in FILES.items():
                assert (files[name] in whole) == (who in sees.split()), f"{who} sees: {name}"
                assert (files[name] in known) == (who in f"{sees} {knows}".split()), f"{who} knows of: {name}"


def test_a_whole_list_follows_the_same_rule(database: Database, office: Office, files: dict[str, int]) -> None:
    asked = [permission for permission in Permission if permission.value.startswith("mediation")]
    with database.reading() as session:
        for who, actor in office.people.items():
            for permission in asked:
                one_by_one = set(session.scalars(select(Dispute.id).where(scope.visible(actor, permission))))
                at_once = set(session.scalars(select(Dispute.id).where(scope.gathered(actor, permission))))
                assert one_by_one == at_once, f"{who} {permission}"
            known = set(session.scalars(select(Dispute.id).where(scope.stubs(actor))))
            assert known == set(session.scalars(select(Dispute.id).where(scope.stubs(actor, scope.gathered(actor)))))


def test_loading_follows_the_same_rule(database: Database, office: Office, files: dict[str, int]) -> None:
    with database.reading() as session:
        for who, actor in office.people.items():
            for name, (_, sees, _) in FILES.items():
                if who in sees.split():
                    assert scope.load(session, actor, files[name]).id == files[name]
                else:
                    with pytest.raises(NotThere):
                        scope.load(session, actor, files[name])


def test_a_visitor_looks_and_visits_but_does_not_keep(
    database: Database, office: Office, files: dict[str, int]
) -> None:
    reads = (Permission.MEDIATION_READ, Permission.MEDIATION_UNMASK, Permission.MEDIATION_VISIT)
    with database.reading() as session:
        for permission in reads:
            assert scope.load(session, office.clerk, files["named to visit"], permission)
            assert scope.load(session, office.elsewhere, files["a mediator named to visit"], permission)
        for permission in (Permission.MEDIATION_KEEP, Permission.MEDIATION_SIGN):
            with pytest.raises(NotThere):
                scope.load(session, office.clerk, files["named to visit"], permission)
            with pytest.raises(NotThere):
                scope.load(session, office.elsewhere, files["a mediator named to visit"], permission)


def test_only_the_director_signs(database: Database, office: Office, files: dict[str, int]) -> None:
    with database.reading() as session:
        for who, actor in office.people.items():
            seen = list(session.scalars(select(Dispute.id).where(scope.visible(actor, Permission.MEDIATION_SIGN))))
            assert len(seen) == (len(FILES) if who == "director" else 0), who


def test_an_archived_file_is_read_but_not_kept(database: Database, office: Office, files: dict[str, int]) -> None:
    with database.transaction(office.mediator) as session:
        with pytest.raises(Problems, match="archived"):
            scope.kept(session, office.mediator, files["archived"])
        assert scope.kept(session, office.mediator, files["the mediator's own"]).number


def test_a_retired_member_sees_only_what_they_still_have(
    database: Database, office: Office, files: dict[str, int]
) -> None:
    with database.transaction(SYSTEM) as session:
        session.get_one(Mediator, mediator_of(session, office.chair)).active = False
    with database.reading() as session:
        seen = set(session.scalars(select(Dispute.id).where(scope.visible(office.chair))))
    chair_mediates = {
        "the chair's own", "a party objected", "replaced by the chair", "a mediator named to visit",
        "a child's, the chair's",
    }  # fmt: skip
    assert seen == {files[name] for name in chair_mediates}


def test_nobody_without_an_account_sees_anything(database: Database, files: dict[str, int]) -> None:
    with database.reading() as session:
        assert not list(session.scalars(select(Dispute.id).where(scope.stubs(SYSTEM))))


def test_who_saved_first_is_told(database: Database, office: Office, files: dict[str, int]) -> None:
    with database.transaction(office.mediator) as session:
        dispute = scope.kept(session, office.mediator, files["the mediator's own"])
        assert scope.last_writer(session, dispute.id) == ""
        timeline.line(session, office.mediator, dispute, Step.NOTE, text="已电话联系")
        scope.must_be_seen(session, dispute, dispute.version, {"subject": "x"})
        with pytest.raises(Changed) as changed:
            scope.must_be_seen(session, dispute, dispute.version + 1, {"subject": "x", "days": 3})
    assert changed.value.by == "马调解"
    assert changed.value.theirs == {"subject": "院墙排水", "state": "registered"}
    assert changed.value.mine == {"subject": "x", "days": 3}

"""What the demo office finds twice, merges, throws away, talks over together, keeps at hand and learns."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from db.demo.stories import Moments
from db.demo.town import ACTOR, Town
from db.engine import reading, transaction
from db.models import Case, CaseUnit
from db.rules.case_flow import State
from db.rules.intake import Intake, Party
from db.rules.permissions import Role
from db.rules.problems import Problems
from db.services import cases, intake, saved_lists, suggesting
from db.services.cases import conferences, likely_pairs, merging, stand_in

CATEGORY = "construction"


def stories(told: Mapping[str, Any], town: Town, end: datetime) -> Iterator[Moments]:
    """Everything that is told of them, on the demo's last two days."""
    yield _conference(told, town, end - timedelta(days=1, hours=1))
    yield _alike(told, town, end - timedelta(hours=3))
    yield _merged(told, town, end - timedelta(hours=2, minutes=30))
    yield _binned(told, town, end - timedelta(hours=2))
    yield _at_hand(told, town, end - timedelta(hours=1))


def learn(town: Town) -> None:
    """Both suggestions, from the cases that are closed by then, where those are enough."""
    for kind in suggesting.Kind:
        with suppress(Problems):
            suggesting.train(town.people["director"], kind=kind, key=f"demo learns {kind}")


def _conference(told: Mapping[str, Any], town: Town, at: datetime) -> Moments:
    """A matter of several units in hand, which they sat down about the day before."""
    yield at
    leader = town.people["leader"]
    with reading() as session:
        shared = select(CaseUnit.case_id).group_by(CaseUnit.case_id).having(func.count() > 1)
        wanted = select(Case.id).where(Case.state == State.HANDLING, ~Case.sealed, Case.id.in_(shared))
        case_id = session.scalars(wanted.order_by(Case.id.desc())).first()
        if case_id is None:
            return
        units = session.scalars(select(CaseUnit.unit_id).where(CaseUnit.case_id == case_id)).all()
        lead = session.get_one(Case, case_id).lead_unit_id
    conferences.record(
        leader,
        case_id=case_id,
        day=at.date(),
        at=(at - timedelta(hours=1)).time().replace(second=0, microsecond=0),
        convened_by_id=leader.id,
        unit_ids=units,
        lead_unit_id=lead,
        due_on=at.date() + timedelta(days=5),
        key="demo confers",
        **told["conference"],
    )


def _alike(told: Mapping[str, Any], town: Town, at: datetime) -> Moments:
    """Two letters about one thing; which they are is left to who tries the demo."""
    ids = []
    for number, row in enumerate(told["alike"]):
        yield at + timedelta(minutes=20 * number)
        ids.append(_registered(town, row, f"demo alike {number}"))
    with transaction(ACTOR) as session:
        likely_pairs.look_for(session, ids)


def _merged(told: Mapping[str, Any], town: Town, at: datetime) -> Moments:
    """One matter told twice, and one since."""
    ids = []
    for number, row in enumerate(told["merged"]):
        yield at + timedelta(minutes=12 * number)
        ids.append(_registered(town, row, f"demo merged {number}"))
    yield at + timedelta(minutes=30)
    kept, gone = ids
    versions = _versions(ids)
    merging.merge(
        town.people["leader"],
        kept_id=kept,
        kept_version=versions[kept],
        gone_id=gone,
        gone_version=versions[gone],
        takes={"text": "both"},
        reason=told["words"]["merged"],
        key="demo merges",
    )


def _binned(told: Mapping[str, Any], town: Town, at: datetime) -> Moments:
    """Registered by mistake."""
    yield at
    ids = [_registered(town, row, f"demo binned {number}") for number, row in enumerate(told["binned"])]
    yield at + timedelta(minutes=5)
    leader = town.people["leader"]
    cases.put_in_bin(leader, rows=_versions(ids), reason=told["words"]["binned"], key="demo bins")


def _at_hand(told: Mapping[str, Any], town: Town, at: datetime) -> Moments:
    """What is overdue on two desks, and who acts for a handler next week."""
    yield at
    leader, director = town.people["leader"], town.people["director"]
    name = told["words"]["list"]
    kept = saved_lists.save(leader, name=name, screen="cases", query="clock=overdue", key="demo keeps a list")
    saved_lists.share(leader, list_id=kept, roles=[Role.DIRECTOR.value], key="demo shares a list")
    for actor in (leader, director):
        saved_lists.pin(actor, list_id=kept, key=f"demo pins a list {actor.id}")
    for person_id in stand_in.absent_people(director):
        others = stand_in.may_stand_in(director, person_id=person_id)
        if others:
            begins = at.date() + timedelta(days=4)
            stand_in.arrange(
                director,
                person_id=person_id,
                stand_in_id=min(others),
                begins=begins,
                ends=begins + timedelta(days=4),
                note=told["words"]["stand_in"],
                key="demo stands in",
            )
            return


def _registered(town: Town, row: Mapping[str, Any], key: str) -> int:
    who = Party(name=row["name"], contact=row["contact"])
    about = {name: row[name] for name in ("subject", "text", "place", "channel")}
    done = intake.register(
        town.people["clerk"], intake=Intake(parties=(who,), category=CATEGORY, notice_shown=True, **about), key=key
    )
    return done.case_id


def _versions(ids: Sequence[int]) -> dict[int, int]:
    with reading() as session:
        return {row.id: row.version for row in session.execute(select(Case.id, Case.version).where(Case.id.in_(ids)))}

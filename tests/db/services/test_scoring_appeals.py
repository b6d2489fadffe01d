"""Appeals and cards: who may ask and rule, when, on what; random people at random against a model of the states."""

import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from db import clock
from db.engine import Database
from db.models import AssessedUnit, LimitRule, ScoreAppeal, ScoreCard
from db.rules.permissions import Role
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.rules.scoring.appealing import MOVES, State, Step
from db.services import files
from db.services.files import Upload
from db.services.office import load_presets
from db.services.scoring import appeals, cards, publishing, results, scope
from tests.db.services.scored import EVERYBODY, Scored, a_scored_year
from tests.db.services.untouched import everything, nothing_changes
from tests.factories import NOW, SYSTEM, Office, an_assessment

STEPS = int(os.environ.get("FLOW_STEPS", "0"))
PER_EXAMPLE = 25
PROOF = Upload("记录.txt", "会议记录".encode())
_numbers = count(1)


@pytest.fixture
def scored(database: Database, office: Office) -> Scored:
    """The first quarter is finished: unit A 90, unit B 100."""
    scored = Scored(database, office, an_assessment(office))
    scored.fill(office.unit_a, "q1", 3)
    scored.fill(office.unit_b, "q1", 10)
    scored.add_up()
    return scored


@pytest.fixture
def published(scored: Scored) -> int:
    return scored.publish()


def problems_of(act: Any, *args: Any, **typed: Any) -> Mapping[str, str]:
    with pytest.raises(Problems) as caught:
        act(*args, **typed)
    return {problem.field: problem.message for problem in caught.value.problems}


def ask(scored: Scored, published: int, who: str = "head", **changes: Any) -> int:
    """The head of unit A appeals against the points for plans."""
    typed: dict[str, Any] = {
        "publication_id": published,
        "unit_id": scored.office.unit_a,
        "period": "q1",
        "item": "plans",
        "reason": "方案已于三月补交",
        "key": f"ask{next(_numbers)}",
    }
    return appeals.ask(scored.office.people[who], **typed | changes)


def rule_on(scored: Scored, appeal: int, step: Step = Step.ACCEPT, who: str = "director", **changes: Any) -> int:
    typed: dict[str, Any] = {"appeal_id": appeal, "version": 1, "ruling": "核实无误", "key": f"rule{next(_numbers)}"}
    return SERVICES[step](scored.office.people[who], **typed | changes)


def listed(scored: Scored, who: str = "director", **asked: Any) -> dict[str, Any]:
    (found,) = appeals.appeals(scored.office.people[who], **asked).to_dict("records")
    return {str(name): value for name, value in found.items()}


def test_a_head_asks_with_a_reason_and_files(scored: Scored, published: int) -> None:
    told = results.unit_sheet(scored.office.head, publication_id=published, unit_id=scored.office.unit_a)
    entry = next(one for one in told["entries"] if one["item"] == "plans")
    appeal = ask(scored, published, entry_id=entry["id"], uploads=[PROOF])
    row = listed(scored)
    assert (row["id"], row["state"], row["asked_by"], row["entry_id"]) == (appeal, "asked", "何所长", entry["id"])
    assert (row["may_rule"], row["may_withdraw"]) == (True, False)
    assert [name for _, name in row["files"]] == [PROOF.name]
    own = listed(scored, "head")
    assert (own["may_rule"], own["may_withdraw"]) == (False, True)
    file_id = row["files"][0][0]
    assert files.fetch(scored.office.director, attachment_id=file_id).name == PROOF.name
    with pytest.raises(Refused):
        files.fetch(scored.office.viewer, attachment_id=file_id)
    unit_b = scored.office.unit_b
    head_of_b = replace(scored.office.head, unit_id=unit_b, unit_path=f"{scored.office.clerk.unit_path}{unit_b}/")
    with pytest.raises(NotThere):
        files.fetch(head_of_b, attachment_id=file_id)


def test_an_accepted_appeal_waits_for_the_corrected_result(scored: Scored, published: int) -> None:
    appeal = ask(scored, published)
    rule_on(scored, appeal)
    row = listed(scored, "head", unit_id=scored.office.unit_a)
    assert (row["state"], row["ruling"], row["ruled_by"], row["latest"]) == ("accepted", "核实无误", "周主任", True)
    seen = publishing.preview(scored.office.director, assessment_id=scored.assessment, scope="q1")
    assert (seen.accepted, seen.asked) == (1, 0)
    scored.correct(scored.office.unit_a, "q1", 10)
    scored.publish(key="corrected")
    seen = publishing.preview(scored.office.director, assessment_id=scored.assessment, scope="q1")
    assert (seen.accepted, seen.asked) == (0, 0)
    assert not listed(scored)["latest"]


def test_it_is_asked_within_its_days(scored: Scored, published: int) -> None:
    with clock.at(NOW + timedelta(days=7)):
        ask(scored, published)
    with clock.at(NOW + timedelta(days=8)), nothing_changes(scored.database):
        assert problems_of(ask, scored, published, item="streets") == {"": appeals.LATE}
    assert results.publication(scored.office.viewer, publication_id=published).appeal_until == date(2026, 11, 26)


def test_a_set_of_limits_without_this_number_gets_it(scored: Scored) -> None:
    with scored.database.transaction(SYSTEM) as session:
        for row in session.scalars(select(LimitRule).where(LimitRule.code == "score_appeal")):
            session.delete(row)
    assert load_presets(SYSTEM)["limits"] == 1
    assert load_presets(SYSTEM)["limits"] == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"item": "no such"}, "item"),
        ({"period": "q2"}, "item"),
        ({"period": ""}, "item"),
        ({"entry_id": 999}, "entry_id"),
        ({"reason": " "}, "reason"),
        ({"reason": "\x00"}, "reason"),
        ({"uploads": [Upload("a.exe", b"MZ")]}, "uploads"),
    ],
)
def test_nonsense_is_told_beside_its_field(
    scored: Scored, published: int, changes: Mapping[str, Any], field: str
) -> None:
    with nothing_changes(scored.database):
        assert set(problems_of(ask, scored, published, **changes)) == {field}


def test_one_key_asks_once_and_one_line_is_under_appeal_once(scored: Scored, published: int) -> None:
    first = ask(scored, published, key="once")
    with nothing_changes(scored.database):
        assert ask(scored, published, key="once") == first
        assert problems_of(ask, scored, published) == {"item": appeals.TWICE}
    rule_on(scored, first, Step.REFUSE)
    ask(scored, published)


def test_a_result_announced_again_is_not_appealed_against(scored: Scored, published: int) -> None:
    scored.correct(scored.office.unit_a, "q1", 4)
    scored.publish(key="again")
    assert problems_of(ask, scored, published) == {"": appeals.REPLACED}


def test_only_the_unit_s_own_head_asks(scored: Scored, published: int) -> None:
    with nothing_changes(scored.database):
        with pytest.raises(NotThere):
            ask(scored, published, unit_id=scored.office.unit_b)
        with pytest.raises(NotThere):
            ask(scored, published + 1)
        for who in (one for one in EVERYBODY if one != "head"):
            with pytest.raises(Refused):
                ask(scored, published, who)


def test_only_the_director_rules_and_never_on_the_own_unit(scored: Scored, published: int) -> None:
    appeal = ask(scored, published)
    with nothing_changes(scored.database):
        for who in (one for one in EVERYBODY if one != "director"):
            with pytest.raises(Refused):
                rule_on(scored, appeal, who=who)
        both = scored.two_hats(Role.DIRECTOR)
        refused = problems_of(appeals.accept, both, appeal_id=appeal, version=1, ruling="同意", key="own")
        assert refused == {"": appeals.OWN}
        assert set(problems_of(rule_on, scored, appeal, ruling="  ")) == {"ruling"}
        with pytest.raises(Changed):
            rule_on(scored, appeal, version=7)
        with pytest.raises(NotThere):
            rule_on(scored, appeal + 1)
    found = appeals.appeals(both)
    assert not found["may_rule"].any()


def test_who_sees_appeals(scored: Scored, published: int) -> None:
    ask(scored, published)
    for who in ("director", "leader", "assessor", "head"):
        (rules,) = appeals.appeals(scored.office.people[who])["may_rule"]
        assert rules == (who == "director"), who
    for who in ("viewer", "clerk", "admin", "auditor"):
        with pytest.raises(Refused):
            appeals.appeals(scored.office.people[who])
    assert appeals.appeals(scored.office.director, state="accepted").empty
    assert appeals.appeals(scored.office.director, unit_id=scored.office.unit_b).empty


# --- cards ---


def give(scored: Scored, kind: str = "yellow", *, who: str = "director", unit: int = 0, **changes: Any) -> int:
    typed: dict[str, Any] = {
        "kind": kind,
        "on_day": date(2026, 6, 1),
        "reason": "夜查脱岗",
        "key": f"c{next(_numbers)}",
    }
    assessed = scored.assessed(unit or scored.office.unit_a)
    return cards.give(scored.office.people[who], **{"assessed_unit_id": assessed} | typed | changes)


def grades(scored: Scored) -> dict[int, tuple[str, str]]:
    seen = publishing.preview(scored.office.director, assessment_id=scored.assessment, scope="all")
    return {
        int(unit): (grade, card)
        for unit, grade, card in zip(seen.units["unit_id"], seen.units["grade"], seen.units["card"], strict=True)
    }


def test_a_card_is_given_taken_back_and_put_back(database: Database, office: Office) -> None:
    scored = a_scored_year(database, office)
    assert grades(scored)[office.unit_a] == ("excellent", "")
    give(scored)
    assert grades(scored)[office.unit_a] == ("excellent", "yellow")
    veto = give(scored, "veto", key="veto")
    assert give(scored, "veto", key="veto") == veto
    assert grades(scored)[office.unit_a] == ("good", "veto")
    with database.reading() as session:
        assert '"vetoed": true' in session.get_one(AssessedUnit, scored.assessed(office.unit_a)).standing
        row = session.get_one(ScoreCard, veto)
        assert (row.signed_by_id, row.signed_at) == (office.director.id, NOW)
    version = cards.take_back(office.director, card_id=veto, version=1, key="back")
    assert grades(scored)[office.unit_a] == ("excellent", "yellow")
    with pytest.raises(Changed):
        cards.put_back(office.director, card_id=veto, version=1, key="stale")
    cards.put_back(office.director, card_id=veto, version=version, key="again")
    assert grades(scored)[office.unit_a] == ("good", "veto")


def test_who_may_not_give_a_card_and_what_means_nothing(scored: Scored) -> None:
    both = scored.two_hats(Role.DIRECTOR)
    unit = scored.assessed(scored.office.unit_a)
    with nothing_changes(scored.database):
        for who in (one for one in EVERYBODY if one != "director"):
            with pytest.raises(Refused):
                give(scored, who=who)
        own = {"assessed_unit_id": unit, "kind": "red", "on_day": date(2026, 6, 1), "reason": "事故", "key": "own"}
        assert problems_of(cards.give, both, **own) == {"": scope.OWN_UNIT}
        assert set(problems_of(give, scored, "green")) == {"kind"}
        with pytest.raises(NotThere):
            give(scored, assessed_unit_id=999)
        with pytest.raises(NotThere):
            cards.take_back(scored.office.director, card_id=999, version=1, key="none")


def test_a_veto_needs_a_rubric_that_knows_it(database: Database, office: Office) -> None:
    scored = Scored(database, office, an_assessment(office, "duty", name="值班考核"))
    assert set(problems_of(give, scored, "veto")) == {"kind"}
    give(scored, "red")


# --- random people at random ---


class Shared:
    """The office all examples share, and what became of what was tried."""

    scored: Scored
    publication: int
    counted: ClassVar[Counter[str]] = Counter()
    reached: ClassVar[Counter[str]] = Counter()


class Appeals(RuleBasedStateMachine):
    """Some people, the lines of one sheet, and days that pass; a model knows how every appeal stands."""

    @initialize()
    def begin(self) -> None:
        self.now: datetime = NOW
        self.model: dict[int, State] = {}
        self.last: tuple[Callable[[], object], object] | None = None
        with Shared.scored.database.transaction(SYSTEM) as session:
            for row in session.scalars(select(ScoreAppeal)):
                session.delete(row)

    @rule(
        who=st.sampled_from((*EVERYBODY, *["head"] * 8)),
        days=st.sampled_from([0, 0, 1, 3]),
        item=st.sampled_from(["plans", "streets", "places", "books", "nothing"]),
    )
    def ask(self, who: str, days: int, item: str) -> None:
        """Days pass, which moves no appeal; somebody appeals against a line."""
        self.now += timedelta(days=days)
        under = {listed["item"] for listed in self._rows() if listed["state"] == "asked"}
        fine = who == "head" and item not in under and item != "nothing" and self.now <= NOW + timedelta(days=7)
        outcome, done = self._try(partial(ask, Shared.scored, Shared.publication, who, item=item))
        assert (outcome == "ok") == fine, (who, item, self.now)
        if outcome == "ok":
            self.model[done] = State.ASKED

    @rule(data=st.data(), step=st.sampled_from(Step), anybody=st.booleans())
    def step(self, data: st.DataObject, step: Step, anybody: bool) -> None:
        """Anybody on any appeal, or who may on one that is open: what the table allows works, nothing else."""
        rows = [row for row in self._rows() if anybody or row["state"] == "asked"]
        if rows:
            who = "head" if step is Step.WITHDRAW else "director"
            who = data.draw(st.sampled_from(EVERYBODY)) if anybody else who
            self._take(data.draw(st.sampled_from(rows)), who, step)

    def _take(self, row: dict[Any, Any], who: str, step: Step) -> None:
        state = self.model[row["id"]]
        allowed = "head" if step is Step.WITHDRAW else "director"
        typed: dict[str, Any] = {"appeal_id": row["id"], "version": row["version"], "key": f"s{next(_numbers)}"}
        typed |= {} if step is Step.WITHDRAW else {"ruling": "已核实"}
        outcome, _ = self._try(partial(SERVICES[step], Shared.scored.office.people[who], **typed))
        assert (outcome == "ok") == (who == allowed and (state, step) in MOVES), (who, step, state)
        if outcome == "ok":
            self.model[row["id"]] = MOVES[state, step]

    @rule()
    def again(self) -> None:
        """A double click: the last act with its key once more."""
        if self.last is not None:
            act, done = self.last
            with nothing_changes(Shared.scored.database), clock.at(self.now):
                assert act() == done

    @invariant()
    def every_appeal_stands_as_the_model_says(self) -> None:
        if not hasattr(self, "model"):
            return
        rows = self._rows()
        assert {row["id"]: row["state"] for row in rows} == {pk: state.value for pk, state in self.model.items()}
        for row in rows:
            assert bool(row["ruling"]) == (row["state"] in ("accepted", "refused"))
            assert row["may_rule"] == (row["state"] == "asked")
        Shared.reached.update(row["state"] for row in rows)

    def _rows(self) -> list[dict[Any, Any]]:
        return appeals.appeals(Shared.scored.office.director).to_dict("records")

    def _try(self, act: Callable[..., int]) -> tuple[str, int]:
        """Take an act; whatever was not allowed left everything as it was."""
        keyed = act if "key" in getattr(act, "keywords", {}) else partial(act, key=f"k{next(_numbers)}")
        before, done = everything(Shared.scored.database), 0
        with clock.at(self.now):
            try:
                done, outcome = keyed(), "ok"
            except (Refused, NotThere):
                outcome = "refused"
            except Problems:
                outcome = "problems"
        Shared.counted[outcome] += 1
        if outcome == "ok":
            self.last = keyed, done
        else:
            assert everything(Shared.scored.database) == before
        return outcome, done


SERVICES: dict[Step, Callable[..., int]] = {
    Step.WITHDRAW: appeals.withdraw,
    Step.ACCEPT: appeals.accept,
    Step.REFUSE: appeals.refuse,
}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_random_people_appeal_at_random(scored: Scored, published: int) -> None:
    Shared.scored, Shared.publication = scored, published
    examples = max(STEPS // PER_EXAMPLE, 12)
    choices = settings(
        max_examples=examples,
        stateful_step_count=PER_EXAMPLE,
        derandomize=not STEPS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Appeals, settings=choices)
    assert Shared.counted["ok"] > examples
    assert set(Shared.reached) == {"asked", "accepted", "refused", "withdrawn"}

"""Merges, splits, the bin and their ways back at random: no word is lost, counts add up, everything comes back whole.

`FLOW_STEPS=2000` takes that many steps instead of a hundred, newly chosen each time.
"""

import contextlib
import os
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select, update

from db.engine import Database, reading
from db.models import Case
from db.rules.merging import CHOICES
from db.rules.problems import Problems
from db.services import cases
from db.services.cases import Choice, Tab, merged, merging, splitting
from tests.db.services.stages import brought, key
from tests.db.services.test_merging import row_of, version_of
from tests.factories import SYSTEM, Office

STEPS = int(os.environ.get("FLOW_STEPS", "0"))
PER_EXAMPLE = 25
_words = count(1)


class Shared:
    """The office all examples share."""

    database: Database
    office: Office


class Matters(RuleBasedStateMachine):
    """Some matters, each with a word of its own that must stand somewhere at any time."""

    @initialize()
    def begin(self) -> None:
        """Matters of earlier examples are out of sight."""
        with Shared.database.transaction(SYSTEM) as session:
            session.execute(update(Case).values(gone="binned"))
        self.words: dict[int, str] = {}
        self.into: dict[int, int] = {}
        self.binned: set[int] = set()
        self.split: dict[int, int] = {}
        self.before: dict[int, dict[str, object]] = {}
        self.touched: set[int] = set()
        for _ in range(3):
            self.register()

    @property
    def standing(self) -> list[int]:
        return sorted(set(self.words) - set(self.into) - self.binned)

    @rule()
    def register(self) -> None:
        """One more matter."""
        word = f"事由{next(_words)}号"
        case_id = brought(Shared.office, subject=word, text=word, place="")
        self.words[case_id] = word
        self.before[case_id] = row_of(case_id)

    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        """Two that stand become one, whatever is chosen by field."""
        if len(self.standing) < 2:
            return
        kept, gone = data.draw(st.permutations(self.standing))[:2]
        takes = {name: data.draw(st.sampled_from(choices)) for name, choices in CHOICES.items()}
        merging.merge(
            Shared.office.deputy,
            kept_id=kept,
            kept_version=version_of(kept),
            gone_id=gone,
            gone_version=version_of(gone),
            takes=takes,
            key=key(),
        )
        self.into[gone] = kept

    @rule(data=st.data())
    def unmerge(self, data: st.DataObject) -> None:
        """A merge is taken back unless what was kept went elsewhere itself."""
        if self.into:
            gone = data.draw(st.sampled_from(sorted(self.into)))
            if self.into[gone] in self.standing:
                merging.unmerge(Shared.office.deputy, gone_id=gone, key=key())
                del self.into[gone]
            else:
                with pytest.raises(Problems, match="Bring it back first"):
                    merging.unmerge(Shared.office.deputy, gone_id=gone, key=key())

    @rule(data=st.data())
    def split_one(self, data: st.DataObject) -> None:
        """One letter turns out to be two matters; the first keeps its words."""
        case_id = data.draw(st.sampled_from(self.standing))
        word = f"事由{next(_words)}号"
        second = {"subject": word, "text": word, "category": "other", "place": "", "request": ""}
        asked: dict[str, Any] = {"case_id": case_id, "version": version_of(case_id), "first": {}, "second": second}
        made = splitting.split(Shared.office.leader, **asked, key=key()).case_id
        self.words[made], self.split[made], self.before[made] = word, case_id, row_of(made)

    @rule(data=st.data())
    def unsplit(self, data: st.DataObject) -> None:
        """A split is taken back while nobody worked on the new case, and its first one stands."""
        if there := sorted(set(self.split) & set(self.standing)):
            made = data.draw(st.sampled_from(there))
            if splitting.may_unsplit(Shared.office.deputy, case_id=made):
                splitting.unsplit(Shared.office.deputy, case_id=made, key=key())
                self.binned.add(made)

    @rule(data=st.data())
    def put_into_bin(self, data: st.DataObject) -> None:
        """What nobody was merged into may go into the bin."""
        free = [one for one in self.standing if one not in self.into.values()]
        if len(self.standing) > 1 and free:
            case_id = data.draw(st.sampled_from(free))
            saved = cases.put_in_bin(
                Shared.office.deputy, rows={case_id: version_of(case_id)}, reason="误登", key=key()
            )
            assert saved.saved == (case_id,)
            self.binned.add(case_id)

    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        """And comes back."""
        if self.binned:
            case_id = data.draw(st.sampled_from(sorted(self.binned)))
            cases.restore(Shared.office.deputy, rows={case_id: version_of(case_id)}, key=key())
            self.binned.remove(case_id)

    @invariant()
    def counts_add_up(self) -> None:
        """What stands is in the list, nothing else is, and every number exists once."""
        page = cases.register(Shared.office.director, choice=Choice(tab=Tab.ALL))
        assert set(page.rows["id"]) == set(self.standing)
        with reading() as session:
            numbers = select(func.count(Case.number.distinct())).execution_options(with_gone=True)
            every = select(func.count(Case.id)).execution_options(with_gone=True)
            assert session.scalar(numbers) == session.scalar(every)

    @invariant()
    def no_word_is_lost(self) -> None:
        """What a merged matter said stands on the page of the one that stands for it: its words, or its timeline."""
        for kept in self.standing:
            said = {
                part.id: f"{part.text} {part.timeline}"
                for part in merged.merged_here(Shared.office.director, case_id=kept)
            }
            within = {one for one in self.into if self._stands_for(one) == kept}
            assert set(said) == within
            assert all(self.words[one] in text for one, text in said.items())

    def _stands_for(self, case_id: int) -> int:
        while case_id in self.into:
            case_id = self.into[case_id]
        return case_id

    def teardown(self) -> None:
        """Taken back from the end, everything is as it was when it was registered."""
        while self.into:
            for gone in [one for one, kept in self.into.items() if kept in self.standing]:
                merging.unmerge(Shared.office.deputy, gone_id=gone, key=key())
                del self.into[gone]
        with contextlib.suppress(AttributeError):
            for case_id in self.standing:
                assert row_of(case_id) == self.before[case_id]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_nothing_is_lost_whatever_is_merged_split_and_binned(database: Database, office: Office) -> None:
    Shared.database, Shared.office = database, office
    how = settings(
        max_examples=max(1, STEPS // PER_EXAMPLE) if STEPS else 3,
        stateful_step_count=PER_EXAMPLE,
        deadline=None,
        derandomize=not STEPS,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Matters, settings=how)

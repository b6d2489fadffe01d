"""The demo's disputes: each takes the steps its preset tells, on its own days, in the hands of its mediator."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from db.demo import dispute_acts, dispute_results
from db.demo.dispute_telling import DisputeTelling, Hall
from db.demo.matters import Matters
from db.demo.town import Town
from db.rules.mediation.opening import PartyForm
from db.services.mediation import committees

RESIDENTS_FROM = 300
ACTS: Mapping[str, Callable[..., None]] = MappingProxyType(
    {act.__name__.rstrip("_"): act for act in (*dispute_acts.ACTS, *dispute_results.ACTS)}
)


def story(d: DisputeTelling) -> Iterator[datetime]:
    """Every step on its day: the moment is answered first, the act done when resumed."""
    for ago, act, *sides in d.row["steps"]:
        yield d.next_moment(ago)
        ACTS[act](d, *sides)


class Disputes:
    """All of them, in the order of the preset; every party gets the next invented name and number."""

    def __init__(
        self, told: Mapping[str, Any], demo: Mapping[str, Any], town: Town, made: Mapping[str, int], end: datetime
    ) -> None:
        mediators = {
            (key, name): mediator_id
            for key, committee_id in made.items()
            for mediator_id, name in committees.mediator_names(
                town.people["director"], committee_id=committee_id
            ).items()
        }
        self._hall = Hall(town, made, mediators, told, end)
        self._residents = Matters(demo, first_resident=RESIDENTS_FROM)

    def stories(self, thin: int = 1) -> Iterator[Iterator[datetime]]:
        """Each dispute's moments; `thin` keeps about one in so many of each kind of story, at least one."""
        seen = Counter[str]()
        for row in self._hall.told["dispute"]:
            parties = tuple(self._party(told) for told in row["parties"])
            if seen[row["story"]] % thin == 0:
                yield story(DisputeTelling(self._hall, row, parties))
            seen[row["story"]] += 1

    def _party(self, told: Mapping[str, Any]) -> PartyForm:
        name, contact = self._residents.resident()
        guardian = self._hall.told["guardian"].format(name=name[0]) if told.get("child") else ""
        return PartyForm(**{"name": name, "contact": contact, "guardian": guardian, **told})

"""The parts of a briefing as this session drew them: charts of a large register are not asked again on every click."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import streamlit as st

from components.words import t
from db import clock
from db.rules.briefings.parts import Part
from db.rules.permissions import Actor
from db.services.briefings import contents, issuing
from db.services.briefings.scope import Head

FRESH = timedelta(seconds=60)
_KEPT = "briefing_parts"


@dataclass(frozen=True)
class Kept:
    """What was drawn, of which writing of which briefing, for whom, and when."""

    briefing_id: int
    stands: str
    actor: Actor
    at: datetime
    parts: tuple[Part, ...]

    def serves(self, seen: Head, stands: str, actor: Actor) -> bool:
        """Whether it can be shown once more."""
        same = (self.briefing_id, self.stands, self.actor) == (seen.id, stands, actor)
        return same and clock.now() - self.at < FRESH


def drawn(actor: Actor, seen: Head) -> Kept:
    """The parts as they are now, or as they were at most a minute ago when nothing was written since."""
    stands = issuing.standing(actor, briefing_id=seen.id)
    kept: Kept | None = st.session_state.get(_KEPT)
    if kept is None or not kept.serves(seen, stands, actor):
        with st.spinner(t("Counting …")):
            parts = contents.parts(actor, briefing_id=seen.id)
        kept = Kept(seen.id, stands, actor, clock.now(), parts)
        st.session_state[_KEPT] = kept
    return kept

"""Cards of a unit on its sheet: given by the director with a reason, taken back, put back."""

from typing import Any

import streamlit as st

from components.forms import plain, press
from components.kept_forms import KeptForm
from components.score_labels import label, labels
from components.words import day, moment, t
from db import clock
from db.engine import current
from db.rules.permissions import Actor, Permission
from db.services.duty.rows import records
from db.services.scoring import cards

LONGEST = 300


def show(actor: Actor, assessed_unit_id: int, *, own: bool) -> None:
    """The cards and the form, for who rules and does not belong to the unit."""
    if not actor.may(Permission.SCORES_RULE) or own:
        return
    found = records(cards.cards(actor, assessed_unit_id=assessed_unit_id))
    standing = sum(row["removed_at"] is None for row in found)
    with st.expander(t("Cards and veto ({n})", n=standing), icon=":material/style:", key="score-cards"):
        for row in found:
            _card(row)
        form = KeptForm("card.give", record=assessed_unit_id, border=False)
        with form:
            form.choose("kind", t("Card"), labels("card"))
            form.day("on_day", t("Day"), clock.today(current().settings.timezone))
            form.area("reason", t("Reason"), max_chars=LONGEST)
            form.submit(t("Sign the card"), cards.give, icon=":material/draw:", assessed_unit_id=assessed_unit_id)
        st.caption(t("A red card and a veto keep the unit from the best grade."))


def _card(row: dict[str, Any]) -> None:
    signed = t("signed by {name}, {time}", name=row["signed_by"], time=moment(row["signed_at"]))
    told = f"**{plain(label('card', row['kind']))}** · {plain(day(row['on_day']))} · {plain(row['reason'])}"
    back = row["removed_at"] is not None
    with st.container(horizontal=True, vertical_alignment="center", key=f"card-{row['id']}"):
        st.markdown(f"~~{told}~~" if back else told, width="stretch")
        st.caption(plain(signed), width="content")
        act, said = (cards.put_back, t("Put back")) if back else (cards.take_back, t("Take back"))
        record = f"{row['id']}:{row['version']}"
        press("card.mark", said, act, record=record, card_id=int(row["id"]), version=int(row["version"]))

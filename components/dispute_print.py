"""The official forms a dispute can be printed as: one per session and visit, in Word, each printing journalled."""

from collections.abc import Iterator
from datetime import date

import streamlit as st

from components.words import day, language, t
from db.documents.forms import Form, forms
from db.rules.permissions import Actor, Permission
from db.services.mediation.read import DisputeView


def menu(actor: Actor, seen: DisputeView) -> None:
    """Every form there is something to put on, for those who may see the names on it."""
    if not seen.may_unmask or not actor.may(Permission.MEDIATION_UNMASK):
        return
    with st.popover(t("Print"), icon=":material/print:", key=f"print-dispute-{seen.id}"):
        for form in forms().values():
            for of, on in _made_from(seen, form):
                _link(seen.id, form, of, on)
        st.caption(t("Word files with names in clear. Each printing is noted in the journal."))


def _made_from(seen: DisputeView, form: Form) -> Iterator[tuple[int | None, date | None]]:
    """Id and day of each row this form can be made from; (None, None) for the dispute or its agreement itself."""
    if form.of in ("session", "enquiry"):
        yield from ((int(row["id"]), row["held_on"]) for row in seen.sessions if row["kind"] == form.of)
    elif form.of == "visit":
        yield from ((int(row["id"]), row["visited_on"]) for row in seen.visits)
    elif form.of == "dispute" or (seen.agreement and seen.agreement["form"] == _AGREEMENT.get(form.of)):
        yield None, None


_AGREEMENT = {"agreement": "written", "oral": "oral"}


def _link(dispute_id: int, form: Form, of: int | None, on: date | None) -> None:
    where = f"/document/{form.code}?dispute={dispute_id}{f'&of={of}' if of is not None else ''}"
    name = form.zh if language() == "zh" else form.en
    label = f"{name} · {day(on)}" if on is not None else name
    st.link_button(label, where, icon=":material/description:", width="stretch", key=f"to-{form.code}-{of}")

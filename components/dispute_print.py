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
    """Id and day of each row this form can be made from; (None, None) for what the file has one of."""
    match form.of:
        case "session" | "enquiry":
            yield from ((int(row["id"]), row["held_on"]) for row in seen.sessions if row["kind"] == form.of)
        case "visit":
            yield from ((int(row["id"]), row["visited_on"]) for row in seen.visits)
        case "party":
            yield from ((int(row["id"]), None) for row in seen.parties if row["agent"])
        case "performance":
            yield from ((int(row["id"]), row["done_on"]) for one in seen.obligations for row in one["performances"])
        case _ if _is_there(seen, form):
            yield None, None


def _is_there(seen: DisputeView, form: Form) -> bool:
    """Whether the file has what this form says."""
    agreement = seen.agreement
    match form.of:
        case "agreement" | "oral":
            return agreement is not None and agreement["form"] == _AGREEMENT[form.of]
        case "confirmation" | "confirmation_unit":
            standing = agreement is not None and agreement["effective_on"] and not agreement["excluded_matter"]
            with_unit = any(row["kind"] != "person" for row in seen.parties)
            written = standing and agreement is not None and agreement["form"] == "written"
            return bool(written) and with_unit == (form.of == "confirmation_unit")
        case "ended":
            return seen.fields["ended_on"] is not None and not (agreement and agreement["effective_on"])
        case "evidence":
            return any(row["document"] == "evidence" for row in seen.papers)
    return form.of in ("dispute", "file") and (not form.needs or seen.fields[form.needs] is not None)


_AGREEMENT = {"agreement": "written", "oral": "oral"}


def _link(dispute_id: int, form: Form, of: int | None, on: date | None) -> None:
    where = f"/document/{form.code}?dispute={dispute_id}{f'&of={of}' if of is not None else ''}"
    name = form.zh if language() == "zh" else form.en
    label = f"{name} · {day(on)}" if on is not None else name
    st.link_button(label, where, type="tertiary", icon=":material/description:", key=f"to-{form.code}-{of}")

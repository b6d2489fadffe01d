"""Everything that happened to a dispute, what was taken out of it, and who has seen it."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from components import who_has_seen
from components.case_texts import quoted
from components.dispute_labels import label
from components.dispute_texts import money
from components.dispute_texts import parties as parties_of
from components.forms import plain, press
from components.words import N_, moment, t
from db.rules.permissions import Actor
from db.services.mediation import dossier, obligations, parties, read, sessions, visits
from db.services.mediation.read import DisputeView

SHOWN_FIRST = 15
# What was removed: its name, the act that puts it back and the name of its id there.
RESTORE: Mapping[str, tuple[str, Callable[..., object], str]] = {
    "dispute_party": (N_("Party"), parties.restore_party, "party_id"),
    "dispute_session": (N_("Session"), sessions.restore_session, "session_id"),
    "obligation": (N_("Obligation"), obligations.restore_obligation, "obligation_id"),
    "performance": (N_("Performance"), obligations.restore_performance, "performance_id"),
    "dispute_visit": (N_("Follow-up"), visits.restore_visit, "visit_id"),
    "dispute_paper": (N_("Paper"), dossier.restore_paper, "paper_id"),
}


# Fields whose value is a code, and the table that names it.
CODED = {"form": "form", "excluded_matter": "excluded", "side": "side", "sex": "sex", "confirmation": "confirmation"}


def show(actor: Actor, seen: DisputeView) -> None:
    """The timeline newest first; then the bin and who has looked."""
    timeline(seen)
    with st.container(key=f"bin-{seen.id}"):
        _bin(seen)
    with st.expander(
        t("Who has seen it"), icon=":material/visibility:", key=f"dispute-seen-{seen.id}", on_change="rerun"
    ) as part:
        if part.open:
            who_has_seen.show(
                lambda before: read.who_has_seen(actor, dispute_id=seen.id, before=before), record=f"dispute-{seen.id}"
            )


def timeline(seen: DisputeView) -> None:
    """The latest lines, and all of them when asked for."""
    asked = f"whole-dispute-timeline:{seen.id}"
    newest = seen.timeline[::-1]
    shown = newest if st.session_state.get(asked) else newest[:SHOWN_FIRST]
    for row in shown:
        st.markdown(_line(seen, row))
    if len(newest) > len(shown):
        every = t("Show all {n} lines", n=len(newest))
        st.button(every, key=f"all-dispute-lines-{seen.id}", on_click=_ask, args=(asked,))


def _ask(key: str) -> None:
    st.session_state[key] = True


def _line(seen: DisputeView, row: Mapping[str, Any]) -> str:
    who = " · ".join(plain(part) for part in (moment(row["at"]), row["person"]) if part)
    parts = [f"**{plain(label('line', row['step']))}** :gray[{who}]"]
    if row["from_state"] and row["from_state"] != row["to_state"]:
        parts.append(f":gray[{plain(label('state', row['from_state']))} → {plain(label('state', row['to_state']))}]")
    parts += [plain(line) for line in _details(seen, row["detail"])]
    said = "  \n".join(parts)
    return f"{said}\n\n{quoted(row['text'])}" if row["text"] else said


def _details(seen: DisputeView, detail: Mapping[str, Any]) -> list[str]:
    """Whom it concerned, for how long, and what a correction changed."""
    named = [str(detail[name]) for name in ("party", "mediator", "chosen_by") if detail.get(name)]
    if detail.get("days"):
        named.append(t("{n} days", n=detail["days"]))
    before, after = detail.get("before"), detail.get("after")
    lines = [" · ".join(named)] if named else []
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        lines += [_changed(seen, name, before.get(name), value) for name, value in after.items()]
    return lines


def _changed(seen: DisputeView, name: str, before: object, after: object) -> str:
    return f"{label('field', name)}: {_said(seen, name, before)} → {_said(seen, name, after)}"


def _said(seen: DisputeView, name: str, value: Any) -> str:
    """A value as its field shows it; long words are cut."""
    if value in (None, ""):
        return "–"
    if name == "visitor_id":
        return seen.people.get(value, "–")
    if isinstance(value, bool):
        return t("Yes") if value else t("No")
    if name in ("debtor_id", "creditor_id"):
        return parties_of(seen).get(int(value), "–")
    if name in CODED:
        return label(CODED[name], value)
    return money(value) if name == "amount" else str(value)[:200]


def _bin(seen: DisputeView) -> None:
    """What was taken out, to be put back."""
    if not seen.bin:
        return
    st.markdown(f"**{plain(t('Taken out of the file'))}**")
    for row in seen.bin:
        name, act, which = RESTORE.get(row["what"], ("", None, ""))
        if act is None:
            continue
        with st.container(horizontal=True, vertical_alignment="center", key=f"bin-{row['what']}-{row['id']}"):
            st.markdown(f"{plain(t(name))} :gray[{plain(row['label'])} · {plain(moment(row['at']))}]", width="stretch")
            if seen.may_keep:
                press(
                    "dispute.restore",
                    t("Put back"),
                    act,
                    record=f"{row['what']}-{row['id']}",
                    dispute_id=seen.id,
                    version=int(row["version"]),
                    **{which: row["id"]},
                )

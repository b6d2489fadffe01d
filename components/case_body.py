"""What a case is: its head, what was said, who brought it, its units and answers, follow-ups and reviews."""

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from components.case_labels import code_labels, label
from components.case_texts import fact, literal, show_text, unit_of
from components.forms import plain
from components.words import day, moment, t
from db.rules.permissions import Actor
from db.services import cases
from db.services.cases import CaseView


def head(seen: CaseView) -> None:
    """Number, state and what must not be overlooked; then the subject and whose turn it is."""
    says = seen.fields
    with st.container(horizontal=True, vertical_alignment="center", key=f"case-head-{seen.id}"):
        st.markdown(f"**{plain(says['number'])}**", width="content")
        st.badge(label("state", says["state"]), color="blue" if says["open"] else "gray")
        st.badge(label("grade", says["grade"]), color="gray")
        if says["sealed"]:
            st.badge(t("Sealed"), icon=":material/lock:", color="violet")
        if says["anonymous"]:
            st.badge(t("Anonymous"), icon=":material/person_off:", color="gray")
        if says["child"]:
            st.badge(t("A child is concerned"), icon=":material/child_care:", color="orange")
        if seen.stands_in_for:
            st.badge(t("You act for {absent}", absent=seen.stands_in_for), icon=":material/swap_horiz:", color="violet")
        if says["bounces"]:
            st.badge(t("Objected to {n} times", n=says["bounces"]), color="orange")
    st.subheader(plain(says["subject"]), anchor=False)
    if says["open"]:
        st.markdown(f":gray[{t('Next')}] {plain(label('acting', seen.acting))}")


def matter(actor: Actor, seen: CaseView) -> None:
    """What was said and what is asked for, with how it came."""
    says = seen.fields
    show_text(says["text"])
    if says["request"]:
        st.markdown(fact(t("What is asked for"), says["request"]))
    lines = [
        (t("Place"), says["place"]),
        (t("Since when"), says["since"]),
        (t("Category"), code_labels(actor, "category").get(str(says["category"]), says["category"])),
        (t("Kind"), label("kind", says["kind"])),
        (t("Other legal procedure"), says["other_procedure"]),
        (t("How it came"), f"{label('channel', says['channel'])} · {label('source', says['source'])}"),
        (t("Number at the sender"), says["source_number"]),
        (t("Received"), moment(_at(says["received_at"]))),
        (t("Registered by"), _name(seen, "registered_by_id")),
        (t("First responsible"), _name(seen, "first_responsible_id")),
        (t("Handler"), _name(seen, "handler_id")),
        (t("People in the group"), says["head_count"] if _many(says) else ""),
        (t("Agreed next step"), says["next_step"]),
        (t("Internal note"), says["note"]),
    ]
    told = [fact(name, value) for name, value in lines if value not in (None, "", "–")]
    half = (len(told) + 1) // 2
    for column, part in zip(st.columns(2), (told[:half], told[half:]), strict=True):
        column.markdown("\n\n".join(part))


def resident(actor: Actor, seen: CaseView) -> None:
    """Who brought it: masked, and in clear only when asked for, which is written down."""
    if seen.fields["anonymous"] and not seen.parties:
        st.markdown(t("The resident did not give a name."))
        return
    asked = f"identity-shown:{seen.id}"
    if st.session_state.get(asked) and seen.may_unmask:
        clear = cases.unmask(actor, case_id=seen.id)
        _people(clear.to_dict("records"))
        st.button(t("Hide the identity"), key=f"hide-identity-{seen.id}", on_click=_show, args=(asked, False))
        return
    _people(seen.parties)
    if seen.may_unmask:
        st.button(
            t("Show identity"),
            key=f"show-identity-{seen.id}",
            icon=":material/visibility:",
            on_click=_show,
            args=(asked, True),
        )
        st.caption(t("That you looked is written into the journal."))


def _people(parties: Iterable[Mapping[Any, Any]]) -> None:
    for row in parties:
        parts = [row.get(name) or "" for name in ("contact", "address")]
        parts.append(f"{t('Guardian')}: {row['guardian']}" if row.get("guardian") else "")
        told = " · ".join(plain(part) for part in parts if part)
        st.markdown(f"**{plain(row['name'] or '–')}** :gray[{plain(label('role', row['role']))}]  \n{told}")


def _show(key: str, wanted: bool) -> None:
    st.session_state[key] = wanted


def answer(seen: CaseView) -> None:
    """The opinion: outcome, facts, legal basis and the words for the resident."""
    says = seen.fields
    if not (says["outcome"] or says["facts"] or says["answer"]):
        return
    st.subheader(t("Answer"), anchor=False)
    if says["outcome"]:
        st.markdown(fact(t("Outcome"), label("outcome", says["outcome"])))
    if says["facts"]:
        st.markdown(fact(f"{t('Facts and reasons')} · {t('internal')}", says["facts"]))
    if says["legal_basis"]:
        st.markdown(fact(f"{t('Legal basis')} · {t('internal')}", says["legal_basis"]))
    if says["answer"]:
        with st.container(border=True, key=f"answer-words-{seen.id}"):
            st.badge(t("The resident will read this"), icon=":material/record_voice_over:", color="blue")
            st.markdown(literal(says["answer"]))
    if says["satisfaction"] or says["solved"]:
        rated = f"{label('satisfaction', says['satisfaction'])} · {label('solved', says['solved'])}"
        st.markdown(fact(t("What the resident says"), rated))


def units(seen: CaseView) -> None:
    """Each unit's share: due day, answer and signature."""
    if not seen.units:
        st.markdown(t("Not transferred to a unit yet."))
        return
    for row in seen.units:
        days = [
            (t("sent {day}"), row["sent_on"]),
            (t("may object until {day}"), row["object_by"] if row["state"] == "sent" else None),
            (t("due {day}"), row["due_on"]),
            (t("answered {day}"), row["answered_on"]),
            (t("signed {day}"), row["signed_on"]),
        ]
        told = " · ".join(plain(words.format(day=_day(value))) for words, value in days if value is not None)
        part, stands = label("share", row["role"]), label("share_state", row["state"])
        st.markdown(f"**{plain(unit_of(row))}** :gray-badge[{plain(part)}] :blue-badge[{plain(stands)}]  \n{told}")
        if row["role"] == "co" and row["answer"]:
            st.markdown(fact(f"{t('Answer of')} {unit_of(row)} · {t('internal')}", row["answer"]))


def extension(seen: CaseView) -> None:
    """The one extension: asked for, decided, told."""
    if seen.extension is None:
        return
    told = seen.extension
    state = {None: t("asked for"), True: t("approved"), False: t("refused")}[told["approved"]]  # type: ignore[index]
    line = t("{n} more days, {state}; resident told: {day}", n=told["days"], state=state, day=_day(told["told_on"]))
    st.markdown(fact(t("Extension"), f"{line}\n{told['reason']}"))


def after(seen: CaseView) -> None:
    """Follow-up visits, reviews and re-reviews."""
    for row in seen.visits:
        reached = t("reached") if row["reached"] else t("not reached")
        rated = " · ".join(
            label(kind, row[kind]) for kind in ("satisfaction", "solved") if row["reached"] and row[kind]
        )
        head = f"{t('Follow-up')} {_day(row['visited_on'])} · {label('how', row['how'])} · {row['person'] or '–'}"
        st.markdown(fact(head, "\n".join(part for part in (f"{reached} · {rated}".strip(" ·"), row["words"]) if part)))
    for row in seen.reviews:
        lines = [t("asked for {day}", day=_day(row["asked_on"]))]
        if row["hearing_from"] is not None:
            lines.append(t("hearing {first} to {last}", first=_day(row["hearing_from"]), last=_day(row["hearing_to"])))
        if row["decision"]:
            lines.append(f"{label('decision', row['decision'])} · {_day(row['decided_on'])}")
        st.markdown(fact(label("review", row["kind"]), "\n".join([*lines, row["words"] or ""]).strip()))


def _name(seen: CaseView, field: str) -> str:
    value = seen.fields[field]
    return seen.people.get(value, "") if isinstance(value, int) else ""


def _many(says: Mapping[str, object]) -> bool:
    count = says["head_count"]
    return isinstance(count, int) and count > 1


def _day(value: Any) -> str:
    return day(value) if value is not None else "–"


def _at(value: object) -> Any:
    return value

"""What a search found, register by register: a link to each record, the words found marked in it."""

from collections.abc import Sequence

import streamlit as st

from components import asked, case_labels, dispute_labels
from components.find_box import MOST, TEXT
from components.forms import plain
from components.words import language, number, t
from db.rules.permissions import Actor, Permission
from db.rules.words import snippets
from db.services.finding import Found, Group, Hit, Named

CASE, CASES = "pages/cases/case.py", "pages/cases/register.py"
DISPUTE, DISPUTES = "pages/mediation/dispute.py", "pages/mediation/register.py"
ALL = {"tab": "all"}
AROUND = 90


def ask() -> str:
    """The text the address asks for, in a field to change it."""
    text = st.query_params.get(TEXT, "")[:MOST].strip()
    options = {"value": None, "type": "search", "max_chars": MOST, "width": 560, "label_visibility": "collapsed"}
    placeholder = t("Number, words, unit, handler, last four digits of a telephone …")
    asked.widget(st.text_input, TEXT, text, label=t("Find"), placeholder=placeholder, **options)
    return text


def invite(actor: Actor) -> None:
    """What may be typed, as long as nothing is."""
    lines = [
        t("A number: 2026-000123 or just 123"),
        t("Words of the matter, one Chinese character is enough"),
        t("A unit or a handler by name or by the first letters of its pinyin"),
    ]
    if actor.may(Permission.CASES_UNMASK) or actor.may(Permission.MEDIATION_UNMASK):
        lines.append(
            t("A resident by full name, first letters, telephone or its last four digits, where you may see names")
        )
    st.markdown("\n".join(f"- {plain(line)}" for line in lines))


def show(found: Found) -> None:
    """Each register with something to show, or a word about nothing found."""
    if found.slowly:
        st.warning(t("Residents were looked for too often. Wait a few minutes; words are still found."))
    if found.empty:
        _nothing(found.text)
        return
    _named(t("Units"), found.units, "unit_id")
    _named(t("Handlers"), found.handlers, "handler_id")
    _group("cases", t("Cases"), found.cases, found.text)
    _group("disputes", t("Disputes"), found.disputes, found.text)
    _hits("case-parties", t("Cases by who brought them"), found.case_parties, CASE, found.text)
    _hits("dispute-parties", t("Disputes by their parties"), found.dispute_parties, DISPUTE, found.text)


def _nothing(text: str) -> None:
    short = len(text) == 1 and text.isascii()
    said = t("Nothing you may see fits “{text}”.", text=text)
    more = t("Type one more letter.") if short else t("Fewer words find more; a number may be typed without its year.")
    st.info(f"{plain(said)} {plain(more)}", icon=":material/search_off:")


def _named(title: str, found: Sequence[Named], parameter: str) -> None:
    """Units or handlers, each a link to its matters."""
    if not found:
        return
    st.subheader(title, anchor=False)
    with st.container(horizontal=True, key=f"found-{parameter}"):
        for one in found:
            name = one.name_en if language() == "en" and one.name_en else one.name
            st.page_link(CASES, label=plain(name), icon=":material/list:", query_params=ALL | {parameter: str(one.id)})


def _group(code: str, title: str, group: Group, text: str) -> None:
    page = CASE if code == "cases" else DISPUTE
    _hits(code, f"{title} ({number(group.total)}{'+' if group.more else ''})", group.hits, page, text)
    if group.total > len(group.hits):
        count = number(group.total) + ("+" if group.more else "")
        label = t("All {n} cases", n=count) if code == "cases" else t("All {n} disputes", n=count)
        st.page_link(
            CASES if code == "cases" else DISPUTES, label=label, icon=":material/arrow_forward:",
            query_params=ALL | {TEXT: text},
        )  # fmt: skip


def _hits(code: str, title: str, hits: Sequence[Hit], page: str, text: str) -> None:
    if not hits:
        return
    st.subheader(title, anchor=False)
    with st.container(key=f"found-{code}", gap="small"):
        for hit in hits:
            _hit(hit, page, text)


def _hit(hit: Hit, page: str, text: str) -> None:
    """One record: what it is called, how it stands, and the words found in it."""
    subject = marked(hit.subject, text) or plain(t("Its words are not yours to read."))
    with st.container(border=True, gap=None):
        st.page_link(page, label=f"**{_number(hit.number, text)}** {subject}", query_params={"id": str(hit.id)})
        states = case_labels.labels("state") if page == CASE else dispute_labels.labels("state")
        unit = hit.unit_en if language() == "en" and hit.unit_en else hit.unit
        said = [states.get(hit.state, hit.state), unit, hit.who, _why(hit)]
        st.caption(" · ".join(plain(part) for part in said if part))
        said_there = _telling(hit, text)
        if said_there:
            st.markdown(marked(said_there, text))


def _number(said: str, text: str) -> str:
    """A number is marked as a whole."""
    found = any(is_hit for _, is_hit in snippets(said, text))
    return f":orange-background[{plain(said)}]" if found else plain(said)


def _telling(hit: Hit, text: str) -> str:
    """What was said, or the place when only that holds the words."""
    told = (one for one in (hit.text, hit.place) if any(is_hit for _, is_hit in snippets(one, text)))
    return next(told, hit.text)


def _why(hit: Hit) -> str:
    """What found it, where its words do not show that."""
    if hit.merged:
        return t("{number} went into it", number=hit.merged)
    return {
        "name": t("found by name"),
        "initials": t("found by first letters"),
        "tail": t("found by telephone"),
        "contact": t("found by telephone"),
    }.get(hit.why, "")


def marked(text: str, wanted: str) -> str:
    """An excerpt as Markdown that takes everybody's words literally, what was found on a coloured ground."""
    return "".join(
        f":orange-background[{plain(piece)}]" if hit else plain(piece) for piece, hit in snippets(text, wanted, AROUND)
    )

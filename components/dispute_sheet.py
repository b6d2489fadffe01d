"""The one form that is open on a dispute's page: opened by a button or a menu, closed by saving or by Close.

Kept in a plain dictionary of the session: a save that is interrupted between the commit and the next drawing must
still leave the form closed.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any

import streamlit as st

from components.dispute_address import go_to
from components.dispute_texts import as_typed
from components.forms import plain, press
from components.kept_forms import KeptForm
from components.words import t
from db.rules.mediation.words import Step
from db.rules.problems import Changed
from db.services.mediation.read import DisputeView

_OPEN = "dispute_sheets"
# What is done to the dispute as a whole stands above the parts.
OF_WHOLE = (
    Step.ACCEPT,
    Step.EXTEND,
    Step.REFUSE,
    Step.TERMINATE,
    Step.WITHDRAW,
    Step.REOPEN,
    Step.CORRECT,
    Step.ESCALATION,
    Step.NOTE,
)
FORM = "form"
# Forms that keep drafts, and the part each stands in.
KEPT: Mapping[str, str] = {
    **dict.fromkeys(("add_party", "tell", "consent", "identity", "edit_party"), "parties"),
    **dict.fromkeys(("assign", "step_aside", "object", "replace"), "mediators"),
    **dict.fromkeys(("session", "edit_session"), "sessions"),
    **dict.fromkeys(("agreement", "confirm"), "agreement"),
    **dict.fromkeys(("obligation", "instalments", "perform", "edit_obligation"), "performance"),
    "visit": "follow_up",
    **dict.fromkeys(("paper", "edit_paper", "archive"), "file"),
    **dict.fromkeys(OF_WHOLE, ""),
}


def is_open(dispute_id: int, form: str, record: object = "") -> bool:
    """Whether this form of this record is the open one."""
    return _open().get(dispute_id) == _name(form, record)


def show(dispute_id: int, form: str, record: object = "", part: str = "") -> None:
    """Callback: open a form, in another part when one is named."""
    _open()[dispute_id] = _name(form, record)
    if part:
        go_to(dispute_id, part)


def open_asked(seen: DisputeView) -> None:
    """Open the form a link names (?form=session), which is how the desk leads back to a draft."""
    asked = st.query_params.get(FORM, "")
    form, _, record = asked.partition(":")
    if form in KEPT:
        show(seen.id, form, record, KEPT[form])
    if asked:
        del st.query_params[FORM]


def close(dispute_id: int) -> None:
    """Callback: close whatever is open."""
    _open().pop(dispute_id, None)


def opener(
    seen: DisputeView,
    label: str,
    form: str,
    record: object = "",
    *,
    icon: str | None = None,
    main: bool = False,
) -> None:
    """A button that opens a form, gone while that form is open."""
    if is_open(seen.id, form, record):
        return
    st.button(
        label,
        key=f"open:{seen.id}:{_name(form, record)}",
        icon=icon,
        type="primary" if main else "secondary",
        on_click=show,
        args=(seen.id, form, record),
    )


def menu(seen: DisputeView, forms: Mapping[str, str], record: object = "", *, of: str) -> None:
    """The less usual acts on one row, in one small menu: form to its name. `of` tells whose menu it is."""
    if not forms:
        return
    key = f"menu:{seen.id}:{of}:{record}"
    st.menu_button(
        t("More"),
        list(forms),
        key=key,
        type="tertiary",
        icon=":material/more_horiz:",
        format_func=lambda form: forms.get(form, form),
        on_click=_show_chosen,
        args=(seen.id, key, record),
    )


def kept(seen: DisputeView, title: str, form: str, record: object = "", *, version: int | None = None) -> KeptForm:
    """The fields of a form of this dispute, as the dispute and the desk offer to go on with them."""
    number = str(seen.fields["number"])
    name = f"dispute:{seen.id}:{form}"
    return KeptForm(name, record=record, version=version, border=False, subject=number, label=title)


@contextmanager
def sheet(seen: DisputeView, title: str, form: str, record: object = "") -> Iterator[None]:
    """An open form: its title, a way to close it, and the form; the form of a row stands in the row's own frame."""
    name = _name(form, record)
    with st.container(border=record == "", key=f"sheet:{seen.id}:{name}"):
        with st.container(horizontal=True, vertical_alignment="center", key=f"sheet-head:{seen.id}:{name}"):
            st.markdown(f"**{plain(title)}**", width="stretch")
            st.button(
                t("Close the form"),
                key=f"close:{seen.id}:{name}",
                type="tertiary",
                icon=":material/close:",
                on_click=close,
                args=(seen.id,),
            )
        yield


def closing(dispute_id: int, act: Callable[..., object]) -> Callable[..., object]:
    """The act, after which its form closes; a problem or a conflict leaves it open."""

    @wraps(act)
    def acted(*args: Any, **kwargs: Any) -> object:
        try:
            done = act(*args, **kwargs)
        except Changed as changed:
            raise as_typed(changed) from changed
        close(dispute_id)
        return done

    return acted


def ask(
    seen: DisputeView,
    question: str,
    answer: str,
    act: Callable[..., object],
    form: str,
    record: object,
    **fixed: Any,
) -> None:
    """A question with one button, for what needs no field but should not happen by a slip."""
    with sheet(seen, question, form, record):
        press(f"dispute.{form}", answer, closing(seen.id, act), record=f"{seen.id}:{record}", main=True, **fixed)


def _show_chosen(dispute_id: int, key: str, record: object) -> None:
    chosen = st.session_state.get(key)
    if chosen is not None:
        show(dispute_id, str(chosen), record)


def _name(form: str, record: object) -> str:
    return f"{form}:{record}"


def _open() -> dict[int, str]:
    found: dict[int, str] = st.session_state.setdefault(_OPEN, {})
    return found

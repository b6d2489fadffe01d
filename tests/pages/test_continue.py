"""Every kind of draft: typed at its screen, found on the desk, gone on with, its words in their field, thrown away.

Walks the demo office as the browser does, which takes minutes: with --every-value. Every day some ways back are gone
in tests/pages/test_kept_forms.py, test_grid_drafts.py and test_meeting_pages.py.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
import streamlit as st
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from components import account
from components.dispute_sheet import KEPT
from components.screens import SCREENS
from db import clock, engine
from db.engine import Database
from db.models import Person, PersonRole, Unit
from db.rules.permissions import Actor, Role
from db.services import intake
from db.services.cases import stand_in
from tests.browser.offices import make_demo
from tests.browser.walking import stops
from tests.factories import settings_for
from tests.pages.opening import open_screen, seat_for

SCREEN = {screen.path: screen for screen in SCREENS}
TYPED = "半截草稿"


@dataclass
class Found:
    """What a walk found: kinds that came back, and why others did not."""

    kinds: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)


def kind_of(form: str) -> str:
    """The kind of a form: its name without the records it is about."""
    return re.sub(r"[:\-]?\d+", "", form).rstrip(":-")


def people_of(database: Database) -> dict[str, Actor]:
    """Everybody of the demo office by the name they sign in with."""
    with database.reading() as session:
        return {
            person.username: Actor(
                id=person.id,
                name=person.name,
                roles=frozenset(Role(one) for one in session.scalars(roles.where(PersonRole.person_id == person.id))),
                unit_id=person.unit_id,
                unit_path=session.get_one(Unit, person.unit_id).path,
                origin="test",
            )
            for roles in [select(PersonRole.role)]
            for person in session.scalars(select(Person).where(Person.unit_id.is_not(None)))
        }


@dataclass(frozen=True)
class Opened:
    """A screen with something folded away open: the keys of folds, popovers and toggles that are."""

    person: str
    path: str
    keys: tuple[str, ...] = ()


class Walk:
    """Opens screens as somebody, types into each kind of form once, and follows its draft from the desk."""

    def __init__(self, actors: dict[str, Actor], patch: pytest.MonkeyPatch) -> None:
        self._actors, self._patch, self.found = actors, patch, Found()

    def through(self, way: Iterable[Opened]) -> Found:
        """Every screen in turn."""
        for stop in way:
            self._look(stop)
        return self.found

    def _look(self, stop: Opened) -> None:
        at = self._opened(stop)
        for form, kept in forms_of(at).items():
            kind = kind_of(form)
            if kind in self.found.kinds or not getattr(kept, "begun", None):
                continue
            try:
                self._follow(stop, form)
            except AssertionError as error:
                self.found.failed[kind] = f"{stop.path}: {error}"
            else:
                self.found.kinds.add(kind)
                self.found.failed.pop(kind, None)

    def _opened(self, stop: Opened) -> AppTest:
        actor = self._actors[stop.person]
        st.cache_resource.clear()
        self._patch.setattr(account, "who_is_here", lambda: seat_for(actor, "en"))
        path, _, asked = stop.path.partition("?")
        at = open_screen(SCREEN[path], "en", **dict(parse_qsl(asked, keep_blank_values=True)))
        for key in stop.keys:
            at.session_state[key] = True
        at = at.run() if stop.keys else at
        assert not at.exception, (stop.path, at.exception)
        return at

    def _follow(self, stop: Opened, form: str) -> None:
        """Type, find the draft on the desk, go on with it there, throw it away."""
        actor, desk = self._actors[stop.person], Opened(stop.person, "desk")
        at = self._opened(stop)
        name, value = type_into(at, forms_of(at)[form])
        drafts = intake.drafts(actor).set_index("form")
        assert form in drafts.index, "no draft was written"
        subject = str(drafts.loc[form, "subject"])
        at = self._opened(desk).button(key=f"go-on-{form}-{subject}").click().run()
        assert not at.exception, at.exception
        forms = forms_of(at)
        assert form in forms, f"its form is not drawn at {at.query_params}"
        kept = forms[form]
        assert kept.begun, f"its form is not drawn at {at.query_params}"
        assert kept.values[name] == value, f"{name} holds {kept.values[name]!r}"
        assert value in [one.value for one in fields(at, kept).values()], f"{name} does not show it"
        self._opened(desk).button(key=f"discard-{form}-{subject}").click().run()
        assert form not in set(intake.drafts(actor)["form"]), "the draft was not thrown away"


def forms_of(at: AppTest) -> dict[str, Any]:
    """The forms this tab has drawn so far."""
    if "forms" not in at.session_state:
        return {}
    return dict(at.session_state["forms"])


def fields(at: AppTest, kept: Any) -> dict[str, Any]:
    """The fields of a form on the page by their names, those that take words first."""
    kinds = (at.text_area, at.text_input, at.number_input, at.checkbox, at.date_input, at.selectbox, at.multiselect)
    prefix = f"kept-{kept.token}-"
    return {str(one.key).removeprefix(prefix): one for kind in kinds for one in kind
            if str(one.key).startswith(prefix) and not one.disabled}  # fmt: skip


def type_into(at: AppTest, kept: Any) -> tuple[str, Any]:
    """Change the first field that can be changed; answers its name and the new value."""
    for name, widget in fields(at, kept).items():
        value = another(widget, codes_of(kept, name))
        if value is not None and value != widget.value:
            widget.set_value(value).run()
            assert not at.exception, at.exception
            return name, value
    raise AssertionError("nothing to type into")


def another(widget: Any, codes: list[Any]) -> Any:
    """Another value than the one in this field, None where there is none."""
    kind, now = type(widget).__name__, widget.value
    if kind in ("TextArea", "TextInput"):
        return TYPED
    if kind == "NumberInput":
        return (now or 0) + 1
    if kind == "Checkbox":
        return not now
    if kind == "DateInput":
        return (now or clock.today("Asia/Shanghai")) - timedelta(days=1)
    if kind == "Multiselect":
        return [code for code in codes if code not in now][:1]
    return next((code for code in codes if code not in (now, None)), None)


def codes_of(kept: Any, name: str) -> list[Any]:
    """What a field may be chosen from."""
    return list(kept.labels.get(name, ("", {}))[1])


def further(case: Mapping[str, int], director: Actor) -> Iterator[Opened]:
    """What a walk through the screens does not open by itself."""
    planned, held, duty = case["meeting planned"], case["meeting open"], case["duty"]
    yield Opened("director", f"meeting?id={planned}", (f"meeting-change-{planned}",))
    yield Opened("clerk", f"meeting?id={held}", tuple(f"decision-acts-{n}" for n in range(1, 20)))
    yield Opened("director", f"case?id={case['handling']}", ("amend", "to-bin", "to-split"))
    yield Opened("leader", f"case?id={case['handling']}", ("amend", "to-bin", "to-split"))
    yield Opened("leader", "likely", tuple(f"repeat-{n}" for n in range(1, 40)))
    away, acting = next(iter(stand_in.absent_people(director))), ("new-stand-in", "hand-over")
    yield from (Opened("director", f"stand-ins?{name}={away}", acting) for name in ("person", "from"))
    yield Opened("director", "stand-ins?edit=1")
    yield Opened("admin", "calendar?day=2026-11-28")
    yield from (Opened("assessor", f"sheet?id={case['sheet']}&period=q4&entry={n}") for n in range(1, 12))
    yield Opened("director", "committees?id=1&member=1")
    parts = {"posts": "post", "shifts": "shift", "needs": "need", "periods": "period", "people": "member"}
    yield from (Opened("director", f"duties?id={duty}&part={part}&{name}=1") for part, name in parts.items())
    yield Opened("director", f"rota?id={case['published']}", (f"rota-again-{case['published']}",))
    yield Opened("director", "data-requests?new=1")
    yield from (Opened("director", f"data-requests?id={n}") for n in (1, 2, 4))
    yield from (
        Opened("director", f"dispute?id={case[state]}&part={part}&form={form}")
        for state in ("agreed", "mediating")
        for form, part in KEPT.items()
    )
    yield from (Opened("clerk", f"my-duty?place={n}", ("my-past-shifts",)) for n in range(1, 4))
    unit = f"results?id={case.get('published result', 1)}&unit={case.get('published unit', 1)}"
    yield Opened("dongli", f"{unit}&item=new&period=")
    yield Opened("director", f"case?id={case['supervised']}")
    yield Opened("leader", f"case?id={case['registered']}", ("amend", "to-bin", "to-split"))


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    """One walk over the thin demo office."""
    folder = tmp_path_factory.mktemp("continue") / "data"
    case = make_demo(folder)
    with pytest.MonkeyPatch.context() as patch, closing(engine.open_database(settings_for(folder))) as database:
        patch.setenv("LINLI_DATA_DIR", str(folder))
        patch.setenv("LINLI_DATABASE_URL", "")
        signed_in = [stop for stop in stops(case) if stop.person and stop.screen in SCREEN]
        engine._process[:] = [database]
        at_screens = [Opened(stop.person, stop.path) for stop in signed_in]
        actors = people_of(database)
        yield Walk(actors, patch).through([*at_screens, *further(case, actors["director"])])
        engine._process.clear()


@pytest.mark.long
def test_every_kind_is_gone_on_with(walked: Found) -> None:
    assert not walked.failed, "\n".join(f"{kind}: {why}" for kind, why in sorted(walked.failed.items()))
    assert len(walked.kinds) > 70

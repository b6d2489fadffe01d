"""Every list whose choice stands in its address: its screen, and how many rows a saved address asks for."""

from collections.abc import Callable, Mapping

from components import (
    briefing_list,
    case_choice,
    decision_list,
    dispute_choice,
    meeting_list,
    supervision_list,
    works_choice,
)
from components.asked import number_of
from components.supervision_address import tab_asked
from db.rules.permissions import Actor
from db.services import cases
from db.services.briefings import briefings
from db.services.duty import rotas
from db.services.listing import Page
from db.services.mediation import lists as disputes
from db.services.meetings import decisions
from db.services.meetings import lists as meetings
from db.services.supervision import lists as supervision
from db.services.works import lists as works

Address = Mapping[str, str]


def _cases(actor: Actor, named: Address) -> Page:
    return cases.register(actor, choice=case_choice.choice_asked(actor, named))


def _disputes(actor: Actor, named: Address) -> Page:
    return disputes.register(actor, choice=dispute_choice.choice_asked(actor, named))


def _notices(actor: Actor, named: Address) -> Page:
    tab, _ = tab_asked(supervision_list.first_tab(actor), named)
    return supervision.notices(actor, tab=tab)


def _decisions(actor: Actor, named: Address) -> Page:
    return decisions.register(actor, choice=decision_list.choice_asked(actor, named))


def _works(actor: Actor, named: Address) -> Page:
    return works.register(actor, choice=works_choice.choice_asked(actor, named))


def _meetings(actor: Actor, named: Address) -> Page:
    return meetings.past(actor, choice=meeting_list.choice_asked(named))


def _briefings(actor: Actor, named: Address) -> Page:
    rows = briefings.briefings(actor, choice=briefing_list.choice_asked(named))
    return Page(rows, len(rows), False, 1, 1)


def _rotas(actor: Actor, named: Address) -> Page:
    rows = rotas.rotas(actor, duty_id=number_of(named.get("duty")))
    return Page(rows, len(rows), False, 1, 1)


COUNTERS: Mapping[str, Callable[[Actor, Address], Page]] = {
    "cases": _cases,
    "mediation": _disputes,
    "supervision": _notices,
    "decisions": _decisions,
    "works": _works,
    "meetings": _meetings,
    "rotas": _rotas,
    "briefings": _briefings,
}
"""By the screen's path; each goes through the register's own service, so the reader's own scope holds."""

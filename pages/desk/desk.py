"""My desk: who is on now, what needs me today, what I began, what I did last, and the figures of my unit."""

from components import (
    case_desk,
    chart_desk,
    data_request_desk,
    decision_desk,
    dispute_desk,
    drafts,
    duty_desk,
    emergency_desk,
    meeting_desk,
    saved_lists_desk,
    score_desk,
    supervision_desk,
)
from components.screens import enter
from db.rules.permissions import Permission

actor = enter(__file__)
reads_cases, mediates = actor.may(Permission.CASES_READ), actor.may(Permission.MEDIATION_READ)

if actor.may(Permission.RECORDS_EMERGENCY_NOTE):
    emergency_desk.show(actor)
if actor.may(Permission.DUTY_READ):
    duty_desk.show(actor)
if actor.may(Permission.MEETINGS_READ):
    meeting_desk.show(actor)
if reads_cases:
    case_desk.needs_me(actor)
if mediates:
    dispute_desk.needs_me(actor, alone=not reads_cases)
saved_lists_desk.show(actor)
decision_desk.show(actor)
supervision_desk.show(actor)
data_request_desk.show(actor)
score_desk.show(actor)
drafts.show(actor)
case_desk.upkeep(actor)
if actor.may(Permission.CHARTS_DRAW):
    chart_desk.show(actor)
if actor.may(Permission.FIGURES_READ):
    case_desk.numbers(actor)
if reads_cases:
    case_desk.done_lately(actor)

"""Every screen, the permission it needs, and the door each page passes."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from components.account import current_actor
from components.words import N_, t
from db.rules.permissions import Actor, Permission

PAGES = Path(__file__).parent.parent / "pages"
P = Permission
_HERE = "screen"


@dataclass(frozen=True)
class Screen:
    """One screen: `path` is its address (one segment), `file` its page under pages/, `section` its part of the menu."""

    path: str
    file: str
    title: str
    icon: str
    permission: Permission
    section: str
    in_menu: bool = True


WORK, MEDIATION, DUTY = N_("Work"), N_("Mediation"), N_("Duty and patrol")
MEETINGS = N_("Meetings and briefings")
SCORING, OFFICE, RECORDS = N_("Scoring"), N_("Office"), N_("Records")

# In the order of the menu.
SCREENS: tuple[Screen, ...] = (
    Screen("desk", "desk/desk.py", N_("My desk"), ":material/home:", P.ACCOUNT_OWN, WORK),
    Screen("find", "records/find.py", N_("Find"), ":material/search:", P.RECORDS_FIND, WORK, in_menu=False),
    Screen("take-in", "intake/take_in.py", N_("Take in"), ":material/edit_note:", P.INTAKE_REGISTER, WORK),
    Screen("cases", "cases/register.py", N_("Cases"), ":material/inbox:", P.CASES_READ, WORK),
    Screen("case", "cases/case.py", N_("Case"), ":material/description:", P.CASES_READ, WORK, in_menu=False),
    Screen("likely", "cases/likely.py", N_("Likely duplicates"), ":material/content_copy:", P.CASES_MERGE, WORK),
    Screen("merge", "cases/merge.py", N_("Merge two cases"), ":material/merge:", P.CASES_MERGE, WORK, in_menu=False),
    Screen("imports", "cases/imports.py", N_("Imports"), ":material/upload_file:", P.CASES_IMPORT, WORK),
    Screen("import", "cases/import.py", N_("Import"), ":material/upload_file:", P.CASES_IMPORT, WORK, in_menu=False),
    Screen(
        "supervision",
        "cases/supervision.py",
        N_("Supervision"),
        ":material/notification_important:",
        P.CASES_READ,
        WORK,
    ),
    Screen("stand-ins", "cases/stand_ins.py", N_("Stand-ins"), ":material/swap_horiz:", P.CASES_STAND_IN, WORK),
    Screen("bin", "cases/bin.py", N_("Bin"), ":material/delete:", P.CASES_BIN, WORK),
    Screen("account", "desk/account.py", N_("My account"), ":material/person:", P.ACCOUNT_OWN, WORK),
    Screen("mediation", "mediation/register.py", N_("Disputes"), ":material/handshake:", P.MEDIATION_READ, MEDIATION),
    Screen(
        "dispute",
        "mediation/dispute.py",
        N_("Dispute"),
        ":material/description:",
        P.MEDIATION_READ,
        MEDIATION,
        in_menu=False,
    ),
    Screen(
        "open-dispute", "mediation/open.py", N_("Open a dispute"), ":material/add_notes:", P.MEDIATION_OPEN, MEDIATION
    ),
    Screen(
        "mediation-figures",
        "mediation/figures.py",
        N_("Mediation figures"),
        ":material/bar_chart:",
        P.MEDIATION_FIGURES,
        MEDIATION,
    ),
    Screen(
        "committees",
        "mediation/committees.py",
        N_("Committees"),
        ":material/diversity_3:",
        P.COMMITTEES_READ,
        MEDIATION,
    ),
    Screen("rotas", "duty/rotas.py", N_("Rotas"), ":material/calendar_view_month:", P.DUTY_READ, DUTY),
    Screen("rota", "duty/rota.py", N_("Rota"), ":material/description:", P.DUTY_READ, DUTY, in_menu=False),
    Screen("duties", "duty/duties.py", N_("Duties"), ":material/assignment:", P.DUTY_READ, DUTY),
    Screen("my-duty", "duty/my_duty.py", N_("My duty"), ":material/event_available:", P.DUTY_SERVE, DUTY),
    Screen("meetings", "meetings/meetings.py", N_("Meetings"), ":material/groups:", P.MEETINGS_READ, MEETINGS),
    Screen(
        "meeting",
        "meetings/meeting.py",
        N_("Meeting"),
        ":material/description:",
        P.MEETINGS_READ,
        MEETINGS,
        in_menu=False,
    ),
    Screen("decisions", "meetings/decisions.py", N_("Decisions"), ":material/gavel:", P.DECISIONS_SETTLE, MEETINGS),
    Screen(
        "meeting-kinds",
        "meetings/kinds.py",
        N_("Kinds of meetings"),
        ":material/event_repeat:",
        P.MEETINGS_MANAGE,
        MEETINGS,
    ),
    Screen("charts", "briefings/charts.py", N_("Charts"), ":material/bar_chart:", P.CHARTS_DRAW, MEETINGS),
    Screen("chart", "briefings/chart.py", N_("Chart"), ":material/add_chart:", P.CHARTS_DRAW, MEETINGS, in_menu=False),
    Screen("briefings", "briefings/briefings.py", N_("Briefings"), ":material/article:", P.BRIEFINGS_READ, MEETINGS),
    Screen(
        "briefing",
        "briefings/briefing.py",
        N_("Briefing"),
        ":material/description:",
        P.BRIEFINGS_READ,
        MEETINGS,
        in_menu=False,
    ),
    Screen("scores", "scoring/board.py", N_("Scores"), ":material/leaderboard:", P.SCORES_OPEN, SCORING),
    Screen(
        "sheet", "scoring/sheet.py", N_("Score sheet"), ":material/fact_check:", P.SCORES_OPEN, SCORING, in_menu=False
    ),
    Screen("ladder", "scoring/ladder.py", N_("Monthly ladder"), ":material/stairs:", P.SCORES_OPEN, SCORING),
    Screen("results", "scoring/results.py", N_("Results"), ":material/campaign:", P.SCORES_READ, SCORING),
    Screen("works", "scoring/works.py", N_("Registers of work"), ":material/checklist:", P.WORKS_READ, SCORING),
    Screen("assessments", "scoring/assessments.py", N_("Assessments"), ":material/rule:", P.SCORES_READ, SCORING),
    Screen(
        "rubric", "scoring/rubric.py", N_("Rubric"), ":material/description:", P.SCORES_READ, SCORING, in_menu=False
    ),
    Screen("people", "office/people.py", N_("People"), ":material/group:", P.PEOPLE_MANAGE, OFFICE),
    Screen("roles", "office/roles.py", N_("Roles"), ":material/badge:", P.PEOPLE_MANAGE, OFFICE),
    Screen("units", "office/units.py", N_("Units"), ":material/account_tree:", P.UNITS_MANAGE, OFFICE),
    Screen("codes", "office/codes.py", N_("Code lists"), ":material/list_alt:", P.CODES_MANAGE, OFFICE),
    Screen(
        "suggestions",
        "office/suggestions.py",
        N_("Suggestions"),
        ":material/lightbulb:",
        P.SUGGESTIONS_TRAIN,
        OFFICE,
    ),
    Screen("limits", "office/limits.py", N_("Limits"), ":material/timer:", P.LIMITS_MANAGE, OFFICE),
    Screen(
        "calendar",
        "office/calendar.py",
        N_("Working calendar"),
        ":material/calendar_month:",
        P.CALENDAR_MANAGE,
        OFFICE,
    ),
    Screen("backups", "office/backups.py", N_("Backups"), ":material/backup:", P.BACKUPS_MANAGE, OFFICE),
    Screen("security", "office/security.py", N_("Security"), ":material/shield:", P.SECURITY_READ, OFFICE),
    Screen("templates", "office/templates.py", N_("Templates"), ":material/draft:", P.TEMPLATES_MANAGE, OFFICE),
    Screen("layouts", "office/layouts.py", N_("Layouts"), ":material/table_chart:", P.TEMPLATES_MANAGE, OFFICE),
    Screen(
        "emergency",
        "office/emergency.py",
        N_("Emergency reading"),
        ":material/emergency_home:",
        P.RECORDS_EMERGENCY,
        OFFICE,
    ),
    Screen("retention", "office/retention.py", N_("Retention"), ":material/auto_delete:", P.RETENTION_PROPOSE, OFFICE),
    Screen(
        "data-requests",
        "office/data_requests.py",
        N_("Data requests"),
        ":material/person_search:",
        P.DATA_REQUESTS_KEEP,
        OFFICE,
    ),
    Screen(
        "protection",
        "office/protection.py",
        N_("Data protection"),
        ":material/policy:",
        P.DATA_REQUESTS_KEEP,
        OFFICE,
    ),
    Screen("ledgers", "records/ledgers.py", N_("Ledgers"), ":material/library_books:", P.LEDGERS_EXPORT, RECORDS),
    Screen("journal", "records/journal.py", N_("Journal"), ":material/history:", P.JOURNAL_READ, RECORDS),
)


def screen_of(file: str) -> Screen:
    """The screen a page file belongs to; raises KeyError for a page nobody listed."""
    inside = Path(file).resolve().relative_to(PAGES.resolve()).as_posix()
    return {screen.file: screen for screen in SCREENS}[inside]


def screen_at(path: str) -> Screen | None:
    """The screen at this address, None for no screen's."""
    return next((screen for screen in SCREENS if screen.path == path), None)


def here() -> Screen | None:
    """The screen being drawn; None outside a page."""
    return screen_at(st.session_state.get(_HERE, ""))


def enter(file: str) -> Actor:
    """First line of every page: who is here (or stop), may they be (or stop), and the title."""
    screen = screen_of(file)
    st.session_state[_HERE] = screen.path
    actor = current_actor()
    if actor is None:
        st.info(t("Please sign in."))
        st.stop()
    if not actor.may(screen.permission):
        st.error(t("You may not open this page."))
        st.stop()
    st.title(t(screen.title))
    return actor

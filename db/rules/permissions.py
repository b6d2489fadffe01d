"""Who may do what: permissions, roles and the one table that joins them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType

from db.rules.problems import Refused


class Permission(StrEnum):
    """job:act; unknown means no."""

    INTAKE_REGISTER = "intake:register"
    CASES_READ = "cases:read"
    CASES_UNMASK = "cases:unmask"
    CASES_EDIT = "cases:edit"
    CASES_PROPOSE = "cases:propose"
    CASES_APPROVE = "cases:approve"
    CASES_HANDLE = "cases:handle"
    CASES_SIGN = "cases:sign"
    CASES_CONFIRM = "cases:confirm"
    CASES_REPLY = "cases:reply"
    CASES_VISIT = "cases:visit"
    CASES_RULE = "cases:rule"
    CASES_REVIEW = "cases:review"
    CASES_ARCHIVE = "cases:archive"
    CASES_REOPEN = "cases:reopen"
    CASES_SEALED = "cases:sealed"
    CASES_EXPORT = "cases:export"
    CASES_EXPORT_PLAIN = "cases:export_plain"
    CASES_IMPORT = "cases:import"
    CASES_SUPERVISE = "cases:supervise"
    CASES_SUPERVISION_ISSUE = "cases:supervision_issue"
    CASES_CONFER = "cases:confer"
    SUGGESTIONS_TRAIN = "suggestions:train"
    CASES_BIN = "cases:bin"
    CASES_MERGE = "cases:merge"
    CASES_STAND_IN = "cases:stand_in"
    FIGURES_READ = "figures:read"
    MEDIATION_OPEN = "mediation:open"
    MEDIATION_STATE = "mediation:state"
    MEDIATION_READ = "mediation:read"
    MEDIATION_UNMASK = "mediation:unmask"
    MEDIATION_KEEP = "mediation:keep"
    MEDIATION_VISIT = "mediation:visit"
    MEDIATION_SIGN = "mediation:sign"
    MEDIATION_FIGURES = "mediation:figures"
    COMMITTEES_READ = "committees:read"
    COMMITTEES_MANAGE = "committees:manage"
    DUTY_READ = "duty:read"
    DUTY_SERVE = "duty:serve"
    DUTY_PLAN = "duty:plan"
    DUTY_PUBLISH = "duty:publish"
    DUTY_MANAGE = "duty:manage"
    SCORES_READ = "scores:read"
    SCORES_OPEN = "scores:open"
    SCORES_ENTER = "scores:enter"
    SCORES_PUBLISH = "scores:publish"
    SCORES_RULE = "scores:rule"
    SCORES_APPEAL = "scores:appeal"
    RUBRICS_MANAGE = "rubrics:manage"
    WORKS_READ = "works:read"
    WORKS_KEEP = "works:keep"
    MEETINGS_READ = "meetings:read"
    MEETINGS_KEEP = "meetings:keep"
    MEETINGS_REOPEN = "meetings:reopen"
    MEETINGS_MANAGE = "meetings:manage"
    DECISIONS_SETTLE = "decisions:settle"
    CHARTS_DRAW = "charts:draw"
    CHARTS_SHARE = "charts:share"
    BRIEFINGS_READ = "briefings:read"
    BRIEFINGS_KEEP = "briefings:keep"
    BRIEFINGS_ISSUE = "briefings:issue"
    LEDGERS_EXPORT = "ledgers:export"
    TEMPLATES_MANAGE = "templates:manage"
    PEOPLE_MANAGE = "people:manage"
    UNITS_MANAGE = "units:manage"
    CODES_MANAGE = "codes:manage"
    LIMITS_MANAGE = "limits:manage"
    CALENDAR_MANAGE = "calendar:manage"
    BACKUPS_MANAGE = "backups:manage"
    SECURITY_READ = "security:read"
    RECORDS_FIND = "records:find"
    LISTS_SHARE = "lists:share"
    RETENTION_PROPOSE = "retention:propose"
    RETENTION_APPROVE = "retention:approve"
    DATA_REQUESTS_KEEP = "data_requests:keep"
    RECORDS_EMERGENCY = "records:emergency"
    RECORDS_EMERGENCY_NOTE = "records:emergency_note"
    JOURNAL_READ = "journal:read"
    ACCOUNT_OWN = "account:own"


class Role(StrEnum):
    """The people who work here, by what they do (docs/words.md)."""

    CLERK = "clerk"
    DUTY_DEPUTY = "duty_deputy"
    DUTY_LEADER = "duty_leader"
    DIRECTOR = "director"
    HANDLER = "handler"
    UNIT_HEAD = "unit_head"
    MEDIATOR = "mediator"
    PATROL_LEAD = "patrol_lead"
    PATROL_MEMBER = "patrol_member"
    ASSESSOR = "assessor"
    VIEWER = "viewer"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Scope(IntEnum):
    """How far a permission reaches; a wider scope contains the narrower."""

    OWN = 1
    UNIT = 2
    UNIT_BELOW = 3
    ALL = 4


P, S = Permission, Scope

_SELF = {P.ACCOUNT_OWN: S.OWN}
# Who may be on a rota: sees the rotas, keeps one's own shifts, asks for swaps.
_SERVES = {P.DUTY_READ: S.ALL, P.DUTY_SERVE: S.OWN}
# Reception: knows that a dispute is being mediated, and sees into a file only as its named visitor.
_RECEPTION = {
    P.MEDIATION_OPEN: S.ALL,
    P.MEDIATION_STATE: S.ALL,
    P.MEDIATION_READ: S.OWN,
    P.MEDIATION_UNMASK: S.OWN,
    P.MEDIATION_VISIT: S.OWN,
    P.COMMITTEES_READ: S.ALL,
    P.RECORDS_FIND: S.ALL,
    P.LISTS_SHARE: S.ALL,
}
# Who prepares meetings and briefings and draws charts for them.
_BRIEFS = {
    P.MEETINGS_READ: S.ALL,
    P.MEETINGS_KEEP: S.ALL,
    P.DECISIONS_SETTLE: S.ALL,
    P.CHARTS_DRAW: S.ALL,
    P.CHARTS_SHARE: S.ALL,
    P.BRIEFINGS_READ: S.ALL,
    P.BRIEFINGS_KEEP: S.ALL,
}
_LEADER = (
    _SERVES
    | _RECEPTION
    | _BRIEFS
    | {
        P.SCORES_READ: S.ALL,
        P.SCORES_OPEN: S.ALL,
        P.WORKS_READ: S.ALL,
        P.WORKS_KEEP: S.ALL,
        P.INTAKE_REGISTER: S.ALL,
        P.CASES_READ: S.ALL,
        P.CASES_UNMASK: S.ALL,
        P.CASES_EDIT: S.ALL,
        P.CASES_PROPOSE: S.ALL,
        P.CASES_REPLY: S.ALL,
        P.CASES_VISIT: S.ALL,
        P.CASES_EXPORT: S.ALL,
        P.CASES_IMPORT: S.ALL,
        P.CASES_SUPERVISE: S.ALL,
        P.CASES_BIN: S.ALL,
        P.CASES_MERGE: S.ALL,
        P.LEDGERS_EXPORT: S.ALL,
        P.CASES_CONFER: S.ALL,
        P.FIGURES_READ: S.ALL,
    }
)

GRANTS: Mapping[Role, Mapping[Permission, Scope]] = MappingProxyType(
    {
        Role.CLERK: _SELF
        | _SERVES
        | _RECEPTION
        | _BRIEFS
        | {
            P.INTAKE_REGISTER: S.ALL,
            P.CASES_READ: S.ALL,
            P.CASES_UNMASK: S.OWN,
            P.CASES_EDIT: S.OWN,
            P.CASES_BIN: S.OWN,
            P.CASES_REPLY: S.ALL,
            P.CASES_VISIT: S.ALL,
            P.CASES_ARCHIVE: S.ALL,
            P.CASES_EXPORT: S.ALL,
            P.CASES_IMPORT: S.ALL,
            P.LEDGERS_EXPORT: S.ALL,
            P.FIGURES_READ: S.ALL,
            P.WORKS_READ: S.ALL,
            P.WORKS_KEEP: S.ALL,
        },
        Role.DUTY_DEPUTY: _SELF | _LEADER | {P.MEDIATION_FIGURES: S.ALL},
        Role.DUTY_LEADER: _SELF
        | _LEADER
        | {
            P.CASES_APPROVE: S.ALL,
            P.CASES_CONFIRM: S.ALL,
            P.MEDIATION_FIGURES: S.ALL,
            P.BRIEFINGS_ISSUE: S.ALL,
            P.RETENTION_PROPOSE: S.ALL,
            P.DATA_REQUESTS_KEEP: S.ALL,
        },
        Role.DIRECTOR: _SELF
        | _LEADER
        | {
            P.CASES_APPROVE: S.ALL,
            P.CASES_CONFIRM: S.ALL,
            P.CASES_RULE: S.ALL,
            P.CASES_REVIEW: S.ALL,
            P.CASES_ARCHIVE: S.ALL,
            P.CASES_REOPEN: S.ALL,
            P.CASES_SEALED: S.ALL,
            P.RECORDS_EMERGENCY_NOTE: S.ALL,
            P.CASES_EXPORT_PLAIN: S.ALL,
            P.MEDIATION_READ: S.ALL,
            P.MEDIATION_UNMASK: S.ALL,
            P.MEDIATION_KEEP: S.ALL,
            P.MEDIATION_VISIT: S.ALL,
            P.MEDIATION_SIGN: S.ALL,
            P.MEDIATION_FIGURES: S.ALL,
            P.COMMITTEES_MANAGE: S.ALL,
            P.DUTY_PLAN: S.ALL,
            P.DUTY_PUBLISH: S.ALL,
            P.DUTY_MANAGE: S.ALL,
            P.SCORES_PUBLISH: S.ALL,
            P.SCORES_RULE: S.ALL,
            P.RUBRICS_MANAGE: S.ALL,
            P.CASES_SUPERVISION_ISSUE: S.ALL,
            P.SUGGESTIONS_TRAIN: S.ALL,
            P.CASES_STAND_IN: S.ALL,
            P.MEETINGS_REOPEN: S.ALL,
            P.MEETINGS_MANAGE: S.ALL,
            P.BRIEFINGS_ISSUE: S.ALL,
            P.RETENTION_PROPOSE: S.ALL,
            P.RETENTION_APPROVE: S.ALL,
            P.DATA_REQUESTS_KEEP: S.ALL,
        },
        Role.HANDLER: _SELF
        | _SERVES
        | {
            P.RECORDS_FIND: S.ALL,
            P.CASES_READ: S.UNIT,
            P.CASES_UNMASK: S.OWN,
            P.CASES_HANDLE: S.UNIT,
            P.CASES_STAND_IN: S.OWN,
            P.FIGURES_READ: S.UNIT,
            P.DECISIONS_SETTLE: S.OWN,
            P.CHARTS_DRAW: S.ALL,
        },
        Role.UNIT_HEAD: _SELF
        | _SERVES
        | {
            P.RECORDS_FIND: S.ALL,
            P.CASES_READ: S.UNIT_BELOW,
            P.CASES_UNMASK: S.UNIT_BELOW,
            P.CASES_HANDLE: S.UNIT_BELOW,
            P.CASES_SIGN: S.UNIT_BELOW,
            P.CASES_STAND_IN: S.UNIT_BELOW,
            P.CASES_EXPORT: S.UNIT_BELOW,
            P.LEDGERS_EXPORT: S.UNIT_BELOW,
            P.FIGURES_READ: S.UNIT_BELOW,
            P.SCORES_READ: S.ALL,
            P.SCORES_OPEN: S.UNIT_BELOW,
            P.SCORES_APPEAL: S.UNIT_BELOW,
            P.WORKS_READ: S.UNIT_BELOW,
            P.DECISIONS_SETTLE: S.UNIT_BELOW,
            P.CHARTS_DRAW: S.ALL,
        },
        Role.MEDIATOR: _SELF
        | _SERVES
        | {
            P.RECORDS_FIND: S.ALL,
            P.MEDIATION_OPEN: S.ALL,
            P.MEDIATION_READ: S.OWN,
            P.MEDIATION_UNMASK: S.OWN,
            P.MEDIATION_KEEP: S.OWN,
            P.MEDIATION_VISIT: S.OWN,
            P.MEDIATION_FIGURES: S.UNIT,
            P.COMMITTEES_READ: S.ALL,
            P.DECISIONS_SETTLE: S.OWN,
            P.CHARTS_DRAW: S.ALL,
        },
        Role.PATROL_LEAD: _SELF | _SERVES | {P.DUTY_PLAN: S.UNIT_BELOW, P.DECISIONS_SETTLE: S.OWN},
        Role.PATROL_MEMBER: _SELF | _SERVES,
        Role.ASSESSOR: _SELF
        | {
            P.FIGURES_READ: S.ALL,
            P.MEDIATION_FIGURES: S.ALL,
            P.SCORES_READ: S.ALL,
            P.SCORES_OPEN: S.ALL,
            P.SCORES_ENTER: S.ALL,
            P.WORKS_READ: S.ALL,
            P.WORKS_KEEP: S.ALL,
            P.CHARTS_DRAW: S.ALL,
            P.CHARTS_SHARE: S.ALL,
            P.BRIEFINGS_READ: S.ALL,
        },
        Role.VIEWER: _SELF
        | {
            P.DUTY_READ: S.ALL,
            P.FIGURES_READ: S.ALL,
            P.MEDIATION_FIGURES: S.ALL,
            P.SCORES_READ: S.ALL,
            P.CHARTS_DRAW: S.ALL,
            P.BRIEFINGS_READ: S.ALL,
        },
        Role.ADMINISTRATOR: _SELF
        | {
            P.RECORDS_EMERGENCY: S.ALL,
            P.PEOPLE_MANAGE: S.ALL,
            P.UNITS_MANAGE: S.ALL,
            P.CODES_MANAGE: S.ALL,
            P.LIMITS_MANAGE: S.ALL,
            P.CALENDAR_MANAGE: S.ALL,
            P.BACKUPS_MANAGE: S.ALL,
            P.SECURITY_READ: S.ALL,
            P.COMMITTEES_READ: S.ALL,
            P.COMMITTEES_MANAGE: S.ALL,
            P.DUTY_READ: S.ALL,
            P.DUTY_MANAGE: S.ALL,
            P.SCORES_READ: S.ALL,
            P.RUBRICS_MANAGE: S.ALL,
            P.TEMPLATES_MANAGE: S.ALL,
            P.MEETINGS_MANAGE: S.ALL,
        },
        Role.AUDITOR: _SELF | {P.JOURNAL_READ: S.ALL},
    }
)


@dataclass(frozen=True)
class Actor:
    """Who acts now, as read from the database on this run."""

    id: int | None
    name: str
    roles: frozenset[Role] = frozenset()
    unit_id: int | None = None
    unit_path: str = ""
    language: str = ""
    origin: str = ""
    session: str = ""

    def scope(self, permission: Permission) -> Scope | None:
        """The widest scope any of the roles gives, or None."""
        scopes = [GRANTS[role][permission] for role in self.roles if permission in GRANTS[role]]
        return max(scopes, default=None)

    def may(self, permission: Permission) -> bool:
        """Whether any role grants it at all."""
        return self.scope(permission) is not None

    def must(self, permission: Permission) -> Scope:
        """The scope granted; raises Refused when there is none."""
        scope = self.scope(permission)
        if scope is None:
            raise Refused(permission.value)
        return scope


def system_actor(name: str) -> Actor:
    """The program itself at work (set-up, import, backup): writes under its own name, holds no role."""
    return Actor(id=None, name=name, origin="command line")

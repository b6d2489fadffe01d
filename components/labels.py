"""What roles, permissions and scopes are called."""

from collections.abc import Mapping

from components.words import N_, t
from db.rules.permissions import Permission, Role, Scope

ROLES: Mapping[Role, str] = {
    Role.CLERK: N_("Reception clerk"),
    Role.DUTY_DEPUTY: N_("Duty deputy"),
    Role.DUTY_LEADER: N_("Duty leader"),
    Role.DIRECTOR: N_("Director"),
    Role.HANDLER: N_("Handler"),
    Role.UNIT_HEAD: N_("Head of unit"),
    Role.MEDIATOR: N_("Mediator"),
    Role.PATROL_LEAD: N_("Patrol lead"),
    Role.PATROL_MEMBER: N_("Patrol member"),
    Role.ASSESSOR: N_("Assessor"),
    Role.VIEWER: N_("Viewer"),
    Role.ADMINISTRATOR: N_("Administrator"),
    Role.AUDITOR: N_("Audit administrator"),
}

P = Permission
PERMISSIONS: Mapping[Permission, str] = {
    P.INTAKE_REGISTER: N_("Take in a matter"),
    P.CASES_READ: N_("Read cases"),
    P.CASES_UNMASK: N_("See who brought a case"),
    P.CASES_EDIT: N_("Edit cases"),
    P.CASES_PROPOSE: N_("Propose where a case goes"),
    P.CASES_APPROVE: N_("Approve where a case goes"),
    P.CASES_HANDLE: N_("Handle a case"),
    P.CASES_SIGN: N_("Sign a unit's answer"),
    P.CASES_CONFIRM: N_("Confirm an answer"),
    P.CASES_REPLY: N_("Reply to the resident"),
    P.CASES_VISIT: N_("Make follow-up visits"),
    P.CASES_RULE: N_("Rule on a disputed transfer"),
    P.CASES_REVIEW: N_("Decide reviews"),
    P.CASES_ARCHIVE: N_("Archive cases"),
    P.CASES_REOPEN: N_("Reopen cases"),
    P.CASES_SEALED: N_("Take charge of sealed accusations"),
    P.CASES_EXPORT: N_("Export lists, masked"),
    P.CASES_EXPORT_PLAIN: N_("Export lists with names"),
    P.CASES_IMPORT: N_("Bring in matters of other systems"),
    P.CASES_SUPERVISE: N_("Draft supervision notices"),
    P.CASES_SUPERVISION_ISSUE: N_("Issue supervision notices and close them"),
    P.CASES_CONFER: N_("Record joint co-ordination meetings"),
    P.CASES_BIN: N_("Put cases registered by mistake into the bin"),
    P.CASES_MERGE: N_("Merge cases, take merges back, split letters"),
    P.CASES_STAND_IN: N_("Arrange who stands in for a handler"),
    P.FIGURES_READ: N_("Read figures"),
    P.MEDIATION_OPEN: N_("Open a dispute"),
    P.MEDIATION_STATE: N_("Know of every dispute and how it stands"),
    P.MEDIATION_READ: N_("Read mediation files"),
    P.MEDIATION_UNMASK: N_("See who the parties are"),
    P.MEDIATION_KEEP: N_("Keep mediation files"),
    P.MEDIATION_VISIT: N_("Follow up agreements"),
    P.MEDIATION_SIGN: N_("Sign incomplete files, reopen files"),
    P.MEDIATION_FIGURES: N_("Read mediation figures"),
    P.COMMITTEES_READ: N_("Read the directory of committees"),
    P.COMMITTEES_MANAGE: N_("Manage committees"),
    P.DUTY_READ: N_("See the rotas"),
    P.DUTY_SERVE: N_("Be on a rota and ask for swaps"),
    P.DUTY_PLAN: N_("Plan rotas"),
    P.DUTY_PUBLISH: N_("Publish rotas and approve swaps"),
    P.DUTY_MANAGE: N_("Describe duties and who serves"),
    P.MEETINGS_READ: N_("Read meetings and minutes"),
    P.MEETINGS_KEEP: N_("Plan, hold and close meetings"),
    P.MEETINGS_REOPEN: N_("Reopen closed meetings"),
    P.MEETINGS_MANAGE: N_("Manage kinds of meetings"),
    P.DECISIONS_SETTLE: N_("Settle decisions"),
    P.CHARTS_DRAW: N_("Draw charts"),
    P.CHARTS_SHARE: N_("Share charts"),
    P.BRIEFINGS_READ: N_("Read issued briefings"),
    P.BRIEFINGS_KEEP: N_("Write briefings"),
    P.BRIEFINGS_ISSUE: N_("Issue briefings"),
    P.SCORES_READ: N_("Read published results and rubrics"),
    P.SCORES_OPEN: N_("See open score sheets"),
    P.SCORES_ENTER: N_("Enter points"),
    P.SCORES_PUBLISH: N_("Publish results"),
    P.SCORES_RULE: N_("Rule on appeals, sign cards"),
    P.SCORES_APPEAL: N_("Appeal against a result"),
    P.RUBRICS_MANAGE: N_("Manage assessments and rubrics"),
    P.WORKS_READ: N_("Read the registers of work"),
    P.WORKS_KEEP: N_("Keep the registers of work"),
    P.LEDGERS_EXPORT: N_("Take ledgers, layouts and batches"),
    P.TEMPLATES_MANAGE: N_("Manage templates"),
    P.PEOPLE_MANAGE: N_("Manage people"),
    P.UNITS_MANAGE: N_("Manage units"),
    P.CODES_MANAGE: N_("Manage code lists"),
    P.LIMITS_MANAGE: N_("Manage limits"),
    P.CALENDAR_MANAGE: N_("Manage the calendar"),
    P.RECORDS_FIND: N_("Search all registers"),
    P.LISTS_SHARE: N_("Share saved lists"),
    P.JOURNAL_READ: N_("Read the journal"),
    P.ACCOUNT_OWN: N_("Own account"),
}

SCOPES: Mapping[Scope, str] = {
    Scope.OWN: N_("own"),
    Scope.UNIT: N_("own unit"),
    Scope.UNIT_BELOW: N_("unit and below"),
    Scope.ALL: N_("all"),
}


def role(code: str) -> str:
    """A stored role in the person's language."""
    return t(ROLES[Role(code)]) if code in set(Role) else code

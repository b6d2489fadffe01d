"""What a resident is told about where their matter stands; no names, no inner steps."""

from collections.abc import Mapping

from db.rules.case_flow import State
from db.rules.problems import N_

PUBLIC_WORDS: Mapping[State, str] = {
    State.REGISTERED: N_("Your matter is registered. The office is deciding who will handle it."),
    State.PROPOSED: N_("Your matter is registered. The office is deciding who will handle it."),
    State.ROUTED: N_("Your matter was passed to the unit in charge."),
    State.OBJECTED: N_("Your matter was passed on; the office is settling which unit handles it."),
    State.HANDLING: N_("Your matter is being handled."),
    State.ANSWERED: N_("An answer is written and being checked."),
    State.SIGNED: N_("An answer is written and being checked."),
    State.CONFIRMED: N_("The answer is ready; the office will tell you."),
    State.REPLIED: N_("You were given an answer. The office may ask whether it helped."),
    State.VISITED: N_("You were given an answer and asked whether it helped."),
    State.REVIEW: N_("The review you asked for is under way."),
    State.REVIEWED: N_("The review was decided."),
    State.REREVIEW: N_("The second review you asked for is under way."),
    State.CLOSED: N_("Your matter is closed. If it is not settled, please tell the office."),
    State.NOT_ACCEPTED: N_("The office may not take up this matter; you were told where to go."),
    State.WITHDRAWN: N_("You withdrew this matter."),
    State.ARCHIVED: N_("Your matter is closed and filed."),
}

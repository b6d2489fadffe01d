"""What each step does to the rows beside the state: units, extension, visits, reviews, access."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from db.rules.case_flow import Step
from db.services.cases.effects import access, answering, ending, reviewing, routing
from db.services.cases.effects.ending import missing_for_archive
from db.services.cases.effects.scene import Detail, Scene

__all__ = ["EFFECTS", "Scene", "missing_for_archive"]

EFFECTS: Mapping[Step, Callable[[Scene], Detail]] = MappingProxyType(
    {
        Step.PROPOSE: routing.propose,
        Step.ANSWER_ON_SPOT: answering.answer_on_spot,
        Step.APPROVE: routing.approve,
        Step.NOT_ACCEPT: routing.not_accept,
        Step.GIVE_NOTICE: answering.give_notice,
        Step.ACCEPT: routing.accept,
        Step.OBJECT: routing.object_to,
        Step.AGREE_RETURN: routing.agree_return,
        Step.REFUSE_RETURN: routing.refuse_return,
        Step.RULE: routing.rule,
        Step.ASSIGN: routing.assign,
        Step.CO_ANSWER: answering.co_answer,
        Step.CO_SIGN: answering.co_sign,
        Step.ANSWER: answering.answer,
        Step.ASK_EXTENSION: answering.ask_extension,
        Step.DECIDE_EXTENSION: answering.decide_extension,
        Step.TELL_EXTENSION: answering.tell_extension,
        Step.SIGN: answering.sign,
        Step.CONFIRM: answering.confirm,
        Step.RETURN_ANSWER: answering.return_answer,
        Step.REPLY: answering.reply,
        Step.VISIT: answering.visit,
        Step.CLOSE: ending.close,
        Step.ASK_REVIEW: reviewing.ask_review,
        Step.DECIDE_REVIEW: reviewing.decide_review,
        Step.ASK_REREVIEW: reviewing.ask_rereview,
        Step.START_HEARING: reviewing.start_hearing,
        Step.END_HEARING: reviewing.end_hearing,
        Step.DECIDE_REREVIEW: reviewing.decide_rereview,
        Step.ARCHIVE: ending.archive,
        Step.REOPEN: ending.reopen,
        Step.WITHDRAW: ending.withdraw,
        Step.RECUSE: access.recuse,
        Step.GRANT_ACCESS: access.grant_access,
    }
)

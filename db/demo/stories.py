"""How matters go: each story is a generator that answers when it acts next, and acts when it is resumed."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from db.demo.telling import Telling
from db.rules.case_flow import Step
from db.rules.cases import Decision, Grade, Kind, Outcome, Satisfaction, Solved

Moments = Iterator[datetime]


# --- the parts stories are made of ---


def registered(t: Telling) -> Moments:
    """At the counter, on the telephone, from the hotline."""
    yield t.at
    t.register()


def routed(t: Telling, *co: str) -> Moments:
    """The deputy proposes, the leader approves."""
    yield t.later(0, 0 if t.plot.newest < 3 else 1)
    units = tuple(t.town.unit(unit) for unit in co)
    t.take(t.deputy, Step.PROPOSE, unit=t.town.unit(t.unit), co_units=units, reason=t.say("propose"))
    yield t.later(0, 0)
    t.take(t.leader, Step.APPROVE, reason=t.say("approve"))


def accepted(t: Telling) -> Moments:
    """The resident is told and the unit takes it on."""
    if not t.plot.anonymous and t.plot.kind != Kind.ACCUSATION:
        yield t.later(0, 0)
        t.take(t.clerk, Step.GIVE_NOTICE, how=t.how(), on=t.today, words=t.say("notice"))
    yield t.later(0, 1)
    t.take(t.handler(), Step.ACCEPT, reason=t.say("accept"))


def worked(t: Telling) -> Moments:
    """Notes on the way, then the opinion."""
    heavy = t.grade == Grade.MAJOR
    for _ in range(t.dice.randint(1, 3) if heavy else t.dice.randint(0, 1)):
        yield t.later(2, 5) if heavy else t.later(0, 1)
        t.take(t.handler(), Step.NOTE, reason=t.say("note"))
    yield t.later(5, 12) if t.plot.late else t.later(1, 3) if heavy else t.later(0, 1)
    yield from answered(t)


def answered(t: Telling) -> Moments:
    """The opinion of Art. 32."""
    m = t.matter
    plain = t.outcome == Outcome.SUPPORTED or t.plot.kind == Kind.SUGGESTION
    facts = m.facts if plain else m.facts_explained
    t.take(t.handler(), Step.ANSWER, outcome=t.outcome, facts=facts, legal_basis=m.basis, words=t.words)
    yield t.later(0, 1)


def signed(t: Telling) -> Moments:
    """The head signs, the responsible leader confirms."""
    t.take(t.head(), Step.SIGN, reason=t.say("sign"))
    yield t.later(0, 1)
    t.take(t.leader, Step.CONFIRM, reason=t.say("confirm"))


def told(t: Telling) -> Moments:
    """The resident hears the answer."""
    yield t.later(0, 1)
    t.take(t.clerk, Step.REPLY, how=t.how(), on=t.today, words=t.words)


def asked(t: Telling, satisfaction: str = "", solved: str = "") -> Moments:
    """Somebody else asks whether it helped."""
    yield t.later(2, 5)
    rating = satisfaction or t.dice.choices(list(Satisfaction), (62, 25, 6, 7))[0]
    helped = solved or t.dice.choices(list(Solved), (75, 18, 7))[0]
    t.take(
        t.other_clerk,
        Step.VISIT,
        how=t.how(),
        on=t.today,
        reached=True,
        satisfaction=rating,
        solved=helped,
        reason=t.say(f"visit_{rating}"),
    )


def closed(t: Telling) -> Moments:
    """Closed, and filed some weeks later when the file is complete."""
    yield t.later(0, 2)
    t.take(t.leader, Step.CLOSE, reason=t.say("close"))
    yield from filed(t)


def filed(t: Telling) -> Moments:
    """Filed; a letter waits until its scan is added."""
    yield t.later(12, 25)
    if not t.by_letter:
        t.take(t.clerk, Step.ARCHIVE, reason=t.say("archive"))


def to_confirmation(t: Telling) -> Moments:
    """From acceptance to the confirmed opinion."""
    yield from accepted(t)
    yield from worked(t)
    yield from signed(t)


def ending(t: Telling) -> Moments:
    """From the confirmed opinion to the archive."""
    if not t.plot.anonymous:
        yield from told(t)
        yield from asked(t)
    yield from closed(t)


# --- the stories ---


def on_spot(t: Telling) -> Moments:
    """Answered at the counter."""
    yield t.at
    t.outcome = Outcome.EXPLAINED
    t.register(outcome=t.outcome, words=t.words)
    yield from filed(t)


def ordinary(t: Telling) -> Moments:
    """The usual way with one unit."""
    yield from registered(t)
    yield from routed(t)
    yield from to_confirmation(t)
    yield from ending(t)


def with_co(t: Telling) -> Moments:
    """A lead unit and one that helps, each with its own answer."""
    yield from registered(t)
    yield from routed(t, t.co)
    yield from accepted(t)
    yield t.later(1, 2)
    t.take(t.handler(t.co), Step.CO_ANSWER, reason=t.say("co_answer"))
    yield t.later(0, 1)
    t.take(t.head(t.co), Step.CO_SIGN, reason=t.say("sign"))
    yield from worked(t)
    yield from signed(t)
    yield from ending(t)


def extended(t: Telling) -> Moments:
    """Heavy; the director gives more days and the resident hears why."""
    yield from registered(t)
    yield from routed(t)
    yield from accepted(t)
    yield t.later(6, 12)
    t.take(t.handler(), Step.ASK_EXTENSION, days=t.dice.choice((10, 15, 20, 30)), reason=t.say("extension"))
    yield t.later(0, 1)
    t.take(t.director, Step.DECIDE_EXTENSION, approved="yes", reason=t.say("approve"))
    yield t.later(0, 1)
    t.take(t.clerk, Step.TELL_EXTENSION, how=t.how(), on=t.today, words=t.say("extension_told"))
    yield from worked(t)
    yield from signed(t)
    yield from ending(t)


def returned(t: Telling) -> Moments:
    """The first unit objects with reason and the matter goes to another."""
    yield from registered(t)
    right, t.unit = t.unit, t.co
    yield from routed(t)
    yield t.later(1, 2)
    t.take(t.handler(), Step.OBJECT, reason=t.say("objection"))
    yield t.later(0, 1)
    t.take(t.leader, Step.AGREE_RETURN, reason=t.say("agree_return"))
    t.unit = right
    yield from routed(t)
    yield from to_confirmation(t)
    yield from ending(t)


def ruled(t: Telling) -> Moments:
    """Two objections, then the director decides."""
    yield from registered(t)
    yield from routed(t)
    yield t.later(1, 2)
    t.take(t.handler(), Step.OBJECT, reason=t.say("objection"))
    yield t.later(0, 1)
    t.take(t.leader, Step.REFUSE_RETURN, reason=t.say("refuse_return"))
    yield t.later(0, 1)
    t.take(t.handler(), Step.OBJECT, reason=t.say("objection"))
    yield t.later(0, 1)
    t.take(t.director, Step.RULE, unit=t.town.unit(t.co), reason=t.say("rule"))
    t.unit = t.co
    yield from to_confirmation(t)
    yield from ending(t)


def answer_returned(t: Telling) -> Moments:
    """The leader sends the opinion back once."""
    yield from registered(t)
    yield from routed(t)
    yield from accepted(t)
    yield from worked(t)
    t.take(t.head(), Step.SIGN, reason=t.say("sign"))
    yield t.later(0, 1)
    t.take(t.leader, Step.RETURN_ANSWER, reason=t.say("return_answer"))
    yield t.later(1, 2)
    yield from answered(t)
    yield from signed(t)
    yield from ending(t)


def dissatisfied(t: Telling) -> Moments:
    """The visit shows that it did not help; taken up again by a recorded decision."""
    yield from registered(t)
    yield from routed(t)
    yield from to_confirmation(t)
    yield from told(t)
    yield from asked(t, Satisfaction.DISSATISFIED, Solved.NO)
    yield t.later(0, 2)
    t.take(t.director, Step.REOPEN, reason=t.say("reopen"), new_facts=False)
    t.outcome = Outcome.SUPPORTED
    yield from worked(t)
    yield from signed(t)
    yield from told(t)
    yield from asked(t, Satisfaction.SATISFIED, Solved.YES)
    yield from closed(t)


def unreached(t: Telling) -> Moments:
    """Nobody picks up twice; closed all the same."""
    yield from registered(t)
    yield from routed(t)
    yield from to_confirmation(t)
    yield from told(t)
    for _ in range(2):
        yield t.later(2, 4)
        t.take(t.other_clerk, Step.VISIT, how="telephone", on=t.today, reached=False, reason=t.say("unreached"))
    yield from closed(t)


def reviewed(t: Telling) -> Moments:
    """The resident asks for a review; it upholds or changes the opinion."""
    yield from registered(t)
    yield from routed(t)
    yield from to_confirmation(t)
    yield from told(t)
    yield t.later(4, 9)
    t.take(t.clerk, Step.ASK_REVIEW, on=t.today, reason=t.say("ask_review"))
    yield t.later(8, 15)
    decision = t.dice.choice((Decision.UPHELD, Decision.CHANGED))
    t.take(t.director, Step.DECIDE_REVIEW, decision=decision, on=t.today, words=t.say(f"review_{decision}"))


def review_closed(t: Telling) -> Moments:
    """After a review the resident is content."""
    yield from reviewed(t)
    yield t.later(21, 24)
    t.take(t.leader, Step.CLOSE, reason=t.say("close"))
    yield from filed(t)


def rereviewed(t: Telling) -> Moments:
    """Review and re-review with a hearing; the last word."""
    yield from reviewed(t)
    yield t.later(4, 8)
    t.take(t.clerk, Step.ASK_REREVIEW, on=t.today, reason=t.say("ask_review"))
    yield t.later(3, 5)
    t.take(t.director, Step.START_HEARING, on=t.today, reason=t.say("hearing"))
    yield t.later(3, 6)
    t.take(t.director, Step.END_HEARING, on=t.today, reason=t.say("hearing_over"))
    yield t.later(5, 9)
    t.take(t.director, Step.DECIDE_REREVIEW, decision=Decision.UPHELD, on=t.today, words=t.say("review_upheld"))


def withdrawn(t: Telling) -> Moments:
    """Settled before the answer; the resident takes it back."""
    yield from registered(t)
    yield from routed(t)
    yield from accepted(t)
    yield t.later(1, 3)
    t.take(t.clerk, Step.WITHDRAW, on=t.today, reason=t.say("withdraw"))
    yield from filed(t)


def not_accepted(t: Telling) -> Moments:
    """Belongs elsewhere: told where to go, material returned."""
    yield from registered(t)
    yield t.later(0, 1)
    referral, words = t.referral()
    t.take(t.leader, Step.NOT_ACCEPT, referral=referral, words=words, material_returned=True)
    yield from filed(t)


def sent_back(t: Telling) -> Moments:
    """The leader wants another unit."""
    yield from registered(t)
    right, t.unit = t.unit, t.co
    yield t.later(0, 0)
    t.take(t.deputy, Step.PROPOSE, unit=t.town.unit(t.unit), co_units=(), reason=t.say("propose"))
    yield t.later(0, 0)
    t.take(t.leader, Step.SEND_BACK, reason=t.say("send_back"))
    t.unit = right
    yield from routed(t)
    yield from to_confirmation(t)
    yield from ending(t)


def repeated(t: Telling) -> Moments:
    """Brought again while the first is on its way: linked, its state told."""
    yield t.at
    first = t.comes_again()
    t.register(repeat_of=first)
    if first is None:
        return
    yield t.later(0, 0)
    t.take(t.clerk, Step.ANSWER_ON_SPOT, outcome=Outcome.EXPLAINED, words=t.say("repeat"))
    yield from filed(t)


def accusation_referred(t: Telling) -> Moments:
    """Sealed; the director sends the resident to discipline inspection."""
    yield from registered(t)
    yield t.later(0, 2)
    t.take(t.director, Step.NOT_ACCEPT, referral="discipline", words=t.say("to_discipline"))


def accusation_kept(t: Telling) -> Moments:
    """Sealed and handled by the few who were let in, never by the unit it is about."""
    yield from registered(t)
    t.unit = "justice"
    yield t.later(0, 1)
    for person in (t.second, t.handler(), t.head()):
        t.take(t.director, Step.GRANT_ACCESS, person=person.id, reason=t.say("grant"))
    yield t.later(0, 1)
    t.take(t.director, Step.PROPOSE, unit=t.town.unit(t.unit), co_units=(), reason=t.say("propose"))
    yield t.later(0, 1)
    t.take(t.second, Step.APPROVE, reason=t.say("approve"))
    yield t.later(0, 1)
    t.take(t.handler(), Step.ACCEPT, reason=t.say("accept"))


PLOTS: Mapping[str, Callable[[Telling], Moments]] = MappingProxyType(
    {
        story.__name__: story
        for story in (
            on_spot,
            ordinary,
            with_co,
            extended,
            returned,
            ruled,
            answer_returned,
            dissatisfied,
            unreached,
            reviewed,
            review_closed,
            rereviewed,
            withdrawn,
            not_accepted,
            sent_back,
            repeated,
            accusation_referred,
            accusation_kept,
        )
    }
)

"""Values of registers as people read them: codes as words, names in their language, amounts in yuan."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from components import case_labels, dispute_labels, supervision_labels, works_labels
from components.code_words import CodeWords
from components.words import translate
from db.rules.briefings.issuing import Kind
from db.rules.ledgers import KINDS, Field
from db.rules.money import yuan
from db.rules.permissions import Actor
from db.rules.problems import N_, Named
from db.services import office
from db.services.briefings import templates

_WORDS: Mapping[str, Callable[[str, object, str], str]] = {
    "case": case_labels.label_in,
    "dispute": dispute_labels.label_in,
    "work": works_labels.label_in,
    "notice": supervision_labels.label_in,
    "ledger": CodeWords({"kind": KINDS}).label_in,
}


def told(actor: Actor, fields: Sequence[Field], lines: Sequence[Mapping[str, Any]], into: str) -> list[list[object]]:
    """The values of the fields, line by line: days and counts as they are, everything else as text."""
    says = [_sayer(actor, field, into) for field in fields]
    return [[say(line.get(field.name)) for field, say in zip(fields, says, strict=True)] for line in lines]


def _sayer(actor: Actor, field: Field, into: str) -> Callable[[Any], object]:
    words = _coded(actor, field.said, into)

    def say(value: Any) -> object:
        if isinstance(value, Named):
            return value.within(into)
        if isinstance(value, list):
            return ("、" if into == "zh" else ", ").join(str(words(one)) for one in value)
        if value is None or value == "" or isinstance(value, (date, datetime)):
            return value or None
        return words(value)

    return say


def _coded(actor: Actor, said: str, into: str) -> Callable[[Any], object]:
    where, _, kind = said.partition(":")
    if not said:
        return lambda value: value
    if where == "codes":
        names = office.labels_of(actor, list_name=kind, language=into)
        return lambda code: names.get(code, code)
    if said == "fen":
        return lambda fen: yuan(int(fen)) if fen else None
    if said == "flag":
        return lambda flag: translate(N_("Yes") if flag else N_("No"), into)
    if where == "information":
        return lambda code: _about(str(code), into)
    return lambda code: _WORDS[where](kind, code, into)


def _about(code: str, into: str) -> str:
    """What kind of briefing or report."""
    known = code in set(Kind)
    return templates.name_of(Kind(code)).within(into) if known else works_labels.label_in("about", code, into)

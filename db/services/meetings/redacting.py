"""No resident's name or number in a meeting: a mask stands for it, and what is typed around a mask keeps the name."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import current
from db.identity import decrypt, mask_contact, mask_name
from db.models import CaseParty
from db.rules.problems import N_, Check

# A name of one character is part of too many words, and so is a short number.
SHORTEST, SHORTEST_CONTACT = 2, 5
# Whoever they belong to: mobile numbers, landlines with their area, identity cards.
_NUMBER = r"(?<!\d)(?:1[3-9]\d(?:[- ]?\d{4}){2}|0\d{2,3}-\d{7,8}|\d{17}[\dXx])(?![\dA-Za-z])"
_BETWEEN_NAMES = re.compile(r"[、，,；;/]|[（(].*?[）)]")
_DIGITS = re.compile(r"\d[\d\- ]{3,}\d")
SEVERAL = N_("Several residents stand behind {mask}. Change this on the page of the matter.")


@dataclass(frozen=True)
class _Hidden:
    """What stands in a text, and what is shown in its place."""

    said: str
    mask: str


class Names:
    """The parties of some cases, in clear for as long as this object lives, to be replaced by their masks."""

    def __init__(self, session: Session, case_ids: Collection[int | None]) -> None:
        self._masks: defaultdict[int | None, dict[str, str]] = defaultdict(dict)
        ids = {case_id for case_id in case_ids if case_id is not None}
        parties = session.scalars(select(CaseParty).where(CaseParty.case_id.in_(ids))) if ids else ()
        for party in parties:
            name, contact, guardian = (
                decrypt(current(), f"case_party.{field}", getattr(party, field))
                for field in ("name", "contact", "guardian")
            )
            self._masks[party.case_id] |= {
                **{_key(one): mask_name(one) for one in (*_names(name), *_names(guardian))},
                **{_key(one): mask_contact(one) for one in _contacts(contact)},
            }
        self._patterns: dict[int | None, re.Pattern[str]] = {}

    def masked(self, case_id: int | None, text: str) -> str:
        """The text with everybody of this case behind a mask, and every telephone or identity card number."""
        return "".join(one if isinstance(one, str) else one.mask for one in self._pieces(case_id, text))

    def masked_everywhere(self, text: str) -> str:
        """The same of words that belong to no single case: with everybody of all of them."""
        for case_id in (None, *self._masks):
            text = self.masked(case_id, text)
        return text

    def restored(self, check: Check, field: str, case_id: int | None, typed: str, stored: str) -> str:
        """What was typed into the masked `stored`, with the names behind the masks that were left standing.

        A mask that stands for several is told beside the field, unless what stands between them was left alone.
        """
        behind: defaultdict[str, list[str]] = defaultdict(list)
        for one in self._pieces(case_id, stored):
            if isinstance(one, _Hidden):
                behind[one.mask].append(one.said)
        shown = self.masked(case_id, stored)
        for mask, said in sorted(behind.items(), key=lambda pair: -len(pair[0])):
            stood, parts = (re.split(rf"{re.escape(mask)}(?!\*)", text) for text in (shown, typed))
            if len(set(said)) == 1:
                typed = said[0].join(parts)
            elif len(stood) == len(said) + 1 and stood[1:-1] == parts[1:-1] and len(parts) > 1:
                typed = parts[0] + "".join(name + part for name, part in zip(said, parts[1:], strict=True))
            else:
                check.that(len(parts) == 1, field, SEVERAL, mask=mask)
        return typed

    def _pieces(self, case_id: int | None, text: str) -> Iterator[str | _Hidden]:
        last, masks = 0, self._masks.get(case_id, {})
        for found in self._pattern(case_id).finditer(text):
            mask = masks.get(_key(found[0])) or mask_contact(found[0])
            yield text[last : found.start()]
            yield _Hidden(found[0], mask)
            last = found.end()
        yield text[last:]

    def _pattern(self, case_id: int | None) -> re.Pattern[str]:
        if case_id not in self._patterns:
            longest_first = sorted(self._masks.get(case_id, {}), key=lambda said: -len(said))
            wanted = "|".join([*map(_pattern_of, longest_first), _NUMBER])
            self._patterns[case_id] = re.compile(wanted, re.IGNORECASE)
        return self._patterns[case_id]


def _key(said: str) -> str:
    """How a name or number is compared: without spaces, hyphens between digits and capitals."""
    return re.sub(r"\s|(?<=\d)-(?=\d)", "", said).casefold()


def _pattern_of(key: str) -> str:
    """A name or number however it is spaced; in Latin letters never part of another word."""
    between = r"[\s\-]*" if key.isdecimal() else r"\s*"
    said = between.join(map(re.escape, key))
    return rf"(?<![a-z0-9]){said}(?![a-z0-9])" if key.isascii() and not key.isdecimal() else said


def _names(said: str) -> list[str]:
    """The names of a field; what stands in brackets behind one is none."""
    return [one.strip() for one in _BETWEEN_NAMES.split(said) if len(_key(one)) >= SHORTEST]


def _contacts(said: str) -> list[str]:
    """A number or address as it was typed, and every number in it."""
    return [one.strip() for one in (said, *_DIGITS.findall(said)) if len(_key(one)) >= SHORTEST_CONTACT]

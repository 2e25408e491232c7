"""The ways of applications, written anew from domain.md (section 4) and the comments of procedure.proto: what the server
is compared with. An event without items concerns all goods items that it can concern."""

import dataclasses

# state: event>state. "<": back to the state before, so RESUMED, OBJECTION_REJECTED and a revoked notice.
_MARK = """
DRAFT: FILED>FILED
FILED: CORRECTION_REQUESTED>CORRECTION_DUE ACCEPTED>ACCEPTED NOT_ACCEPTED>NOT_ACCEPTED
CORRECTION_DUE: CORRECTED>FILED NOT_ACCEPTED>NOT_ACCEPTED
ACCEPTED: EXAMINATION_BEGUN>SUBSTANTIVE_EXAM
SUBSTANTIVE_EXAM: OPINION_ISSUED>EXAM_OPINION REFUSED>REFUSED PRELIMINARILY_PUBLISHED>PRELIMINARILY_PUBLISHED
EXAM_OPINION: OPINION_ANSWERED>SUBSTANTIVE_EXAM EXAMINATION_BEGUN>SUBSTANTIVE_EXAM
REFUSED: REVIEW_REQUESTED>REFUSAL_REVIEW
REFUSAL_REVIEW: REVIEW_UPHELD>REFUSAL_UPHELD REVIEW_REVERSED>SUBSTANTIVE_EXAM
REFUSAL_UPHELD: SUED>COURT_ON_REFUSAL
COURT_ON_REFUSAL: JUDGMENT_UPHELD>FINALLY_REFUSED JUDGMENT_REVERSED>REFUSAL_REVIEW
PRELIMINARILY_PUBLISHED: OPPOSED>OPPOSED REGISTERED>REGISTERED
OPPOSED: OPPOSED>OPPOSED OPPOSITION_NOTIFIED>OPPOSED OPPOSITION_ANSWERED>OPPOSED EVIDENCE_FILED>OPPOSED
OPPOSED: OPPOSITION_REJECTED>APPROVED REGISTERED>REGISTERED REGISTRATION_DENIED>NOT_REGISTERED
APPROVED: REGISTERED>REGISTERED
NOT_REGISTERED: REVIEW_REQUESTED>NON_REGISTRATION_REVIEW
NON_REGISTRATION_REVIEW: REVIEW_UPHELD>NON_REGISTRATION_UPHELD REVIEW_REVERSED>APPROVED
NON_REGISTRATION_UPHELD: SUED>COURT_ON_REGISTRATION
COURT_ON_REGISTRATION: JUDGMENT_UPHELD>FINALLY_REFUSED JUDGMENT_REVERSED>NON_REGISTRATION_REVIEW
REGISTERED: REGISTRATION_NOTICE_REVOKED><
SUSPENDED: RESUMED><
"""
_PRODUCT = """
DRAFT: FILED>FILED
FILED: CORRECTION_REQUESTED>CORRECTION_DUE ACCEPTED>ACCEPTED NOT_ACCEPTED>NOT_ACCEPTED
CORRECTION_DUE: CORRECTED>FILED NOT_ACCEPTED>NOT_ACCEPTED
ACCEPTED: EXAMINATION_BEGUN>TECHNICAL_EXAM
TECHNICAL_EXAM: REFUSED>REFUSED
OBJECTED: OBJECTED>OBJECTED OBJECTION_REJECTED>< OBJECTION_UPHELD>REFUSED
RECOGNISED: REGISTRATION_NOTICE_REVOKED><
SUSPENDED: RESUMED><
"""
_OBJECTION_AT_ACCEPTANCE = """
ACCEPTED: OBJECTED>OBJECTED
TECHNICAL_EXAM: RECOGNISED>RECOGNISED
"""
_OBJECTION_AT_RECOGNITION = """
TECHNICAL_EXAM: PRELIMINARILY_RECOGNISED>PRELIMINARILY_RECOGNISED
PRELIMINARILY_RECOGNISED: OBJECTED>OBJECTED RECOGNISED>RECOGNISED
"""
ENDED = {"NOT_ACCEPTED", "REGISTERED", "RECOGNISED", "FINALLY_REFUSED", "WITHDRAWN", "DIVIDED"}
REFUSED = {"REFUSED", "REFUSAL_REVIEW", "REFUSAL_UPHELD", "COURT_ON_REFUSAL", "FINALLY_REFUSED"}
LEFT_ASIDE = {"WITHDRAWN", "DIVIDED"}
RETURNED_FROM = {"SUSPENDED", "OBJECTED", "REGISTERED", "RECOGNISED"}


def _steps(*texts):
    for line in "".join(texts).split("\n"):
        state, _, steps = line.partition(":")
        for step in steps.split():
            event, _, to = step.partition(">")
            yield state, event, to


# Under way; an application may be in a state that another law knows, if the law was chosen again.
PENDING = {
    state for state, _, _ in _steps(_MARK, _PRODUCT, _OBJECTION_AT_ACCEPTANCE, _OBJECTION_AT_RECOGNITION)
} - ENDED


def _table(*texts):
    table = {(state, event): to for state, event, to in _steps(*texts)}
    for state in PENDING:
        table[state, "WITHDRAWN"] = "WITHDRAWN"
        if state not in ("DRAFT", "SUSPENDED"):
            table[state, "SUSPENDED"] = "SUSPENDED"
    return table


TABLES = {
    "trademark-2019": _table(_MARK),
    "trademark-2026": _table(_MARK),
    "gi-product-2005": _table(_PRODUCT, _OBJECTION_AT_ACCEPTANCE),
    "gi-product-2024": _table(_PRODUCT, _OBJECTION_AT_RECOGNITION),
}
EVENTS = sorted({event for table in TABLES.values() for _, event in table})


@dataclasses.dataclass(frozen=True)
class Event:
    kind: str
    day: str
    items: tuple = ()
    law: str = ""


class Illegal(Exception):
    """An event may not happen where it stands."""


class Item:
    """A goods item on its way."""

    def __init__(self):
        self.state = "DRAFT"
        self._before = {}

    def next(self, kind, table):
        """The state after the event; None: it may not happen."""
        if kind == "DIVIDED":
            return "DIVIDED" if self.state == "SUBSTANTIVE_EXAM" else None
        to = table.get((self.state, kind))
        return self._before[self.state] if to == "<" else to

    def enter(self, kind, table):
        before, self.state = self.state, self.next(kind, table)
        if self.state in RETURNED_FROM and self.state != before and table.get((before, kind)) != "<":
            self._before[self.state] = before


class Course:
    """What follows from events: the states of all items on any day. Illegal if one cannot be where it stands."""

    def __init__(self, goods, law, events):
        self.goods = goods
        self._days = [("", {item: "DRAFT" for item in goods}, law)]
        items = {item: Item() for item in goods}
        for event in sorted(events, key=lambda event: event.day):
            law = self._take(items, law, event)
            self._days.append((event.day, {name: item.state for name, item in items.items()}, law))

    @staticmethod
    def _take(items, law, event):
        named = {name: item for name, item in items.items() if not event.items or name in event.items}
        if event.kind == "LAW_CHOSEN":
            if all(item.state in ENDED for item in named.values()):
                raise Illegal(event)
            return event.law
        table = TABLES[law]
        able = {name for name, item in named.items() if item.next(event.kind, table)}
        if not able or (event.items or event.kind == "FILED") and len(able) < len(named):
            raise Illegal(event)
        others = [item.state for name, item in items.items() if name not in named]
        if event.kind == "DIVIDED" and not REFUSED.intersection(others):
            raise Illegal(event)
        for name in able:
            items[name].enter(event.kind, table)
        return law

    def on(self, day):
        """States of the items by the end of the day, and the law."""
        return next((states, law) for since, states, law in reversed(self._days) if since <= day)

    def states(self, day="9999"):
        return self.on(day)[0]

    def days(self):
        return sorted({day for day, _, _ in self._days if day})

    def state(self, day="9999"):
        """Of the whole."""
        states = list(self.states(day).values())
        left = {state for state in states if state not in LEFT_ASIDE} or set(states)
        if len(left) == 1:
            return left.pop()
        if left & {"REGISTERED", "RECOGNISED"}:
            return "PARTLY_REGISTERED"
        return "PARTIALLY_REFUSED" if left & REFUSED and left - REFUSED else "MIXED"

    def since(self, day="9999"):
        """First day of the state of the whole; empty: from the beginning."""
        since, last = "", self.state("")
        for one in self.days():
            if one <= day and self.state(one) != last:
                since, last = one, self.state(one)
        return since

"""The arithmetic of periods, worked out anew from the law: what the server's answers are compared with.

商标法实施条例 (2014) art. 10 (when a notice counts as served) and art. 12 (how a period is counted), 商标法 (2019) art. 39 and 40
(term, renewal). Of the server only its calendars are used, and of those only which days they name.
"""

import calendar
import dataclasses
import datetime

from builders import date
from protos import pb

ONE_DAY = datetime.timedelta(days=1)
BOTH = ("trademark-2019", "trademark-2026")
SATURDAY = 5

# How a period ends.
ROLLED = "rolled to the next working day"
COUNTED = "as counted"
TERM = "the day before the corresponding day"
WINDOW = "ends with the term"
GRACE = "follows the term, rolled"


@dataclasses.dataclass(frozen=True)
class Rule:
    """A period of law; `more` is what it may be extended by."""

    rule_id: str
    law: str
    amount: int
    unit: str
    end: str = ROLLED
    more: int = 0


def _rules():
    days, months, years, working = "days", "months", "years", "working days"
    of_marks = (
        ("TM-BUZHENG", 30, days),
        ("TM-SUBST-CLARIFY", 15, days),
        ("TM-SPLIT", 15, days),
        ("TM-EXAM-LIMIT", 9, months),
        ("TM-OPP-ANSWER", 30, days),
        ("TM-OPP-EVID", 3, months),
        ("TM-OPP-DECIDE", 12, months, ROLLED, 6),
        ("TM-REFUSAL-REVIEW", 15, days),
        ("TM-REVIEW-DECIDE", 9, months, ROLLED, 3),
        ("TM-NOREG-REVIEW", 15, days),
        ("TM-NOREG-REVIEW-DECIDE", 12, months, ROLLED, 6),
        ("TM-COURT", 30, days),
        ("TM-TERM", 10, years, TERM),
        ("TM-RENEW-WINDOW", 12, months, WINDOW),
        ("TM-RENEW-GRACE", 6, months, GRACE),
        ("TM-NONUSE", 3, years, COUNTED),
        ("TM-NONUSE-EVID", 2, months),
        ("TM-INVALID-REL", 5, years),
        ("TM-DEEMED-SERVICE-E", 15, days, COUNTED),
        ("TM-DEEMED-SERVICE-PUB", 30, days, COUNTED),
        ("TM-DEEMED-SERVICE-POST", 15, days, COUNTED),
    )
    for law in BOTH:
        for rule_id, *rest in of_marks:
            yield Rule(rule_id, law, *rest)
    yield Rule("TM-OPP", "trademark-2019", 3, months)
    yield Rule("TM-OPP", "trademark-2026", 2, months)
    yield Rule("GIP-OPP-OLD", "gi-product-2005", 2, months)
    yield Rule("GIP-OPP-NEW", "gi-product-2024", 2, months)
    yield Rule("AGI-INIT", "agi-2008", 45, working)
    yield Rule("AGI-OBJ", "agi-2008", 20, days)
    yield Rule("USER-NONUSE", "gi-special-mark-2020", 2, years, COUNTED)


# Every period of the law books that come with the server.
RULES = {(rule.rule_id, rule.law): rule for rule in _rules()}


def day_of(message):
    return datetime.date(message.year, message.month, message.day)


def as_date(day):
    return date(day.isoformat())


class WorkingDays:
    """Made from the calendars of a law book."""

    def __init__(self, book):
        self.years = {one.year for one in book.calendars}
        self._named = {day_of(named.date): named.off for one in book.calendars for named in one.days}

    def is_working(self, day):
        return not self._named[day] if day in self._named else day.weekday() < SATURDAY

    def is_known(self, day):
        return day.year in self.years or day in self._named


@dataclasses.dataclass
class End:
    nominal: datetime.date
    due: datetime.date
    opens: datetime.date = None
    latest: datetime.date = None
    provisional: bool = False


def months_from(day, months):
    """The corresponding day of a month, or the last one of a month that has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def counted(day, amount, unit, working_days):
    """The day on which the period is full; its first day is the one after `day`."""
    if unit == "days":
        return day + amount * ONE_DAY
    if unit == "working days":
        while amount:
            day += ONE_DAY
            amount -= working_days.is_working(day)
        return day
    return months_from(day, amount * (12 if unit == "years" else 1))


def next_working_day(day, working_days):
    """The day itself if it is one; and whether the calendar of a year was missing on the way."""
    unknown = not working_days.is_known(day)
    while not working_days.is_working(day):
        day += ONE_DAY
        unknown = unknown or not working_days.is_known(day)
    return day, unknown


def end_of(rule, start, working_days, not_counted=0):
    """When a period that begins on `start` ends; `not_counted` days of suspension are added."""
    if rule.end == TERM:
        last = counted(start, rule.amount, rule.unit, working_days)
        # No corresponding day: the term ends with the month.
        last -= ONE_DAY if last.day == start.day else 0 * ONE_DAY
        return End(last, last)
    if rule.end == WINDOW:
        due, unknown = next_working_day(start, working_days)
        return End(start, due, months_from(start, -rule.amount) + ONE_DAY, None, unknown)
    nominal = counted(start, rule.amount, rule.unit, working_days) + not_counted * ONE_DAY
    if rule.end == COUNTED:
        return End(nominal, nominal)
    due, unknown = next_working_day(nominal, working_days)
    if rule.unit == "working days":
        unknown = unknown or any(not working_days.is_known(start + n * ONE_DAY) for n in range((due - start).days + 1))
    end = End(nominal, due, start + ONE_DAY if rule.end == GRACE else None, None, unknown)
    if rule.more:
        longest = counted(start, rule.amount + rule.more, rule.unit, working_days) + not_counted * ONE_DAY
        end.latest = next_working_day(longest, working_days)[0]
    return end


# Days after which a notice counts as served, and the field that its day stands in.
DEEMED = {
    pb.SERVICE_MODE_ELECTRONIC: (15, "dispatched_on"),
    pb.SERVICE_MODE_POST: (15, "dispatched_on"),
    pb.SERVICE_MODE_PUBLICATION: (30, "published_on"),
}


def served_on(service):
    """The day a notice counts as served; a day of receipt that is shown counts first."""
    if service.HasField("received_on"):
        return day_of(service.received_on)
    days, field = DEEMED[service.mode]
    return day_of(getattr(service, field)) + days * ONE_DAY

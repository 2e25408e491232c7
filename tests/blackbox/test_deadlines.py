"""ComputeDeadline against vectors and against a model of the law: any rule, any law, any day, any way of service."""

import datetime
import random

import grpc

from application_builders import served
from builders import date
from clock_model import ONE_DAY, RULES, WorkingDays, as_date, day_of, end_of, served_on
from harness import ServerTestCase
from protos import pb
from test_shipped_data import read_rows

INVALID = grpc.StatusCode.INVALID_ARGUMENT
PRECONDITION = grpc.StatusCode.FAILED_PRECONDITION
VECTOR_RULES = {
    "opposition_2019law": ("TM-OPP", "trademark-2019"),
    "opposition_2026law_form": ("TM-OPP", "trademark-2026"),
    "refusal_review": ("TM-REFUSAL-REVIEW", "trademark-2019"),
    "correction_buzheng": ("TM-BUZHENG", "trademark-2019"),
}
FIRST_DAY, LAST_DAY = datetime.date(2023, 1, 1), datetime.date(2027, 6, 30)
DAYS_OF_CHANCE = 60
UNITS = {
    "days": pb.PERIOD_UNIT_DAYS,
    "working days": pb.PERIOD_UNIT_WORKING_DAYS,
    "months": pb.PERIOD_UNIT_MONTHS,
    "years": pb.PERIOD_UNIT_YEARS,
}
# Nobody has read these in the law.
UNREAD = {"TM-NOREG-REVIEW-DECIDE", "TM-DEEMED-SERVICE-POST", "USER-NONUSE"}
# From the Regulations of 2014: that they go on applying under the law of 2026 nobody has read either.
OF_REGULATIONS = {
    "TM-BUZHENG", "TM-SUBST-CLARIFY", "TM-SPLIT", "TM-OPP-ANSWER", "TM-OPP-EVID", "TM-NONUSE-EVID",
    "TM-DEEMED-SERVICE-E", "TM-DEEMED-SERVICE-PUB",
}  # fmt: skip


def days_to_try(chance):
    """Ends of months and days around the year's turn, and days of chance."""
    days = {FIRST_DAY + chance.randrange((LAST_DAY - FIRST_DAY).days + 1) * ONE_DAY for _ in range(DAYS_OF_CHANCE)}
    for year in range(FIRST_DAY.year, LAST_DAY.year):
        days.update(datetime.date(year, month, 1) - ONE_DAY for month in (3, 9, 12))
        days.update(datetime.date(year, *day) for day in ((1, 1), (1, 31), (3, 31), (8, 31), (12, 31)))
    days.add(datetime.date(2024, 2, 29))
    return sorted(day for day in days if FIRST_DAY <= day <= LAST_DAY)


class ComputeTest(ServerTestCase):

    @classmethod
    def fill(cls):
        def read(name):
            return cls.call("GetLawBook", pb.GetLawBookRequest(name=f"lawbooks/{name}")).lawbook

        cls.books = [read("trademark"), read("gi-product")]
        cls.working_days = WorkingDays(read("calendars"))

    def compute(self, rule_id, law, start="", **fields):
        if start:
            fields["start"] = date(start) if isinstance(start, str) else as_date(start)
        request = pb.ComputeDeadlineRequest(rule_id=rule_id, law=law, **fields)
        return self.call("ComputeDeadline", request).deadline

    def check(self, got, rule, start):
        """Against the model, and that it explains itself."""
        told = f"{rule.rule_id} under {rule.law} from {start}: {got}"
        want = end_of(rule, start, self.working_days)
        self.assertEqual((got.rule_id, got.law), (rule.rule_id, rule.law), told)
        self.assertEqual(day_of(got.start_date), start, told)
        self.assertEqual(day_of(got.nominal_date), want.nominal, told)
        self.assertEqual(day_of(got.due_date), want.due, told)
        self.assertEqual(day_of(got.opens_on) if got.HasField("opens_on") else None, want.opens, told)
        self.assertEqual(day_of(got.latest_date) if got.HasField("latest_date") else None, want.latest, told)
        self.assertEqual(got.provisional, want.provisional, told)
        self.check_explained(got, told)

    def check_explained(self, got, told):
        self.assertTrue(got.steps, told)
        for step in got.steps:
            self.assertTrue(step.message_zh and step.message_en and step.HasField("date"), told)
        self.assertIn(got.steps[-1].date, (got.due_date, got.opens_on), told)
        self.assertTrue(got.step_zh and got.step_en, told)
        self.assertTrue(got.source.title and got.source.kind, told)
        if got.provisional:
            self.assertIn("provisional", got.steps[-1].message_en, told)
            self.assertIn("暂定", got.steps[-1].message_zh, told)
            known = [year for year in self.working_days.years if f"of {year} " in got.steps[-1].message_en]
            self.assertEqual(known, [], f"it names a year whose calendar is known: {told}")

    def test_vectors(self):
        for row in read_rows("deadline_vectors.csv"):
            rule_id, law = VECTOR_RULES[row["kind"]]
            rule = RULES[rule_id, law]
            start = row["start_day(not counted)"]
            with self.subTest(kind=row["kind"], start=start):
                self.assertEqual(f"{rule.amount}{rule.unit[0]}", row["length"])
                got = self.compute(rule_id, law, start)
                self.assertEqual(day_of(got.nominal_date).isoformat(), row["nominal_end"])
                self.assertEqual(day_of(got.due_date).isoformat(), row["rolled_end_next_working_day"])
                self.assertFalse(got.provisional)
                self.check(got, rule, day_of(date(start)))
                if rule.unit == "days":
                    received = self.compute(rule_id, law, service=served(start))
                    self.assertEqual((received.start_date, received.due_date), (got.start_date, got.due_date))

    def test_the_books_have_the_periods_of_the_law(self):
        rows = {}
        for book in self.books:
            for row in book.clock_rules:
                for law in row.laws:
                    self.assertNotIn((row.rule_id, law), rows, "one row for a rule and a law")
                    rows[row.rule_id, law] = row
        self.assertEqual(set(rows), set(RULES))
        for key, row in rows.items():
            rule = RULES[key]
            self.assertEqual((row.length.amount, row.length.unit), (rule.amount, UNITS[rule.unit]), key)
            self.assertEqual(row.extension.amount, rule.more, key)
            unread = UNREAD | (OF_REGULATIONS if key[1] == "trademark-2026" else set())
            self.assertEqual(row.source.verified, key[0] not in unread, key)

    def test_every_rule_on_many_days(self):
        seed = random.randrange(1 << 32)
        chance = random.Random(seed)
        answers = 0
        for rule in RULES.values():
            for start in days_to_try(chance):
                with self.subTest(seed=seed):
                    self.check(self.compute(rule.rule_id, rule.law, start), rule, start)
                answers += 1
        self.assertGreater(answers, 3000)

    def test_both_laws_of_the_opposition_period(self):
        for start, due_2019, due_2026 in (
            ("2026-03-13", "2026-06-15", "2026-05-13"),
            ("2026-09-30", "2026-12-30", "2026-11-30"),
            # The officer states the law: each applies also outside its time of force.
            ("2027-03-01", "2027-06-01", "2027-05-03"),
        ):
            self.assertEqual(self.compute("TM-OPP", "trademark-2019", start).due_date, date(due_2019))
            self.assertEqual(self.compute("TM-OPP", "trademark-2026", start).due_date, date(due_2026))

    def test_service_in_every_way(self):
        chance = random.Random(20140501)
        days = [FIRST_DAY + chance.randrange(1400) * ONE_DAY for _ in range(40)]
        for rule in RULES.values():
            if rule.rule_id not in ("TM-REFUSAL-REVIEW", "TM-BUZHENG", "TM-COURT", "TM-NONUSE-EVID"):
                continue
            for mode in pb.ServiceMode.values()[1:]:
                for sent in days:
                    notice = served(sent.isoformat(), mode)
                    self.check_service(rule, notice)
                    if mode != pb.SERVICE_MODE_RECEIVED:
                        notice.received_on.CopyFrom(as_date(sent + 3 * ONE_DAY))
                        self.check_service(rule, notice)

    def check_service(self, rule, notice):
        got = self.compute(rule.rule_id, rule.law, service=notice)
        start = served_on(notice)
        self.check(got, rule, start)
        self.assertEqual(got.steps[0].date, as_date(start), f"the first step says when it was served: {got}")

    def test_days_known_by_heart(self):
        # Electronic notices count as served on day 15, publication on day 30. 2026-02-28 is a Saturday and a working day.
        for sent, mode in (("2026-01-29", pb.SERVICE_MODE_ELECTRONIC), ("2026-01-14", pb.SERVICE_MODE_PUBLICATION)):
            notice = self.compute("TM-REFUSAL-REVIEW", "trademark-2019", service=served(sent, mode))
            self.assertEqual((notice.start_date, notice.due_date), (date("2026-02-13"), date("2026-02-28")))
        # The term ends the day before the corresponding day; the window is counted as a period that ends with the term.
        term = self.compute("TM-TERM", "trademark-2019", "2016-02-29")
        self.assertEqual(term.due_date, date("2026-02-28"))
        self.assertEqual(self.compute("TM-TERM", "trademark-2019", "2016-03-07").due_date, date("2026-03-06"))
        window = self.compute("TM-RENEW-WINDOW", "trademark-2019", "2026-03-06")
        self.assertEqual((window.opens_on, window.due_date), (date("2025-03-07"), date("2026-03-06")))
        grace = self.compute("TM-RENEW-GRACE", "trademark-2019", "2026-03-06")
        self.assertEqual((grace.opens_on, grace.nominal_date), (date("2026-03-07"), date("2026-09-06")))
        self.assertEqual(grace.due_date, date("2026-09-07"), "a Sunday")

    def test_a_year_without_a_calendar(self):
        beyond = max(self.working_days.years) + 1
        got = self.compute("TM-OPP", "trademark-2026", f"{beyond}-01-15")
        self.assertTrue(got.provisional)
        self.assertFalse(self.compute("TM-OPP", "trademark-2026", f"{beyond - 1}-01-15").provisional)
        saturday = next(day for day in (datetime.date(beyond, 6, n) for n in range(1, 8)) if day.weekday() == 5)
        rolled = self.compute("TM-REFUSAL-REVIEW", "trademark-2026", saturday - 15 * ONE_DAY)
        self.assertEqual(day_of(rolled.due_date), saturday + 2 * ONE_DAY, "weekends are off in any year")
        self.assertTrue(rolled.provisional)
        self.assertFalse(self.compute("TM-TERM", "trademark-2026", "2026-05-01").provisional, "no calendar is asked")

    def test_working_days_of_a_year_without_a_calendar(self):
        """They begin in a year that is not known and end in one that is: the explanation names the right one."""
        start = datetime.date(min(self.working_days.years) - 1, 11, 20)
        got = self.compute("AGI-INIT", "agi-2008", start)
        self.assertTrue(got.provisional)
        self.check(got, RULES["AGI-INIT", "agi-2008"], start)

    def test_state_and_days_left(self):
        for day, state, left in (
            ("2026-02-01", pb.DEADLINE_STATE_OPEN, 27),
            ("2026-02-28", pb.DEADLINE_STATE_OPEN, 0),
            ("2026-03-01", pb.DEADLINE_STATE_MISSED, 0),
        ):
            got = self.compute("TM-OPP", "trademark-2019", "2025-11-30", date=date(day))
            self.assertEqual((got.state, got.days_left), (state, left), day)
            self.assertFalse(got.subject or got.event or got.closed_by)

    def test_errors(self):
        def refused(code, reasons, **fields):
            return self.fails(code, reasons, "ComputeDeadline", pb.ComputeDeadlineRequest(**fields))

        right = {"rule_id": "TM-OPP", "law": "trademark-2019", "start": date("2025-11-30")}
        unknown = ({"rule_id": "TM-NONE"}, {"rule_id": "tm-opp"}, {"law": "trademark-1904"}, {"law": "gi-product-2024"})
        for spoilt in unknown:
            asked = {**right, **spoilt}
            failure = refused(PRECONDITION, "RULE_NOT_FOUND", **asked)
            self.assertEqual((failure.metadata["rule"], failure.metadata["law"]), (asked["rule_id"], asked["law"]))
        refused(INVALID, ["FIELD_REQUIRED", "FIELD_MALFORMED"], rule_id="TM-OPP", law="trademark-2019")
        both = {**right, "service": served("2025-11-30")}
        refused(INVALID, ["FIELD_CONTRADICTS", "FIELD_MALFORMED", "FIELD_REQUIRED"], **both)
        refused(INVALID, "DATE_INVALID", **{**right, "start": date("2025-02-29")})
        refused(INVALID, "DATE_INVALID", **{**right, "start": date("2025-11")})
        notices = {**right, "rule_id": "TM-REFUSAL-REVIEW"}
        del notices["start"]
        for mode in pb.ServiceMode.values():
            refused(INVALID, "FIELD_REQUIRED", **notices, service=pb.Service(mode=mode))
        wrong_way = pb.Service(mode=pb.SERVICE_MODE_PUBLICATION, dispatched_on=date("2025-11-30"))
        refused(INVALID, "FIELD_REQUIRED", **notices, service=wrong_way)
        # Nothing says when a notice under the rules for GI products counts as served.
        early = served("2025-11-30", pb.SERVICE_MODE_ELECTRONIC)
        silent = {"rule_id": "GIP-OPP-NEW", "law": "gi-product-2024", "service": early}
        refused(INVALID, ["FIELD_MALFORMED", "FIELD_REQUIRED"], **silent)
        early.received_on.CopyFrom(date("2025-11-29"))
        refused(INVALID, "PERIOD_REVERSED", **notices, service=early)

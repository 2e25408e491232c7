"""The ways of applications, step by step: states, dates, and deadlines worked out by hand."""

import grpc

from application_builders import (
    MARK,
    MARK_2026,
    PRODUCT_2005,
    PRODUCT_2024,
    ApplicationCalls,
    annulment,
    changes,
    goods,
    happened,
    item_states,
    served,
    state_name,
)
from builders import create_division, create_entity, create_indication, date
from clock_model import day_of
from harness import ServerTestCase
from protos import pb

INVALID = grpc.StatusCode.INVALID_ARGUMENT
PRECONDITION = grpc.StatusCode.FAILED_PRECONDITION
FILED = "2024-01-10 FILED"
ACCEPTED = f"{FILED}, 2024-02-19 ACCEPTED"
EXAMINED = f"{ACCEPTED}, 2024-03-11 EXAMINATION_BEGUN"
REFUSED = f"{EXAMINED}, 2024-06-10 REFUSED"
PUBLISHED = f"{EXAMINED}, 2024-07-13 PRELIMINARILY_PUBLISHED"
OPPOSED = f"{PUBLISHED}, 2024-09-20 OPPOSED"
# Of a GI product under the Measures of 2024.
PRODUCT_EXAMINED = "2024-02-05 FILED, 2024-03-04 ACCEPTED, 2024-03-18 EXAMINATION_BEGUN"
PRODUCT_PUBLISHED = f"{PRODUCT_EXAMINED}, 2024-04-19 PRELIMINARILY_RECOGNISED"
PRODUCT_OBJECTED = f"{PRODUCT_PUBLISHED}, 2024-06-03 OBJECTED"


def rule_name(word):
    event, *rest = word.split("_")
    return f"{event}.{'-'.join(rest)}"


class RouteTestCase(ApplicationCalls, ServerTestCase):

    @classmethod
    def fill(cls):
        cls.call("CreateEntity", create_entity(1))
        cls.call("CreateDivision", create_division("500155", "梁平区"))
        listed = pb.TitleEvent(kind=pb.TITLE_EVENT_KIND_REGISTERED, effective_from=date("2019-06-24"))
        listed.law_version = pb.LAW_VERSION_AGI_2008
        cls.call("CreateIndication", create_indication("test.agi", kind=pb.INDICATION_KIND_AGI, events=[listed]))

    def deadlines(self, row, day):
        """Due dates of those that are open on the day, by event, rule and goods items."""
        told = {}
        for deadline in self.get(row.name, day).open_deadlines:
            name = " ".join([f"{deadline.event}.{deadline.rule_id}", *deadline.items])
            told[name] = day_of(deadline.due_date).isoformat()
        return told

    def refuse(self, row, event, reason="TRANSITION_ILLEGAL"):
        before = self.get(row.name)
        failure = self.fails(PRECONDITION, reason, "RecordApplicationEvent", self.recording(row, event))
        self.assertEqual(self.get(row.name), before)
        return failure

    def go(self, row, *steps):
        """Records "day event -> state" one after the other."""
        for step in steps:
            event, state = step.split(" -> ")
            before = row.state
            row = self.record(row, event)
            day = event.split()[0]
            self.assertEqual(state_name(row.state), state, step)
            if row.state != before:
                self.assertEqual(row.state_since, date(day), step)
            self.assertEqual(self.get(row.name, day).state, row.state, step)
        return row

    def check_open(self, row, day, **wanted):
        """Deadlines of the whole application that are open on the day: e4_TM_OPP="2024-10-14"."""
        self.assertEqual(self.deadlines(row, day), {rule_name(name): due for name, due in wanted.items()}, day)

    def check_items(self, row, **states):
        self.assertEqual(item_states(row), states)


class TrademarkTest(RouteTestCase):

    def test_straight_to_registration(self):
        row = self.go(
            self.create(),
            "2024-01-10 FILED -> FILED",
            "2024-02-19 ACCEPTED -> ACCEPTED",
            "2024-03-11 EXAMINATION_BEGUN -> SUBSTANTIVE_EXAM",
            "2024-07-13 PRELIMINARILY_PUBLISHED -> PRELIMINARILY_PUBLISHED",
            "2024-10-21 REGISTERED -> REGISTERED",
        )
        for day, state, open_deadlines in (
            ("2024-01-09", "DRAFT", {}),
            ("2024-01-10", "FILED", {"e1.TM-EXAM-LIMIT": "2024-10-10"}),
            ("2024-02-18", "FILED", {"e1.TM-EXAM-LIMIT": "2024-10-10"}),
            ("2024-02-19", "ACCEPTED", {"e1.TM-EXAM-LIMIT": "2024-10-10"}),
            ("2024-07-12", "SUBSTANTIVE_EXAM", {"e1.TM-EXAM-LIMIT": "2024-10-10"}),
            # 2024-10-12 is a Saturday and a working day, 2024-10-13 a Sunday.
            ("2024-07-13", "PRELIMINARILY_PUBLISHED", {"e4.TM-OPP": "2024-10-14"}),
            ("2024-10-14", "PRELIMINARILY_PUBLISHED", {"e4.TM-OPP": "2024-10-14"}),
            ("2024-10-15", "PRELIMINARILY_PUBLISHED", {}),
            ("2024-10-21", "REGISTERED", {}),
        ):
            then = self.get(row.name, day)
            self.assertEqual((state_name(then.state), self.deadlines(row, day)), (state, open_deadlines), day)
            self.assertEqual(then.HasField("filing_date"), day >= "2024-01-10")
            self.assertFalse(then.item_states)
        self.assertEqual(row.filing_date, date("2024-01-10"))
        failure = self.refuse(row, "2024-11-01 OPPOSED")
        self.assertEqual((failure.metadata["state"], failure.metadata["date"]), ("REGISTERED", "2024-11-01"))
        self.assertIn("REGISTRATION_NOTICE_REVOKED", failure.metadata["allowed"])

    def test_corrections_before_acceptance(self):
        row = self.create(events=f"{FILED}, 2024-01-22 CORRECTION_REQUESTED")
        self.assertEqual(state_name(row.state), "CORRECTION_DUE")
        self.check_open(row, "2024-01-22", e2_TM_BUZHENG="2024-02-21", e1_TM_EXAM_LIMIT="2024-10-10")
        failure = self.refuse(row, "2024-02-01 ACCEPTED")
        allowed = set(failure.metadata["allowed"].split(", "))
        self.assertEqual(allowed, {"CORRECTED", "NOT_ACCEPTED", "SUSPENDED", "WITHDRAWN"})
        row = self.go(row, "2024-02-20 CORRECTED -> FILED", "2024-03-01 CORRECTION_REQUESTED -> CORRECTION_DUE")
        self.assertEqual(self.deadlines(row, "2024-02-20"), {"e1.TM-EXAM-LIMIT": "2024-10-10"})
        row = self.go(row, "2024-04-15 NOT_ACCEPTED -> NOT_ACCEPTED")
        self.assertEqual(self.deadlines(row, "2024-04-15"), {}, "over")
        self.refuse(row, "2024-04-16 CORRECTED")
        direct = self.create(events=FILED)
        self.go(direct, "2024-01-22 NOT_ACCEPTED -> NOT_ACCEPTED")

    def test_examination_opinion(self):
        row = self.create(events=EXAMINED)
        notice = happened("OPINION_ISSUED", "2024-04-30")
        notice.service.CopyFrom(served("2024-04-30", pb.SERVICE_MODE_ELECTRONIC))
        row = self.record(row, notice)
        self.assertEqual(state_name(row.state), "EXAM_OPINION")
        # Served on 2024-05-15.
        self.assertEqual(self.deadlines(row, "2024-04-30")["e4.TM-SUBST-CLARIFY"], "2024-05-30")
        self.go(row, "2024-05-30 OPINION_ANSWERED -> SUBSTANTIVE_EXAM")
        unanswered = self.create(events=f"{EXAMINED}, 2024-04-30 OPINION_ISSUED")
        self.go(unanswered, "2024-06-03 EXAMINATION_BEGUN -> SUBSTANTIVE_EXAM")

    def test_refusal_review_and_court(self):
        row = self.go(
            self.create(events=EXAMINED),
            "2024-06-12 REFUSED -> REFUSED",
            "2024-06-27 REVIEW_REQUESTED -> REFUSAL_REVIEW",
            "2025-03-03 REVIEW_UPHELD -> REFUSAL_UPHELD",
            "2025-04-02 SUED -> COURT_ON_REFUSAL",
            "2025-09-01 JUDGMENT_REVERSED -> REFUSAL_REVIEW",
            "2025-10-09 REVIEW_REVERSED -> SUBSTANTIVE_EXAM",
            "2025-11-13 PRELIMINARILY_PUBLISHED -> PRELIMINARILY_PUBLISHED",
        )
        self.assertEqual(self.deadlines(row, "2024-06-12"), {"e4.TM-REFUSAL-REVIEW": "2024-06-27"})
        self.assertEqual(self.deadlines(row, "2024-06-27"), {"e5.TM-REVIEW-DECIDE": "2025-03-27"})
        self.assertEqual(self.deadlines(row, "2025-03-03"), {"e6.TM-COURT": "2025-04-02"})
        self.assertEqual(self.deadlines(row, "2025-11-13"), {"e10.TM-OPP": "2026-02-13"})
        reviewed = f"{REFUSED}, 2024-06-24 REVIEW_REQUESTED"
        self.go(self.create(events=reviewed), "2025-03-03 REVIEW_REVERSED -> SUBSTANTIVE_EXAM")
        row = self.go(
            self.create(events=reviewed),
            "2025-03-03 REVIEW_UPHELD -> REFUSAL_UPHELD",
            "2025-04-02 SUED -> COURT_ON_REFUSAL",
            "2025-09-01 JUDGMENT_UPHELD -> FINALLY_REFUSED",
        )
        self.check_open(row, "2025-09-01")
        self.refuse(row, "2025-09-02 WITHDRAWN")

    def test_what_partially_refused_means(self):
        """Some items were refused, others go on: not so when all were refused, only at different stages by now."""
        row = self.create(events=f"{EXAMINED}, 2024-06-12 REFUSED g2")
        self.assertEqual(state_name(row.state), "PARTIALLY_REFUSED")
        row = self.record(row, "2024-06-17 REFUSED g1")
        self.assertEqual(state_name(row.state), "REFUSED")
        row = self.record(row, "2024-06-24 REVIEW_REQUESTED g2")
        self.check_items(row, g1="REFUSED", g2="REFUSAL_REVIEW")
        self.assertEqual(state_name(row.state), "MIXED")

    def test_opposition(self):
        row = self.create(events=OPPOSED)
        # Twelve months after the end of the opposition period.
        self.check_open(row, "2024-09-20", e5_TM_OPP_DECIDE="2025-10-14")
        row = self.go(row, "2025-01-06 OPPOSITION_NOTIFIED -> OPPOSED")
        # The day after the Spring Festival.
        self.check_open(row, "2025-01-06", e6_TM_OPP_ANSWER="2025-02-05", e5_TM_OPP_DECIDE="2025-10-14")
        answered = happened("OPPOSITION_ANSWERED", "2025-01-24", evidence_declared=True)
        row = self.record(row, answered)
        self.check_open(row, "2025-01-24", e5_TM_OPP_DECIDE="2025-10-14", e7_TM_OPP_EVID="2025-04-24")
        row = self.go(row, "2025-04-24 EVIDENCE_FILED -> OPPOSED")
        self.assertEqual(self.deadlines(row, "2025-04-24"), {"e5.TM-OPP-DECIDE": "2025-10-14"})
        row = self.go(row, "2025-10-10 OPPOSITION_REJECTED -> APPROVED", "2025-11-07 REGISTERED -> REGISTERED")
        title = self.title(row.indication, "2025-11-07")
        # The right counts from the end of the opposition period.
        self.assertEqual(title.protected_since, date("2024-10-14"))
        self.assertEqual(self.title(row.indication, "2024-10-14").state, pb.TITLE_STATE_IN_FORCE)
        self.assertEqual(self.title(row.indication, "2024-10-13").state, pb.TITLE_STATE_PENDING)
        registered = title.events[-1]
        self.assertEqual((registered.announced_on, registered.term_end), (date("2025-11-07"), date("2034-10-13")))

    def test_an_opposition_that_succeeds(self):
        row = self.go(
            self.create(events=OPPOSED),
            "2025-08-04 REGISTRATION_DENIED -> NOT_REGISTERED",
            "2025-08-19 REVIEW_REQUESTED -> NON_REGISTRATION_REVIEW",
        )
        self.assertEqual(self.deadlines(row, "2025-08-04"), {"e6.TM-NOREG-REVIEW": "2025-08-19"})
        self.assertEqual(self.deadlines(row, "2025-08-19"), {"e7.TM-NOREG-REVIEW-DECIDE": "2026-08-19"})
        upheld = self.go(row, "2025-09-01 REVIEW_UPHELD -> NON_REGISTRATION_UPHELD")
        self.assertEqual(self.deadlines(upheld, "2025-09-01"), {"e8.TM-COURT": "2025-10-09"})
        self.go(
            upheld,
            "2025-10-08 SUED -> COURT_ON_REGISTRATION",
            "2025-11-03 JUDGMENT_REVERSED -> NON_REGISTRATION_REVIEW",
            "2025-11-10 REVIEW_REVERSED -> APPROVED",
            "2025-11-17 REGISTERED -> REGISTERED",
        )

    def test_suspension(self):
        row = self.create(events=EXAMINED)
        row = self.go(row, "2024-05-06 SUSPENDED -> SUSPENDED")
        self.assertEqual(self.deadlines(row, "2024-05-06"), {}, "it stands still")
        self.refuse(row, "2024-05-07 PRELIMINARILY_PUBLISHED")
        row = self.go(row, "2024-08-06 RESUMED -> SUBSTANTIVE_EXAM")
        self.assertEqual(self.deadlines(row, "2024-08-06"), {"e1.TM-EXAM-LIMIT": "2025-01-10"}, "92 days do not count")
        self.go(
            self.create(events=OPPOSED),
            "2024-10-08 SUSPENDED -> SUSPENDED",
            "2024-10-09 RESUMED -> OPPOSED",
            "2024-10-10 SUSPENDED -> SUSPENDED",
            "2024-10-11 WITHDRAWN -> WITHDRAWN",
        )
        self.refuse(self.create(), "2024-05-06 SUSPENDED")

    def test_withdrawal_of_items(self):
        row = self.create(events=EXAMINED, goods=goods("g1", "g2", "g3"))
        row = self.record(row, happened("WITHDRAWN", "2024-04-01", ["g3"]))
        self.check_items(row, g1="SUBSTANTIVE_EXAM", g2="SUBSTANTIVE_EXAM", g3="WITHDRAWN")
        self.assertEqual(state_name(row.state), "SUBSTANTIVE_EXAM", "what was withdrawn is left aside")
        row = self.record(row, "2024-07-13 PRELIMINARILY_PUBLISHED")
        self.check_items(row, g1="PRELIMINARILY_PUBLISHED", g2="PRELIMINARILY_PUBLISHED", g3="WITHDRAWN")
        self.refuse(row, "2024-07-14 WITHDRAWN g1 g3")
        row = self.record(row, "2024-10-21 REGISTERED g1")
        self.assertEqual(state_name(row.state), "PARTLY_REGISTERED")
        row = self.go(row, "2024-10-22 WITHDRAWN g2 -> REGISTERED")
        draft = self.go(self.create(), "2024-01-10 WITHDRAWN -> WITHDRAWN")
        self.refuse(draft, "2024-01-11 FILED")

    def test_the_law_is_chosen_again(self):
        row = self.create(events=f"{EXAMINED}, 2024-05-13 REFUSED g2")
        self.assertEqual(row.effective_law, MARK)
        without_reason = happened("LAW_CHOSEN", "2024-06-03", law=MARK_2026)
        without_reason.note = ""
        self.fails(INVALID, "FIELD_REQUIRED", "RecordApplicationEvent", self.recording(row, without_reason))
        row = self.record(row, happened("LAW_CHOSEN", "2024-06-03", law=MARK_2026))
        self.assertEqual((row.effective_law, row.law), (MARK_2026, MARK))
        self.assertEqual(self.get(row.name, "2024-06-02").effective_law, MARK)
        self.assertEqual(self.get(row.name, "2024-06-03").effective_law, MARK_2026)
        self.check_items(row, g1="SUBSTANTIVE_EXAM", g2="REFUSED")
        row = self.record(row, "2024-07-13 PRELIMINARILY_PUBLISHED g1")
        self.assertEqual(self.deadlines(row, "2024-07-13"), {"e6.TM-OPP g1": "2024-09-13"}, "two months by then")
        # Recorded late, before the publication: its period becomes another one, and the event says so.
        row = self.record(row, happened("LAW_CHOSEN", "2024-07-01", law=MARK))
        self.assertEqual(changes(row.events[-1])["e6.TM-OPP(g1)"], ("due 2024-09-13", "due 2024-10-14"))
        row = self.record(row, annulment("e7"), annulment("e5"))
        self.assertEqual(row.effective_law, MARK)
        self.assertEqual(self.deadlines(row, "2024-07-13"), {"e6.TM-OPP g1": "2024-10-14"})
        ended = self.create(events=f"{PUBLISHED}, 2024-10-21 REGISTERED")
        self.refuse(ended, happened("LAW_CHOSEN", "2024-11-01", law=MARK_2026))


class ProductTest(RouteTestCase):

    def product(self, law, kind=pb.APPLICATION_KIND_GI_PRODUCT, **fields):
        return self.create(kind=kind, law=law, goods=goods("g1"), **fields)

    def test_the_rules_of_2005(self):
        row = self.go(self.product(PRODUCT_2005), "2023-03-13 FILED -> FILED", "2023-04-28 ACCEPTED -> ACCEPTED")
        self.assertEqual(self.deadlines(row, "2023-04-28"), {"e2.GIP-OPP-OLD": "2023-06-28"}, "before the examination")
        row = self.go(row, "2023-05-30 OBJECTED -> OBJECTED", "2023-07-10 OBJECTION_REJECTED -> ACCEPTED")
        self.refuse(row, "2023-08-01 PRELIMINARILY_RECOGNISED")
        row = self.go(row, "2023-08-01 EXAMINATION_BEGUN -> TECHNICAL_EXAM")
        self.refuse(row, "2023-08-02 PRELIMINARILY_RECOGNISED")
        self.refuse(row, "2023-08-02 OBJECTED")
        row = self.go(row, "2023-12-25 RECOGNISED -> RECOGNISED")
        events = self.title(row.indication).events
        self.assertEqual({event.law_version for event in events}, {pb.LAW_VERSION_GI_PRODUCT_2005})

    def test_the_measures_of_2024(self):
        row = self.go(
            self.product(PRODUCT_2024),
            "2024-02-05 FILED -> FILED",
            "2024-03-04 ACCEPTED -> ACCEPTED",
        )
        self.assertEqual(self.deadlines(row, "2024-03-04"), {})
        self.refuse(row, "2024-03-05 OBJECTED")
        row = self.go(row, "2024-03-18 EXAMINATION_BEGUN -> TECHNICAL_EXAM")
        self.refuse(row, "2024-04-01 RECOGNISED")
        row = self.go(row, "2024-04-19 PRELIMINARILY_RECOGNISED -> PRELIMINARILY_RECOGNISED")
        self.assertEqual(self.deadlines(row, "2024-04-19"), {"e4.GIP-OPP-NEW": "2024-06-19"}, "announcement 577")
        self.go(
            row,
            "2024-06-19 OBJECTED -> OBJECTED",
            "2024-08-12 OBJECTION_REJECTED -> PRELIMINARILY_RECOGNISED",
            "2024-09-02 RECOGNISED -> RECOGNISED",
        )
        lost = self.product(PRODUCT_2024, events=PRODUCT_OBJECTED)
        self.go(lost, "2024-08-12 OBJECTION_UPHELD -> REFUSED")

    def test_an_objection_that_was_suspended(self):
        """It is rejected after all: back to the state before the objection, not before the suspension."""
        for law, events, before in (
            (PRODUCT_2024, PRODUCT_OBJECTED, "PRELIMINARILY_RECOGNISED"),
            (PRODUCT_2005, "2024-02-05 FILED, 2024-03-04 ACCEPTED, 2024-06-03 OBJECTED", "ACCEPTED"),
        ):
            row = self.go(
                self.product(law, events=events),
                "2024-06-24 SUSPENDED -> SUSPENDED",
                "2024-07-01 RESUMED -> OBJECTED",
                f"2024-08-12 OBJECTION_REJECTED -> {before}",
            )
            self.go(row, "2024-09-02 WITHDRAWN -> WITHDRAWN")

    def test_conversion_of_an_agi(self):
        kind = pb.APPLICATION_KIND_AGI_CONVERSION
        row = self.product(PRODUCT_2024, kind, converts="indications/test.agi", events=PRODUCT_PUBLISHED)
        row = self.go(row, "2024-07-01 RECOGNISED -> RECOGNISED")
        self.assertEqual(row.converts, "indications/test.agi")
        made = self.title(row.indication)
        self.assertEqual((made.kind, made.state), (pb.INDICATION_KIND_GI_PRODUCT, pb.TITLE_STATE_IN_FORCE))
        self.assertEqual(self.title("indications/test.agi").state, pb.TITLE_STATE_IN_FORCE, "legacy titles live on")

    def test_marks_and_products_keep_apart(self):
        mark = self.create(events=EXAMINED)
        product = self.product(PRODUCT_2024, events="2024-02-05 FILED, 2024-03-04 ACCEPTED")
        for kind in ("OBJECTED", "PRELIMINARILY_RECOGNISED", "RECOGNISED", "OBJECTION_REJECTED"):
            self.refuse(mark, f"2024-06-03 {kind}")
        for kind in ("PRELIMINARILY_PUBLISHED", "OPPOSED", "REGISTERED", "OPINION_ISSUED", "REVIEW_REQUESTED"):
            self.refuse(product, f"2024-06-03 {kind}")

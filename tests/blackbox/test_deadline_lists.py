"""ListDeadlines and ExportDeadlines: filters, order, pages, calendar files, and what they said at earlier revisions."""

import datetime

import grpc

import icalendar
from application_builders import MARK_2026, ApplicationCalls, create_application, goods, happened, happenings, served
from builders import create_division, create_entity, create_indication, date, event, period
from clock_model import ONE_DAY, RULES, WorkingDays, day_of, end_of
from harness import ServerTestCase
from protos import pb

INVALID = grpc.StatusCode.INVALID_ARGUMENT
DAY = "2025-06-01"
EXAMINED = "2024-01-10 FILED, 2024-02-10 ACCEPTED, 2024-03-11 EXAMINATION_BEGUN"
PUBLISHED = f"{EXAMINED}, 2024-07-13 PRELIMINARILY_PUBLISHED"
RESUMED = f"{EXAMINED}, 2024-05-06 SUSPENDED, 2024-08-06 RESUMED"
RECOGNISED = "2024-04-01 FILED, 2024-05-06 ACCEPTED, 2024-06-03 EXAMINATION_BEGUN, 2025-05-19 PRELIMINARILY_RECOGNISED"
# What an office may call things; also long enough to be folded in many places.
AWKWARD = "示例柚, 甲; 乙\\丙: “丁”" + "，很长的名称" * 20


class ListTestCase(ApplicationCalls, ServerTestCase):

    @classmethod
    def fill(cls):
        cls.call("CreateEntity", create_entity(1))
        cls.call("CreateDivision", create_division("500155", "梁平区"))
        cls.call("CreateIndication", create_indication("test.old", "2015-09-07"))
        correction = happened("CORRECTION_REQUESTED", "2025-05-12", service=pb.Service(received_on=date("2025-05-14")))
        electronic = happened("REFUSED", "2025-05-20", ["g2"])
        electronic.service.CopyFrom(served("2025-05-20", pb.SERVICE_MODE_ELECTRONIC))
        refused = [*happenings("2024-11-11 FILED, 2024-12-02 ACCEPTED, 2025-01-02 EXAMINATION_BEGUN"), electronic]
        opposed = happenings(f"{PUBLISHED}, 2024-09-13 OPPOSED, 2025-04-02 OPPOSITION_NOTIFIED")
        answered = happened("OPPOSITION_ANSWERED", "2025-04-24", evidence_declared=True)
        for name, events, fields in (
            ("draft", [], {}),
            ("corrected", [happened("FILED", "2025-04-14"), correction], {"office": "甲"}),
            ("partly", refused, {"law": MARK_2026}),
            ("opposed", [*opposed, answered], {"office": "甲", "display_name": AWKWARD}),
            ("registered", f"{PUBLISHED}, 2024-10-15 REGISTERED", {}),
            ("suspended", f"{EXAMINED}, 2024-05-06 SUSPENDED", {"office": "乙", "goods": goods("g1")}),
            ("resumed", RESUMED, {"office": "乙"}),
            ("product", RECOGNISED, {"kind": pb.APPLICATION_KIND_GI_PRODUCT, "office": "甲"}),
        ):
            cls.call("CreateApplication", create_application(name, events=events, **fields))

    def list(self, day=DAY, read_at=None, **fields):
        request = pb.ListDeadlinesRequest(date=date(day), page_size=1000, read_at=read_at)
        request.filter.MergeFrom(pb.DeadlineFilter(**fields))
        answer = self.call("ListDeadlines", request)
        self.assertEqual((answer.total, answer.date, answer.next_page_token), (len(answer.deadlines), date(day), ""))
        return answer


def label(deadline):
    subject = deadline.subject.split("/")[1]
    return f"{due_text(deadline)} {subject} {deadline.event}.{deadline.rule_id} {state_text(deadline)}"


def due_text(deadline):
    return day_of(deadline.due_date).isoformat()


def state_text(deadline):
    return pb.DeadlineState.Name(deadline.state).removeprefix("DEADLINE_STATE_")


class ListTest(ListTestCase):

    def test_the_whole_list(self):
        """Every deadline on a day, worked out by hand."""
        got = [label(deadline) + "".join(f" {item}" for item in deadline.items) for deadline in self.list().deadlines]
        self.maxDiff = None
        self.assertEqual(
            got,
            [
                "2020-09-07 test.old e1.TM-INVALID-REL MISSED",
                "2024-10-10 opposed e1.TM-EXAM-LIMIT MET",
                "2024-10-10 registered e1.TM-EXAM-LIMIT MET",
                "2024-10-10 suspended e1.TM-EXAM-LIMIT STOPPED",
                "2024-10-14 opposed e4.TM-OPP MET",
                "2024-10-14 registered e4.TM-OPP MISSED",
                "2025-01-10 resumed e1.TM-EXAM-LIMIT MISSED",
                "2025-05-06 opposed e6.TM-OPP-ANSWER MET",
                "2025-06-13 corrected e2.TM-BUZHENG OPEN",
                "2025-06-19 partly e4.TM-SPLIT OPEN g1",
                "2025-06-19 partly e4.TM-REFUSAL-REVIEW OPEN g2",
                "2025-07-21 product e4.GIP-OPP-NEW OPEN",
                "2025-07-24 opposed e7.TM-OPP-EVID OPEN",
                "2025-08-11 partly e1.TM-EXAM-LIMIT OPEN g1",
                "2025-08-11 partly e1.TM-EXAM-LIMIT MET g2",
                "2025-09-08 test.old e1.TM-RENEW-WINDOW OPEN",
                "2025-10-14 opposed e5.TM-OPP-DECIDE OPEN",
                "2026-01-14 corrected e1.TM-EXAM-LIMIT OPEN",
                "2026-03-06 test.old e1.TM-RENEW-GRACE OPEN",
                "2029-10-15 registered e3.TM-INVALID-REL OPEN",
                "2034-10-16 registered e3.TM-RENEW-WINDOW OPEN",
                "2035-04-16 registered e3.TM-RENEW-GRACE OPEN",
            ],
        )

    def test_every_deadline_explains_itself(self):
        for deadline in self.list().deadlines:
            told = label(deadline)
            self.assertTrue(deadline.steps, told)
            self.assertTrue(all(s.message_zh and s.message_en and s.HasField("date") for s in deadline.steps), told)
            self.assertTrue(deadline.source.title and deadline.step_zh and deadline.step_en and deadline.law, told)
            self.assertTrue(deadline.party and deadline.state and deadline.event_kind and deadline.subject_name, told)
            left = (
                (day_of(deadline.due_date) - day_of(date(DAY))).days if deadline.state == pb.DEADLINE_STATE_OPEN else 0
            )
            self.assertEqual(deadline.days_left, left, told)
            self.assertEqual(bool(deadline.closed_by), deadline.HasField("closed_on"), told)
            self.assertEqual(bool(deadline.office), deadline.subject.startswith("applications/"), told)

    def test_order(self):
        rows = self.list().deadlines

        def place(deadline):
            subject = deadline.subject
            return (day_of(deadline.due_date), subject.startswith("indications/"), subject, int(deadline.event[1:]))

        self.assertEqual(list(map(place, rows)), sorted(map(place, rows)))

    def test_filters(self):
        every = list(self.list().deadlines)
        met, missed, stopped = pb.DEADLINE_STATE_MET, pb.DEADLINE_STATE_MISSED, pb.DEADLINE_STATE_STOPPED
        others = [pb.PARTY_HOLDER, pb.PARTY_THIRD_PARTY]
        narrow = {
            "office": "甲",
            "parties": [pb.PARTY_APPLICANT],
            "states": [pb.DEADLINE_STATE_OPEN],
            "rules": ["TM-BUZHENG", "TM-OPP-EVID"],
            "due": period("2025-07-01"),
        }
        cases = (
            ({"due": period("2025-06-01", "2025-07-21")}, lambda d: "2025-06-01" <= due_text(d) <= "2025-07-21"),
            ({"due": period("2025-06-13", "2025-06-19")}, lambda d: due_text(d) in ("2025-06-13", "2025-06-19")),
            ({"due": period("2025-07-22")}, lambda d: due_text(d) >= "2025-07-22"),
            ({"due": pb.Period(to=date("2025-06-12"))}, lambda d: due_text(d) <= "2025-06-12"),
            ({"subject": "applications/partly"}, lambda d: d.subject == "applications/partly"),
            ({"subject": "indications/test.old"}, lambda d: d.subject == "indications/test.old"),
            ({"subject": "indications/registered"}, lambda d: d.subject == "indications/registered"),
            ({"office": "甲"}, lambda d: d.office == "甲"),
            ({"states": [met]}, lambda d: d.state == met),
            ({"states": [missed, stopped]}, lambda d: d.state in (missed, stopped)),
            ({"parties": [pb.PARTY_APPLICANT]}, lambda d: d.party == pb.PARTY_APPLICANT),
            ({"parties": others}, lambda d: d.party in others),
            ({"rules": ["TM-EXAM-LIMIT", "TM-OPP"]}, lambda d: d.rule_id in ("TM-EXAM-LIMIT", "TM-OPP")),
            (narrow, lambda d: d.rule_id == "TM-OPP-EVID"),
            ({"rules": ["TM-NONE"]}, lambda d: False),
        )
        for fields, passes in cases:
            with self.subTest(filter=str(fields)):
                wanted = [deadline for deadline in every if passes(deadline)]
                self.assertTrue(wanted or fields == {"rules": ["TM-NONE"]})
                self.assertEqual(list(self.list(**fields).deadlines), wanted)

    def test_filters_that_are_refused(self):
        for code, reason, fields in (
            (INVALID, "PERIOD_REVERSED", {"due": period("2025-07-01", "2025-06-30")}),
            (INVALID, "FIELD_MALFORMED", {"subject": "entities/test.e0001"}),
            (grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND", {"subject": "applications/none"}),
        ):
            self.fails(code, reason, "ListDeadlines", pb.ListDeadlinesRequest(filter=pb.DeadlineFilter(**fields)))

    def test_what_happened_later_is_not_known(self):
        for day, subject, wanted in (
            ("2024-01-09", "applications/opposed", {}),
            ("2024-01-10", "applications/opposed", {"TM-EXAM-LIMIT": ("OPEN", "")}),
            ("2024-07-13", "applications/opposed", {"TM-EXAM-LIMIT": ("MET", "e4"), "TM-OPP": ("OPEN", "")}),
            ("2024-09-12", "applications/opposed", {"TM-EXAM-LIMIT": ("MET", "e4"), "TM-OPP": ("OPEN", "")}),
            ("2024-10-14", "applications/registered", {"TM-EXAM-LIMIT": ("MET", "e4"), "TM-OPP": ("OPEN", "")}),
            ("2024-10-15", "applications/registered", {"TM-EXAM-LIMIT": ("MET", "e4"), "TM-OPP": ("MISSED", "e5")}),
            ("2024-10-14", "indications/registered", {}),
        ):
            rows = self.list(day, subject=subject).deadlines
            self.assertEqual({d.rule_id: (state_text(d), d.closed_by) for d in rows}, wanted, f"{subject} on {day}")
        opposed = self.list("2024-09-13", subject="applications/opposed", rules=["TM-OPP"]).deadlines[0]
        self.assertEqual((state_text(opposed), opposed.closed_by), ("MET", "e5"))

    def test_a_refusal_to_come_divides_no_deadline_yet(self):
        """The refusal of g2 came on 2025-05-20; before, the application had one deadline for all its goods."""
        before = self.list("2025-05-19", subject="applications/partly").deadlines
        self.assertEqual([(d.rule_id, list(d.items)) for d in before], [("TM-EXAM-LIMIT", [])])

    def test_a_suspension_to_come_moves_no_deadline_yet(self):
        """Suspended for 92 days from 2024-05-06 to 2024-08-06, which do not count."""

        def due(day):
            (deadline,) = self.list(day, subject="applications/resumed").deadlines
            return due_text(deadline), state_text(deadline)

        self.assertEqual(due("2024-08-06"), ("2025-01-10", "OPEN"))
        self.assertEqual(due("2025-01-11"), ("2025-01-10", "MISSED"))
        self.assertEqual(due("2024-08-05")[1], "STOPPED")
        self.assertEqual(due("2024-05-05"), ("2024-10-10", "OPEN"), "nobody knows of it yet")

    def test_open_deadlines_are_the_same(self):
        for name in ("corrected", "partly", "opposed", "registered", "suspended", "product", "draft"):
            row = self.get(f"applications/{name}", DAY)
            listed = list(self.list(subject=row.name, states=[pb.DEADLINE_STATE_OPEN]).deadlines)
            for deadline in listed:
                deadline.ClearField("steps")
            self.assertEqual(list(row.open_deadlines), listed)


class TitlesTest(ListTestCase):
    """Registered on 2015-09-07: the term ends on 2025-09-06, a Saturday; grace on 2026-03-06."""

    def states(self, title_id, day, *events):
        """Of the deadlines of a title to which these things happened."""
        registered = event(pb.TITLE_EVENT_KIND_REGISTERED, "2015-09-07")
        self.call("CreateIndication", create_indication(title_id, events=[registered, *events]))
        rows = self.list(day, subject=f"indications/{title_id}").deadlines
        for deadline in rows:
            rule = RULES[deadline.rule_id, deadline.law]
            self.assertEqual(day_of(deadline.due_date), end_of(rule, day_of(deadline.start_date), self.days_off()).due)
        return [f"{one.event} {one.rule_id.removeprefix('TM-')} {state_text(one)}" for one in rows]

    def days_off(self):
        return WorkingDays(self.call("GetLawBook", pb.GetLawBookRequest(name="lawbooks/calendars")).lawbook)

    def test_renewals(self):
        def renewed(received):
            return event(pb.TITLE_EVENT_KIND_RENEWED, "2025-09-07", received_on=date(received))

        past = "e1 INVALID-REL MISSED"
        self.assertEqual(
            self.states("test.not-yet", "2025-09-08"), [past, "e1 RENEW-WINDOW OPEN", "e1 RENEW-GRACE OPEN"]
        )
        self.assertEqual(
            self.states("test.over", "2026-03-07"), [past, "e1 RENEW-WINDOW MISSED", "e1 RENEW-GRACE MISSED"]
        )
        in_time = self.states("test.in-time", "2025-09-08", renewed("2025-05-08"))
        self.assertEqual(in_time[:2], [past, "e1 RENEW-WINDOW MET"])
        self.assertEqual(in_time[-2:], ["e2 RENEW-WINDOW OPEN", "e2 RENEW-GRACE OPEN"])
        in_grace = self.states("test.in-grace", "2025-12-01", renewed("2025-11-03"))
        self.assertEqual(in_grace[:3], [past, "e1 RENEW-WINDOW MISSED", "e1 RENEW-GRACE MET"])

    def test_a_title_that_ended(self):
        revoked = event(pb.TITLE_EVENT_KIND_REVOKED, announced_on=date("2024-05-13"))
        told = self.states("test.revoked", "2024-05-13", revoked)
        self.assertEqual(told[1:], ["e1 RENEW-WINDOW STOPPED", "e1 RENEW-GRACE STOPPED"])


class PagesTest(ListTestCase):

    def test_pages_stand_still_under_writes(self):
        for size in (1, 2, 3):
            row = self.create(f"growing{size}")
            states = [pb.DEADLINE_STATE_OPEN, pb.DEADLINE_STATE_MET]
            whole = self.list(states=states)
            request = pb.ListDeadlinesRequest(date=date(DAY), page_size=size, filter=pb.DeadlineFilter(states=states))
            rows, events = [], iter(f"{PUBLISHED}, 2024-08-13 OPPOSED".split(", "))
            while True:
                answer = self.call("ListDeadlines", request)
                rows += answer.deadlines
                self.assertLessEqual(len(answer.deadlines), size)
                self.assertEqual((answer.total, answer.date), (whole.total, date(DAY)))
                self.assertEqual(answer.read_point, whole.read_point)
                if not answer.next_page_token:
                    break
                request.page_token = answer.next_page_token
                event = next(events, "")
                row = self.record(row, event) if event else self.create()
            self.assertEqual(rows, list(whole.deadlines), size)
            self.assertGreater(self.list(states=states).total, whole.total, "there were writes")

    def test_tokens_belong_to_their_query(self):
        first = self.call("ListDeadlines", pb.ListDeadlinesRequest(date=date(DAY), page_size=1))
        for other in (
            pb.ListDeadlinesRequest(date=date("2025-06-02")),
            pb.ListDeadlinesRequest(date=date(DAY), filter=pb.DeadlineFilter(office="甲")),
        ):
            other.page_token = first.next_page_token
            self.fails(INVALID, "PAGE_TOKEN_MISMATCH", "ListDeadlines", other)
        self.fails(INVALID, "PAGE_TOKEN_INVALID", "ListDeadlines", pb.ListDeadlinesRequest(page_token="x"))
        self.fails(INVALID, "FIELD_MALFORMED", "ListDeadlines", pb.ListDeadlinesRequest(page_size=-1))

    def test_earlier_revisions(self):
        before = self.list()
        row = self.create("later", events="2025-05-01 FILED")
        opposed = self.get("applications/opposed")
        self.record(opposed, "2025-05-29 EVIDENCE_FILED")
        after = self.list()
        self.assertEqual(after.total, before.total + 1)
        self.assertIn(row.name, [deadline.subject for deadline in after.deadlines])
        then = self.list(read_at=pb.ReadAt(exact_revision=before.read_point.revision))
        self.assertEqual(then, before)
        self.assertEqual(self.list(read_at=pb.ReadAt(exact_revision=0)).total, 0)


class ExportTest(ListTestCase):

    def export(self, language="", read_at=None, **fields):
        request = pb.ExportDeadlinesRequest(date=date(DAY), language=language, read_at=read_at)
        request.filter.MergeFrom(pb.DeadlineFilter(**fields))
        return self.call("ExportDeadlines", request)

    def events(self, **fields):
        return [part for part in icalendar.parse(self.export(**fields).content).parts if part.name == "VEVENT"]

    def test_the_file(self):
        for language in ("", "zh-CN", "en"):
            answer = self.export(language)
            self.assertEqual(answer.media_type, "text/calendar; charset=utf-8")
            self.assertTrue(answer.file_name.endswith(".ics"))
            calendar = icalendar.parse(answer.content)
            self.assertEqual(calendar.one("VERSION").value, "2.0")
            self.assertTrue(calendar.one("PRODID").text)
            self.assertEqual({part.name for part in calendar.parts}, {"VEVENT"})
            self.check_events(calendar.parts, english=language == "en")
        self.assertEqual(self.export("").content, self.export("zh-CN").content)
        self.fails(INVALID, "FIELD_MALFORMED", "ExportDeadlines", pb.ExportDeadlinesRequest(language="fr"))

    def check_events(self, events, english):
        deadlines = self.list().deadlines
        self.assertEqual(len(events), len(deadlines))
        self.assertEqual(len({event.one("UID").text for event in events}), len(events), "unique")
        for event, deadline in zip(events, deadlines):
            told = label(deadline)
            start = event.one("DTSTART")
            self.assertEqual(start.parameters, {"VALUE": "DATE"}, told)
            self.assertEqual(datetime.datetime.strptime(start.value, "%Y%m%d").date(), day_of(deadline.due_date), told)
            if "DTEND" in event.properties:
                end = event.one("DTEND")
                self.assertEqual(end.parameters, {"VALUE": "DATE"}, told)
                self.assertEqual(end.value, (day_of(deadline.due_date) + ONE_DAY).strftime("%Y%m%d"), told)
            datetime.datetime.strptime(event.one("DTSTAMP").value, "%Y%m%dT%H%M%SZ")
            summary, description = event.one("SUMMARY").text, event.one("DESCRIPTION").text
            self.assertIn(deadline.subject_name, summary, told)
            self.assertIn(deadline.step_en if english else deadline.step_zh, summary, told)
            for step in deadline.steps:
                self.assertIn(step.message_en if english else step.message_zh, description, told)
            self.assertIn(deadline.source.title, description, told)
            if deadline.provisional:
                self.assertIn("provisional" if english else "暂定", summary + description, told)
            for alarm in event.parts:
                self.assertEqual(alarm.name, "VALARM")
                for name in ("ACTION", "TRIGGER", "DESCRIPTION"):
                    self.assertTrue(alarm.one(name).value, told)

    def test_a_name_that_has_to_be_escaped(self):
        events = self.events(subject="applications/opposed")
        self.assertTrue(events)
        for event in events:
            self.assertIn(AWKWARD, event.one("SUMMARY").text)

    def test_filters_and_names(self):
        self.assertEqual(len(self.events(office="甲")), self.list(office="甲").total)
        nothing = icalendar.parse(self.export(rules=["TM-NONE"]).content)
        self.assertEqual(nothing.parts, [])
        # A calendar program knows an entry again by its name.
        chinese = [event.one("UID").text for event in self.events()]
        self.assertEqual(chinese, [event.one("UID").text for event in self.events(language="en")])
        before = self.export()
        self.create("written-later", events="2025-05-01 FILED")
        later = [event.one("UID").text for event in self.events()]
        self.assertLessEqual(set(chinese), set(later))
        then = self.export(read_at=pb.ReadAt(exact_revision=before.read_point.revision))
        self.assertEqual(then, before)
        self.assertEqual(icalendar.parse(self.export(read_at=pb.ReadAt(exact_revision=0)).content).parts, [])

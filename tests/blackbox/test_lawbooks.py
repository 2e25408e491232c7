"""Law books: what a correction changes and from which revision on, laws and calendars of others, what is refused."""

import grpc

from application_builders import MARK, ApplicationCalls, happened
from builders import correct, create_division, create_entity, date, mutation, source
from harness import ServerTestCase
from protos import pb

INVALID = grpc.StatusCode.INVALID_ARGUMENT
PRECONDITION = grpc.StatusCode.FAILED_PRECONDITION
EXAMINED = "2025-01-06 FILED, 2025-02-05 ACCEPTED, 2025-03-10 EXAMINATION_BEGUN"
PUBLISHED = f"{EXAMINED}, 2025-07-13 PRELIMINARILY_PUBLISHED"
NEW_LAW = "test-law-2035"


def law(law_id=NEW_LAW, **fields):
    fields = {
        "title_zh": "示例法（2035年）",
        "title_en": "a law made up for a test",
        "kinds": [pb.APPLICATION_KIND_CERTIFICATION_MARK],
        "procedure": pb.PROCEDURE_TRADEMARK,
        "source": source(),
        **fields,
    }
    return pb.Law(id=law_id, **fields)


def opposition(days=45, laws=(NEW_LAW,), **fields):
    """The opposition period of a law."""
    fields = {
        "rule_id": "TM-OPP",
        "step_zh": "示例异议期",
        "step_en": "oppose the mark",
        "length": pb.PeriodLength(amount=days, unit=pb.PERIOD_UNIT_DAYS),
        "start": pb.CLOCK_START_EVENT,
        "end": pb.CLOCK_END_WORKING_DAY,
        "start_events": [pb.APPLICATION_EVENT_KIND_PRELIMINARILY_PUBLISHED],
        "met_by": [pb.APPLICATION_EVENT_KIND_OPPOSED],
        "party": pb.PARTY_THIRD_PARTY,
        "source": source(),
        **fields,
    }
    return pb.ClockRule(laws=laws, **fields)


def create_book(book_id, **fields):
    book = pb.LawBook(**{"display_name": "示例规则库", **fields})
    return mutation(pb.CreateLawBookRequest(lawbook_id=book_id, lawbook=book))


class LawBookTestCase(ApplicationCalls, ServerTestCase):

    @classmethod
    def fill(cls):
        cls.call("CreateEntity", create_entity(1))
        cls.call("CreateDivision", create_division("500155", "梁平区"))

    def book(self, name, **fields):
        return self.call("GetLawBook", pb.GetLawBookRequest(name=f"lawbooks/{name}", **fields)).lawbook

    def due(self, subject, rule="TM-OPP", **fields):
        request = pb.ListDeadlinesRequest(date=date("2025-08-01"), **fields)
        request.filter.subject = subject
        request.filter.rules.append(rule)
        (deadline,) = self.call("ListDeadlines", request).deadlines
        return deadline

    def open_on(self, name, **fields):
        """The last of the deadlines that are open on 2025-08-01."""
        return self.get(name, "2025-08-01", **fields).open_deadlines[-1]

    def computed(self, rule, law_id, start, **fields):
        request = pb.ComputeDeadlineRequest(rule_id=rule, law=law_id, start=date(start), **fields)
        return self.call("ComputeDeadline", request).deadline


class CorrectionsTest(LawBookTestCase):

    def test_a_corrected_period(self):
        row = self.create("corrected", events=PUBLISHED)
        before = self.call("GetLawBook", pb.GetLawBookRequest(name="lawbooks/trademark"))
        book = before.lawbook
        self.assertTrue(book.file_sha256)
        rules = [pb.ClockRule.FromString(rule.SerializeToString()) for rule in book.clock_rules]
        for rule in rules:
            if rule.rule_id == "TM-OPP" and MARK in rule.laws:
                rule.length.amount = 4
        corrected = self.call("CorrectLawBook", correct(book, clock_rules=rules)).lawbook
        self.assertEqual(corrected.file_sha256, "", "an officer has written it")
        then = pb.ReadAt(exact_revision=before.read_point.revision)
        for _ in range(2):
            self.assertEqual(self.due(row.name).due_date, date("2025-11-13"))
            self.assertEqual(self.computed("TM-OPP", MARK, "2025-07-13").due_date, date("2025-11-13"))
            self.assertEqual(self.open_on(row.name).due_date, date("2025-11-13"))
            # At an earlier revision the books of then count.
            self.assertEqual(self.due(row.name, read_at=then).due_date, date("2025-10-13"))
            self.assertEqual(self.computed("TM-OPP", MARK, "2025-07-13", read_at=then).due_date, date("2025-10-13"))
            self.assertEqual(self.open_on(row.name, read_at=then).due_date, date("2025-10-13"))
            export = pb.ExportDeadlinesRequest(filter=pb.DeadlineFilter(rules=["TM-OPP"]), date=date("2025-08-01"))
            self.assertIn("20251113", self.call("ExportDeadlines", export).content)
            export.read_at.CopyFrom(then)
            self.assertIn("20251013", self.call("ExportDeadlines", export).content)
            # The book that comes with the server does not come back.
            self.server.restart()
        self.assertEqual(self.book("trademark"), corrected)
        self.assertEqual(self.book("trademark", read_at=then), book)

    def test_a_calendar_that_became_known(self):
        book = self.book("calendars")
        year = max(one.year for one in book.calendars) + 1
        provisional = self.computed("TM-REFUSAL-REVIEW", MARK, f"{year}-05-05")
        self.assertTrue(provisional.provisional)
        holidays = [pb.CalendarDay(date=provisional.due_date, off=True, name="示例节")]
        known = pb.WorkingCalendar(year=year, days=holidays, source=source())
        self.call("CorrectLawBook", correct(book, calendars=[*book.calendars, known]))
        definite = self.computed("TM-REFUSAL-REVIEW", MARK, f"{year}-05-05")
        self.assertFalse(definite.provisional)
        self.assertGreater(definite.due_date.day, provisional.due_date.day)
        self.assertIn("示例节", definite.steps[-1].message_zh)

    def test_make_up_days_can_be_days_off(self):
        self.assertEqual(self.computed("TM-REFUSAL-REVIEW", MARK, "2026-02-13").due_date, date("2026-02-28"))
        book = self.call("CreateLawBook", create_book("test.switch", make_up_days_are_days_off=True)).lawbook
        self.assertEqual(self.computed("TM-REFUSAL-REVIEW", MARK, "2026-02-13").due_date, date("2026-03-02"))
        self.call("CorrectLawBook", correct(book, make_up_days_are_days_off=False))
        self.assertEqual(self.computed("TM-REFUSAL-REVIEW", MARK, "2026-02-13").due_date, date("2026-02-28"))

    def test_a_corrected_checklist(self):
        row = self.create("checked", kind=pb.APPLICATION_KIND_GI_PRODUCT)
        gap = next(g for g in row.material_gaps if g.kind == pb.MATERIAL_KIND_PRODUCT_STANDARD)
        self.assertTrue(gap.advisory)
        book = self.book("materials")
        rules = [pb.MaterialRule.FromString(rule.SerializeToString()) for rule in book.material_rules]
        for rule in rules:
            if rule.material == pb.MATERIAL_KIND_PRODUCT_STANDARD:
                rule.source.verified = True
        self.call("CorrectLawBook", correct(book, material_rules=rules))
        filing = self.recording(row, "2025-01-06 FILED")
        failure = self.fails(PRECONDITION, "MATERIALS_INCOMPLETE", "RecordApplicationEvent", filing)
        self.assertEqual(failure.metadata["missing"], "PRODUCT_STANDARD")


class NewLawTest(LawBookTestCase):

    def test_a_law_is_a_row_of_data(self):
        """A law that no program knows, with a procedure that it does, and a period of its own."""
        self.call("CreateLawBook", create_book("test.2035", laws=[law()], clock_rules=[opposition()]))
        row = self.create("under-2035", law=NEW_LAW, events=PUBLISHED)
        self.assertEqual(row.effective_law, NEW_LAW)
        deadline = self.due(row.name)
        self.assertEqual((deadline.law, deadline.due_date), (NEW_LAW, date("2025-08-27")))
        self.assertEqual(deadline.step_en, "oppose the mark")
        self.assertTrue(deadline.steps and deadline.source.title)
        rules = [one.rule_id for one in self.get(row.name, "2025-08-01").open_deadlines]
        self.assertEqual(rules, ["TM-OPP"], "no other rule is of this law")
        self.assertEqual(self.computed("TM-OPP", NEW_LAW, "2025-07-13").due_date, date("2025-08-27"))
        # The opposed mark counts from the end of that period.
        row = self.record(row, "2025-08-27 OPPOSED", "2025-09-10 OPPOSITION_REJECTED", "2025-10-10 REGISTERED")
        registered = next(e for e in self.title(row.indication).events if e.kind == pb.TITLE_EVENT_KIND_REGISTERED)
        self.assertEqual(registered.effective_from, date("2025-08-27"))
        self.assertEqual(registered.law_version, pb.LAW_VERSION_UNSPECIFIED, "titles do not know it")
        # The officer can choose it for an application under way.
        older = self.create("changed", events=EXAMINED)
        chosen = happened("LAW_CHOSEN", "2025-04-01", law=NEW_LAW)
        older = self.record(older, chosen, "2025-07-13 PRELIMINARILY_PUBLISHED")
        self.assertEqual(self.due(older.name).due_date, date("2025-08-27"))

    def test_two_rows_of_one_rule(self):
        """The row in force on the start day counts."""
        early = opposition(10, ["test-law-a"], in_force=pb.Period(to=date("2025-06-30")))
        late = opposition(20, ["test-law-a"], in_force=pb.Period(**{"from": date("2025-07-01")}))
        self.call("CreateLawBook", create_book("test.rows", laws=[law("test-law-a")], clock_rules=[early, late]))
        self.assertEqual(self.computed("TM-OPP", "test-law-a", "2025-06-30").nominal_date, date("2025-07-10"))
        self.assertEqual(self.computed("TM-OPP", "test-law-a", "2025-07-01").nominal_date, date("2025-07-21"))

    def test_what_is_refused(self):
        year = pb.WorkingCalendar(year=2025, source=source())
        calendar = pb.WorkingCalendar(year=2040, source=source())
        twice = [pb.CalendarDay(date=date("2040-05-01"), off=True)] * 2
        days_twice = pb.WorkingCalendar(year=2040, days=twice, source=source())
        own = {"laws": [law("test-law-b")]}

        def rule(days=5, **fields):
            return {"laws": [law("test-law-b")], "clock_rules": [opposition(days, ["test-law-b"], **fields)]}

        for reasons, fields in (
            (["FIELD_CONTRADICTS"], {"laws": [law(MARK)]}),
            (["FIELD_CONTRADICTS"], {"clock_rules": [opposition(laws=[MARK])]}),
            (["FIELD_CONTRADICTS"], {"calendars": [year]}),
            (["FIELD_CONTRADICTS"], {"calendars": [calendar, calendar]}),
            (["FIELD_CONTRADICTS"], {"laws": [law("test-law-b")] * 2}),
            (["FIELD_CONTRADICTS"], {**own, "clock_rules": rule()["clock_rules"] * 2}),
            (["FIELD_MALFORMED", "REFERENCE_NOT_FOUND"], {"clock_rules": [opposition(laws=["test-law-none"])]}),
            (["FIELD_MALFORMED"], {"laws": [law("Test Law")]}),
            (["FIELD_REQUIRED"], {"laws": [law("test-law-b", procedure=pb.PROCEDURE_UNSPECIFIED)]}),
            (["FIELD_MALFORMED"], rule(0)),
            (["FIELD_MALFORMED"], rule(1001)),
            (["FIELD_REQUIRED"], rule(party=pb.PARTY_UNSPECIFIED)),
            (["FIELD_REQUIRED"], rule(start=pb.CLOCK_START_END_OF_PERIOD)),
            (["FIELD_REQUIRED"], rule(start=pb.CLOCK_START_UNSPECIFIED)),
            (["FIELD_MALFORMED", "FIELD_CONTRADICTS"], {"calendars": [days_twice]}),
            (["FIELD_MALFORMED"], {"calendars": [pb.WorkingCalendar(year=1948, source=source())]}),
        ):
            with self.subTest(fields=str(fields)[:200]):
                self.fails(INVALID, reasons, "CreateLawBook", create_book("test.bad", **fields))
        names = [book.name for book in self.call("ListLawBooks", pb.ListLawBooksRequest()).lawbooks]
        self.assertEqual(names, sorted(names))
        self.assertNotIn("lawbooks/test.bad", names)

    def test_a_law_in_use_stays(self):
        """What would leave an application or a rule without its law is refused, and the application stays as it is."""
        rules = [opposition(30, ["test-law-c"])]
        made = self.call("CreateLawBook", create_book("test.used", laws=[law("test-law-c")], clock_rules=rules)).lawbook
        row = self.create("in-use", law="test-law-c", events=PUBLISHED)
        reasons = ["FIELD_MALFORMED", "REFERENCE_NOT_FOUND", "FIELD_CONTRADICTS"]
        self.fails(INVALID, reasons, "CorrectLawBook", correct(made, laws=[]))
        self.fails(INVALID, reasons, "CorrectLawBook", correct(made, laws=[], clock_rules=[]))
        self.assertEqual(self.get(row.name), row)

    def test_roles_and_etags(self):
        township = (("x-role", "township"),)
        book = self.book("trademark")
        denied = grpc.StatusCode.PERMISSION_DENIED
        creation = create_book("test.no", laws=[law("test-law-d")])
        self.fails(denied, "ROLE_NOT_ALLOWED", "CreateLawBook", creation, metadata=township)
        change = correct(book, display_name="示例")
        self.fails(denied, "ROLE_NOT_ALLOWED", "CorrectLawBook", change, metadata=township)
        self.call("CorrectLawBook", change)
        self.fails(grpc.StatusCode.ABORTED, "ETAG_MISMATCH", "CorrectLawBook", correct(book, display_name="示例二"))
        replayed = self.call("CorrectLawBook", change)
        self.assertTrue(replayed.replayed)
        dry = create_book("test.dry", laws=[law("test-law-d")], clock_rules=[opposition(30, ["test-law-d"])])
        self.assertEqual(list(self.violations_of("CreateLawBook", dry)), [])
        asked = pb.GetLawBookRequest(name="lawbooks/test.dry")
        self.fails(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND", "GetLawBook", asked)

"""What registration does to the title, and what events that are recorded late or taken back change."""

import grpc

from application_builders import (
    PRODUCT_2005,
    PRODUCT_2024,
    ApplicationCalls,
    annulment,
    changes,
    goods,
    happened,
    state_name,
)
from builders import (
    check,
    correct,
    create_authorization,
    create_division,
    create_entity,
    create_indication,
    date,
    entity_name,
    event,
    uscc,
    verb,
)
from clock_model import day_of
from harness import ServerTestCase
from protos import pb

PRECONDITION = grpc.StatusCode.FAILED_PRECONDITION
EXAMINED = "2024-01-10 FILED, 2024-02-19 ACCEPTED, 2024-03-11 EXAMINATION_BEGUN"
PUBLISHED = f"{EXAMINED}, 2024-07-13 PRELIMINARILY_PUBLISHED"
REGISTERED = f"{PUBLISHED}, 2024-10-21 REGISTERED"
RECOGNISED = (
    "2024-02-05 FILED, 2024-03-04 ACCEPTED, 2024-03-18 EXAMINATION_BEGUN, 2024-04-19 PRELIMINARILY_RECOGNISED, "
    "2024-06-20 RECOGNISED"
)
USER = 2


def course(title):
    """Kinds and days of the events that count."""
    annulled = {one.annuls for one in title.events if one.kind == pb.TITLE_EVENT_KIND_ANNULMENT}
    return [
        f"{day_of(one.effective_from)} {pb.TitleEventKind.Name(one.kind).removeprefix('TITLE_EVENT_KIND_')}"
        for one in title.events
        if one.id not in annulled and one.kind != pb.TITLE_EVENT_KIND_ANNULMENT
    ]


class TitleTestCase(ApplicationCalls, ServerTestCase):

    @classmethod
    def fill(cls):
        for number in (1, USER):
            cls.call("CreateEntity", create_entity(number))
        cls.call("CreateDivision", create_division("500155", "梁平区"))

    def reasons(self, title, day, **fields):
        answer = self.call("CheckAuthorization", check(uscc(USER), title, date=date(day), **fields))
        names = [pb.DecisionReason.Name(r.reason).removeprefix("DECISION_REASON_") for r in answer.reasons]
        return names, [r.title_state for r in answer.reasons]

    def check_user(self, title, day, reason, state=pb.TITLE_STATE_UNSPECIFIED, **fields):
        reasons, states = self.reasons(title, day, **fields)
        self.assertEqual((reasons[0], states[0]), (reason, state), f"{title} on {day}: {reasons}")


class RegistrationTest(TitleTestCase):

    def test_the_title_of_a_mark(self):
        row = self.create("mark", events=PUBLISHED, product="products/you", area_text="示例区全境")
        registered = happened("REGISTERED", "2024-10-21", registration_number="87654321")
        request = self.recording(row, registered, indication_id="test.made")
        row = self.call("RecordApplicationEvent", request).application
        self.assertEqual((row.indication, row.events[-1].made), ("indications/test.made",) * 2)
        title = self.title("indications/test.made", "2024-10-21")
        self.assertEqual(title.kind, pb.INDICATION_KIND_CERTIFICATION_MARK)
        self.assertEqual(
            (title.display_name, title.area_text, list(title.area_codes)), ("示例柚", "示例区全境", ["500155"])
        )
        self.assertEqual((title.holder, title.effective_holder), (entity_name(1), entity_name(1)))
        self.assertEqual(title.product, "products/you")
        self.assertEqual([(n.kind, n.number) for n in title.numbers], [(pb.NUMBER_KIND_REGISTRATION, "87654321")])
        self.assertEqual(list(title.goods), list(row.goods))
        self.assertEqual(course(title), ["2024-01-10 APPLIED", "2024-07-13 PUBLISHED", "2024-10-21 REGISTERED"])
        self.assertEqual([e.origin_event for e in title.events], [f"applications/mark#e{i}" for i in (1, 4, 5)])
        self.assertEqual({e.law_version for e in title.events}, {pb.LAW_VERSION_TRADEMARK_2019})
        registered = title.events[-1]
        self.assertEqual((registered.term_end, registered.grace_end), (date("2034-10-20"), date("2035-04-20")))
        self.assertEqual((registered.announced_on, title.protected_since), (date("2024-10-21"), date("2024-10-21")))
        told = changes(row.events[-1])
        self.assertEqual(told["applications/mark#e5"][0], "")
        self.assertTrue(told["applications/mark#e5"][1].startswith("REGISTERED from 2024-10-21"))
        self.assertEqual(told["g1"], ("", "2024-10-21 REGISTERED"))
        self.use_the_title(title.name)

    def use_the_title(self, name):
        grant = create_authorization("test.grant", USER, name.removeprefix("indications/"), "2024-01-01", "2034-10-21")
        failure = self.fails(PRECONDITION, "GRANT_OUTLASTS_TITLE", "CreateAuthorization", grant)
        self.assertEqual(failure.metadata["term_end"], "2034-10-20")
        self.check_user(name, "2024-10-21", "NO_RECORD")
        grant.authorization.validity.to.CopyFrom(date("2034-10-20"))
        self.call("CreateAuthorization", grant)
        for day, reason, state in (
            ("2024-07-12", "TITLE_NOT_IN_FORCE", pb.TITLE_STATE_PENDING),
            ("2024-10-20", "TITLE_NOT_IN_FORCE", pb.TITLE_STATE_PENDING),
            ("2024-10-21", "AUTHORIZED", pb.TITLE_STATE_UNSPECIFIED),
            ("2034-10-20", "AUTHORIZED", pb.TITLE_STATE_UNSPECIFIED),
            ("2034-10-21", "TITLE_NOT_IN_FORCE", pb.TITLE_STATE_IN_GRACE),
            ("2035-04-21", "TITLE_NOT_IN_FORCE", pb.TITLE_STATE_LAPSED),
        ):
            self.check_user(name, day, reason, state)
            self.check_user("87654321", day, reason, state)

    def test_kinds_and_numbers(self):
        collective, product = pb.APPLICATION_KIND_COLLECTIVE_MARK, pb.APPLICATION_KIND_GI_PRODUCT
        row = self.create("collective", kind=collective, events=REGISTERED)
        self.assertEqual(row.indication, "indications/collective", "by default the id of the application")
        self.assertEqual(self.title(row.indication).kind, pb.INDICATION_KIND_COLLECTIVE_MARK)
        row = self.create("product", kind=product, goods=goods("g1"), events=RECOGNISED)
        title = self.title(row.indication)
        self.assertEqual(title.kind, pb.INDICATION_KIND_GI_PRODUCT)
        self.assertFalse(title.numbers, "the number of an announcement says nothing without its issuer")
        self.assertEqual(course(title), ["2024-02-05 APPLIED", "2024-04-19 PUBLISHED", "2024-06-20 REGISTERED"])
        self.assertEqual(title.events[-1].law_version, pb.LAW_VERSION_GI_PRODUCT_2024)
        self.assertFalse(title.events[-1].HasField("term_end"), "no term")
        self.check_user(row.indication, "2024-06-19", "TITLE_NOT_IN_FORCE", pb.TITLE_STATE_PENDING)
        self.check_user(row.indication, "2084-06-20", "NO_RECORD")

    def test_the_issuer_of_an_announcement(self):
        """As the event's basis says; under the rules of 2005 announcements were not CNIPA's by nature."""
        events = "2023-03-13 FILED, 2023-04-28 ACCEPTED, 2023-08-01 EXAMINATION_BEGUN"
        row = self.create("product-2005", kind=pb.APPLICATION_KIND_GI_PRODUCT, law=PRODUCT_2005, events=events)
        basis = pb.Document(kind=pb.DOCUMENT_KIND_ANNOUNCEMENT, issuer="AQSIQ")
        announced = happened("RECOGNISED", "2023-12-25", number="178", basis=basis)
        title = self.title(self.record(row, announced).indication)
        self.assertEqual([(n.number, n.issuer) for n in title.numbers], [("178", "AQSIQ")])
        self.assertEqual(title.events[0].law_version, pb.LAW_VERSION_GI_PRODUCT_2005)

    def test_a_certificate_that_says_another_day(self):
        row = self.create("stated", events=PUBLISHED)
        row = self.record(row, happened("REGISTERED", "2024-10-21", effective_from=date("2024-10-14")))
        title = self.title(row.indication)
        registered = title.events[-1]
        self.assertEqual((registered.effective_from, registered.announced_on), (date("2024-10-14"), date("2024-10-21")))
        self.assertEqual(registered.term_end, date("2034-10-13"))
        self.check_user(row.indication, "2024-10-14", "NO_RECORD")
        self.check_user(row.indication, "2024-10-13", "TITLE_NOT_IN_FORCE", pb.TITLE_STATE_PENDING)

    def test_a_title_that_is_there_already(self):
        pending = create_indication("test.pending", registered=None, goods=goods("g1", "g2"))
        self.call("CreateIndication", pending)
        row = self.create("known", indication="indications/test.pending", events=REGISTERED)
        self.assertEqual(row.indication, "indications/test.pending")
        title = self.title(row.indication)
        self.assertEqual((title.holder, course(title)[-1]), (entity_name(1), "2024-10-21 REGISTERED"))
        self.assertEqual([n.number for n in title.numbers], ["12345678"])
        # Nothing is written over a title that nobody named.
        self.call("CreateIndication", create_indication("occupied"))
        other = self.create("occupied", events=PUBLISHED)
        registering = self.recording(other, "2024-10-21 REGISTERED")
        self.fails(grpc.StatusCode.ALREADY_EXISTS, "RESOURCE_EXISTS", "RecordApplicationEvent", registering)

    def test_items_registered_at_different_times(self):
        row = self.create("parts", events=f"{PUBLISHED}, 2024-09-20 OPPOSED g2, 2024-10-21 REGISTERED g1")
        self.check_user(row.indication, "2024-10-21", "NO_RECORD", goods="g1")
        self.assertEqual([item.id for item in self.title(row.indication).goods], ["g1"])
        row = self.record(row, "2025-08-04 OPPOSITION_REJECTED g2", "2025-09-01 REGISTERED g2")
        title = self.title(row.indication)
        self.assertEqual([item.id for item in title.goods], ["g1", "g2"])
        # The item that was opposed counts from the end of the opposition period.
        by_item = {tuple(e.items): e.effective_from for e in title.events if e.kind == pb.TITLE_EVENT_KIND_REGISTERED}
        self.assertEqual(by_item, {("g1",): date("2024-10-21"), ("g2",): date("2024-10-14")})

    def test_events_of_the_title_belong_to_the_application(self):
        row = self.create("owned", events=REGISTERED)
        title = self.title(row.indication)
        undo = pb.TitleEvent(kind=pb.TITLE_EVENT_KIND_ANNULMENT, annuls=title.events[-1].id)
        request = verb(pb.RecordIndicationEventRequest, title, event=undo)
        self.fails(PRECONDITION, ["EVENT_NOT_ANNULLABLE", "STEP_UNSUPPORTED"], "RecordIndicationEvent", request)
        renewed = event(pb.TITLE_EVENT_KIND_RENEWED, "2034-10-21", received_on=date("2034-05-08"))
        request = verb(pb.RecordIndicationEventRequest, title, event=renewed)
        title = self.call("RecordIndicationEvent", request).indication
        self.assertEqual((title.events[-1].origin_event, title.events[-1].term_end), ("", date("2044-10-20")))


class TakenBackTest(TitleTestCase):

    def test_a_notice_is_revoked_and_published_again(self):
        row = self.create("revoked", events=REGISTERED)
        name, first = row.indication, self.title(row.indication)
        row = self.record(row, "2024-11-06 REGISTRATION_NOTICE_REVOKED")
        self.assertEqual(state_name(row.state), "PRELIMINARILY_PUBLISHED", "the state before")
        title = self.title(name)
        self.assertEqual(course(title), ["2024-01-10 APPLIED", "2024-07-13 PUBLISHED"])
        self.assertEqual(title.state, pb.TITLE_STATE_PENDING)
        self.assertTrue(changes(row.events[-1])["applications/revoked#e5"][0].startswith("REGISTERED from 2024-10-21"))
        self.check_user(name, "2024-10-22", "TITLE_NOT_IN_FORCE", pb.TITLE_STATE_PENDING)
        row = self.record(row, happened("REGISTERED", "2025-01-13", registration_number="12345678"))
        self.assertEqual(row.indication, name, "the same title")
        title = self.title(name)
        self.assertEqual(course(title)[-1], "2025-01-13 REGISTERED")
        self.assertEqual(title.events[-1].origin_event, "applications/revoked#e7")
        self.assertEqual([e.id for e in title.events], [f"e{i}" for i in range(1, len(title.events) + 1)])
        self.assertEqual(list(title.events[: len(first.events)]), list(first.events), "it stays on record")
        self.check_user(name, "2025-01-12", "TITLE_NOT_IN_FORCE", pb.TITLE_STATE_PENDING)
        self.check_user(name, "2025-01-13", "NO_RECORD")
        then = self.title(name, read_at=pb.ReadAt(exact_revision=first.revision))
        self.assertEqual(then.state, pb.TITLE_STATE_IN_FORCE, "what the register said then")

    def test_a_recognition_is_revoked(self):
        product = {"kind": pb.APPLICATION_KIND_GI_PRODUCT, "law": PRODUCT_2024}
        row = self.create("unrecognised", events=RECOGNISED, **product)
        row = self.record(row, "2024-07-01 REGISTRATION_NOTICE_REVOKED")
        self.assertEqual(state_name(row.state), "PRELIMINARILY_RECOGNISED")
        self.assertEqual(self.title(row.indication).state, pb.TITLE_STATE_PENDING)

    def test_an_annulled_registration(self):
        """It counts as never recorded: the title has no registration either."""
        row = self.create("annulled", events=REGISTERED)
        name = row.indication
        row = self.record(row, annulment("e5"))
        self.assertEqual(state_name(row.state), "PRELIMINARILY_PUBLISHED")
        self.assertTrue(changes(row.events[-1])["applications/annulled#e5"][0].startswith("REGISTERED from"))
        self.assertNotIn("2024-10-21 REGISTERED", course(self.title(name)))
        self.assertEqual(self.title(name).state, pb.TITLE_STATE_PENDING)
        self.check_user(name, "2024-10-22", "TITLE_NOT_IN_FORCE", pb.TITLE_STATE_PENDING)

    def test_an_annulled_registration_is_recorded_again(self):
        row = self.create("mended", events=REGISTERED)
        row = self.record(row, annulment("e5"), happened("REGISTERED", "2024-10-28", registration_number="23456789"))
        title = self.title(row.indication)
        self.assertEqual(course(title), ["2024-01-10 APPLIED", "2024-07-13 PUBLISHED", "2024-10-28 REGISTERED"])
        self.assertEqual(title.events[-1].term_end, date("2034-10-27"))
        self.check_user(title.name, "2024-10-27", "TITLE_NOT_IN_FORCE", pb.TITLE_STATE_PENDING)

    def test_what_cannot_be_annulled(self):
        row = self.create("fixed", events=REGISTERED)
        for event_id in ("e1", "e3", "e4"):
            undo = self.recording(row, annulment(event_id))
            self.fails(PRECONDITION, "TRANSITION_ILLEGAL", "RecordApplicationEvent", undo)
        row = self.record(row, annulment("e5"))
        for event_id in ("e5", "e6", "e9", "x"):
            undo = self.recording(row, annulment(event_id))
            self.fails(PRECONDITION, "EVENT_NOT_ANNULLABLE", "RecordApplicationEvent", undo)

    def test_a_grant_under_a_registration_that_is_taken_back(self):
        row = self.create("granted", events=REGISTERED)
        grant = create_authorization("test.granted", USER, "granted", "2024-10-21", "2030-12-31")
        self.call("CreateAuthorization", grant)
        self.check_user(row.indication, "2024-10-22", "AUTHORIZED")
        row = self.record(row, "2024-11-06 REGISTRATION_NOTICE_REVOKED")
        self.check_user(row.indication, "2024-10-22", "TITLE_NOT_IN_FORCE", pb.TITLE_STATE_PENDING)
        self.record(row, "2025-01-13 REGISTERED")
        self.check_user(row.indication, "2025-01-13", "AUTHORIZED")


class LateTest(TitleTestCase):

    def test_a_late_event_changes_what_followed(self):
        """An opposition that was recorded after the registration: the right begins on another day."""
        row = self.create("late", events=REGISTERED)
        self.assertEqual(course(self.title(row.indication))[-1], "2024-10-21 REGISTERED")
        row = self.record(row, "2024-09-20 OPPOSED")
        told = changes(row.events[-1])
        before, after = "due 2024-10-14, missed, closed 2024-10-21", "due 2024-10-14, met 2024-09-20"
        self.assertEqual(told["e4.TM-OPP"], (before, after))
        self.assertTrue(told["applications/late#e5"][0].startswith("REGISTERED from 2024-10-21"))
        self.assertTrue(told["applications/late#e5"][1].startswith("REGISTERED from 2024-10-14"))
        self.assertEqual(told["g1"], ("2024-10-21 REGISTERED", "2024-09-20 OPPOSED; 2024-10-21 REGISTERED"))
        self.assertEqual(self.get(row.name, "2024-10-01").state, pb.APPLICATION_STATE_OPPOSED)
        title = self.title(row.indication)
        self.assertEqual(course(title)[-1], "2024-10-14 REGISTERED")
        self.assertEqual((title.events[-1].term_end, title.protected_since), (date("2034-10-13"), date("2024-10-14")))
        self.check_user(title.name, "2024-10-14", "NO_RECORD")
        # And taken back again.
        row = self.record(row, annulment(row.events[-1].id))
        self.assertTrue(changes(row.events[-1])["applications/late#e5"][1].startswith("REGISTERED from 2024-10-21"))
        self.assertEqual(course(self.title(row.indication))[-1], "2024-10-21 REGISTERED")

    def test_late_events_move_deadlines(self):
        row = self.create("moved", events=EXAMINED)
        row = self.record(row, "2024-05-06 SUSPENDED", "2024-08-06 RESUMED")
        self.assertEqual(changes(row.events[-1])["e1.TM-EXAM-LIMIT"], ("due 2024-10-10", "due 2025-01-10"))
        row = self.record(row, annulment("e5"), annulment("e4"))
        self.assertEqual(changes(row.events[-2])["e1.TM-EXAM-LIMIT"], ("due 2025-01-10", "due 2024-10-10"))
        self.assertEqual(self.get(row.name, "2024-06-01").open_deadlines[0].due_date, date("2024-10-10"))

    def test_a_late_event_that_cannot_have_been(self):
        row = self.create("impossible", events=REGISTERED)
        for late in ("2024-07-01 OPPOSED", "2024-08-01 REFUSED", "2024-02-01 CORRECTED", "2024-09-01 WITHDRAWN"):
            request = self.recording(row, late)
            told = self.fails(PRECONDITION, "TRANSITION_ILLEGAL", "RecordApplicationEvent", request).metadata
            self.assertTrue(told["event"] and told["state"] and told["date"], told)
        self.assertEqual(len(self.get(row.name).events), 5)
        # On one day events stand in the order of recording.
        kinds = ("FILED", "CORRECTION_REQUESTED", "CORRECTED", "ACCEPTED")
        row = self.create("one-day", events=[happened(kind, "2024-01-10") for kind in kinds])
        self.assertEqual((state_name(row.state), row.state_since), ("ACCEPTED", date("2024-01-10")))
        self.assertEqual(self.get(row.name, "2024-01-09").state, pb.APPLICATION_STATE_DRAFT)

    def test_a_corrected_row_keeps_its_title(self):
        row = self.create("kept", events=REGISTERED)
        other = self.create("other", events=REGISTERED)
        request = correct(row, indication=other.indication)
        self.fails(PRECONDITION, "FIELD_CONTRADICTS", "CorrectApplication", request)

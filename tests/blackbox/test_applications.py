"""Applications: drafts and what filing waits for, what every event must say, who may do what, and calls that repeat."""

import grpc

from application_builders import (
    MARK,
    PRODUCT_2024,
    ApplicationCalls,
    annulment,
    create_application,
    goods,
    happened,
    material,
)
from builders import (
    PERSONAL_TEXTS,
    correct,
    create_division,
    create_entity,
    create_indication,
    date,
    entity_name,
    mutation,
    source,
    today,
)
from harness import ServerTestCase
from protos import pb

INVALID = grpc.StatusCode.INVALID_ARGUMENT
PRECONDITION = grpc.StatusCode.FAILED_PRECONDITION
DENIED = grpc.StatusCode.PERMISSION_DENIED
TOWNSHIP = (("x-role", "township"),)
DISTRICT = (("x-role", "district"),)
COLLECTIVE = pb.APPLICATION_KIND_COLLECTIVE_MARK
PRODUCT = pb.APPLICATION_KIND_GI_PRODUCT
CONVERSION = pb.APPLICATION_KIND_AGI_CONVERSION
FILED = "2024-01-10 FILED"
REFUSED = f"{FILED}, 2024-02-10 ACCEPTED, 2024-03-10 EXAMINATION_BEGUN, 2024-06-10 REFUSED g2"


def gaps(row):
    return [pb.MaterialKind.Name(gap.kind).removeprefix("MATERIAL_KIND_") for gap in row.material_gaps]


class ApplicationTestCase(ApplicationCalls, ServerTestCase):

    def correct(self, row, **fields):
        return self.call("CorrectApplication", correct(row, **fields)).application

    @classmethod
    def fill(cls):
        for number in (1, 2, 3):
            cls.call("CreateEntity", create_entity(number))
        cls.call("CreateDivision", create_division("500155", "梁平区"))
        cls.call("CreateIndication", create_indication("test.mark", registered=None))
        cls.call("CreateIndication", create_indication("test.agi", kind=pb.INDICATION_KIND_AGI, events=[]))


class FilingTest(ApplicationTestCase):

    def refuse_filing(self, row, reason):
        return self.fails(PRECONDITION, reason, "RecordApplicationEvent", self.recording(row, FILED))

    def test_a_draft_needs_little(self):
        bare = pb.Application(
            kind=pb.APPLICATION_KIND_CERTIFICATION_MARK,
            display_name="示例柚",
            applicant=entity_name(1),
            law=MARK,
            office="示例区知识产权局",
            source=source(),
        )
        row = self.call("CreateApplication", mutation(pb.CreateApplicationRequest(application=bare))).application
        self.assertTrue(row.name.startswith("applications/"))
        self.assertEqual((row.state, row.effective_law), (pb.APPLICATION_STATE_DRAFT, MARK))
        self.assertFalse(row.HasField("state_since") or row.HasField("filing_date") or row.item_states)
        self.assertFalse(row.open_deadlines or row.events or row.indication or row.parent)
        self.assertEqual(len(gaps(row)), 9)
        self.assertEqual(self.get(row.name), row)

    def test_the_checklists(self):
        every = set(
            "APPLICATION_FORM MARK_SPECIMEN LEGAL_STANDING RULES_OF_USE GOVERNMENT_AUTHORISATION AREA_PROOF "
            "QUALITY_STATEMENT REPUTATION_PROOF".split()
        )
        for kind, own in (
            (pb.APPLICATION_KIND_CERTIFICATION_MARK, {"SUPERVISION_ABILITY"}),
            (COLLECTIVE, {"MEMBER_LIST", "INSPECTION_CAPACITY"}),
        ):
            row = self.create(kind=kind, materials=[])
            self.assertEqual(set(gaps(row)), every | own)
            self.assertFalse(any(gap.advisory for gap in row.material_gaps))
            self.assertTrue(all(gap.source.verified and gap.source.title for gap in row.material_gaps))
            with_agent = self.create(kind=kind, materials=[], agent=entity_name(2))
            self.assertEqual(set(gaps(with_agent)), every | own | {"POWER_OF_ATTORNEY"})

    def test_filing_waits_for_documents(self):
        row = self.create(kind=COLLECTIVE)
        given = list(row.materials)
        without = [m for m in given if m.kind not in (pb.MATERIAL_KIND_MEMBER_LIST, pb.MATERIAL_KIND_AREA_PROOF)]
        row = self.correct(row, materials=without)
        failure = self.refuse_filing(row, "MATERIALS_INCOMPLETE")
        self.assertEqual(failure.metadata["name"], row.name)
        self.assertEqual(set(failure.metadata["missing"].split(", ")), {"MEMBER_LIST", "AREA_PROOF"})
        # Announced only is not there.
        row = self.correct(row, materials=[*without, material("MEMBER_LIST", present=False)])
        self.assertIn("MEMBER_LIST", self.refuse_filing(row, "MATERIALS_INCOMPLETE").metadata["missing"])
        waived = [
            *without,
            material("MEMBER_LIST", present=False, waiver_reason="名单随后补交"),
            material("AREA_PROOF", present=False, waiver_reason="见授权文件"),
        ]
        row = self.correct(row, materials=waived)
        self.assertEqual({gap.waiver_reason for gap in row.material_gaps}, {"名单随后补交", "见授权文件"})
        row = self.record(row, FILED)
        self.assertEqual(row.state, pb.APPLICATION_STATE_FILED)
        self.assertEqual(set(gaps(row)), {"MEMBER_LIST", "AREA_PROOF"}, "waived, still missing")
        # What is true of an event is true of one that comes with the application.
        spoilt = create_application(kind=COLLECTIVE, materials=without, events=FILED)
        self.fails(PRECONDITION, "MATERIALS_INCOMPLETE", "CreateApplication", spoilt)

    def test_an_agent_needs_a_power_of_attorney(self):
        row = self.create(agent=entity_name(2))
        self.assertEqual(self.refuse_filing(row, "MATERIALS_INCOMPLETE").metadata["missing"], "POWER_OF_ATTORNEY")
        row = self.correct(row, materials=[*row.materials, material("POWER_OF_ATTORNEY")])
        self.assertEqual(self.record(row, FILED).state, pb.APPLICATION_STATE_FILED)

    def test_gaps_nobody_has_read_of_are_advice(self):
        for kind, extra in ((PRODUCT, {}), (CONVERSION, {"converts": "indications/test.agi"})):
            row = self.create(kind=kind, goods=goods("g1"), **extra)
            self.assertIn("PRODUCT_STANDARD", gaps(row))
            self.assertEqual("AGI_CERTIFICATE" in gaps(row), kind == CONVERSION)
            self.assertTrue(all(gap.advisory and not gap.source.verified for gap in row.material_gaps))
            self.assertEqual(self.record(row, "2024-03-01 FILED").state, pb.APPLICATION_STATE_FILED)

    def test_what_filing_needs(self):
        own = pb.Standing(kind=pb.STANDING_KIND_ASSOCIATION)
        for fields, path in (
            ({"goods": []}, "application.goods"),
            ({"area_codes": []}, "application.area_codes"),
            ({"area_document": None}, "application.area_document"),
            ({"standing": None}, "application.standing"),
            ({"standing": own}, "application.standing.supervision"),
            ({"goods": [pb.GoodsItem(id="g1", text="柚子")]}, "application.goods[0].nice_class"),
            ({"goods": [pb.GoodsItem(id="g1", text="柚子", nice_class=31)]}, "application.goods[0].nice_edition"),
        ):
            with self.subTest(path=path):
                failure = self.refuse_filing(self.create(**fields), "APPLICATION_INCOMPLETE")
                self.assertIn(path, [v.field for v in failure.violations])
                self.assertEqual(failure.metadata["count"], str(len(failure.violations)))
        self.assertTrue(self.record(self.create(kind=COLLECTIVE, standing=own), FILED), "only of certification marks")
        plain = self.create(kind=PRODUCT, goods=[pb.GoodsItem(id="g1", text="柚子")])
        self.assertTrue(self.record(plain, "2024-03-01 FILED"), "classes are of marks")

    def test_what_creation_refuses(self):
        entrusted = pb.Supervision(kind=pb.SUPERVISION_KIND_ENTRUSTED)
        for reasons, fields in (
            (["FIELD_MALFORMED"], {"law": "trademark-1904"}),
            (["FIELD_CONTRADICTS"], {"law": PRODUCT_2024}),
            (["FIELD_CONTRADICTS"], {"kind": CONVERSION, "law": "gi-product-2005", "converts": "indications/test.agi"}),
            (["FIELD_REQUIRED"], {"kind": CONVERSION}),
            (["FIELD_MALFORMED"], {"converts": "indications/test.agi"}),
            (["FIELD_CONTRADICTS"], {"kind": CONVERSION, "converts": "indications/test.mark"}),
            (["FIELD_CONTRADICTS"], {"indication": "indications/test.agi"}),
            (["REFERENCE_NOT_FOUND"], {"applicant": "entities/none"}),
            (["REFERENCE_NOT_FOUND"], {"agent": "entities/none"}),
            (["REFERENCE_NOT_FOUND"], {"indication": "indications/none"}),
            (["FIELD_REQUIRED"], {"standing": pb.Standing(kind=pb.STANDING_KIND_ASSOCIATION, supervision=entrusted)}),
            (["FIELD_MALFORMED"], {"specimen_sha256": "A" * 64}),
            (["FIELD_MALFORMED"], {"materials": [material("AREA_PROOF", sha256="0" * 63)]}),
            (["FIELD_CONTRADICTS"], {"materials": [material("AREA_PROOF", waiver_reason="示例")]}),
            (["FIELD_MALFORMED", "FIELD_CONTRADICTS"], {"goods": goods("g1", "g1")}),
            (["PERSONAL_DATA"], {"office": f"示例 {PERSONAL_TEXTS['mobile']}"}),
            (["FIELD_MALFORMED"], {"events": [happened("FILED", "2024-01-10", ["g9"])]}),
            (["FIELD_MALFORMED"], {"events": [happened("DIVIDED", "2024-01-10", ["g1"])]}),
        ):
            with self.subTest(fields=str(fields)):
                self.fails(PRECONDITION, reasons, "CreateApplication", create_application(**fields))


class EventsTest(ApplicationTestCase):

    def needs(self, row, kind):
        """The fields that are missing in an event of this kind with nothing but its kind."""
        request = self.recording(row, pb.ApplicationEvent(kind=kind))
        found = self.violations_of("RecordApplicationEvent", request)
        return {v.field for v in found if v.reason == "ERROR_REASON_FIELD_REQUIRED"}

    def test_what_each_kind_needs(self):
        row = self.create(events=FILED)
        notices = {"event.date", "event.number", "event.service"}
        announced = {"event.date", "event.number"}
        reasoned = {"event.date", "event.note"}
        special = {
            "REGISTERED": {*announced, "event.registration_number"},
            "LAW_CHOSEN": {*reasoned, "event.law"},
            "ANNULMENT": {"event.annuls"},
            "DIVIDED": set(),
        }
        groups = (
            (notices, "CORRECTION_REQUESTED NOT_ACCEPTED OPINION_ISSUED REFUSED REVIEW_UPHELD OPPOSITION_NOTIFIED"),
            (notices, "REGISTRATION_DENIED"),
            (announced, "ACCEPTED PRELIMINARILY_PUBLISHED PRELIMINARILY_RECOGNISED RECOGNISED"),
            (announced, "JUDGMENT_UPHELD JUDGMENT_REVERSED REGISTRATION_NOTICE_REVOKED"),
            (reasoned, "WITHDRAWN SUSPENDED"),
        )
        wanted = {kind: fields for fields, kinds in groups for kind in kinds.split()}
        wanted.update(special)
        for name, number in pb.ApplicationEventKind.items():
            kind = name.removeprefix("APPLICATION_EVENT_KIND_")
            missing = self.needs(row, number)
            if number == 0:
                self.assertEqual(missing, {"event.kind"})
            elif kind in wanted:
                self.assertEqual(missing, wanted[kind], kind)
            else:
                self.assertLessEqual({"event.date"}, missing, kind)
        self.fails(INVALID, "FIELD_MALFORMED", "RecordApplicationEvent", self.recording(row, "2024-02-01 DIVIDED g1"))

    def test_fields_that_an_event_refuses(self):
        row = self.create(events=FILED)
        dispatched = pb.Service(mode=pb.SERVICE_MODE_RECEIVED, dispatched_on=date("2024-02-01"))
        early = pb.Service(mode=pb.SERVICE_MODE_POST, dispatched_on=date("2024-02-01"), received_on=date("2024-01-31"))

        def noticed(service):
            event = happened("CORRECTION_REQUESTED", "2024-02-01")
            event.service.CopyFrom(service)
            return event

        for reason, event in (
            ("FIELD_REQUIRED", noticed(dispatched)),
            ("FIELD_REQUIRED", noticed(pb.Service())),
            ("PERIOD_REVERSED", noticed(early)),
            ("DATE_INVALID", happened("ACCEPTED", "2024-02-30")),
            ("DATE_INVALID", happened("ACCEPTED", "2024-02")),
            ("FIELD_MALFORMED", happened("ACCEPTED", "2024-02-01", ["g9"])),
            ("FIELD_MALFORMED", happened("ACCEPTED", "2024-02-01", annuls="e1")),
            ("FIELD_MALFORMED", happened("ACCEPTED", "2024-02-01", law=MARK)),
            ("FIELD_MALFORMED", happened("LAW_CHOSEN", "2024-02-01", law="trademark-1904")),
            ("FIELD_CONTRADICTS", happened("LAW_CHOSEN", "2024-02-01", law=PRODUCT_2024)),
        ):
            with self.subTest(event=str(event)):
                self.fails(INVALID, reason, "RecordApplicationEvent", self.recording(row, event))

    def test_what_is_output_only_is_ignored_or_refused(self):
        row = self.create(events=FILED)
        event = happened("ACCEPTED", "2024-02-01", id="e9", made="indications/x", inherited_from="e7")
        event.changes.add(subject="made up")
        request = self.recording(row, event)
        found = self.violations_of("RecordApplicationEvent", request)
        if not found:
            request.validate_only = False
            told = self.call("RecordApplicationEvent", request).application.events[-1]
            self.assertEqual((told.id, told.made, told.inherited_from), ("e2", "", ""))
            self.assertNotIn("made up", [change.subject for change in told.changes])

    def test_the_future_is_refused(self):
        row = self.create(events=FILED)
        tomorrow, now = today(1), today()
        for event in (
            happened("ACCEPTED", None, date=tomorrow),
            happened("WITHDRAWN", None, date=tomorrow),
            happened("CORRECTION_REQUESTED", "2024-02-01", service=pb.Service(received_on=tomorrow)),
        ):
            self.fails(INVALID, "DATE_INVALID", "RecordApplicationEvent", self.recording(row, event))
        early = create_application(events=[happened("FILED", None, date=tomorrow)])
        self.fails(INVALID, "DATE_INVALID", "CreateApplication", early)
        row = self.record(row, happened("ACCEPTED", None, date=now))
        self.assertEqual(row.state_since, now)

    def test_roles(self):
        draft = self.create("test.township", metadata=TOWNSHIP)
        draft = self.call(
            "CorrectApplication", correct(draft, office="示例镇农业服务中心"), metadata=TOWNSHIP
        ).application
        self.assertEqual(draft.office, "示例镇农业服务中心")
        with_events = create_application(events=FILED)
        self.refuse_role("CreateApplication", with_events)
        self.refuse_role("RecordApplicationEvent", self.recording(draft, FILED))
        filed = self.call("RecordApplicationEvent", self.recording(draft, FILED), metadata=DISTRICT).application
        self.refuse_role("CorrectApplication", correct(filed, office="示例区知识产权局"))
        self.refuse_role("RecordApplicationEvent", self.recording(filed, annulment("e1")))
        self.refuse_role("DivideApplication", self.dividing(filed, ["g1"], "2024-06-20"))
        corrected = self.call(
            "CorrectApplication", correct(filed, office="示例区知识产权局"), metadata=DISTRICT
        ).application
        self.assertEqual(corrected.office, "示例区知识产权局")
        read = self.call("GetApplication", pb.GetApplicationRequest(name=draft.name), metadata=TOWNSHIP)
        self.assertEqual(read.application, corrected)

    def refuse_role(self, method, request):
        failure = self.fails(DENIED, "ROLE_NOT_ALLOWED", method, request, metadata=TOWNSHIP)
        self.assertEqual((failure.metadata["role"], failure.metadata["allowed"]), ("TOWNSHIP", "DISTRICT"))

    def test_etags_and_repeated_calls(self):
        first = create_application("test.repeated")
        row = self.call("CreateApplication", first).application
        filing = self.recording(row, FILED)
        filed = self.call("RecordApplicationEvent", filing)
        aborted, exists = grpc.StatusCode.ABORTED, grpc.StatusCode.ALREADY_EXISTS
        self.fails(aborted, "ETAG_MISMATCH", "RecordApplicationEvent", self.recording(row, "2024-02-10 ACCEPTED"))
        self.fails(aborted, "ETAG_MISMATCH", "CorrectApplication", correct(row, office="示例"))
        again = self.call("RecordApplicationEvent", filing)
        self.assertTrue(again.replayed)
        again.replayed = False
        self.assertEqual(again, filed)
        self.assertEqual(len(self.get(row.name).events), 1)
        self.assertTrue(self.call("CreateApplication", first).replayed)
        filing.event.date.CopyFrom(date("2024-01-11"))
        self.fails(INVALID, "REQUEST_ID_REUSED", "RecordApplicationEvent", filing)
        self.fails(exists, "RESOURCE_EXISTS", "CreateApplication", create_application("test.repeated"))

    def test_validate_only_changes_nothing(self):
        row = self.create("test.dry")
        before = self.call("GetApplication", pb.GetApplicationRequest(name=row.name))
        filing = self.recording(row, FILED)
        self.assertEqual(list(self.violations_of("RecordApplicationEvent", filing)), [])
        illegal = self.recording(row, "2024-02-10 ACCEPTED")
        reasons = [v.reason for v in self.violations_of("RecordApplicationEvent", illegal)]
        self.assertEqual(reasons, ["ERROR_REASON_TRANSITION_ILLEGAL"])
        poor = create_application("test.dry-too", law="none", events="2024-01-10 FILED g9, 2999-02-10 ACCEPTED")
        found = {v.field for v in self.violations_of("CreateApplication", poor)}
        self.assertLessEqual({"application.law", "application.events[0].items[0]", "application.events[1].date"}, found)
        self.assertEqual(self.call("GetApplication", pb.GetApplicationRequest(name=row.name)), before)
        asked = pb.GetApplicationRequest(name="applications/test.dry-too")
        self.fails(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND", "GetApplication", asked)

    def test_corrections_leave_events_that_make_sense(self):
        row = self.create(events=REFUSED)
        self.fails(INVALID, "FIELD_MALFORMED", "CorrectApplication", correct(row, goods=goods("g1")))
        for path in ("kind", "law", "events", "state", "parent", "filing_date", "material_gaps"):
            request = correct(row, office="示例")
            request.application.MergeFrom(pb.Application(kind=COLLECTIVE, law="trademark-2026"))
            request.update_mask.paths.append(path)
            self.fails(INVALID, "UPDATE_MASK_INVALID", "CorrectApplication", request)
        more = self.correct(row, goods=goods("g1", "g2", "g3"))
        self.assertEqual({item.item for item in more.item_states}, {"g1", "g2", "g3"})


class ListTest(ApplicationTestCase):

    @classmethod
    def fill(cls):
        super().fill()
        for name, fields in (
            ("a", {}),
            ("b", {"kind": COLLECTIVE, "applicant": entity_name(2), "events": FILED}),
            ("c", {"office": "甲", "events": REFUSED, "product": "products/you"}),
            ("d", {"kind": PRODUCT, "office": "甲", "events": "2024-03-10 FILED"}),
        ):
            cls.call("CreateApplication", create_application(name, **fields))

    def names(self, **fields):
        rows = self.call("ListApplications", pb.ListApplicationsRequest(**fields)).applications
        for row in rows:
            self.assertEqual(self.get(row.name, **({"date": fields["date"]} if "date" in fields else {})), row)
        return "".join(row.name[-1] for row in rows)

    def test_filters(self):
        self.assertEqual(self.names(), "abcd")
        self.assertEqual(self.names(kind=PRODUCT), "d")
        self.assertEqual(self.names(applicant=entity_name(2)), "b")
        self.assertEqual(self.names(product="products/you"), "c")
        self.assertEqual(self.names(office="甲"), "cd")
        self.assertEqual(self.names(office="甲", kind=PRODUCT), "d")
        self.assertEqual(self.names(states=[pb.APPLICATION_STATE_DRAFT, pb.APPLICATION_STATE_FILED]), "abd")
        self.assertEqual(self.names(states=[pb.APPLICATION_STATE_PARTIALLY_REFUSED]), "c")
        self.assertEqual(self.names(states=[pb.APPLICATION_STATE_REFUSED]), "c", "also of a single item")
        self.assertEqual(self.names(states=[pb.APPLICATION_STATE_FILED], date=date("2024-01-10")), "bc")
        self.assertEqual(self.names(states=[pb.APPLICATION_STATE_DRAFT], date=date("2024-01-09")), "abcd")

    def test_pages(self):
        request = pb.ListApplicationsRequest(page_size=1, date=date("2024-01-10"))
        names, states = [], []
        while True:
            answer = self.call("ListApplications", request)
            names += [row.name[-1] for row in answer.applications]
            states += [row.state for row in answer.applications]
            self.create(f"new{len(names)}")
            request.page_token = answer.next_page_token
            if not answer.next_page_token:
                break
        self.assertEqual(names, ["a", "b", "c", "d"], "as it was at the first page")
        draft, filed = pb.APPLICATION_STATE_DRAFT, pb.APPLICATION_STATE_FILED
        self.assertEqual(states, [draft, filed, filed, draft])

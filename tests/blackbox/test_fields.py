"""Findings about fields: all of them at once, in both languages, and nothing done."""

import uuid

import grpc

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
    mutation,
    period,
    uscc,
)
from harness import ServerTestCase
from protos import pb

INVALID = grpc.StatusCode.INVALID_ARGUMENT
PRECONDITION = grpc.StatusCode.FAILED_PRECONDITION
LEGACY_CODE = "91350203M0001QAY9B"  # public example of the 2015-16 pilot


class FieldsTest(ServerTestCase):

    @classmethod
    def fill(cls):
        cls.call("CreateDivision", create_division("500155", "梁平区"))
        cls.entity = cls.call("CreateEntity", create_entity(1)).entity
        cls.title = cls.call("CreateIndication", create_indication("test.t1")).indication

    def revision(self):
        return self.call("ListEntities", pb.ListEntitiesRequest()).read_point.revision

    def test_validate_only_finds_everything(self):
        request = create_entity(
            2, uscc="93500155TEXT0000XX", display_name="", aliases=["", "x" * 201], division_code="12"
        )
        request.entity_id = "No Id"
        request.reason = ""
        request.request_id = "1"
        before = self.revision()
        found = {v.field: v.reason for v in self.violations_of("CreateEntity", request)}
        wanted = {
            "entity.uscc": "USCC_INVALID",
            "entity.display_name": "FIELD_REQUIRED",
            "entity.aliases[0]": "FIELD_REQUIRED",
            "entity.aliases[1]": "FIELD_TOO_LONG",
            "entity.division_code": "DIVISION_CODE_MALFORMED",
            "entity_id": "FIELD_MALFORMED",
            "reason": "FIELD_REQUIRED",
            "request_id": "FIELD_MALFORMED",
        }
        self.assertEqual(found, {field: f"ERROR_REASON_{reason}" for field, reason in wanted.items()})
        self.assertEqual(self.revision(), before)

    def test_validate_only_judges_the_state_too(self):
        reasons = {v.reason for v in self.violations_of("CreateEntity", create_entity(1))}
        self.assertEqual(reasons, {"ERROR_REASON_RESOURCE_EXISTS"})
        stale = correct(self.entity, aliases=["示例"])
        stale.etag = self.title.etag
        self.assertEqual({v.reason for v in self.violations_of("CorrectEntity", stale)}, {"ERROR_REASON_ETAG_MISMATCH"})
        stray = create_authorization("test.a1", 404, "test.none")
        self.assertIn(
            "ERROR_REASON_REFERENCE_NOT_FOUND", {v.reason for v in self.violations_of("CreateAuthorization", stray)}
        )

    def test_validate_only_of_what_is_right(self):
        before = self.revision()
        request = create_entity(3)
        self.assertEqual(list(self.violations_of("CreateEntity", request)), [])
        self.assertEqual(self.revision(), before)
        self.fails(
            grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND", "GetEntity", pb.GetEntityRequest(name=entity_name(3))
        )
        request.validate_only = False
        self.assertFalse(self.call("CreateEntity", request).replayed, "a validation does not use up the request id")

    def test_more_findings_than_an_error_holds(self):
        request = create_entity(4, aliases=["x" * 201] * 20)
        failure = self.fails(INVALID, "FIELD_TOO_LONG", "CreateEntity", request)
        self.assertEqual(failure.reason, "ERROR_REASON_FIELDS_INVALID")
        self.assertEqual((failure.metadata["count"], failure.metadata["field"]), ("20", "entity.aliases[0]"))
        self.assertTrue(failure.metadata["detail"])
        self.assertTrue(0 < len(failure.violations) <= 16)
        self.assertEqual(len(self.violations_of("CreateEntity", request)), 20)

    def test_both_languages(self):
        request = create_entity(5, display_name="")
        violation = self.violations_of("CreateEntity", request)[0]
        self.assertRegex(violation.message_zh, "[\u4e00-\u9fff]")
        self.assertTrue(violation.message_en.isascii() and violation.message_en)
        request.validate_only = False
        default = self.fails(INVALID, "FIELD_REQUIRED", "CreateEntity", request)
        self.assertEqual(default.violations[0].localized_message.locale, "zh-CN")
        english = self.fails(INVALID, "FIELD_REQUIRED", "CreateEntity", request, metadata=[("accept-language", "en")])
        self.assertEqual(english.violations[0].localized_message.locale, "en")
        self.assertTrue(english.violations[0].localized_message.message.isascii())

    def test_dates(self):
        for bad in (
            pb.Date(year=2023, month=2, day=29),
            pb.Date(year=2023, month=5),
            pb.Date(year=2023),
            pb.Date(),
            pb.Date(day=1),
            pb.Date(year=10000, month=1, day=1),
            pb.Date(year=2023, month=13, day=1),
            pb.Date(year=-1, month=1, day=1),
        ):
            with self.subTest(date=str(bad)):
                self.fails(INVALID, "DATE_INVALID", "GetEntity", pb.GetEntityRequest(name=self.entity.name, date=bad))
        self.call("GetEntity", pb.GetEntityRequest(name=self.entity.name, date=date("2024-02-29")))
        seen = create_division("500156")
        seen.division.names[0].first_seen.CopyFrom(pb.Date(year=2023, day=7))
        self.fails(INVALID, "DATE_INVALID", "CreateDivision", seen)

    def test_periods(self):
        reversed_ = create_authorization("test.a2", 1, "test.t1")
        reversed_.authorization.validity.CopyFrom(period("2023-05-02", "2023-05-01"))
        self.fails(INVALID, "PERIOD_REVERSED", "CreateAuthorization", reversed_)
        without = create_authorization("test.a2", 1, "test.t1")
        without.authorization.ClearField("validity")
        self.fails(INVALID, "FIELD_REQUIRED", "CreateAuthorization", without)

    def test_update_masks(self):
        for path in ("nothing", "source.title", "name", "state", "etag", "create_time", "events", ""):
            request = correct(self.entity, aliases=["示例"])
            request.update_mask.paths[:] = [path]
            with self.subTest(path=path):
                self.fails(INVALID, "UPDATE_MASK_INVALID", "CorrectEntity", request)
        immutable = correct(self.title, kind=pb.INDICATION_KIND_COLLECTIVE_MARK)
        self.fails(INVALID, "UPDATE_MASK_INVALID", "CorrectIndication", immutable)
        nothing = correct(self.entity, display_name=self.entity.display_name)
        failure = self.fails(PRECONDITION, "NOTHING_TO_CORRECT", "CorrectEntity", nothing)
        self.assertEqual(failure.metadata.get("name"), self.entity.name)

    def test_request_ids_and_reasons(self):
        for bad in ("1", "x" * 36, str(uuid.uuid4())[:-1], "{" + str(uuid.uuid4())[1:]):
            request = create_entity(6)
            request.request_id = bad
            self.fails(INVALID, "FIELD_MALFORMED", "CreateEntity", request)
        request = create_entity(6)
        request.reason = ""
        self.fails(INVALID, "FIELD_REQUIRED", "CreateEntity", request)
        self.call("CreateEntity", request, metadata=[("x-case-id", "case-2026-001")])

    def test_headers(self):
        for header in ("x-user", "x-case-id", "x-on-behalf-of"):
            for value in ("with space", "x" * 65, "512224190101010296", "13800138000"):
                with self.subTest(header=header, value=value):
                    failure = self.fails(
                        INVALID, "CALLER_METADATA_INVALID", "CreateEntity", create_entity(7), metadata=[(header, value)]
                    )
                    self.assertEqual(failure.metadata["header"], header)
                    self.assertNotIn(value.encode(), failure.raw)
        self.call("CreateEntity", create_entity(7), metadata=[("x-user", "u-17"), ("x-on-behalf-of", "office.3")])

    def test_page_sizes(self):
        self.fails(INVALID, "FIELD_MALFORMED", "ListEntities", pb.ListEntitiesRequest(page_size=-1))
        for size in (0, 1001, 2**31 - 1):
            self.call("ListEntities", pb.ListEntitiesRequest(page_size=size))

    def test_usccs(self):
        bad = uscc(8)[:-1] + ("A" if uscc(8)[-1] != "A" else "B")
        for text in (bad, "9.35002E+17", "500155000000001", "示例", uscc(8)[:-1]):
            with self.subTest(text=text):
                self.fails(INVALID, "USCC_INVALID", "CreateEntity", create_entity(8, uscc=text))
        request = create_entity(8, uscc=uscc(8).replace("0", "O"))
        self.assertIn(uscc(8), self.violations_of("CreateEntity", request)[0].message_en, "proposes 0 for O")
        created = self.call("CreateEntity", create_entity(8, uscc=f" '{uscc(8).lower()}\u200b")).entity
        self.assertEqual(created.uscc, uscc(8))
        unknown = self.call("CreateEntity", create_entity(9, uscc=uscc(9, division="110302"))).entity
        self.assertEqual(
            (unknown.uscc_verdict, list(unknown.flags)),
            (pb.USCC_VERDICT_OK_UNKNOWN_DIVISION, [pb.ENTITY_FLAG_UNKNOWN_DIVISION]),
        )

    def test_legacy_usccs(self):
        request = create_entity(10, uscc=LEGACY_CODE)
        self.fails(PRECONDITION, "USCC_LEGACY_UNCONFIRMED", "CreateEntity", request)
        request.accept_legacy_code = True
        entity = self.call("CreateEntity", mutation(request)).entity
        self.assertEqual(
            (entity.uscc_verdict, list(entity.flags)), (pb.USCC_VERDICT_OK_LEGACY, [pb.ENTITY_FLAG_LEGACY_CODE])
        )

    def test_texts(self):
        for bad in ("a\x00b", "tab\there", "two\nlines", "\x7f示例"):
            with self.subTest(text=bad):
                self.fails(INVALID, "FIELD_MALFORMED", "CreateEntity", create_entity(11, display_name=bad))
        created = self.call("CreateEntity", create_entity(11, display_name="  Cafe\u0301 示例 ")).entity
        self.assertEqual(created.display_name, "Caf\u00e9 示例", "trimmed and in NFC")

    def test_output_only_fields_are_ignored(self):
        request = create_entity(
            12,
            name="entities/other",
            etag="x",
            revision=7,
            state=pb.ENTITY_STATE_DISSOLVED,
            events=[pb.EntityEvent(kind=pb.ENTITY_EVENT_KIND_DEREGISTERED, effective_from=date("2020-01-01"))],
        )
        entity = self.call("CreateEntity", request).entity
        self.assertEqual((entity.name, entity.state, len(entity.events)), (entity_name(12), pb.ENTITY_STATE_ACTIVE, 0))

    def test_titles(self):
        foreign = create_indication("test.f1", kind=pb.INDICATION_KIND_FOREIGN)
        self.fails(INVALID, "FIELD_REQUIRED", "CreateIndication", foreign)
        twice = create_indication("test.f2", goods=[pb.GoodsItem(id="g1", text="柚子")] * 2)
        self.fails(INVALID, "FIELD_MALFORMED", "CreateIndication", twice)
        undated = create_indication("test.f3", events=[event(pb.TITLE_EVENT_KIND_REGISTERED)])
        self.fails(INVALID, "FIELD_REQUIRED", "CreateIndication", undated)
        early = create_indication("test.f4", events=[event(pb.TITLE_EVENT_KIND_RENEWED, "2020-01-01")])
        self.fails(PRECONDITION, "TRANSITION_ILLEGAL", "CreateIndication", early)

    def test_checks(self):
        for fields, reason in (
            ({"place": "12345"}, "DIVISION_CODE_MALFORMED"),
            ({"nice_class": 46}, "FIELD_MALFORMED"),
            ({"nice_class": -1}, "FIELD_MALFORMED"),
            ({"date": pb.Date(year=2023)}, "DATE_INVALID"),
        ):
            with self.subTest(fields=str(fields)):
                self.fails(INVALID, reason, "CheckAuthorization", check(uscc(1), self.title.name, **fields))

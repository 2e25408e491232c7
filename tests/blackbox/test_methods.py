"""Every method, in the order in which an office would use them."""

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
    micros,
    period,
    uscc,
    verb,
)
from harness import SERVING, Failure, ServerTestCase
from protos import pb

EXISTS = grpc.StatusCode.ALREADY_EXISTS
NOT_FOUND = grpc.StatusCode.NOT_FOUND
PRECONDITION = grpc.StatusCode.FAILED_PRECONDITION


class MethodsTest(ServerTestCase):

    def check_row(self, row, read_point):
        """What every row in an answer to its own change has."""
        self.assertTrue(row.name and row.etag)
        self.assertEqual(row.revision, read_point.revision)
        self.assertLessEqual(micros(row.create_time), micros(row.update_time))
        self.assertRegex(read_point.history_id, "^[0-9a-f]{32}$")
        self.assertTrue(read_point.HasField("commit_time"))

    def test_1_divisions(self):
        old = self.call("CreateDivision", create_division("500155120", "合兴镇", successor="500155005"))
        self.check_row(old.division, old.read_point)
        self.assertEqual(old.division.name, "divisions/500155120")
        self.assertEqual((old.division.level, old.division.display_name), (pb.DIVISION_LEVEL_TOWNSHIP, "合兴镇"))
        for code, name in (
            ("500000", "重庆市"),
            ("500155", "梁平区"),
            ("500155005", "合兴街道"),
            ("500155005205", "龙滩村村民委员会"),
        ):
            self.call("CreateDivision", create_division(code, name))
        self.fails(EXISTS, "RESOURCE_EXISTS", "CreateDivision", create_division("500155"))
        self.fails(
            grpc.StatusCode.INVALID_ARGUMENT, "DIVISION_CODE_MALFORMED", "CreateDivision", create_division("5001x5")
        )

        got = self.call("GetDivision", pb.GetDivisionRequest(name="divisions/500155120"))
        self.assertEqual(got.division, old.division)
        corrected = self.call("CorrectDivision", correct(old.division, aliases=["合興鎮"])).division
        self.assertEqual(list(corrected.aliases), ["合興鎮"])
        self.assertNotEqual(corrected.etag, old.division.etag)
        self.assertEqual(micros(corrected.create_time), micros(old.division.create_time))

        listed = self.call("ListDivisions", pb.ListDivisionsRequest(code_prefix="500155"))
        self.assertEqual([row.code for row in listed.divisions], ["500155", "500155005", "500155005205", "500155120"])
        listed = self.call(
            "ListDivisions", pb.ListDivisionsRequest(level=pb.DIVISION_LEVEL_TOWNSHIP, current_only=True)
        )
        self.assertEqual([row.code for row in listed.divisions], ["500155005"])

    def test_2_resolved_divisions(self):
        resolved = self.call("ResolveDivision", pb.ResolveDivisionRequest(code="500155120"))
        self.assertEqual((list(resolved.codes), list(resolved.path)), (["500155005"], ["500155120", "500155005"]))
        self.assertEqual((resolved.partial, resolved.inferred), (False, True))
        self.assertEqual(list(resolved.display_names), ["重庆市", "梁平区", "合兴街道"])
        village = self.call("ResolveDivision", pb.ResolveDivisionRequest(code="500155120205"))
        self.assertEqual((list(village.codes), village.inferred), (["500155005205"], True))
        unknown_village = self.call("ResolveDivision", pb.ResolveDivisionRequest(code="500155120999"))
        self.assertEqual((list(unknown_village.codes), unknown_village.partial), (["500155005"], True))
        self.assertEqual(list(self.call("ResolveDivision", pb.ResolveDivisionRequest(code="990001")).codes), [])
        self.fails(
            grpc.StatusCode.INVALID_ARGUMENT,
            "DIVISION_CODE_MALFORMED",
            "ResolveDivision",
            pb.ResolveDivisionRequest(code="梁平"),
        )

    def test_3_entities(self):
        created = self.call("CreateEntity", create_entity(1, division_code="500155120205", aliases=["示例一号"]))
        entity = created.entity
        self.check_row(entity, created.read_point)
        self.assertEqual((entity.name, entity.uscc, entity.uscc_verdict), (entity_name(1), uscc(1), pb.USCC_VERDICT_OK))
        self.assertEqual((entity.state, entity.effective_name), (pb.ENTITY_STATE_ACTIVE, entity.display_name))
        self.assertEqual(entity.division_code, "500155120205", "kept as written")
        self.fails(EXISTS, "RESOURCE_EXISTS", "CreateEntity", create_entity(1, uscc=uscc(900)))
        self.fails(EXISTS, "RESOURCE_EXISTS", "CreateEntity", create_entity(901, uscc=uscc(1)))
        full_width = "".join(chr(ord(c) + 0xFEE0) for c in uscc(1))
        listed = self.call("ListEntities", pb.ListEntitiesRequest(uscc=f" {full_width} "))
        self.assertEqual([row.name for row in listed.entities], [entity.name])

        made_id = create_entity(2)
        made_id.entity_id = ""
        self.assertRegex(self.call("CreateEntity", made_id).entity.name, "^entities/[a-z0-9][a-z0-9.-]{0,62}$")
        entity = self.call("CorrectEntity", correct(entity, aliases=["示例甲", "示例乙"])).entity
        self.assertEqual(list(entity.aliases), ["示例甲", "示例乙"])

    def test_4_entity_events(self):
        entity = self.call("GetEntity", pb.GetEntityRequest(name=entity_name(1))).entity
        renamed = pb.EntityEvent(
            kind=pb.ENTITY_EVENT_KIND_RENAMED, effective_from=date("2022-05-01"), new_name="示例新名合作社"
        )
        entity = self.call("RecordEntityEvent", verb(pb.RecordEntityEventRequest, entity, event=renamed)).entity
        self.assertEqual([e.id for e in entity.events], ["e1"])
        for day, name in (("2022-04-30", "示例1号合作社"), ("2022-05-01", "示例新名合作社")):
            got = self.call("GetEntity", pb.GetEntityRequest(name=entity.name, date=date(day))).entity
            self.assertEqual((got.effective_name, got.display_name), (name, "示例1号合作社"), day)
        ended = pb.EntityEvent(kind=pb.ENTITY_EVENT_KIND_DEREGISTERED, effective_from=date("2023-01-01"))
        entity = self.call("RecordEntityEvent", verb(pb.RecordEntityEventRequest, entity, event=ended)).entity
        for day, state in (("2022-12-31", pb.ENTITY_STATE_ACTIVE), ("2023-01-01", pb.ENTITY_STATE_DISSOLVED)):
            got = self.call("GetEntity", pb.GetEntityRequest(name=entity.name, date=date(day))).entity
            self.assertEqual(got.state, state, day)
        annulled = pb.EntityEvent(kind=pb.ENTITY_EVENT_KIND_ANNULMENT, annuls="e2")
        entity = self.call("RecordEntityEvent", verb(pb.RecordEntityEventRequest, entity, event=annulled)).entity
        self.assertEqual(entity.state, pb.ENTITY_STATE_ACTIVE)
        for event_id in ("e2", "e99"):
            again = pb.EntityEvent(kind=pb.ENTITY_EVENT_KIND_ANNULMENT, annuls=event_id)
            self.fails(
                PRECONDITION,
                "EVENT_NOT_ANNULLABLE",
                "RecordEntityEvent",
                verb(pb.RecordEntityEventRequest, entity, event=again),
            )

    def test_5_indications(self):
        number = pb.TitleNumber(kind=pb.NUMBER_KIND_ANNOUNCEMENT, number="9999", issuer="TEST", year=2020)
        created = self.call(
            "CreateIndication",
            create_indication(
                "test.t1", registered=None, holder=entity_name(1), numbers=[number], area_codes=["500155"]
            ),
        )
        title = created.indication
        self.check_row(title, created.read_point)
        self.assertEqual((title.name, title.state), ("indications/test.t1", pb.TITLE_STATE_PENDING))
        registered = event(pb.TITLE_EVENT_KIND_REGISTERED, "2015-03-07")
        title = self.call(
            "RecordIndicationEvent", verb(pb.RecordIndicationEventRequest, title, event=registered)
        ).indication
        self.assertEqual(title.events[0].id, "e1")
        self.assertEqual(
            (title.events[0].term_end, title.events[0].grace_end), (date("2025-03-06"), date("2025-09-06"))
        )
        states = (
            ("2015-03-06", "PENDING"),
            ("2015-03-07", "IN_FORCE"),
            ("2025-03-06", "IN_FORCE"),
            ("2025-03-07", "IN_GRACE"),
            ("2025-09-07", "LAPSED"),
        )
        for day, state in states:
            got = self.call("GetIndication", pb.GetIndicationRequest(name=title.name, date=date(day))).indication
            self.assertEqual(pb.TitleState.Name(got.state), f"TITLE_STATE_{state}", day)
        renewed = event(pb.TITLE_EVENT_KIND_RENEWED, "2025-02-01")
        title = self.call(
            "RecordIndicationEvent", verb(pb.RecordIndicationEventRequest, title, event=renewed)
        ).indication
        self.assertEqual(title.events[1].term_end, date("2035-03-06"))
        title = self.call("CorrectIndication", correct(title, area_text="梁平区辖区", category="水果")).indication
        self.assertEqual((title.area_text, title.category), ("梁平区辖区", "水果"))

        for text in ("9999", "TEST 9999", "TEST公告2020年第9999号"):
            listed = self.call("ListIndications", pb.ListIndicationsRequest(number=text))
            self.assertEqual([row.name for row in listed.indications], [title.name], text)
        listed = self.call("ListIndications", pb.ListIndicationsRequest(kind=pb.INDICATION_KIND_GI_PRODUCT))
        self.assertEqual(list(listed.indications), [])

    def test_6_partly_in_force(self):
        title = self.call("CreateIndication", create_indication("test.t2")).indication
        gone = event(pb.TITLE_EVENT_KIND_REVOKED, announced_on=date("2024-06-01"), items=["g2"])
        title = self.call("RecordIndicationEvent", verb(pb.RecordIndicationEventRequest, title, event=gone)).indication
        got = self.call("GetIndication", pb.GetIndicationRequest(name=title.name, date=date("2024-06-01"))).indication
        self.assertEqual(got.state, pb.TITLE_STATE_PARTLY_IN_FORCE)
        self.assertEqual(
            {item.item: item.state for item in got.item_states},
            {"g1": pb.TITLE_STATE_IN_FORCE, "g2": pb.TITLE_STATE_REVOKED},
        )
        stray = event(pb.TITLE_EVENT_KIND_REVOKED, announced_on=date("2024-07-01"), items=["g9"])
        with self.assertRaises(Failure):
            self.call("RecordIndicationEvent", verb(pb.RecordIndicationEventRequest, title, event=stray))

    def test_7_authorizations(self):
        created = self.call("CreateAuthorization", create_authorization("test.a1", 1, "test.t1", first=None))
        grant = created.authorization
        self.check_row(grant, created.read_point)
        self.assertEqual((grant.name, grant.state), ("authorizations/test.a1", pb.AUTHORIZATION_STATE_PENDING))
        steps = (
            (
                "GrantAuthorization",
                pb.GrantAuthorizationRequest,
                "2021-03-01",
                {"validity": period("2021-03-01", "2028-12-31")},
                "GRANTED",
            ),
            ("SuspendAuthorization", pb.SuspendAuthorizationRequest, "2022-01-01", {}, "SUSPENDED"),
            ("ReinstateAuthorization", pb.ReinstateAuthorizationRequest, "2022-02-01", {}, "GRANTED"),
            (
                "RemoveAuthorization",
                pb.RemoveAuthorizationRequest,
                "2023-01-01",
                {"ground": pb.REMOVAL_GROUND_TWO_YEARS_UNUSED},
                "REMOVED",
            ),
        )
        for method, request, day, fields, state in steps:
            grant = self.call(method, verb(request, grant, effective_from=date(day), **fields)).authorization
            got = self.call(
                "GetAuthorization", pb.GetAuthorizationRequest(name=grant.name, date=date(day))
            ).authorization
            self.assertEqual(pb.AuthorizationState.Name(got.state), f"AUTHORIZATION_STATE_{state}", method)
        failure = self.fails(
            PRECONDITION,
            "TRANSITION_ILLEGAL",
            "SuspendAuthorization",
            verb(pb.SuspendAuthorizationRequest, grant, effective_from=date("2023-02-01")),
        )
        if failure.reason == "ERROR_REASON_TRANSITION_ILLEGAL":
            self.assertEqual({"name", "event", "state", "date", "allowed"} - set(failure.metadata), set())
        grant = self.call(
            "AnnulAuthorizationEvent", verb(pb.AnnulAuthorizationEventRequest, grant, event="e5")
        ).authorization
        grant = self.call(
            "CorrectAuthorization", correct(grant, scope=pb.Scope(area_codes=["500155005"], goods=["g1"]))
        ).authorization
        got = self.call(
            "GetAuthorization", pb.GetAuthorizationRequest(name=grant.name, date=date("2023-02-01"))
        ).authorization
        self.assertEqual((got.state, list(got.scope.goods)), (pb.AUTHORIZATION_STATE_GRANTED, ["g1"]))
        for day, state in (("2021-02-28", "PENDING"), ("2029-01-01", "EXPIRED")):
            got = self.call(
                "GetAuthorization", pb.GetAuthorizationRequest(name=grant.name, date=date(day))
            ).authorization
            self.assertEqual(pb.AuthorizationState.Name(got.state), f"AUTHORIZATION_STATE_{state}", day)

        for grant_id in ("test.a2", "test.a0"):
            self.call("CreateAuthorization", create_authorization(grant_id, 1, "test.t2"))
        for fields, wanted in (
            ({"indication": "indications/test.t1"}, ["test.a1"]),
            ({"entity": entity_name(1)}, ["test.a1", "test.a0", "test.a2"]),
            ({"entity": entity_name(1), "indication": "indications/test.t2"}, ["test.a0", "test.a2"]),
            ({}, ["test.a0", "test.a1", "test.a2"]),
        ):
            listed = self.call("ListAuthorizations", pb.ListAuthorizationsRequest(**fields))
            self.assertEqual(
                [row.name for row in listed.authorizations],
                [f"authorizations/{name}" for name in wanted],
                f"in the documented order: {fields}",
            )
        self.fails(
            PRECONDITION, "REFERENCE_NOT_FOUND", "CreateAuthorization", create_authorization("test.a3", 777, "test.t1")
        )
        self.fails(
            PRECONDITION, "REFERENCE_NOT_FOUND", "CreateAuthorization", create_authorization("test.a3", 1, "test.none")
        )

    def test_8_check(self):
        answer = self.call(
            "CheckAuthorization",
            check(uscc(1), "indications/test.t1", date=date("2022-06-01"), goods="g1", place="500155120205"),
        )
        self.assertEqual(answer.verdict, pb.VERDICT_AUTHORIZED, answer)

    def test_9_nothing_there(self):
        for method, request in (
            ("GetDivision", pb.GetDivisionRequest(name="divisions/999999")),
            ("GetEntity", pb.GetEntityRequest(name="entities/none")),
            ("GetIndication", pb.GetIndicationRequest(name="indications/none")),
            ("GetAuthorization", pb.GetAuthorizationRequest(name="authorizations/none")),
        ):
            failure = self.fails(NOT_FOUND, "RESOURCE_NOT_FOUND", method, request)
            self.assertEqual(failure.metadata["name"], request.name)
        self.fails(
            grpc.StatusCode.INVALID_ARGUMENT,
            "FIELD_MALFORMED",
            "GetEntity",
            pb.GetEntityRequest(name="indications/test.t1"),
        )
        with self.assertRaises(Failure) as caught:
            self.server.client.raw("/gi.registry.v1.CheckService/Nothing", b"")
        self.assertEqual(caught.exception.code, grpc.StatusCode.UNIMPLEMENTED)

    def test_a_health_and_reflection(self):
        reflected = self.server.client.reflected_services()
        for service in pb.services():
            self.assertEqual(self.server.client.health(service.full_name), SERVING, service.full_name)
            self.assertIn(service.full_name.encode(), reflected)
        with self.assertRaises(Failure) as caught:
            self.server.client.health("gi.registry.v1.Nothing")
        self.assertEqual(caught.exception.code, NOT_FOUND)

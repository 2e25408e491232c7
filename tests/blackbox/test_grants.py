"""The whole life of grants, titles and entities beyond the first steps of test_methods."""

import grpc

from builders import (
    check,
    correct,
    create_authorization,
    create_entity,
    create_indication,
    date,
    entity_name,
    event,
    period,
    today,
    uscc,
    verb,
)
from harness import ServerTestCase
from protos import pb

PRECONDITION = grpc.StatusCode.FAILED_PRECONDITION
INVALID = grpc.StatusCode.INVALID_ARGUMENT
TITLE = "indications/test.mark"


class GrantsTest(ServerTestCase):

    @classmethod
    def fill(cls):
        for number in range(1, 8):
            cls.call("CreateEntity", create_entity(number))
        # Registered 2020-03-07, so the term ends on 2030-03-06.
        cls.call("CreateIndication", create_indication("test.mark", product="products/you"))
        cls.call("CreateIndication", create_indication("test.other", product="products/you"))

    def grant(self, grant_id, number, first="2021-01-01", last="2023-12-31"):
        return self.call("CreateAuthorization", create_authorization(grant_id, number, "test.mark", first, last)).authorization

    def at(self, row, day):
        kind = row.DESCRIPTOR.name
        answer = self.call(f"Get{kind}", getattr(pb, f"Get{kind}Request")(name=row.name, date=date(day)))
        return getattr(answer, kind.lower())

    def reasons(self, number, day, title=TITLE, **fields):
        answer = self.call("CheckAuthorization", check(uscc(number), title, date=date(day), **fields))
        return [pb.DecisionReason.Name(r.reason).removeprefix("DECISION_REASON_") for r in answer.reasons]

    def test_refused_requests_are_kept(self):
        request = self.grant("test.refused", 1, first=None)
        self.fails(
            INVALID,
            "FIELD_REQUIRED",
            "RefuseAuthorization",
            verb(pb.RefuseAuthorizationRequest, request, effective_from=date("2021-02-01")),
        )
        refusal = verb(pb.RefuseAuthorizationRequest, request, effective_from=date("2021-02-01"), refusal_reasons=["产地不符"])
        refused = self.call("RefuseAuthorization", refusal).authorization
        self.assertEqual(self.at(refused, "2021-02-01").state, pb.AUTHORIZATION_STATE_REFUSED)
        self.assertEqual(self.at(refused, "2021-01-31").state, pb.AUTHORIZATION_STATE_PENDING)
        self.assertEqual(list(refused.events[1].refusal_reasons), ["产地不符"])
        self.assertEqual(self.reasons(1, "2021-03-01"), ["REFUSED"])
        self.assertEqual(self.reasons(1, "2021-01-15"), ["PENDING"])
        self.assertEqual(self.reasons(1, "2020-12-31"), ["NO_RECORD"])
        self.fails(
            PRECONDITION,
            "TRANSITION_ILLEGAL",
            "GrantAuthorization",
            verb(
                pb.GrantAuthorizationRequest, refused, effective_from=date("2021-03-01"), validity=period("2021-03-01")
            ),
        )

    def test_extensions(self):
        grant = self.grant("test.extended", 2)
        self.assertEqual(self.at(grant, "2023-12-31").holds_until, date("2023-12-31"))
        extend = verb(
            pb.ExtendAuthorizationRequest, grant, effective_from=date("2024-03-01"), valid_to=date("2025-06-30")
        )
        grant = self.call("ExtendAuthorization", extend).authorization
        self.assertEqual(grant.holds_until, date("2025-06-30"))
        for day, reason in (
            ("2023-12-31", "AUTHORIZED"),
            ("2024-01-01", "EXPIRED"),
            ("2024-02-29", "EXPIRED"),
            ("2024-03-01", "AUTHORIZED"),
            ("2025-06-30", "AUTHORIZED"),
            ("2025-07-01", "EXPIRED"),
        ):
            self.assertEqual(self.reasons(2, day), [reason], day)
        reversed_ = verb(
            pb.ExtendAuthorizationRequest, grant, effective_from=date("2025-06-30"), valid_to=date("2025-06-29")
        )
        self.fails(INVALID, "PERIOD_REVERSED", "ExtendAuthorization", reversed_)
        grant = self.call("AnnulAuthorizationEvent", verb(pb.AnnulAuthorizationEventRequest, grant, event="e2")).authorization
        self.assertEqual((grant.holds_until, self.reasons(2, "2024-03-01")), (date("2023-12-31"), ["EXPIRED"]))

    def test_no_grant_outlasts_its_title(self):
        late = create_authorization("test.late", 3, "test.mark", "2021-01-01", "2030-03-07")
        failure = self.fails(PRECONDITION, "GRANT_OUTLASTS_TITLE", "CreateAuthorization", late)
        self.assertEqual(failure.metadata["term_end"], "2030-03-06")
        grant = self.grant("test.late", 3, last="2030-03-06")
        extend = verb(
            pb.ExtendAuthorizationRequest, grant, effective_from=date("2030-01-01"), valid_to=date("2030-03-07")
        )
        self.fails(PRECONDITION, "GRANT_OUTLASTS_TITLE", "ExtendAuthorization", extend)
        self.fails(
            PRECONDITION,
            "GRANT_OUTLASTS_TITLE",
            "CorrectAuthorization",
            correct(grant, validity=period("2021-01-01", "2031-01-01")),
        )

    def test_use_and_logo(self):
        grant = self.grant("test.used", 4, last="2029-12-31")
        self.assertFalse(self.at(grant, "2022-12-31").unused_two_years)
        self.assertTrue(self.at(grant, "2023-01-01").unused_two_years)
        report = pb.UseReport(year=2022, used=True, last_used_on=date("2022-11-30"))
        grant = self.call(
            "ReportAuthorizationUse",
            verb(pb.ReportAuthorizationUseRequest, grant, effective_from=date("2023-01-10"), use_report=report),
        ).authorization
        self.assertEqual(self.at(grant, "2023-01-10").last_used_on, date("2022-11-30"))
        self.assertFalse(self.at(grant, "2023-01-09").HasField("last_used_on"))
        self.assertFalse(self.at(grant, "2024-11-29").unused_two_years)
        self.assertTrue(self.at(grant, "2024-11-30").unused_two_years)
        for spoilt in (
            pb.UseReport(year=2022, used=True),
            pb.UseReport(year=2022, used=True, last_used_on=date("2021-11-30")),
            pb.UseReport(year=2022, last_used_on=date("2022-11-30")),
            pb.UseReport(year=2030),
        ):
            request = verb(
                pb.ReportAuthorizationUseRequest, grant, effective_from=date("2023-01-10"), use_report=spoilt
            )
            self.fails(INVALID, ["FIELD_REQUIRED", "FIELD_MALFORMED"], "ReportAuthorizationUse", request)
        unused = pb.ListAuthorizationsRequest(indication=TITLE, date=date("2024-11-30"), unused_two_years=True)
        self.assertIn(grant.name, [row.name for row in self.call("ListAuthorizations", unused).authorizations])
        unused.date.CopyFrom(date("2024-11-29"))
        self.assertNotIn(grant.name, [row.name for row in self.call("ListAuthorizations", unused).authorizations])

        logo = verb(pb.SetAuthorizationLogoRequest, grant, effective_from=date("2022-01-01"), permitted=True)
        grant = self.call("SetAuthorizationLogo", logo).authorization
        logo = verb(pb.SetAuthorizationLogoRequest, grant, effective_from=date("2023-01-01"))
        grant = self.call("SetAuthorizationLogo", logo).authorization
        permitted = [self.at(grant, day).logo_permitted for day in ("2021-12-31", "2022-01-01", "2023-01-01")]
        self.assertEqual(permitted, [False, True, False])

    def test_confirmations(self):
        for row in (
            self.call("GetEntity", pb.GetEntityRequest(name=entity_name(5))).entity,
            self.call("GetIndication", pb.GetIndicationRequest(name=TITLE)).indication,
            self.grant("test.confirmed", 5),
        ):
            kind = row.DESCRIPTOR.name
            request_class = getattr(pb, f"Confirm{kind}Request")
            confirmation = pb.Confirmation(checked_on=today(), note="与公告核对一致")
            answer = self.call(f"Confirm{kind}", verb(request_class, row, confirmation=confirmation))
            last = getattr(answer, kind.lower()).last_confirmed
            self.assertEqual((last.checked_on, last.note, last.agency), (today(), "与公告核对一致", "loopback"))
            tomorrow = verb(request_class, row, confirmation=pb.Confirmation(checked_on=today(1)))
            self.fails(INVALID, "DATE_INVALID", f"Confirm{kind}", tomorrow)

    def test_transfers_and_products(self):
        holder = entity_name(6)
        title = self.call("CreateIndication", create_indication("test.sold", holder=holder, product="products/sold")).indication
        moved = event(pb.TITLE_EVENT_KIND_TRANSFERRED, "2022-07-01", new_holder=entity_name(7))
        title = self.call("RecordIndicationEvent", verb(pb.RecordIndicationEventRequest, title, event=moved)).indication
        self.assertEqual(self.at(title, "2022-06-30").effective_holder, holder)
        self.assertEqual(self.at(title, "2022-07-01").effective_holder, entity_name(7))
        self.assertEqual(self.at(title, "2022-07-01").protected_since, date("2020-03-07"))
        held = pb.ListIndicationsRequest(holder=entity_name(7), date=date("2022-07-01"))
        self.assertEqual([row.name for row in self.call("ListIndications", held).indications], [title.name])
        titles = self.call("ListIndications", pb.ListIndicationsRequest(product="products/you")).indications
        self.assertEqual([row.name for row in titles], ["indications/test.mark", "indications/test.other"])
        nobody = event(pb.TITLE_EVENT_KIND_TRANSFERRED, "2023-07-01", new_holder="entities/none")
        request = verb(pb.RecordIndicationEventRequest, title, event=nobody)
        self.fails(PRECONDITION, "REFERENCE_NOT_FOUND", "RecordIndicationEvent", request)

    def test_successors_are_named(self):
        for number, kind, fields in (
            (6, pb.ENTITY_EVENT_KIND_SUCCEEDED, {"successor": entity_name(7)}),
            (6, pb.ENTITY_EVENT_KIND_LICENCE_REVOKED, {}),
            (6, pb.ENTITY_EVENT_KIND_DEREGISTERED, {}),
        ):
            entity = self.call("GetEntity", pb.GetEntityRequest(name=entity_name(number))).entity
            step = pb.EntityEvent(kind=kind, effective_from=date("2024-01-01"), **fields)
            self.call("RecordEntityEvent", verb(pb.RecordEntityEventRequest, entity, event=step))
        answer = self.call(
            "CheckAuthorization", check(uscc(6), TITLE, date=date("2024-01-01"), view=pb.CHECK_VIEW_FULL)
        )
        self.assertEqual(answer.reasons[0].reason, pb.DECISION_REASON_ENTITY_DISSOLVED)
        self.assertEqual(list(answer.reasons[0].successors), [entity_name(7)])
        self.assertIn(entity_name(7), answer.reasons[0].text_zh)

    def test_geometry(self):
        def with_geometry(title_id, geometry):
            return create_indication(title_id, geometry=geometry)

        west, south, east, north = "107.4", "30.4", "108.1", "30.9"
        box = pb.BoundingBox(
            south_west=pb.Point(longitude=west, latitude=south), north_east=pb.Point(longitude=east, latitude=north)
        )
        made = self.call("CreateIndication", with_geometry("test.geo", pb.Geometry(datum=pb.DATUM_CGCS2000, box=box)))
        self.assertEqual(made.indication.geometry.box, box, "stored as given")
        swapped = pb.BoundingBox(
            south_west=pb.Point(longitude=south, latitude=west), north_east=pb.Point(longitude=north, latitude=east)
        )
        corner = pb.Point(longitude=west, latitude=south)
        for geometry, reason in (
            (pb.Geometry(box=box), "FIELD_REQUIRED"),
            (pb.Geometry(datum=pb.DATUM_WGS84), "FIELD_REQUIRED"),
            (pb.Geometry(datum=pb.DATUM_WGS84, box=swapped), "FIELD_MALFORMED"),
            (pb.Geometry(datum=pb.DATUM_WGS84, outline=[corner, corner]), "FIELD_MALFORMED"),
            (pb.Geometry(datum=pb.DATUM_WGS84, outline=[pb.Point(longitude="1e2", latitude="3")] * 3), "FIELD_MALFORMED"),
            (pb.Geometry(datum=pb.DATUM_WGS84, outline=[pb.Point(longitude="181", latitude="3")] * 3), "FIELD_MALFORMED"),
        ):
            self.fails(INVALID, reason, "CreateIndication", with_geometry("test.bad", geometry))

    def test_specification_may_have_lines(self):
        text = "果形：倒卵形。\n可溶性固形物：≥ 11 %。"
        made = self.call("CreateIndication", create_indication("test.spec", specification=pb.Specification(text=text)))
        self.assertEqual(made.indication.specification.text, text)
        spoilt = create_indication("test.spec2", specification=pb.Specification(text="a\u0007b"))
        self.fails(INVALID, "FIELD_MALFORMED", "CreateIndication", spoilt)

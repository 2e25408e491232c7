"""The survey: campaigns, the life of a record, what makes it complete, progress."""

import grpc

from builders import correct, create_entity, date, entity_name, mutation
from harness import Failure, ServerTestCase
from protos import pb
from survey_builders import (
    DISTRICT,
    TOWNSHIP,
    SurveyCalls,
    area,
    create_product,
    create_record,
    create_survey,
    figure,
    output,
    quantity,
    record,
)

DENIED = grpc.StatusCode.PERMISSION_DENIED
INVALID = grpc.StatusCode.INVALID_ARGUMENT
PRECONDITION = grpc.StatusCode.FAILED_PRECONDITION
STATE = pb.SurveyRecordState


class SurveyTest(SurveyCalls, ServerTestCase):

    @classmethod
    def fill(cls):
        cls.fill_liangping()

    def test_a_campaigns(self):
        request = create_survey("2030", 2030, townships=("500155005",))
        self.fails(DENIED, "ROLE_NOT_ALLOWED", "CreateSurvey", request, metadata=TOWNSHIP)
        survey = self.call("CreateSurvey", request, metadata=DISTRICT).survey
        self.assertEqual(survey.state, pb.SURVEY_STATE_PLANNED)
        self.fails(PRECONDITION, "SURVEY_NOT_OPEN", "CreateSurveyRecord", create_record("2030", "r", record(place="500155005")))
        failure = self.fails(
            PRECONDITION,
            "TRANSITION_ILLEGAL",
            "CloseSurvey",
            mutation(pb.CloseSurveyRequest(name=survey.name, etag=survey.etag)),
        )
        self.assertEqual((failure.metadata["state"], failure.metadata["allowed"]), ("PLANNED", "OPENED"))
        for method, state in (
            ("OpenSurvey", pb.SURVEY_STATE_OPEN),
            ("CloseSurvey", pb.SURVEY_STATE_CLOSED),
            ("OpenSurvey", pb.SURVEY_STATE_OPEN),
            ("CloseSurvey", pb.SURVEY_STATE_CLOSED),
            ("ArchiveSurvey", pb.SURVEY_STATE_ARCHIVED),
        ):
            survey = self.call(method, mutation(getattr(pb, f"{method}Request")(name=survey.name, etag=survey.etag))).survey
            self.assertEqual(survey.state, state, method)
        self.assertEqual(len(survey.steps), 5)
        self.fails(PRECONDITION, "SURVEY_NOT_OPEN", "CorrectSurvey", correct(survey, display_name="新名称"))
        got = self.call("GetSurvey", pb.GetSurveyRequest(name=survey.name)).survey
        self.assertEqual(got, survey)
        listed = self.call("ListSurveys", pb.ListSurveysRequest(year=2030))
        self.assertEqual([s.name for s in listed.surveys], ["surveys/2030"])

        for fields, where in (
            ({"year": 1900}, "survey.year"),
            ({"round": 100}, "survey.round"),
        ):
            spoiled = create_survey("x", 2031)
            spoiled.survey.MergeFrom(pb.Survey(**fields))
            failure = self.fails(INVALID, "FIELD_MALFORMED", "CreateSurvey", spoiled)
            self.assertIn(where, [v.field for v in failure.violations])
        for townships in (("500155005", "500155005"), ("110000",), ("x",)):
            self.fails(
                INVALID,
                ("FIELD_MALFORMED", "PLACE_NOT_ASSIGNED", "DIVISION_CODE_MALFORMED"),
                "CreateSurvey",
                create_survey("x", 2031, townships=townships),
            )

    def test_b_the_life_of_a_record(self):
        draft = self.call("CreateSurveyRecord", create_record("2023", "life", record("流程柚", "500155120205", 2023))).survey_record
        self.assertEqual((draft.state, draft.township), (STATE.Value("SURVEY_RECORD_STATE_DRAFT"), "500155005"))
        self.assertEqual(draft.place_code, "500155120205", "kept as written")
        self.assertEqual(list(draft.place.codes), ["500155005205"], "the place it means")
        self.assertEqual(list(draft.place.display_names), ["重庆市", "梁平区", "合兴街道", "龙滩村"])
        submitted = self.step("SubmitSurveyRecord", draft)
        returned = self.step(
            "ReturnSurveyRecord", submitted, remarks=[pb.FieldRemark(field="measurements[0]", remark="请核实面积")]
        )
        self.assertEqual(returned.state, pb.SURVEY_RECORD_STATE_RETURNED)
        self.assertEqual(returned.steps[-1].remarks[0].field, "measurements[0]")
        mended = self.call("CorrectSurveyRecord", correct(returned, measurements=[area(900, 2023)])).survey_record
        self.assertEqual(mended.state, pb.SURVEY_RECORD_STATE_RETURNED)
        again = self.step("SubmitSurveyRecord", mended)
        self.assertEqual(again.steps[-1].verb, pb.SURVEY_RECORD_VERB_RESUBMIT)
        accepted = self.accept(again)
        self.assertEqual(accepted.state, pb.SURVEY_RECORD_STATE_ACCEPTED)
        self.assertRegex(accepted.product, "^products/")
        old = self.get_record(accepted.name, read_at=pb.ReadAt(exact_revision=draft.revision))
        self.assertEqual(old, draft, "nothing is overwritten")

        # The next year's record, under the new code of the same village, takes its place.
        later = self.file("2024", "life", record("流程柚", "500155005205", 2024, product=accepted.product))
        later = self.accept(later)
        before = self.get_record(accepted.name)
        self.assertEqual((before.state, before.superseded_by), (pb.SURVEY_RECORD_STATE_SUPERSEDED, later.name))
        history = self.call("GetProductHistory", pb.GetProductHistoryRequest(name=accepted.product))
        self.assertEqual([r.name for r in history.records], [accepted.name, later.name])
        compared = self.call(
            "CompareSurveys",
            pb.CompareSurveysRequest(
                group=pb.COMPARISON_GROUP_PRODUCT, subject=pb.MEASURED_SUBJECT_AREA, product=accepted.product
            ),
        )
        self.assertEqual(len(compared.series), 1, "old and new code are one series")
        series = compared.series[0]
        self.assertEqual(sorted(series.codes_as_written), ["500155005205", "500155120205"])
        self.assertEqual([(p.year, p.total.value) for p in series.points], [(2023, "900"), (2024, "1000")])
        self.assertEqual((series.points[1].change, series.points[1].ratio), ("100", "1.1111"))

    def test_c_exhaustive_table(self):
        """Every verb in every state as every role: legal ones pass, the others are refused with the state."""
        table = {
            # state: {verb: roles}
            "DRAFT": {"Correct": "t", "Choose": "t", "Submit": "t"},
            "SUBMITTED": {"Decide": "td", "Choose": "d", "Return": "d", "Accept": "d"},
            "RETURNED": {"Correct": "t", "Choose": "t", "Decide": "td", "Submit": "t"},
            "ACCEPTED": {"Correct": "d", "Choose": "d", "Supersede": "d"},
            "SUPERSEDED": {"Correct": "d", "Choose": "d"},
        }
        self.call("CreateProduct", create_product("other", "完全不同的产品"))
        name = "全表竹帘"
        newer = self.accept(self.file("2024", "table-newer", record(name, "500155005", 2024)))
        counter = 0

        def row_in(state):
            nonlocal counter
            counter += 1
            row = self.call(
                "CreateSurveyRecord",
                create_record("2023", f"table-{counter}", record(name, "500155005", 2023, product=newer.product)),
            ).survey_record
            if state == "DRAFT":
                return row
            row = self.step("SubmitSurveyRecord", row)
            if state == "RETURNED":
                return self.step("ReturnSurveyRecord", row, remarks=[pb.FieldRemark(field="x", remark="y")])
            if state == "SUBMITTED":
                return row
            row = self.accept(row)
            return row if state == "ACCEPTED" else self.step("SupersedeSurveyRecord", row, superseded_by=newer.name)

        def request_for(verb, row):
            if verb == "Correct":
                return "CorrectSurveyRecord", correct(row, market=f"市场 {counter}")
            method, fields = {
                "Choose": ("ChooseSurveyMeasurement", {"measurement": "m1"}),
                "Decide": (
                    "DecideSurveyDuplicate",
                    {"product": "products/other", "decision": pb.DUPLICATE_DECISION_DIFFERENT},
                ),
                "Submit": ("SubmitSurveyRecord", {}),
                "Return": ("ReturnSurveyRecord", {"remarks": [pb.FieldRemark(field="x", remark="y")]}),
                "Accept": ("AcceptSurveyRecord", {"acknowledged_warnings": [w.id for w in row.warnings]}),
                "Supersede": ("SupersedeSurveyRecord", {"superseded_by": newer.name}),
            }[verb]
            return method, mutation(getattr(pb, f"{method}Request")(name=row.name, etag=row.etag, **fields))

        for state, legal in table.items():
            for verb in ("Correct", "Choose", "Decide", "Submit", "Return", "Accept", "Supersede"):
                for role, metadata in (("t", TOWNSHIP), ("d", DISTRICT)):
                    with self.subTest(state=state, verb=verb, role=role):
                        row = row_in(state)
                        method, request = request_for(verb, row)
                        if role in legal.get(verb, ""):
                            self.call(method, request, metadata=metadata)
                        elif verb in legal:
                            failure = self.fails(DENIED, "ROLE_NOT_ALLOWED", method, request, metadata=metadata)
                            self.assertEqual(failure.metadata["state"], state)
                        else:
                            failure = self.fails(PRECONDITION, "TRANSITION_ILLEGAL", method, request, metadata=metadata)
                            self.assertEqual(failure.metadata["state"], state)
                            self.assertEqual(self.get_record(row.name), row, "nothing was done")
        with self.assertRaises(Failure):
            self.call("CreateSurveyRecord", create_record("2023", "by-district", record()), metadata=DISTRICT)
        self.fails(INVALID, "CALLER_METADATA_INVALID", "GetSurvey", pb.GetSurveyRequest(name="surveys/2023"), metadata=(("x-role", "king"),))

    def test_d_incomplete_and_contradictory(self):
        spoiled = record("不全柚", "500155005", 2024, category="", process="")
        spoiled.ClearField("potential")
        del spoiled.measurements[:]
        spoiled.measurements.extend(
            [
                area(0, 2024),
                output(10, 2024),
                figure(pb.MEASURED_SUBJECT_MARKETED_OUTPUT, 10001, pb.UNIT_KILOGRAM, 2024),
            ]
        )
        for i in range(20):
            spoiled.certificates.add(
                kind=pb.CERTIFICATE_KIND_AWARD, issued_on=date("2024-05"), valid_to=date("2024-04-30")
            )
        spoiled.environment.altitude_from_m, spoiled.environment.altitude_to_m = "600", "450.5"
        spoiled.evidence.add(kind=pb.EVIDENCE_KIND_BOOK, title="示例书", year=2025)
        draft = self.call("CreateSurveyRecord", create_record("2024", "bad", spoiled)).survey_record
        request = mutation(pb.SubmitSurveyRecordRequest(name=draft.name, etag=draft.etag))
        failure = self.fails(PRECONDITION, "RECORD_INCOMPLETE", "SubmitSurveyRecord", request)
        self.assertEqual(failure.metadata["count"], "26")
        self.assertLessEqual(len(failure.violations), 16)
        findings = self.violations_of("SubmitSurveyRecord", request)
        self.assertEqual(len(findings), 26)
        fields = {v.field for v in findings}
        for field in (
            "category",
            "potential",
            "environment.altitude_from_m",
            "measurements[0].quantity",
            "measurements[2].quantity",
            "evidence[0].year",
            "certificates[19].valid_to",
        ):
            self.assertIn(field, fields)
        self.assertEqual(self.get_record(draft.name), draft)

    def test_e_fields(self):
        def refused(reasons, **fields):
            request = create_record("2024", "field", record(place=fields.pop("place", "500155005"), **fields))
            return self.fails(INVALID, reasons, "CreateSurveyRecord", request)

        for value in ("1e5", "-1", "1,000", "", ".5", "5.", "1" * 16, "0.1234567890", "１００", "一百"):
            bad = area(1, 2024)
            bad.quantity.value = value
            failure = refused(("FIELD_MALFORMED", "FIELD_REQUIRED"), measurements=[bad])
            self.assertEqual(failure.violations[0].field, "survey_record.measurements[0].quantity.value", value)
        refused("UNIT_MISMATCH", measurements=[area(1, 2024, unit=pb.UNIT_TONNE)])
        refused("FIELD_MALFORMED", measurements=[area(1, 2025)])
        refused("FIELD_MALFORMED", measurements=[area(1, 2024, id="m1"), area(1, 2024, id="m1")])
        refused("FIELD_MALFORMED", environment=pb.Environment(altitude_from_m="high"))
        point = lambda x, y: pb.Geometry(datum=pb.DATUM_WGS84, point=pb.Point(longitude=x, latitude=y))
        failure = refused("FIELD_MALFORMED", geometry=point("30.6", "107.8"))
        self.assertIn("swapped", failure.violations[0].description)
        failure = refused("GEOMETRY_OUT_OF_AREA", geometry=point("106.5", "29.5"))
        self.assertIn("107.3", failure.violations[0].description)
        refused("FIELD_REQUIRED", geometry=pb.Geometry(point=pb.Point(longitude="107.8", latitude="30.6")))
        corners = [("107.7", "30.6"), ("107.8", "30.7"), ("107.8", "30.6"), ("107.7", "30.7")]
        crossed = pb.Geometry(datum=pb.DATUM_WGS84, outline=[pb.Point(longitude=x, latitude=y) for x, y in corners])
        refused("FIELD_MALFORMED", geometry=crossed)
        self.fails(PRECONDITION, "PLACE_NOT_ASSIGNED", "CreateSurveyRecord", create_record("2024", "x", record(place="500155")))
        self.fails(PRECONDITION, "PLACE_NOT_ASSIGNED", "CreateSurveyRecord", create_record("2024", "x", record(place="500155101")))
        self.fails(
            PRECONDITION,
            "REFERENCE_NOT_FOUND",
            "CreateSurveyRecord",
            create_record("2024", "x", record(place="500155005", producers=["entities/none"])),
        )

    def test_g_progress_at_any_revision(self):
        survey = self.open_survey("progress", 2022, townships=("500155005", "500155100"), due="2022-06-30")

        def progress(day, revision=0):
            request = pb.GetSurveyProgressRequest(name=survey.name, date=date(day))
            if revision:
                request.read_at.exact_revision = revision
            return self.call("GetSurveyProgress", request)

        empty = progress("2022-06-30")
        self.assertEqual([t.display_name for t in empty.townships], ["合兴街道", "礼让镇"])
        self.assertEqual((empty.total.expected, empty.total.overdue), (6, 0))
        self.assertEqual(progress("2022-07-01").total.overdue, 6)
        draft = self.call("CreateSurveyRecord", create_record("progress", "a", record("进度柚", "500155005", 2022))).survey_record
        self.file("progress", "b", record("进度席", "500155100", 2022, sector=pb.SECTOR_HANDICRAFT))
        accepted = self.accept(self.file("progress", "c", record("进度鸭", "500155100", 2022, sector=pb.SECTOR_LIVESTOCK)))
        now = progress("2022-07-01")
        self.assertEqual([(t.drafts, t.submitted, t.accepted, t.overdue) for t in now.townships], [(1, 0, 0, 3), (0, 1, 1, 1)])
        self.assertEqual((now.total.drafts, now.total.submitted, now.total.accepted, now.total.overdue), (1, 1, 1, 4))
        then = progress("2022-07-01", draft.revision)
        self.assertEqual((then.total.drafts, then.total.submitted, then.total.accepted), (1, 0, 0))
        moved = self.call("CorrectSurveyRecord", correct(draft, place_code="500155100")).survey_record
        self.assertEqual(moved.township, "500155100")
        self.assertEqual([t.drafts for t in progress("2022-07-01").townships], [0, 1])
        got = self.call("GetSurvey", pb.GetSurveyRequest(name=survey.name)).survey
        self.fails(
            INVALID,
            "FIELD_MALFORMED",
            "CorrectSurvey",
            correct(got, townships=[pb.TownshipAssignment(code="500155005", due_on=date("2022-06-30"))]),
        )
        by_sector = self.call(
            "CompareSurveys",
            pb.CompareSurveysRequest(
                group=pb.COMPARISON_GROUP_SECTOR, subject=pb.MEASURED_SUBJECT_AREA, from_year=2022, to_year=2022
            ),
        )
        self.assertEqual([(s.sector, s.points[0].total.value) for s in by_sector.series], [(pb.SECTOR_LIVESTOCK, "1000")])
        self.assertEqual(accepted.state, pb.SURVEY_RECORD_STATE_ACCEPTED)
        listed = self.call("ListSurveyRecords", pb.ListSurveyRecordsRequest(survey=survey.name, township="500155100"))
        self.assertEqual([r.name[-1] for r in listed.survey_records], ["a", "b", "c"], "by state")

    def test_i_superseding_wants_what_fits(self):
        one = self.accept(self.file("2023", "one", record("承接甲", "500155005", 2023)))
        other = self.accept(self.file("2024", "other", record("毫不相干的竹编", "500155100", 2024)))
        self.fails(
            PRECONDITION,
            "SUCCESSION_INVALID",
            "SupersedeSurveyRecord",
            mutation(pb.SupersedeSurveyRecordRequest(name=one.name, etag=one.etag, superseded_by=other.name)),
        )
        self.fails(
            PRECONDITION,
            "SUCCESSION_INVALID",
            "SupersedeSurveyRecord",
            mutation(pb.SupersedeSurveyRecordRequest(name=other.name, etag=other.etag, superseded_by=one.name)),
        )
        draft = self.call(
            "CreateSurveyRecord", create_record("2023", "follows", record("承接乙", "500155005", 2023, supersedes=other.name))
        ).survey_record
        self.fails(
            PRECONDITION,
            "SUCCESSION_INVALID",
            "SubmitSurveyRecord",
            mutation(pb.SubmitSurveyRecordRequest(name=draft.name, etag=draft.etag)),
        )

    def test_k_producers_and_titles_exist(self):
        self.call("CreateEntity", create_entity(1))
        accepted = self.accept(self.file("2024", "producers", record("生产者柚", "500155100", 2024, producers=[entity_name(1)])))
        history = self.call("GetProductHistory", pb.GetProductHistoryRequest(name=accepted.product))
        self.assertEqual(list(history.producers), [entity_name(1)])

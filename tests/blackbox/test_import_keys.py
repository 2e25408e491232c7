"""What a row of a file is, and what it leaves as it is: rows of every kind are found by natural key, empty is not nothing."""

from application_builders import application
from builders import create_authorization, create_entity, create_indication, date, mutation, period, source, uscc
from import_builders import SKIP, UPDATE, ImportTestCase, counts_of, entity_row
from protos import pb
from survey_builders import SurveyCalls, area, create_product, create_record, create_survey, figure, output, record

SAME, CHANGED = {"read": 1, "same": 1}, {"read": 1, "changed": 1}


class ImportKeyTest(SurveyCalls, ImportTestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fill_liangping()

    def outcome(self, kind, row, **fields):
        row.line = 1
        answer, _ = self.take(kind, [row], **fields)
        return counts_of(answer.counts), [f.violation.message_en for f in answer.findings]

    def scoped_grant(self, title_id, number):
        """A title, a user, and what asks for a grant with a scope."""
        title = self.call("CreateIndication", create_indication(title_id, registered="2020-01-01")).indication
        entity = self.call("CreateEntity", create_entity(number)).entity
        grant = pb.Authorization(
            entity=entity.name, indication=title.name, validity=period("2024-01-01"), source=source(),
            scope=pb.Scope(varieties=["甲"], area_codes=["500155"]),
        )  # fmt: skip
        request = pb.CreateAuthorizationRequest(authorization=grant, granted=True, effective_from=date("2024-01-01"))
        return title, entity, request

    def test_rows_that_were_made_under_another_id(self):
        """By single calls, with ids of their own."""
        product = self.call("CreateProduct", create_product("known", "示例尖柚")).product
        row = pb.ImportRow(product=pb.CreateProductRequest(product=product))
        row.product.product.ClearField("name")
        self.assertEqual(self.outcome(pb.IMPORT_KIND_PRODUCTS, row), (SAME, []))

        request = create_survey("known", 2031)
        self.call("CreateSurvey", request)
        survey = pb.ImportRow(survey=pb.CreateSurveyRequest(survey=request.survey))
        survey.survey.survey.round = 1
        self.assertEqual(self.outcome(pb.IMPORT_KIND_SURVEYS, survey)[0]["read"], 1)
        years = [row.year for row in self.call("ListSurveys", pb.ListSurveysRequest()).surveys]
        self.assertEqual(years.count(2031), 1)

        made = record("示例鸭", "500155100", 2024)
        self.call("CreateSurveyRecord", create_record("2024", "known", made))
        row = pb.ImportRow(survey_record=pb.CreateSurveyRecordRequest(survey="surveys/2024", survey_record=made))
        self.assertEqual(self.outcome(pb.IMPORT_KIND_SURVEY_RECORDS, row), (SAME, []))

        entity = self.call("CreateEntity", create_entity(950)).entity
        made = application(applicant=entity.name, display_name="示例申报")
        self.call("CreateApplication", mutation(pb.CreateApplicationRequest(application=made, application_id="known")))
        row = pb.ImportRow(application=pb.CreateApplicationRequest(application=made))
        self.assertEqual(self.outcome(pb.IMPORT_KIND_APPLICATIONS, row), (SAME, []))

    def test_two_rows_of_the_register_with_one_key(self):
        """As an export has them: their ids tell them apart."""
        rows = []
        for line, one in enumerate(("twin-a", "twin-b"), start=1):
            product = self.call("CreateProduct", create_product(one, "示例同名", aliases=[one])).product
            product.ClearField("name")
            rows.append(pb.ImportRow(line=line, product=pb.CreateProductRequest(product=product, product_id=one)))
        answer, _ = self.take(pb.IMPORT_KIND_PRODUCTS, rows)
        self.assertEqual(counts_of(answer.counts), {"read": 2, "same": 2}, answer.findings)
        for row in rows:
            row.product.product_id = ""
        answer, _ = self.take(pb.IMPORT_KIND_PRODUCTS, rows)
        self.assertEqual([f.violation.field for f in answer.findings], ["product.display_name"] * 2, "which one?")

    def test_some_figures_are_corrected_and_the_others_stay(self):
        made = record("示例柚甲", "500155100", 2024)
        row = self.call("CreateSurveyRecord", create_record("2024", "figures", made)).survey_record
        of_another = area(900, 2024, method=pb.MEASUREMENT_METHOD_MEASURED)
        part = pb.SurveyRecord(
            local_name=made.local_name, sector=made.sector, place_code=made.place_code, source=source(),
            measurements=[output(1600, 2024), of_another],
        )  # fmt: skip
        sent = pb.ImportRow(survey_record=pb.CreateSurveyRecordRequest(survey="surveys/2024", survey_record=part))
        self.assertEqual(self.outcome(pb.IMPORT_KIND_SURVEY_RECORDS, sent), (CHANGED, []))
        row = self.call("GetSurveyRecord", pb.GetSurveyRecordRequest(name=row.name)).survey_record
        self.assertEqual([(m.id, m.quantity.value) for m in row.measurements], [("m1", "1000"), ("m2", "1600"), ("m3", "900")])
        self.assertEqual(self.outcome(pb.IMPORT_KIND_SURVEY_RECORDS, sent), (SAME, []))

    def test_a_corrected_figure_takes_the_place_of_the_old_one(self):
        """Whether it is an estimate ("about 30") or not; one whose file was only renamed changes nothing."""
        made = record("示例柚乙", "500155100", 2024)
        del made.measurements[:]

        def send(*figures):
            row = pb.SurveyRecord()
            row.CopyFrom(made)
            row.measurements.extend(figures)
            sent = pb.ImportRow(survey_record=pb.CreateSurveyRecordRequest(survey="surveys/2024", survey_record=row))
            return self.outcome(pb.IMPORT_KIND_SURVEY_RECORDS, sent)

        reported = area(30, 2024, method=pb.MEASUREMENT_METHOD_REPORTED)
        estimated = area(32, 2024, method=pb.MEASUREMENT_METHOD_ESTIMATED)
        self.assertEqual(send(reported)[0], {"read": 1, "created": 1})
        self.assertEqual(send(estimated), (CHANGED, []))
        self.assertEqual(send(reported), (CHANGED, []))
        renamed = pb.Measurement()
        renamed.CopyFrom(reported)
        renamed.source.title = "另一个文件名.xlsx"
        self.assertEqual(send(renamed), (SAME, []))
        self.assertEqual(send(reported, estimated), (CHANGED, []), "both are said")
        row = self.call("ListSurveyRecords", pb.ListSurveyRecordsRequest(survey="surveys/2024")).survey_records
        figures = [r for r in row if r.local_name == made.local_name][0].measurements
        self.assertEqual([m.quantity.value for m in figures], ["30", "32"])

    def test_the_end_of_a_grant_goes_only_if_the_row_says_so(self):
        title = self.call("CreateIndication", create_indication("keys.title", registered="2020-01-01")).indication
        entity = self.call("CreateEntity", create_entity(951)).entity
        grant = pb.Authorization(
            entity=entity.name, indication=title.name, validity=period("2024-01-01", "2025-12-31"), source=source()
        )
        request = pb.CreateAuthorizationRequest(authorization=grant, granted=True, effective_from=date("2024-01-01"))
        row = pb.ImportRow(authorization=request)
        self.assertEqual(self.outcome(pb.IMPORT_KIND_AUTHORIZATIONS, row)[0], {"read": 1, "created": 1})
        row.authorization.authorization.validity.ClearField("to")
        self.assertEqual(self.outcome(pb.IMPORT_KIND_AUTHORIZATIONS, row), (SAME, []))
        row.cleared.append("authorization.validity.to")
        self.assertEqual(self.outcome(pb.IMPORT_KIND_AUTHORIZATIONS, row), (CHANGED, []))
        listed = self.call("ListAuthorizations", pb.ListAuthorizationsRequest(entity=entity.name)).authorizations
        self.assertEqual([one.validity.HasField("to") for one in listed], [False])
        self.assertEqual(self.outcome(pb.IMPORT_KIND_AUTHORIZATIONS, row), (SAME, []))

    def test_a_field_is_cleared(self):
        self.call("CreateEntity", create_entity(952, aliases=["旧称"]))
        row = entity_row(1, 952)
        row.entity.entity.display_name = self.entity(952)[0].display_name
        self.assertEqual(self.outcome(pb.IMPORT_KIND_ENTITIES, row), (SAME, []))
        row.cleared.append("entity.aliases")
        self.assertEqual(self.outcome(pb.IMPORT_KIND_ENTITIES, row), (CHANGED, []))
        self.assertEqual(list(self.entity(952)[0].aliases), [])
        for wrong in ("aliases", "entity.nothing", "title.aliases", "entity.aliases.x", ""):
            del row.cleared[:]
            row.cleared.append(wrong)
            answer, _ = self.take(pb.IMPORT_KIND_ENTITIES, [row])
            self.assertEqual([f.violation.field for f in answer.findings], ["cleared[0]"], wrong)

        # A part of what is one, what must be filled, what the server sets, what the row itself fills.
        wrong = [
            ("entity.source.title", "FIELD_MALFORMED"), ("entity.uscc", "FIELD_MALFORMED"), ("entity.state", "FIELD_MALFORMED"),
            ("entity.etag", "FIELD_MALFORMED"), ("entity.display_name", "FIELD_MALFORMED"), ("entity.aliases", "FIELD_CONTRADICTS"),
        ]  # fmt: skip
        row.entity.entity.aliases.append("另称")
        for path, reason in wrong:
            row.cleared[:] = [path]
            answer, _ = self.take(pb.IMPORT_KIND_ENTITIES, [row])
            found = [(f.violation.field, f.violation.reason) for f in answer.findings]
            self.assertEqual(found, [("cleared[0]", f"ERROR_REASON_{reason}")], path)

    def test_titles_of_one_name_are_told_by_their_numbers(self):
        for title_id, number in (("keys.mark", "9100001"), ("keys.product", "9100002")):
            numbers = [pb.TitleNumber(kind=pb.NUMBER_KIND_REGISTRATION, number=number)]
            kind = pb.INDICATION_KIND_CERTIFICATION_MARK
            title = create_indication(title_id, registered="2020-01-01", display_name="同名柚", numbers=numbers, kind=kind)
            self.call("CreateIndication", title)
        self.call("CreateEntity", create_entity(961))

        def grant(**called):
            inner = pb.Authorization(validity=period("2024-01-01", "2029-12-31"), source=source())
            request = pb.CreateAuthorizationRequest(
                authorization=inner, granted=True, effective_from=date("2024-01-01")
            )
            return pb.ImportRow(line=1, entity_uscc=uscc(961), authorization=request, **called)

        kind = pb.IMPORT_KIND_AUTHORIZATIONS
        answer, _ = self.take(kind, [grant(title="同名柚")])
        self.assertEqual([f.violation.field for f in answer.findings], ["authorization.indication"], "which one?")
        self.assertEqual(self.outcome(kind, grant(title="同名柚", title_number="第9100002号")), ({"read": 1, "created": 1}, []))
        for called in ({"title_number": "9100002"}, {"title": "indications/keys.product"}, {"title": "9100002"}):
            self.assertEqual(self.outcome(kind, grant(**called)), (SAME, []), called)
        wrong = [
            ({"title": "同名柚", "title_number": "9199999"}, "REFERENCE_NOT_FOUND"),
            ({"title_number": "9199999"}, "REFERENCE_NOT_FOUND"),
            ({"title": "indications/keys.mark", "title_number": "9100002"}, "FIELD_CONTRADICTS"),
            ({"title": "indications/keys.nothing"}, "REFERENCE_NOT_FOUND"),
        ]
        for called, reason in wrong:
            answer, _ = self.take(kind, [grant(**called)])
            found = [(f.violation.field, f.violation.reason) for f in answer.findings]
            self.assertEqual(found, [("authorization.indication", f"ERROR_REASON_{reason}")], called)

    def test_what_is_no_code_is_not_called_unknown(self):
        request = pb.CreateAuthorizationRequest(authorization=pb.Authorization(source=source()), granted=True)
        for code, reason in ((uscc(962), "REFERENCE_NOT_FOUND"), (uscc(962) + "1", "USCC_INVALID"), ("某社", "USCC_INVALID")):
            row = pb.ImportRow(line=1, entity_uscc=code, title="没有", authorization=request)
            answer, _ = self.take(pb.IMPORT_KIND_AUTHORIZATIONS, [row])
            found = {f.violation.field: f.violation for f in answer.findings}
            self.assertEqual(found["authorization.entity"].reason, f"ERROR_REASON_{reason}", code)
            self.assertNotIn("（无）", found["authorization.entity"].message_zh)

    def test_codes_filled_up_with_zeros(self):
        """As statistical tables have them: 500155995000 is the township 500155995."""
        def division(code):
            names = [pb.DivisionName(display_name="示例镇", first_seen=date("2020-01-01"))]
            made = pb.Division(code=code, names=names, source=source())
            return pb.ImportRow(line=1, division=pb.CreateDivisionRequest(division=made))

        self.assertEqual(self.outcome(pb.IMPORT_KIND_DIVISIONS, division("500155995000")), ({"read": 1, "created": 1}, []))
        self.assertEqual(self.outcome(pb.IMPORT_KIND_DIVISIONS, division("500155995")), (SAME, []))

    def test_a_place_is_one_however_its_code_is_written(self):
        made = record("示例柚丁", "500155100", 2024)
        outcomes = []
        for code in ("500155100", "500155100000", "500 155 100", "５００１５５１００"):
            made.place_code = code
            sent = pb.ImportRow(survey_record=pb.CreateSurveyRecordRequest(survey="surveys/2024", survey_record=made))
            outcomes.append(self.outcome(pb.IMPORT_KIND_SURVEY_RECORDS, sent))
        self.assertEqual(outcomes, [({"read": 1, "created": 1}, [])] + [(SAME, [])] * 3)
        # One that a single call has made keeps its code as it was written.
        written = record("示例柚戊", "500155100000", 2024)
        self.call("CreateSurveyRecord", create_record("2024", "written", written))
        written.place_code = "500155100"
        sent = pb.ImportRow(survey_record=pb.CreateSurveyRecordRequest(survey="surveys/2024", survey_record=written))
        self.assertEqual(self.outcome(pb.IMPORT_KIND_SURVEY_RECORDS, sent)[0].get("created"), None)

    def test_a_number_for_a_title_that_has_none(self):
        self.call("CreateIndication", create_indication("keys.bare", registered=None, display_name="示例无号柚"))
        title = pb.Indication(
            kind=pb.INDICATION_KIND_CERTIFICATION_MARK, display_name="示例无号柚", source=source(),
            numbers=[pb.TitleNumber(kind=pb.NUMBER_KIND_REGISTRATION, number="9100077")],
        )  # fmt: skip
        sent = pb.ImportRow(line=1, indication=pb.CreateIndicationRequest(indication=title))
        self.assertEqual(self.outcome(pb.IMPORT_KIND_INDICATIONS, sent), (CHANGED, []))
        read = self.call("GetIndication", pb.GetIndicationRequest(name="indications/keys.bare")).indication
        self.assertEqual([one.number for one in read.numbers], ["9100077"])
        # Another number is another title.
        sent.indication.indication.numbers[0].number = "9100078"
        self.assertEqual(self.outcome(pb.IMPORT_KIND_INDICATIONS, sent), ({"read": 1, "created": 1}, []))

    def test_states_that_an_import_does_not_bring_about(self):
        self.call("CreateIndication", create_indication("keys.states", registered="2020-01-01"))
        self.call("CreateEntity", create_entity(971))
        grant = pb.Authorization(indication="indications/keys.states", validity=period("2024-01-01", "2026-12-31"), source=source())
        for state in (pb.AUTHORIZATION_STATE_PENDING, pb.AUTHORIZATION_STATE_REMOVED, pb.AUTHORIZATION_STATE_SUSPENDED):
            grant.state = state
            made = pb.CreateAuthorizationRequest(authorization=grant, granted=True, effective_from=date("2024-01-01"))
            answer, _ = self.take(pb.IMPORT_KIND_AUTHORIZATIONS, [pb.ImportRow(line=1, entity_uscc=uscc(971), authorization=made)])
            self.assertEqual([f.violation.reason for f in answer.findings], ["ERROR_REASON_STATE_NOT_IMPORTED"], state)
        title = create_indication("keys.ended", registered="2010-01-01").indication
        title.state = pb.TITLE_STATE_SURRENDERED
        title.numbers.append(pb.TitleNumber(kind=pb.NUMBER_KIND_REGISTRATION, number="9100079"))
        sent = pb.ImportRow(line=1, indication=pb.CreateIndicationRequest(indication=title))
        answer, _ = self.take(pb.IMPORT_KIND_INDICATIONS, [sent])
        self.assertEqual([f.violation.reason for f in answer.findings], ["ERROR_REASON_STATE_NOT_IMPORTED"])

    def test_half_a_household(self):
        made = record("示例柚丙", "500155100", 2024)
        for value, unit, subject, findings in (
            ("5.5", pb.UNIT_ORGANISATION, pb.MEASURED_SUBJECT_ENTITIES, 1),
            ("5", pb.UNIT_ORGANISATION, pb.MEASURED_SUBJECT_ENTITIES, 0),
            ("5.0", pb.UNIT_HOUSEHOLD, pb.MEASURED_SUBJECT_HOUSEHOLDS, 0),
        ):
            del made.measurements[:]
            made.measurements.append(figure(subject, value, unit, 2024))
            sent = pb.ImportRow(survey_record=pb.CreateSurveyRecordRequest(survey="surveys/2024", survey_record=made))
            self.assertEqual(len(self.outcome(pb.IMPORT_KIND_SURVEY_RECORDS, sent)[1]), findings, value)

    def test_parts_that_a_row_leaves_out_stay(self):
        title, entity, request = self.scoped_grant("keys.parts", 954)
        self.outcome(pb.IMPORT_KIND_AUTHORIZATIONS, pb.ImportRow(authorization=request))
        del request.authorization.scope.varieties[:]
        request.authorization.scope.area_codes[:] = ["500155100"]
        self.assertEqual(self.outcome(pb.IMPORT_KIND_AUTHORIZATIONS, pb.ImportRow(authorization=request)), (CHANGED, []))
        kept = self.call("ListAuthorizations", pb.ListAuthorizationsRequest(entity=entity.name)).authorizations[0].scope
        self.assertEqual((list(kept.varieties), list(kept.area_codes)), (["甲"], ["500155100"]), "no wider than before")

        row = pb.ImportRow(indication=pb.CreateIndicationRequest(indication=title, indication_id="keys.parts"))
        row.indication.indication.ClearField("name")
        for item in row.indication.indication.goods:
            item.nice_class = 0
        row.indication.indication.area_text = "示例区"
        self.assertEqual(self.outcome(pb.IMPORT_KIND_INDICATIONS, row), (CHANGED, []))
        read = self.call("GetIndication", pb.GetIndicationRequest(name=title.name)).indication
        self.assertEqual([item.nice_class for item in read.goods], [31, 29])

    def test_a_part_is_cleared_of_a_field_that_the_row_leaves_out(self):
        _, entity, request = self.scoped_grant("keys.cleared", 958)
        row = pb.ImportRow(authorization=request)
        self.outcome(pb.IMPORT_KIND_AUTHORIZATIONS, row)
        row.authorization.authorization.ClearField("scope")
        self.assertEqual(self.outcome(pb.IMPORT_KIND_AUTHORIZATIONS, row), (SAME, []))
        row.cleared.append("authorization.scope.varieties")
        self.assertEqual(self.outcome(pb.IMPORT_KIND_AUTHORIZATIONS, row), (CHANGED, []))
        kept = self.call("ListAuthorizations", pb.ListAuthorizationsRequest(entity=entity.name)).authorizations[0].scope
        self.assertEqual((list(kept.varieties), list(kept.area_codes)), ([], ["500155"]))
        self.assertEqual(self.outcome(pb.IMPORT_KIND_AUTHORIZATIONS, row), (SAME, []))

    def test_a_request_that_is_pending_is_not_granted_by_a_row(self):
        title = self.call("CreateIndication", create_indication("keys.pending", registered="2020-01-01")).indication
        entity = self.call("CreateEntity", create_entity(959)).entity
        grant = pb.Authorization(entity=entity.name, indication=title.name, validity=period("2024-01-01"), source=source())
        request = pb.CreateAuthorizationRequest(authorization=grant, effective_from=date("2024-01-01"))
        row = pb.ImportRow(authorization=request)
        self.assertEqual(self.outcome(pb.IMPORT_KIND_AUTHORIZATIONS, row)[0], {"read": 1, "created": 1})
        row.authorization.granted = True
        for policy, counts, reasons in (
            (UPDATE, {"read": 1, "rejected": 1}, ["ERROR_REASON_STATE_NOT_IMPORTED"]),
            (SKIP, {"read": 1, "skipped": 1}, []),
        ):
            row.line = 1
            answer, _ = self.take(pb.IMPORT_KIND_AUTHORIZATIONS, [row], on_existing=policy)
            self.assertEqual((counts_of(answer.counts), [f.violation.reason for f in answer.findings]), (counts, reasons))

    def test_one_row_of_the_register_under_two_names(self):
        self.call("CreateProduct", create_product("one", "示例一物"))
        product = pb.Product(display_name="示例一物", sector=pb.SECTOR_CROPS, source=source(), aliases=["甲"])
        rows = [
            pb.ImportRow(line=1, product=pb.CreateProductRequest(product=product, product_id="one")),
            pb.ImportRow(line=2, product=pb.CreateProductRequest(product=product)),
            pb.ImportRow(line=3, product=pb.CreateProductRequest(product=product)),
        ]
        rows[2].product.product.aliases[:] = ["乙"]
        for expected in ({"changed": 1}, {"same": 1}):
            answer, _ = self.take(pb.IMPORT_KIND_PRODUCTS, rows)
            counts = counts_of(answer.counts)
            self.assertEqual((counts["read"], counts["rejected"], counts["warnings"]), (3, 1, 1), answer.findings)
            for key, value in expected.items():
                self.assertGreaterEqual(counts[key], value)
            self.assertEqual([(f.line, f.other_line) for f in answer.findings], [(2, 1), (3, 1)])

    def test_a_key_that_several_rows_have_names_none(self):
        for one in ("several-a", "several-b"):
            self.call("CreateProduct", create_product(one, "示例几物"))
        product = pb.Product(display_name="示例几物", sector=pb.SECTOR_CROPS, source=source(), aliases=["甲"])
        answer, _ = self.take(pb.IMPORT_KIND_PRODUCTS, [pb.ImportRow(line=1, product=pb.CreateProductRequest(product=product))])
        self.assertEqual([f.violation.field for f in answer.findings], ["product.display_name"])

    def test_two_streams_into_one_import(self):
        job = self.begin(pb.IMPORT_KIND_ENTITIES)
        first, second = (self.conversation(job) for _ in range(2))
        first.send([entity_row(1, 955)])
        answer = second.send([entity_row(2, 955, display_name="另一名称")])
        self.assertEqual([(f.line, f.other_line) for f in answer.findings], [(2, 1)])
        first.close(), second.close()
        ended = self.finish(job)
        self.assertEqual(self.send(job)[-1].total, ended.counts, "where an import that has ended is")

    def test_what_is_wrong_with_a_row_itself(self):
        unknown = entity_row(1, 956)
        unknown.MergeFromString(b"\xf8\x06\x01")  # field 111
        only_unknown = pb.ImportRow(line=2)
        only_unknown.MergeFromString(b"\xf8\x06\x01")
        long = entity_row(3, 957)
        long.cleared.extend(["entity.aliases"] * 51)
        both = pb.ImportRow(line=4, entity_uscc=uscc(1), authorization=pb.CreateAuthorizationRequest(
            authorization=pb.Authorization(entity="entities/x", indication="indications/x", source=source())))
        answer, _ = self.take(pb.IMPORT_KIND_ENTITIES, [unknown, only_unknown, long])
        self.assertEqual(
            [(f.line, f.violation.reason) for f in answer.findings],
            [(1, "ERROR_REASON_FIELD_UNKNOWN"), (2, "ERROR_REASON_FIELD_UNKNOWN"), (3, "ERROR_REASON_FIELD_TOO_LONG")],
        )
        answer, _ = self.take(pb.IMPORT_KIND_AUTHORIZATIONS, [both])
        self.assertIn("ERROR_REASON_FIELD_CONTRADICTS", [f.violation.reason for f in answer.findings])

    def test_numbers_are_judged_as_they_are(self):
        answer, _ = self.take(
            pb.IMPORT_KIND_ENTITIES,
            [entity_row(1, 1, uscc="11010519491231002X"), entity_row(2, 1, uscc="935001550123456000")],
        )
        reasons = [f.violation.reason for f in answer.findings]
        self.assertEqual(reasons, ["ERROR_REASON_USCC_PERSONAL_ID", "ERROR_REASON_USCC_INVALID"])
        self.assertNotIn("MALFORMED", answer.findings[1].violation.message_en)
        self.assertNotIn("11010519491231002X", str(answer))
        for telephone in ("13800001111", "示例13800001111", "0755-00001111"):
            answer, _ = self.take(pb.IMPORT_KIND_ENTITIES, [entity_row(1, 1, uscc=telephone)])
            self.assertNotIn("0000", str(answer.findings), telephone)

    def test_a_row_said_twice(self):
        answer, _ = self.take(pb.IMPORT_KIND_ENTITIES, [entity_row(1, 953), entity_row(2, 953)])
        self.assertEqual([f.violation.reason for f in answer.findings], ["ERROR_REASON_IMPORT_ROW_TWICE"])

"""Figures of the survey: exact quantities, figures that disagree, warnings, series over renumbered places."""

import fractions

import grpc

from builders import correct, date, mutation, source
from harness import ServerTestCase
from protos import pb
from survey_builders import TOWNSHIP, SurveyCalls, area, output, quantity, record

DENIED = grpc.StatusCode.PERMISSION_DENIED
INVALID = grpc.StatusCode.INVALID_ARGUMENT
PRECONDITION = grpc.StatusCode.FAILED_PRECONDITION


class SurveyFiguresTest(SurveyCalls, ServerTestCase):

    @classmethod
    def fill(cls):
        cls.fill_liangping()

    def test_f_conflicting_figures(self):
        row = record(
            "争议柚",
            "500155005",
            2024,
            measurements=[output(20, 2024, pb.MAGNITUDE_TEN_THOUSAND), output(300000, 2024), area(15, 2024, pb.MAGNITUDE_TEN_THOUSAND)],
        )
        filed = self.file("2024", "conflict", row)
        self.assertEqual([m.canonical.value for m in filed.measurements], ["200000000", "300000000", "150000"])
        self.assertEqual([m.counts for m in filed.measurements], [False, False, True])
        self.assertIn(pb.WARNING_KIND_CONFLICTING_FIGURES, [w.kind for w in filed.warnings])
        chosen = self.step("ChooseSurveyMeasurement", filed, measurement="m2")
        self.assertEqual([m.counts for m in chosen.measurements], [False, True, True])
        self.assertEqual((chosen.choices[0].measurement, chosen.choices[0].reason), ("m2", "black-box test"))
        request = mutation(pb.AcceptSurveyRecordRequest(name=chosen.name, etag=chosen.etag))
        failure = self.fails(PRECONDITION, "WARNINGS_UNACKNOWLEDGED", "AcceptSurveyRecord", request)
        self.assertIn("w1", failure.metadata["warnings"])
        accepted = self.accept(chosen)
        self.assertTrue(all(w.acknowledged for w in accepted.warnings))
        self.assertEqual(len(accepted.measurements), 3, "all figures are kept")
        history = self.call("GetProductHistory", pb.GetProductHistoryRequest(name=accepted.product))
        totals = {(f.subject, f.unit): f.points[0].total.value for f in history.figures}
        self.assertEqual(totals[(pb.MEASURED_SUBJECT_OUTPUT, pb.UNIT_KILOGRAM)], "300000000")
        rechosen = self.step("ChooseSurveyMeasurement", accepted, measurement="m1")
        self.assertEqual([m.counts for m in rechosen.measurements], [True, False, True])
        history = self.call("GetProductHistory", pb.GetProductHistoryRequest(name=accepted.product))
        totals = {(f.subject, f.unit): f.points[0].total.value for f in history.figures}
        self.assertEqual(totals[(pb.MEASURED_SUBJECT_OUTPUT, pb.UNIT_KILOGRAM)], "200000000")

    def test_h_warnings(self):
        usual = pb.UsualYield(
            sector=pb.SECTOR_CROPS, category="水果", low=quantity(1, pb.UNIT_TONNE), high=quantity(4000, pb.UNIT_KILOGRAM), source=source()
        )
        rules = mutation(
            pb.CreateRuleSetRequest(ruleset_id="strict", ruleset=pb.RuleSet(display_name="严格", usual_yields=[usual], jump_factor="1.5", source=source()))
        )
        self.fails(DENIED, "ROLE_NOT_ALLOWED", "CreateRuleSet", rules, metadata=TOWNSHIP)
        ruleset = self.call("CreateRuleSet", rules).ruleset
        self.assertEqual(self.call("GetRuleSet", pb.GetRuleSetRequest(name=ruleset.name)).ruleset, ruleset)
        self.fails(INVALID, "FIELD_MALFORMED", "CorrectRuleSet", correct(ruleset, jump_factor="1"))
        ruleset = self.call("CorrectRuleSet", correct(ruleset, jump_factor="1.6")).ruleset
        self.assertEqual([r.name for r in self.call("ListRuleSets", pb.ListRuleSetsRequest()).rulesets], [ruleset.name])
        for year in (2018, 2019):
            survey = self.open_survey(f"warn-{year}", year, townships=("500155005",), ruleset=ruleset.name)
            corrected = correct(survey, townships=[pb.TownshipAssignment(code="500155005", due_on=date("2019-01-01"), land_area=quantity(1, pb.UNIT_SQUARE_KILOMETRE))])
            self.call("CorrectSurvey", corrected)
        first = self.accept(self.file("warn-2018", "w", record("提示柚", "500155005", 2018)))
        row = record(
            "提示柚",
            "500155005999",
            2019,
            measurements=[area(1601, 2019, method=pb.MEASUREMENT_METHOD_ESTIMATED), output(1, 2019)],
            supersedes=first.name,
        )
        filed = self.file("warn-2019", "w", row)
        self.assertEqual(filed.product, first.product, "that of the record it follows")
        self.assertEqual(
            [pb.WarningKind.Name(w.kind).removeprefix("WARNING_KIND_") for w in filed.warnings],
            ["UNUSUAL_YIELD", "AREA_ABOVE_TOWNSHIP", "JUMP", "JUMP", "UNVERIFIED_FIGURE", "PLACE_UNKNOWN"],
        )
        self.assertTrue(all(w.message_zh and w.message_en and w.field for w in filed.warnings))
        mended = record(measurements=[area(1500, 2019), output(2250, 2019)]).measurements
        returned = self.step("ReturnSurveyRecord", filed, remarks=[pb.FieldRemark(field="measurements", remark="核实")])
        corrected = self.call("CorrectSurveyRecord", correct(returned, measurements=list(mended), place_code="500155005")).survey_record
        again = self.step("SubmitSurveyRecord", corrected)
        self.assertEqual(list(again.warnings), [])
        self.accept(again)
        self.assertEqual(self.get_record(first.name).state, pb.SURVEY_RECORD_STATE_SUPERSEDED)

    def test_l_what_was_filed_before_is_compared_with(self):
        years = (2011, 2012)
        for year in years:
            self.open_survey(str(year), year, townships=("500155005",))
        first = self.accept(self.file("2011", "a", record("自比柚", "500155120205", 2011)))
        twin = self.file("2011", "b", record("自比柚", "500155005205", 2011, product=first.product))
        self.assertEqual([w.kind for w in twin.warnings], [pb.WARNING_KIND_FILED_TWICE])
        self.assertIn(first.name, twin.warnings[0].message_en)
        other = self.file("2011", "c", record("自比柚", "500155005205", 2011, product=first.product, variety="红心"))
        self.assertEqual(list(other.warnings), [], "another variety")
        later = self.file(
            "2012", "a", record("自比柚", "500155005205", 2012, product=first.product, measurements=[area(2001, 2012)])
        )
        self.assertEqual([w.kind for w in later.warnings], [pb.WARNING_KIND_JUMP], "though it names no predecessor")
        self.accept(later)
        self.assertEqual(self.get_record(first.name).superseded_by, later.name)

    def test_m_a_township_is_one_series_under_all_its_codes(self):
        for year, code in ((2001, "500155120"), (2002, "500155005")):
            self.open_survey(f"series-{year}", year, townships=(code,))
            row = record(f"系列柚{year}", code, year, measurements=[area(year, year)])
            row = self.file(f"series-{year}", "a", row)
            for finding in row.duplicates:
                row = self.step(
                    "DecideSurveyDuplicate", row, product=finding.similar.product, decision=pb.DUPLICATE_DECISION_DIFFERENT
                )
            self.accept(row)
        request = pb.CompareSurveysRequest(
            group=pb.COMPARISON_GROUP_TOWNSHIP, subject=pb.MEASURED_SUBJECT_AREA, from_year=2001, to_year=2002
        )
        (series,) = self.call("CompareSurveys", request).series
        self.assertEqual((list(series.codes), series.display_name), (["500155005"], "合兴街道"))
        self.assertEqual(sorted(series.codes_as_written), ["500155005", "500155120"])
        self.assertEqual([(p.year, p.total.value) for p in series.points], [(2001, "2001"), (2002, "2002")])

    def test_j_conversion_is_exact(self):
        worth = {
            pb.UNIT_MU: 1,
            pb.UNIT_HECTARE: 15,
            pb.UNIT_SQUARE_METRE: fractions.Fraction(3, 2000),
            pb.UNIT_SQUARE_KILOMETRE: 1500,
        }
        mass = {pb.UNIT_KILOGRAM: 1, pb.UNIT_JIN: fractions.Fraction(1, 2), pb.UNIT_TONNE: 1000, pb.UNIT_GRAM: fractions.Fraction(1, 1000)}
        scale = {
            pb.MAGNITUDE_UNSPECIFIED: 1,
            pb.MAGNITUDE_TEN_THOUSAND: 10**4,
            pb.MAGNITUDE_HUNDRED_MILLION: 10**8,
            pb.MAGNITUDE_THOUSAND: 10**3,
            pb.MAGNITUDE_HUNDRED: 100,
            pb.MAGNITUDE_MILLION: 10**6,
        }
        values = ("0", "1", "15.8", "0.000000001", "999999999999999.999999999", "33.3", "000.50")
        for units in (worth, mass):
            for unit, factor in units.items():
                for target, target_factor in units.items():
                    for magnitude, power in scale.items():
                        for value in values[:: 1 if magnitude == 0 else 3]:
                            request = pb.ConvertQuantityRequest(
                                quantity=quantity(value, unit), unit=target, magnitude=magnitude
                            )
                            answer = self.call("ConvertQuantity", request)
                            exact = fractions.Fraction(value) * factor / target_factor / power
                            told = f"{value} {unit} → {target} × {magnitude}"
                            self.assertEqual(fractions.Fraction(answer.fraction), exact, told)
                            given = fractions.Fraction(answer.quantity.value)
                            if answer.exact:
                                self.assertEqual(given, exact, told)
                            else:
                                self.assertLessEqual(abs(given - exact), fractions.Fraction(1, 2 * 10**9), told)
                                self.assertNotEqual(given, exact, told)
        self.fails(INVALID, "UNIT_MISMATCH", "ConvertQuantity", pb.ConvertQuantityRequest(quantity=quantity(1, pb.UNIT_MU), unit=pb.UNIT_JIN))

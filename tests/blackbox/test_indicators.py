"""Indicators against counting the lists of rows, on both axes of time; their files; targets."""

import csv
import io
import json

import grpc

from google.protobuf import json_format

from builders import (
    create_authorization,
    create_entity,
    create_indication,
    date,
    entity_name,
    event,
    mutation,
    source,
    verb,
)
from harness import ServerTestCase
from protos import pb

INVALID = grpc.StatusCode.INVALID_ARGUMENT
KINDS = {
    "mark": pb.INDICATION_KIND_CERTIFICATION_MARK,
    "collective": pb.INDICATION_KIND_COLLECTIVE_MARK,
    "product": pb.INDICATION_KIND_GI_PRODUCT,
}
USERS = 12


class IndicatorsTest(ServerTestCase):

    @classmethod
    def fill(cls):
        for number in range(1, USERS + 1):
            cls.call("CreateEntity", create_entity(number))
        # Registered in the national year 2023, which the calendar has in 2022.
        for title, (kind, registered) in {
            "test.mark": (KINDS["mark"], "2020-03-07"),
            "test.collective": (KINDS["collective"], "2022-12-16"),
            "test.product": (KINDS["product"], "2023-05-15"),
        }.items():
            law = pb.LAW_VERSION_GI_PRODUCT_2005 if kind == KINDS["product"] else pb.LAW_VERSION_TRADEMARK_2019
            made = pb.TitleEvent(kind=pb.TITLE_EVENT_KIND_REGISTERED, effective_from=date(registered), law_version=law)
            cls.call("CreateIndication", create_indication(title, kind=kind, events=[made], display_name=f"=示例 {title}"))
        for number in range(1, USERS + 1):
            title = ("test.mark", "test.collective", "test.product")[number % 3]
            grant = cls.call(
                "CreateAuthorization",
                create_authorization(f"test.g{number}", number, title, f"2021-{number:02d}-20", "2029-12-31"),
            ).authorization
            if number % 4:
                permit = verb(pb.SetAuthorizationLogoRequest, grant, effective_from=date(f"2022-{number:02d}-10"), permitted=True)
                cls.call("SetAuthorizationLogo", permit)
        # The same entity under two titles counts once in the whole.
        cls.call("CreateAuthorization", create_authorization("test.second", 1, "test.mark", "2021-06-01"))
        cls.target = cls.call(
            "CreateIndicatorTarget",
            mutation(
                pb.CreateIndicatorTargetRequest(
                    target_id="users-2023",
                    target=pb.IndicatorTarget(indicator="users.logo", year=2023, value="12", source=source()),
                )
            ),
        ).target

    def query(self, *indicators, first="2023-06", last=None, **fields):
        fields = {"date": date("2026-06-30"), **fields}
        request = pb.QueryIndicatorsRequest(
            indicators=indicators, from_month=date(first), to_month=date(last or first), **fields
        )
        return self.call("QueryIndicators", request)

    def values(self, answer, position=0):
        """Values of the first month by group, those that are not 0."""
        series = answer.indicators[position].series
        return {s.group: int(s.points[0].value) for s in series if s.points[0].value != "0" or not s.group}

    def all_rows(self, method, request, field):
        rows, request.page_size = [], 7
        while True:
            answer = self.call(method, request)
            rows += getattr(answer, field)
            if not answer.next_page_token:
                return rows
            request.page_token = answer.next_page_token

    def brute_force(self, day):
        """Titles in force and users with logo on a day, from the lists of that day."""
        titles = self.all_rows("ListIndications", pb.ListIndicationsRequest(date=day), "indications")
        in_force = {t.name: pb.IndicationKind.Name(t.kind).removeprefix("INDICATION_KIND_") for t in titles if t.state == pb.TITLE_STATE_IN_FORCE}
        grants = self.all_rows("ListAuthorizations", pb.ListAuthorizationsRequest(date=day), "authorizations")
        users = {}
        for grant in grants:
            if grant.state == pb.AUTHORIZATION_STATE_GRANTED and grant.logo_permitted and grant.indication in in_force:
                users.setdefault("", set()).add(grant.entity)
                users.setdefault(in_force[grant.indication], set()).add(grant.entity)
        counts = {"": len(in_force)}
        for kind in in_force.values():
            counts[kind] = counts.get(kind, 0) + 1
        return counts, {group: len(entities) for group, entities in users.items()}

    def test_figures_are_what_the_lists_give(self):
        for month in ("2021-01", "2021-09", "2022-02", "2022-08", "2022-12", "2023-01", "2023-06", "2026-06"):
            answer = self.query("titles.in_force", "users.logo", first=month)
            titles, users = self.brute_force(answer.indicators[0].series[0].points[0].period.to)
            self.assertEqual(self.values(answer, 0), titles, month)
            self.assertEqual(self.values(answer, 1), users or {"": 0}, month)

    def test_a_national_year_begins_on_16_december(self):
        national = self.query("titles.registered", first="2023-01", last="2023-06")
        self.assertEqual([p.value for p in national.indicators[0].series[0].points], ["1", "0", "0", "0", "1", "0"])
        self.assertEqual([p.year_to_date for p in national.indicators[0].series[0].points], ["1", "1", "1", "1", "2", "2"])
        first = national.indicators[0].series[0].points[0].period
        self.assertEqual((getattr(first, "from"), first.to), (date("2022-12-16"), date("2023-01-15")))
        calendar = self.query("titles.registered", first="2022-12", convention=pb.PERIOD_CONVENTION_CALENDAR)
        self.assertEqual(self.values(calendar), {"": 1, "COLLECTIVE_MARK": 1})

    def test_an_invalidation_counts_from_its_record_on_and_for_all_time(self):
        title = self.call("CreateIndication", create_indication("test.invalid", "2020-04-01")).indication
        before = self.query("titles.in_force", "titles.registered", first="2020-04")
        self.assertEqual(self.values(before, 1), {"": 1, "CERTIFICATION_MARK": 1})
        declared = event(pb.TITLE_EVENT_KIND_INVALIDATED, announced_on=date("2026-03-02"))
        self.call("RecordIndicationEvent", verb(pb.RecordIndicationEventRequest, title, event=declared))
        after = self.query("titles.in_force", "titles.registered", first="2020-04")
        self.assertEqual(self.values(after, 1), {"": 0})
        self.assertEqual(self.values(before, 0)[""] - self.values(after, 0)[""], 1)
        then = self.query(
            "titles.in_force",
            "titles.registered",
            first="2020-04",
            read_at=pb.ReadAt(exact_revision=before.read_point.revision),
        )
        self.assertEqual(then, before, "what the register said then")

    def test_rows_add_up_to_the_figure(self):
        answer = self.query()
        self.assertGreaterEqual(len(answer.indicators), 10)
        for indicator in answer.indicators:
            for series in indicator.series:
                request = pb.ListIndicatorRowsRequest(
                    indicator=indicator.definition.id, month=date("2023-06"), group=series.group, date=date("2026-06-30")
                )
                rows = self.all_rows("ListIndicatorRows", request, "rows")
                request.ClearField("page_token")
                total = self.call("ListIndicatorRows", request)
                self.assertEqual((total.value, total.total), (series.points[0].value, len(rows)), indicator.definition.id)
                self.assertEqual(len({(r.name, r.group, tuple(r.details)) for r in rows}), len(rows), "each once")
                self.assertEqual([r.name for r in rows], sorted(r.name for r in rows))

    def test_growth_and_targets(self):
        whole = self.query("users.logo").indicators[0].series[0].points[0]
        before = int(self.query("users.logo", first="2022-06").indicators[0].series[0].points[0].value)
        self.assertEqual(whole.year_before, str(before))
        self.assertEqual(float(whole.growth_percent), round((int(whole.value) - before) * 100 / before, 1))
        self.assertEqual((whole.target, float(whole.target_percent)), ("12", round(int(whole.value) * 100 / 12, 1)))
        again = mutation(
            pb.CreateIndicatorTargetRequest(
                target=pb.IndicatorTarget(indicator="users.logo", year=2023, value="9", source=source())
            )
        )
        self.fails(grpc.StatusCode.ALREADY_EXISTS, "RESOURCE_EXISTS", "CreateIndicatorTarget", again)
        got = self.call("GetIndicatorTarget", pb.GetIndicatorTargetRequest(name=self.target.name)).target
        corrected = pb.CorrectIndicatorTargetRequest(target=pb.IndicatorTarget(name=got.name, value="24"), etag=got.etag)
        corrected.update_mask.paths.append("value")
        self.call("CorrectIndicatorTarget", mutation(corrected))
        self.assertEqual(self.query("users.logo").indicators[0].series[0].points[0].target, "24")
        corrected.target.value = "12"
        corrected.etag = self.call("GetIndicatorTarget", pb.GetIndicatorTargetRequest(name=got.name)).target.etag
        self.call("CorrectIndicatorTarget", mutation(corrected))
        self.assertEqual(len(self.call("ListIndicatorTargets", pb.ListIndicatorTargetsRequest()).targets), 1)
        for spoilt in ({"value": "-1"}, {"value": "x"}, {"indicator": "none"}, {"year": 12}):
            fields = {"indicator": "users.logo", "year": 2030, "value": "9", "source": source(), **spoilt}
            request = mutation(pb.CreateIndicatorTargetRequest(target=pb.IndicatorTarget(**fields)))
            self.fails(INVALID, "FIELD_MALFORMED", "CreateIndicatorTarget", request)

    def test_definitions_say_what_they_count(self):
        definitions = self.call("ListIndicatorDefinitions", pb.ListIndicatorDefinitionsRequest()).definitions
        self.assertEqual(len({d.id for d in definitions}), len(definitions))
        for definition in definitions:
            self.assertTrue(definition.version and definition.convention_zh and definition.convention_en, definition.id)
            self.assertTrue(definition.source.title, definition.id)

    def test_files(self):
        request = pb.ExportIndicatorsRequest(
            indicators=["users.per_title"], from_month=date("2023-06"), to_month=date("2023-06"),
            date=date("2026-06-30"), format=pb.EXPORT_FORMAT_CSV,
        )
        answer = self.call("ExportIndicators", request)
        self.assertTrue(answer.content.startswith("\ufeff指标,"))
        rows = list(csv.DictReader(io.StringIO(answer.content.removeprefix("\ufeff"), newline="")))
        figures = self.query("users.per_title")
        self.assertEqual([r["数值"] for r in rows], [s.points[0].value for s in figures.indicators[0].series])
        self.assertIn("'=示例 test.mark", [r["分组名称"] for r in rows], "no formula reaches a spreadsheet")
        request.format = pb.EXPORT_FORMAT_JSON
        parsed = json_format.Parse(self.call("ExportIndicators", request).content, pb.QueryIndicatorsResponse())
        self.assertEqual(parsed.indicators, figures.indicators)
        json.loads(self.call("ExportIndicators", request).content)
        report = self.call(
            "WriteProgressReport",
            pb.WriteProgressReportRequest(month=date("2023-06"), date=date("2026-06-30"), organisation="示例|委员会"),
        )
        self.assertIn("示例\\|委员会", report.content)
        self.assertIn("国家口径", report.content)
        self.assertIn("### 有效地理标志数", report.content)

    def test_questions_that_make_no_sense(self):
        def bad(**fields):
            return pb.QueryIndicatorsRequest(**{"date": date("2026-06-30"), **fields})

        for request in (
            bad(indicators=["none"]),
            bad(from_month=date("2026-08")),
            bad(from_month=date("2026")),
            bad(from_month=date("2026-05-01")),
            bad(from_month=date("2026-05"), to_month=date("2026-04")),
            bad(from_month=date("2021-01"), to_month=date("2026-05")),
            pb.QueryIndicatorsRequest(date=date("0001-01-01")),
            pb.QueryIndicatorsRequest(date=date("9999-12-20")),
            pb.QueryIndicatorsRequest(date=date("9999-12-31"), convention=pb.PERIOD_CONVENTION_CALENDAR),
        ):
            self.fails(INVALID, "FIELD_MALFORMED", "QueryIndicators", request)
        rows = pb.ListIndicatorRowsRequest(indicator="users.logo", month=date("2030-01"))
        self.fails(INVALID, "FIELD_MALFORMED", "ListIndicatorRows", rows)
        language = pb.ExportIndicatorsRequest(format=pb.EXPORT_FORMAT_CSV, language="fr")
        self.fails(INVALID, "FIELD_MALFORMED", "ExportIndicators", language)

    def test_two_years_without_use(self):
        answer = self.query("grants.unused_two_years", "reports.outstanding", first="2024-06")
        self.assertEqual(self.values(answer, 0)[""], USERS + 1, "nobody has reported any use")
        self.assertEqual(self.values(answer, 1)[""], USERS + 1)
        grant = self.call("GetAuthorization", pb.GetAuthorizationRequest(name="authorizations/test.second")).authorization
        report = pb.UseReport(year=2023, used=True, last_used_on=date("2023-03-01"))
        request = verb(pb.ReportAuthorizationUseRequest, grant, effective_from=date("2024-02-01"), use_report=report)
        self.call("ReportAuthorizationUse", request)
        then = pb.ReadAt(exact_revision=answer.read_point.revision)
        now = self.query("grants.unused_two_years", "reports.outstanding", first="2024-06")
        self.assertEqual((self.values(now, 0)[""], self.values(now, 1)[""]), (USERS, USERS))
        self.assertEqual(self.query("grants.unused_two_years", "reports.outstanding", first="2024-06", read_at=then), answer)
        self.assertEqual(entity_name(1), grant.entity)

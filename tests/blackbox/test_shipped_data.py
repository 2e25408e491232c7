"""Every line of the data that is shipped is accepted, and the vectors hold against the running server."""

import collections
import concurrent.futures
import hashlib

from google.protobuf import json_format

from builders import check, date, mutation
from harness import ServerTestCase, settings
from protos import pb

FILES = (
    ("divisions.jsonl", "CreateDivision"),
    ("entities-sample.jsonl", "CreateEntity"),
    ("indications-liangping.jsonl", "CreateIndication"),
    ("indications-eu-2020.jsonl", "CreateIndication"),
    ("authorizations-sample.jsonl", "CreateAuthorization"),
    ("indications-demo-agi.jsonl", "CreateIndication"),
    ("applications-sample.jsonl", "CreateApplication"),
    ("targets-sample.jsonl", "CreateIndicatorTarget"),
)
AT_ONCE = 16
TITLE = "indications/demo.liangping-you"


def read_rows(name):
    """Rows of a vector file as dictionaries; no cell holds a comma."""
    lines = (settings.vectors / name).read_text(encoding="utf-8").removesuffix("\n").split("\n")
    header = lines[0].split(",")
    return [dict(zip(header, line.split(","), strict=True)) for line in lines[1:]]


class ShippedDataTest(ServerTestCase):

    @classmethod
    def fill(cls):
        cls.refused = []
        cls.loaded = collections.Counter()
        for name, method in FILES:
            lines = (settings.shipped_data / name).read_text(encoding="utf-8").removesuffix("\n").split("\n")
            with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
                for number, error in enumerate(pool.map(lambda line, m=method: cls.load(m, line), lines), 1):
                    cls.loaded[name] += error is None
                    if error is not None:
                        cls.refused.append(f"{name}:{number}: {error}")

    @classmethod
    def load(cls, method, line):
        request = json_format.Parse(line, getattr(pb, f"{method}Request")())
        try:
            cls.call(method, mutation(request))
        except Exception as error:  # pylint: disable=broad-except
            return error
        return None

    def test_every_line_is_accepted(self):
        self.assertEqual(self.refused[:20], [], f"{len(self.refused)} lines were refused")
        self.assertTrue(all(self.loaded[name] for name, _ in FILES))

    def test_the_law_books_are_the_servers_own(self):
        files = sorted((settings.shipped_data / "laws").glob("*.json"))
        served = {book.name: book for book in self.call("ListLawBooks", pb.ListLawBooksRequest()).lawbooks}
        self.assertEqual(set(served), {f"lawbooks/{path.stem}" for path in files})
        for path in files:
            got = self.call("GetLawBook", pb.GetLawBookRequest(name=f"lawbooks/{path.stem}")).lawbook
            self.assertEqual(got, served[got.name])
            self.assertEqual(got.file_sha256, hashlib.sha256(path.read_bytes()).hexdigest())
            for field in ("name", "file_sha256", "create_time", "update_time", "etag", "revision"):
                got.ClearField(field)
            self.assertEqual(got, json_format.Parse(path.read_text(encoding="utf-8"), pb.LawBook()), path.name)

    def test_states_of_the_applications(self):
        states = collections.Counter()
        request = pb.ListApplicationsRequest(date=date("2026-11-20"))
        for row in self.call("ListApplications", request).applications:
            states[pb.ApplicationState.Name(row.state).removeprefix("APPLICATION_STATE_")] += 1
            held_up = [gap for gap in row.material_gaps if not gap.advisory and not gap.waiver_reason]
            self.assertFalse(row.events and held_up, row.name)
        self.assertEqual(sum(states.values()), self.loaded["applications-sample.jsonl"])
        wanted = {"DRAFT", "CORRECTION_DUE", "OPPOSED", "REGISTERED", "RECOGNISED", "SUSPENDED", "WITHDRAWN"}
        self.assertLessEqual(wanted, set(states))
        # Opposed from 2024-11-29 on; the period since 2024-09-13 ended on 2024-12-13.
        title = self.call("GetIndication", pb.GetIndicationRequest(name="indications/demo.mingcai")).indication
        self.assertEqual(title.protected_since, date("2024-12-13"))
        self.assertEqual(title.events[-1].announced_on, date("2026-01-07"))

    def test_the_surveys_go_through(self):
        """As deploy/run.sh files them: nothing is refused, and no question about duplicates stands in the way."""
        folder = settings.shipped_data / "survey"

        def rows(name, method):
            for line in (folder / name).read_text(encoding="utf-8").splitlines():
                yield self.call(method, mutation(json_format.Parse(line, getattr(pb, f"{method}Request")())))

        for name, method in (("rulesets.jsonl", "CreateRuleSet"), ("products.jsonl", "CreateProduct")):
            list(rows(name, method))
        for answer in rows("surveys.jsonl", "CreateSurvey"):
            survey = answer.survey
            self.call("OpenSurvey", mutation(pb.OpenSurveyRequest(name=survey.name, etag=survey.etag)))
            accepted = 0
            for made in list(rows(f"survey_records-{survey.year}.jsonl", "CreateSurveyRecord")):
                row = made.survey_record
                submit = mutation(pb.SubmitSurveyRecordRequest(name=row.name, etag=row.etag))
                row = self.call("SubmitSurveyRecord", submit).survey_record
                accept = pb.AcceptSurveyRecordRequest(name=row.name, etag=row.etag)
                accept.acknowledged_warnings.extend(warning.id for warning in row.warnings)
                self.call("AcceptSurveyRecord", mutation(accept))
                accepted += 1
            progress = self.call("GetSurveyProgress", pb.GetSurveyProgressRequest(name=survey.name))
            self.assertEqual(progress.total.accepted, accepted)
        pomelo = self.call("GetProductHistory", pb.GetProductHistoryRequest(name="products/liangping-you"))
        self.assertEqual([row.year for row in pomelo.records], [2024, 2024, 2025, 2025])
        self.assertFalse(pomelo.titles, "no title is claimed")
        disputed = [m for m in pomelo.records[1].measurements if m.subject == pb.MEASURED_SUBJECT_OUTPUT]
        self.assertEqual([m.quantity.value for m in disputed], ["30", "20"])
        self.assertEqual(len({m.source.title for m in disputed}), 2)

    def test_names_are_kept_as_given(self):
        for name, method in FILES[1:]:
            for line in (settings.shipped_data / name).read_text(encoding="utf-8").split("\n")[:200]:
                if not line:
                    continue
                sent = json_format.Parse(line, getattr(pb, f"{method}Request")())
                kind = method.removeprefix("Create")
                noun = kind.removeprefix("Indicator").lower()
                row = getattr(sent, noun)
                got = self.call(f"Get{kind}", getattr(pb, f"Get{kind}Request")(name=self.name_of(noun, sent)))
                kept = getattr(got, noun)
                for field, value in row.ListFields():
                    if field.name not in ("events", "validity"):
                        self.assertEqual(getattr(kept, field.name), value, f"{name}: {field.name}")

    @staticmethod
    def name_of(noun, request):
        collection = "entities" if noun == "entity" else f"{noun}s"
        return f"{collection}/{getattr(request, f'{noun}_id')}"

    def test_divisions(self):
        for row in read_rows("division_vectors.csv"):
            with self.subTest(code=row["code"]):
                got = self.call("ResolveDivision", pb.ResolveDivisionRequest(code=row["code"]))
                self.assertEqual(list(got.codes), [code for code in row["resolved"].split(";") if code])
                self.assertEqual("yes" if got.inferred else "no", row["inferred"])
                if row["partial"]:
                    self.assertEqual("yes" if got.partial else "no", row["partial"])

    def test_places_inside_the_area_of_a_title(self):
        entity = "91500155MA5TEXT2XJ"
        for row in read_rows("division_vectors.csv"):
            answer = self.call("CheckAuthorization", check(entity, TITLE, place=row["code"], date=date("2022-06-01")))
            with self.subTest(code=row["code"]):
                inside = answer.verdict == pb.VERDICT_AUTHORIZED
                self.assertEqual("yes" if inside else "no", row["inside_500155"], answer.reasons)

    def test_usccs(self):
        for row in read_rows("uscc_vectors.csv"):
            if not row["input"]:
                continue
            answer = self.call("CheckAuthorization", check(row["input"], TITLE, view=pb.CHECK_VIEW_FULL))
            with self.subTest(input=row["input"], note=row["note"]):
                if row["normalized"]:
                    self.assertEqual(answer.uscc, row["normalized"])
                    self.assertNotIn(
                        answer.reasons[0].reason,
                        (pb.DECISION_REASON_IDENTIFIER_INVALID, pb.DECISION_REASON_IDENTIFIER_PERSONAL),
                    )
                else:
                    self.assertEqual(
                        pb.UsccVerdict.Name(answer.reasons[0].uscc_verdict), f"USCC_VERDICT_{row['verdict']}"
                    )

    def test_grants_of_the_demonstration(self):
        cases = (
            ("93500155MA5TEXT11L", "2026-11-01", {}, "AUTHORIZED"),
            ("93500228MA5TEXT38E", "2026-11-01", {"place": "500155120205", "goods": "g1"}, "AUTHORIZED"),
            ("93500228MA5TEXT38E", "2026-11-01", {"place": "500155102"}, "OUT_OF_SCOPE"),
            ("91500155MA5TEXT2XJ", "2026-11-01", {}, "EXPIRED"),
            ("91500228MA5TEXT625", "2026-11-01", {}, "NOT_YET_EFFECTIVE"),
            ("91500228MA5TEXT625", "2027-01-01", {"goods": "g2"}, "AUTHORIZED"),
            ("93500155MA5TEXT467", "2026-11-20", {}, "PENDING"),
            ("93500155MA5TEXT542", "2026-11-01", {}, "NO_RECORD"),
        )
        for code, day, fields, reason in cases:
            with self.subTest(code=code, day=day, **fields):
                answer = self.call("CheckAuthorization", check(code, TITLE, date=date(day), **fields))
                self.assertEqual(pb.DecisionReason.Name(answer.reasons[0].reason), f"DECISION_REASON_{reason}")

    def test_states_of_the_european_register(self):
        states = collections.Counter()
        request = pb.ListIndicationsRequest(kind=pb.INDICATION_KIND_FOREIGN, page_size=1000, date=date("2020-07-30"))
        while True:
            answer = self.call("ListIndications", request)
            states.update(pb.TitleState.Name(row.state).removeprefix("TITLE_STATE_") for row in answer.indications)
            if not answer.next_page_token:
                break
            request.page_token = answer.next_page_token
        self.assertEqual(states, {"IN_FORCE": 3341, "PENDING": 373, "REFUSED": 1})

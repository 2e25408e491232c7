"""Taking imports back: all or nothing, with the rows that stand in the way, and with nothing lost."""

import threading
import time

from application_builders import application
from builders import correct, create_authorization, create_entity, create_indication, date, mutation, period, source, uscc
from harness import Failure
from import_builders import SKIP, ImportTestCase, counts_of, entity_row
from protos import pb
from survey_builders import SurveyCalls, create_product, record

FINISHED, ABANDONED = pb.IMPORT_STATE_FINISHED, pb.IMPORT_STATE_ABANDONED
WITHDRAWN, RESTORED = pb.IMPORT_OUTCOME_WITHDRAWN, pb.IMPORT_OUTCOME_RESTORED


def at(revision):
    return pb.ReadAt(exact_revision=revision) if revision else pb.ReadAt()


def without_bookkeeping(row):
    copy = type(row)()
    copy.CopyFrom(row)
    for field in ("create_time", "update_time", "etag", "revision"):
        copy.ClearField(field)
    return copy


class ImportRevertTest(SurveyCalls, ImportTestCase):

    def request(self, job, **fields):
        return mutation(pb.RevertImportRequest(name=job.name, **fields))

    def revert(self, job):
        return self.call("RevertImport", self.request(job)).import_job

    def obstacles(self, job):
        """What a trial finds, and that nothing happens."""
        before = self.head()
        found = self.call("RevertImport", self.request(job, validate_only=True)).violations
        with self.assertRaises(Failure) as caught:
            self.revert(job)
        self.assertEqual(caught.exception.reason, "ERROR_REASON_IMPORT_NOT_REVERTIBLE")
        self.assertEqual(caught.exception.metadata["count"], str(len(found)))
        self.assertIn(found[0].field, str(caught.exception))
        self.assertEqual(self.head(), before)
        return [(violation.field, violation.reason) for violation in found]

    def rows_of(self, job):
        return self.call("ListImportedRows", pb.ListImportedRowsRequest(import_job=job.name)).rows

    def get(self, job):
        return self.call("GetImport", pb.GetImportRequest(name=job.name)).import_job

    def check(self, number, title="indications/title", revision=0):
        request = pb.CheckAuthorizationRequest(uscc=uscc(number), indication=title, date=date("2024-06-01"))
        request.read_at.CopyFrom(at(revision))
        return self.call("CheckAuthorization", request)

    def test_created_rows_are_withdrawn(self):
        rows = [entity_row(line, line + 1) for line in range(1, 8)]
        _, job = self.take(pb.IMPORT_KIND_ENTITIES, rows)
        names = [row.name for row in self.rows_of(job)]
        before = self.head()
        found = self.call("RevertImport", self.request(job, validate_only=True))
        self.assertEqual((len(found.violations), self.head()), (0, before))
        made = self.revert(job)
        self.assertEqual((made.state, made.reverts, counts_of(made.counts)), (FINISHED, job.name, {"read": 7, "withdrawn": 7}))
        self.assertEqual(self.get(job).reverted_by, made.name)
        self.assertEqual([(row.line, row.outcome, row.name) for row in self.rows_of(made)],
                         [(line, WITHDRAWN, name) for line, name in enumerate(names, 1)])  # fmt: skip
        self.assertEqual(len(self.entity(3)), 0)
        for name in names:
            with self.refused("ERROR_REASON_RESOURCE_NOT_FOUND"):
                self.call("GetEntity", pb.GetEntityRequest(name=name))
            then = self.call("GetEntity", pb.GetEntityRequest(name=name, read_at=at(before))).entity
            self.assertEqual(then.name, name)
        # The register takes them again, and knows both lives of them.
        answer, again = self.take(pb.IMPORT_KIND_ENTITIES, rows)
        self.assertEqual(counts_of(answer.counts), {"read": 7, "created": 7})
        self.assertEqual(len(self.rows_of(again)), 7)
        self.server.restart()
        self.assertEqual(len(self.entity(3)), 1)
        self.assertEqual(len(self.entity(3, read_at=at(made.revision))), 0)
        self.assertEqual(len(self.entity(3, read_at=at(before))), 1)

    def test_changed_rows_get_back_what_they_had(self):
        for number in (101, 102):
            self.call("CreateEntity", create_entity(number, aliases=["旧名"], division_code="500155"))
        before = [self.entity(number)[0] for number in (101, 102)]
        rows = [
            entity_row(1, 101, display_name="新名称", aliases=["甲", "乙"], source=pb.Source(kind=pb.SOURCE_KIND_SYNTHETIC, title="别的来源")),
            entity_row(2, 102, display_name=before[1].display_name),
            entity_row(3, 103),
        ]  # fmt: skip
        answer, job = self.take(pb.IMPORT_KIND_ENTITIES, rows)
        self.assertEqual(counts_of(answer.counts), {"read": 3, "created": 1, "changed": 1, "same": 1})
        made = self.revert(job)
        self.assertEqual(counts_of(made.counts), {"read": 2, "withdrawn": 1, "restored": 1})
        self.assertEqual([row.outcome for row in self.rows_of(made)], [RESTORED, WITHDRAWN])
        after = [self.entity(number)[0] for number in (101, 102)]
        self.assertEqual([*map(without_bookkeeping, after)], [*map(without_bookkeeping, before)])
        self.assertEqual((before[1].etag, len(self.entity(103))), (after[1].etag, 0))

    def test_rows_that_were_changed_since(self):
        rows = [entity_row(line, line + 200) for line in range(1, 22)]
        _, job = self.take(pb.IMPORT_KIND_ENTITIES, rows)
        changed = [self.entity(number)[0] for number in range(203, 222)]
        for row in changed:
            self.call("CorrectEntity", correct(row, display_name="更正"))
        # All of them, and not only those that an error has room for.
        self.assertEqual(self.obstacles(job), [(row.name, "ERROR_REASON_ROW_CHANGED_SINCE") for row in changed])
        self.assertEqual(self.get(job).reverted_by, "")

    def test_imports_are_taken_back_one_after_the_other(self):
        self.call("CreateEntity", create_entity(251, aliases=["旧名"]))
        before = self.entity(251)[0]
        _, first = self.take(pb.IMPORT_KIND_ENTITIES, [entity_row(1, 251, display_name="甲"), entity_row(2, 252)])
        _, second = self.take(pb.IMPORT_KIND_ENTITIES, [entity_row(1, 251, display_name="乙"), entity_row(2, 252, display_name="乙")])
        self.assertEqual(len(self.obstacles(first)), 2)
        self.assertEqual(counts_of(self.revert(second).counts), {"read": 2, "restored": 2})
        self.assertEqual([self.entity(number)[0].display_name for number in (251, 252)], ["甲", "示例252号合作社"])
        self.assertEqual(counts_of(self.revert(first).counts), {"read": 2, "restored": 1, "withdrawn": 1})
        self.assertEqual(without_bookkeeping(self.entity(251)[0]), without_bookkeeping(before))
        self.assertEqual(len(self.entity(252)), 0)

    def test_rows_that_others_rest_on(self):
        _, job = self.take(pb.IMPORT_KIND_ENTITIES, [entity_row(line, line + 300) for line in (1, 2, 3)])
        first, second, third = (self.entity(number)[0].name for number in (301, 302, 303))
        self.call("CreateIndication", create_indication("held", holder=second))
        rows = [pb.ImportRow(line=1, entity_uscc=uscc(303), title="indications/none")]
        self.take(pb.IMPORT_KIND_AUTHORIZATIONS, rows)
        self.assertEqual(self.obstacles(job), [(second, "ERROR_REASON_ROW_REFERRED_TO")])
        title = self.call("GetIndication", pb.GetIndicationRequest(name="indications/held")).indication
        self.call("CorrectIndication", correct(title, holder=""))
        self.revert(job)
        self.assertEqual(sum(len(self.entity(number)) for number in (301, 302, 303)), 0)
        with self.refused("ERROR_REASON_REFERENCE_NOT_FOUND"):
            self.call("CorrectIndication", correct(
                self.call("GetIndication", pb.GetIndicationRequest(name="indications/held")).indication, holder=first))  # fmt: skip

    def test_divisions_are_named_by_their_codes(self):
        rows = [
            pb.ImportRow(line=line, division=pb.CreateDivisionRequest(division=pb.Division(
                code=code, names=[pb.DivisionName(display_name="示例村")], source=source())))
            for line, code in ((1, "500155999001"), (2, "500155999002"))
        ]  # fmt: skip
        answer, job = self.take(pb.IMPORT_KIND_DIVISIONS, rows)
        self.assertEqual(counts_of(answer.counts), {"read": 2, "created": 2}, answer.findings)
        self.call("CreateEntity", create_entity(350, division_code="500155999002"))
        self.assertEqual(self.obstacles(job), [("divisions/500155999002", "ERROR_REASON_ROW_REFERRED_TO")])

    def test_a_text_of_digits_is_no_division(self):
        names = [pb.DivisionName(display_name="示例村")]
        made = pb.Division(code="500155999003", names=names, source=source())
        _, job = self.take(
            pb.IMPORT_KIND_DIVISIONS, [pb.ImportRow(line=1, division=pb.CreateDivisionRequest(division=made))]
        )
        self.call("CreateEntity", create_entity(351, aliases=["500155999003"]))
        self.assertEqual(self.revert(job).counts.withdrawn, 1)

    def test_grants_and_their_checks(self):
        self.call("CreateEntity", create_entity(401))
        self.call("CreateEntity", create_entity(402))
        self.call("CreateIndication", create_indication("title"))
        self.call("CreateAuthorization", create_authorization("old", 402, "title", last="2025-12-31"))

        def grant(line, number, **fields):
            request = pb.CreateAuthorizationRequest(
                authorization=pb.Authorization(indication="indications/title", source=source(), **fields),
                granted=True, effective_from=date("2021-01-01"))  # fmt: skip
            return pb.ImportRow(line=line, entity_uscc=uscc(number), authorization=request)

        rows = [grant(1, 401, validity=period("2021-01-01", "2026-01-01")), grant(2, 402, validity=period("2021-01-01", "2023-12-31"))]
        before = self.check(401), self.check(402)
        answer, job = self.take(pb.IMPORT_KIND_AUTHORIZATIONS, rows)
        self.assertEqual(counts_of(answer.counts), {"read": 2, "created": 1, "changed": 1}, answer.findings)
        imported = self.check(401), self.check(402)
        revision = self.head()
        self.assertNotEqual([a.verdict for a in before], [a.verdict for a in imported])
        self.revert(job)
        for restart in (False, True):
            if restart:
                self.server.restart()
            self.assertEqual([self.check(n).verdict for n in (401, 402)], [a.verdict for a in before])
            self.assertEqual([self.check(n, revision=revision).verdict for n in (401, 402)], [a.verdict for a in imported])

    def test_a_chain_over_chunks(self):
        """Codes that were handed on can only be given back in the opposite order."""
        ids = [f"chain-{n}" for n in range(5)]
        for at, entity_id in enumerate(ids):
            request = create_entity(500 + at)
            request.entity_id = entity_id
            self.call("CreateEntity", request)
        job = self.begin(pb.IMPORT_KIND_ENTITIES)
        chunks = []
        for at, entity_id in enumerate(ids):
            row = entity_row(at + 1, 499 + at if at else 510)
            row.entity.entity_id = entity_id
            chunks.append([row])
        answers = self.send(job, *chunks)
        self.assertEqual(counts_of(answers[-1].total), {"read": 5, "changed": 5}, answers[-1].findings)
        self.finish(job)
        self.revert(job)
        for at, entity_id in enumerate(ids):
            self.assertEqual(self.entity(500 + at)[0].name, f"entities/{entity_id}")
        self.assertEqual(len(self.entity(510)), 0)

    def test_what_the_rules_do_not_allow(self):
        """The code that a row had belongs to somebody else by now: only the rule finds that out."""
        self.call("CreateEntity", create_entity(601))
        name = self.entity(601)[0].name
        job = self.begin(pb.IMPORT_KIND_ENTITIES)
        first = entity_row(1, 602)
        first.entity.entity_id = name.split("/")[1]
        self.send(job, [first], [entity_row(2, 603), entity_row(3, 604)], [entity_row(4, 605)])
        self.finish(job)
        request = create_entity(601)
        request.entity_id = "heir"
        self.call("CreateEntity", request)
        self.assertEqual(self.obstacles(job), [(name, "ERROR_REASON_RESOURCE_EXISTS")])
        # Once the way is free it works.
        self.call("CorrectEntity", correct(self.entity(601)[0], uscc=uscc(606)))
        made = self.revert(job)
        self.assertEqual(counts_of(made.counts), {"read": 4, "withdrawn": 3, "restored": 1})
        self.assertEqual([self.entity(601)[0].name, *self.entity(603), *self.entity(605)], [name])

    def test_roles(self):
        """What only the district may make, a township of the same agency does not take back."""
        township, district = [("x-role", "township")], [("x-role", "district")]
        product = create_product("p-role", "只归区里管的柚").product
        _, products = self.take(pb.IMPORT_KIND_PRODUCTS, [pb.ImportRow(line=1, product=pb.CreateProductRequest(product=product))])
        _, entities = self.take(pb.IMPORT_KIND_ENTITIES, [entity_row(1, 651)])
        found = self.call("RevertImport", self.request(products, validate_only=True), metadata=township).violations
        self.assertEqual([v.reason for v in found], ["ERROR_REASON_ROLE_NOT_ALLOWED"])
        with self.refused("ERROR_REASON_ROLE_NOT_ALLOWED"):
            self.call("RevertImport", self.request(products), metadata=township)
        self.call("RevertImport", self.request(products), metadata=district)
        self.call("RevertImport", self.request(entities), metadata=township)

    def test_survey_records_and_their_tallies(self):
        self.fill_liangping()
        progress = self.call("GetSurveyProgress", pb.GetSurveyProgressRequest(name="surveys/2024"))
        rows = [
            pb.ImportRow(line=line, survey_record=pb.CreateSurveyRecordRequest(
                survey="surveys/2024", survey_record=record(local_name=f"示例柚{line}", place="500155005205")))
            for line in range(1, 6)
        ]  # fmt: skip
        answer, job = self.take(pb.IMPORT_KIND_SURVEY_RECORDS, rows)
        self.assertEqual(counts_of(answer.counts), {"read": 5, "created": 5}, answer.findings)
        self.assertNotEqual(self.call("GetSurveyProgress", pb.GetSurveyProgressRequest(name="surveys/2024")).townships, progress.townships)
        self.revert(job)
        self.assertEqual(self.call("GetSurveyProgress", pb.GetSurveyProgressRequest(name="surveys/2024")).townships, progress.townships)
        self.assertEqual(len(self.call("ListSurveyRecords", pb.ListSurveyRecordsRequest(survey="surveys/2024")).survey_records), 0)

    def test_an_application_and_the_title_it_made(self):
        self.call("CreateEntity", create_entity(1))
        row = application(events="2024-01-10 FILED, 2024-01-20 ACCEPTED, 2024-02-20 EXAMINATION_BEGUN, 2024-08-13 PRELIMINARILY_PUBLISHED, 2024-11-14 REGISTERED")
        rows = [pb.ImportRow(line=1, application=pb.CreateApplicationRequest(application=row))]
        answer, job = self.take(pb.IMPORT_KIND_APPLICATIONS, rows)
        self.assertEqual(counts_of(answer.counts), {"read": 1, "created": 1}, answer.findings)
        made, title = (row.name for row in self.rows_of(job))
        revision = self.head()
        self.assertTrue(self.call("GetIndication", pb.GetIndicationRequest(name=title)).indication.events)
        self.assertEqual(counts_of(self.revert(job).counts), {"read": 2, "withdrawn": 2})
        self.assertEqual(len(self.call("ListApplications", pb.ListApplicationsRequest()).applications), 0)
        with self.refused("ERROR_REASON_RESOURCE_NOT_FOUND"):
            self.call("GetIndication", pb.GetIndicationRequest(name=title))
        self.call("GetApplication", pb.GetApplicationRequest(name=made, read_at=at(revision)))

    def test_products_and_titles_are_no_longer_found(self):
        products = [pb.ImportRow(line=1, product=pb.CreateProductRequest(product=create_product("", "稀奇古怪果").product))]
        titles = [pb.ImportRow(line=1, indication=pb.CreateIndicationRequest(
            indication=create_indication("", display_name="稀奇古怪柚", numbers=[pb.TitleNumber(kind=pb.NUMBER_KIND_REGISTRATION, number="X-99")]).indication))]  # fmt: skip
        _, product_job = self.take(pb.IMPORT_KIND_PRODUCTS, products)
        _, title_job = self.take(pb.IMPORT_KIND_INDICATIONS, titles)

        def found(**fields):
            one = self.call("SearchIndications", pb.SearchIndicationsRequest(query="稀奇古怪柚", **fields))
            number = self.call("SearchIndications", pb.SearchIndicationsRequest(query="X-99", **fields))
            everything = self.call("SearchIndications", pb.SearchIndicationsRequest(**fields))
            similar = self.call("FindSimilarProducts", pb.FindSimilarProductsRequest(local_name="稀奇古怪果", **fields))
            titles = [[match.indication for match in answer.matches] for answer in (one, number, everything)]
            return [sum("稀奇" in row.display_name for row in rows) for rows in (*titles, similar.similar)]

        revision = self.head()
        self.assertEqual(found(), [1, 1, 1, 1])
        self.revert(title_job)
        self.revert(product_job)
        self.assertEqual(found(), [0, 0, 0, 0])
        self.assertEqual(found(read_at=at(revision)), [1, 1, 1, 1])

    def test_what_is_refused(self):
        with self.refused("ERROR_REASON_RESOURCE_NOT_FOUND"):
            self.revert(pb.Import(name="imports/none"))
        job = self.begin(pb.IMPORT_KIND_ENTITIES)
        with self.refused("ERROR_REASON_IMPORT_STILL_OPEN"):
            self.revert(job)
        self.send(job, [entity_row(1, 701)])
        self.finish(job)
        request = self.request(job)
        made = self.call("RevertImport", request).import_job
        again = self.call("RevertImport", request)
        self.assertEqual((again.import_job, again.replayed), (made, True))
        for name in (job, made):
            with self.refused("ERROR_REASON_IMPORT_REVERTED"):
                self.revert(name)
        with self.refused("ERROR_REASON_IMPORT_NOT_OPEN"):
            self.send(made, [entity_row(1, 702)])
        with self.refused("ERROR_REASON_FIELD_REQUIRED"):
            self.call("RevertImport", pb.RevertImportRequest(name=job.name, request_id=request.request_id))
        # An import that changed nothing is soon taken back.
        _, empty = self.take(pb.IMPORT_KIND_ENTITIES, [], on_existing=SKIP)
        self.assertEqual(counts_of(self.revert(empty).counts), {})

    def large_import(self, first, last):
        """Long enough for calls to come in between, with a row at its end that it changes."""
        self.call("CreateEntity", create_entity(last))
        job = self.begin(pb.IMPORT_KIND_ENTITIES)
        rows = [entity_row(line, line + first - 1) for line in range(1, last - first + 1)]
        rows.append(entity_row(last - first + 1, last, display_name="导入的名称"))
        self.send(job, *(rows[at : at + 500] for at in range(0, len(rows), 500)))
        self.finish(job)
        return job

    def disturb(self, job, *steps):
        """Runs the steps, each once its condition holds, while the import is taken back. What came of the revert."""
        outcome = []

        def run():
            try:
                outcome.append(self.revert(job).state)
            except Failure as failure:
                outcome.append(failure.reason)

        thread = threading.Thread(target=run)
        thread.start()
        for condition, step in steps:
            while not condition() and thread.is_alive():
                time.sleep(0.0005)
            try:
                step()
            except Failure as failure:
                # It was its turn already.
                self.assertEqual(failure.reason, "ERROR_REASON_RESOURCE_NOT_FOUND")
        thread.join()
        return outcome[0]

    def test_a_change_in_between(self):
        """While a large import is taken back, one of its first rows is changed: all of it is put back."""
        job = self.large_import(1001, 5000)
        row = self.entity(1001)[0]
        outcome = self.disturb(job, (
            lambda: self.get(job).reverted_by, lambda: self.call("CorrectEntity", correct(row, display_name="正在撤回时更正"))))  # fmt: skip
        count = len(self.entity(1001)) + len(self.entity(3000)) + len(self.entity(4999))
        self.assertIn((outcome, count), ((FINISHED, 0), ("ERROR_REASON_IMPORT_NOT_REVERTIBLE", 3)))
        if count:
            self.assertEqual((self.entity(1001)[0].display_name, self.entity(5000)[0].display_name), ("正在撤回时更正", "导入的名称"))

    def test_what_cannot_be_put_back(self):
        """Two rows were taken back already: the code of one was given to another entity, the other one was corrected."""
        for attempt in range(1, 6):
            first, last = 20_000 * attempt, 20_000 * attempt + 8000
            job = self.large_import(first, last)
            row, taken, changed = (self.entity(number)[0] for number in (first, last - 1, last))
            heir = create_entity(last - 1)
            heir.entity_id = f"heir-{attempt}"

            def correct_changed(number=last):
                self.call("CorrectEntity", correct(self.entity(number)[0], aliases=["撤回时所加"]))

            outcome = self.disturb(
                job,
                (lambda number=last - 1: not self.entity(number), lambda request=heir: self.call("CreateEntity", request)),
                (lambda: True, correct_changed),
                (lambda: True, lambda one=row: self.call("CorrectEntity", correct(one, display_name="正在撤回时更正"))),
            )
            if outcome != FINISHED:
                break
        self.assertEqual(outcome, "ERROR_REASON_IMPORT_NOT_REVERTIBLE")
        self.assertEqual([one.name for one in self.entity(last - 1)], [f"entities/heir-{attempt}"])
        now = self.entity(last)[0]
        self.assertEqual((now.name, [*now.aliases]), (changed.name, ["撤回时所加"]))
        self.assertEqual((len(self.entity(first)), len(self.entity(last - 2))), (1, 1))
        made = next(one for one in self.call("ListImports", pb.ListImportsRequest()).imports if one.reverts == job.name)
        self.assertEqual(made.state, ABANDONED)
        found = {(o.field, o.reason) for o in made.obstacles}
        self.assertEqual(found, {(row.name, "ERROR_REASON_ROW_CHANGED_SINCE"), (taken.name, "ERROR_REASON_ROW_NOT_PUT_BACK"),
                                 (changed.name, "ERROR_REASON_ROW_NOT_PUT_BACK")})  # fmt: skip
        self.assertIn("heir", next(str(o) for o in made.obstacles if o.field == taken.name))

"""Imports: rows in chunks, each taken by itself; counts that add up; the same file twice; breaking off and going on."""

import threading

from builders import RESIDENT_ID, correct, create_entity, create_indication, date, mutation, period, source, uscc
from harness import Failure
from import_builders import FAIL, SKIP, UPDATE, ImportTestCase, counts_of, entity_row
from protos import pb


class ImportTest(ImportTestCase):

    def test_rows_are_taken_by_themselves(self):
        rows = [
            entity_row(2, 1),
            entity_row(3, 2, uscc="91500155MA00000000"),
            entity_row(5, 3, display_name=""),
            entity_row(6, 4, display_name=f"身份证 {RESIDENT_ID}"),
            entity_row(9, 5),
            pb.ImportRow(line=10),
        ]
        answer, ended = self.take(pb.IMPORT_KIND_ENTITIES, rows)
        self.assertEqual(counts_of(answer.counts), {"read": 6, "created": 2, "rejected": 4})
        self.assertEqual(answer.last_line, 10)
        self.assertEqual([finding.line for finding in answer.findings], [3, 5, 6])
        self.assertEqual(
            [(f.violation.field, f.violation.reason) for f in answer.findings],
            [
                ("entity.uscc", "ERROR_REASON_USCC_INVALID"),
                ("entity.display_name", "ERROR_REASON_FIELD_REQUIRED"),
                ("entity.display_name", "ERROR_REASON_PERSONAL_DATA"),
            ],
        )
        for finding in answer.findings:
            self.assertTrue(finding.violation.message_zh and finding.violation.message_en)
            self.assertNotIn(RESIDENT_ID, str(finding))
        self.assertEqual(
            [(f.violation.value, f.violation.suggestion) for f in answer.findings[:2]],
            [("91**************00", ""), ("", "")],
            "18 digits might be a person's",
        )
        self.assertIn("*", answer.findings[2].violation.value)
        self.assertEqual((ended.state, ended.last_line), (pb.IMPORT_STATE_FINISHED, 10))
        self.assertEqual(ended.counts, answer.total)
        self.assertEqual(len(self.entity(1)) + len(self.entity(5)), 2)
        self.assertEqual(len(self.entity(3)) + len(self.entity(4)), 0)
        changed = self.call("ListImportedRows", pb.ListImportedRowsRequest(import_job=ended.name)).rows
        self.assertEqual(
            [(row.line, row.outcome, row.name) for row in changed],
            [
                (2, pb.IMPORT_OUTCOME_CREATED, self.entity(1)[0].name),
                (9, pb.IMPORT_OUTCOME_CREATED, self.entity(5)[0].name),
            ],
        )

    def test_a_misread_code_is_suggested(self):
        answer, _ = self.take(pb.IMPORT_KIND_ENTITIES, [entity_row(1, 6, uscc="9350O155MA5TEXT11L")])
        violation = answer.findings[0].violation
        self.assertEqual((violation.value, violation.suggestion), ("9350O155MA5TEXT11L", "93500155MA5TEXT11L"))

    def test_what_a_reference_may_have_meant_is_suggested(self):
        self.call("CreateIndication", create_indication("sug.zhangya", display_name="张鸭籽示例"))
        rows = [
            pb.ImportRow(line=1, entity_uscc="9350O155MA5TEXT11L", title="張鸭籽示列", authorization=pb.CreateAuthorizationRequest(
                authorization=pb.Authorization(source=source()), granted=True)),
        ]
        answer, _ = self.take(pb.IMPORT_KIND_AUTHORIZATIONS, rows)
        found = {f.violation.field: f.violation for f in answer.findings}
        entity = found["authorization.entity"]
        self.assertEqual((entity.value, entity.suggestion), ("9350O155MA5TEXT11L", "93500155MA5TEXT11L"))
        title = found["authorization.indication"]
        self.assertEqual((title.reason, title.value, title.suggestion),
                         ("ERROR_REASON_REFERENCE_NOT_FOUND", "張鸭籽示列", "张鸭籽示例"))

    def test_the_same_file_twice_changes_nothing(self):
        rows = [entity_row(line, line + 100) for line in range(1, 40)]
        self.take(pb.IMPORT_KIND_ENTITIES, rows)
        before = self.head()
        answer, _ = self.take(pb.IMPORT_KIND_ENTITIES, rows)
        self.assertEqual(counts_of(answer.counts), {"read": 39, "same": 39})
        self.assertEqual(self.head(), before + 2, "its opening and its end, and nothing else")

    def test_a_corrected_file_changes_only_what_changed(self):
        rows = [entity_row(line, line + 200) for line in range(1, 5)]
        self.take(pb.IMPORT_KIND_ENTITIES, rows)
        rows[2].entity.entity.display_name = "更正后的名称"
        rows[3].entity.entity.source.title = "another paper says the same"
        for mode, outcome in ((FAIL, "rejected"), (SKIP, "skipped"), (UPDATE, "changed")):
            answer, ended = self.take(pb.IMPORT_KIND_ENTITIES, rows, on_existing=mode)
            self.assertEqual(counts_of(answer.counts), {"read": 4, "same": 3, outcome: 1})
            self.assertEqual(len(answer.findings), outcome == "rejected")
        row = self.entity(203)[0]
        self.assertEqual(row.display_name, "更正后的名称")
        changed = self.call("ListImportedRows", pb.ListImportedRowsRequest(import_job=ended.name)).rows
        self.assertEqual([(r.line, r.outcome, r.name) for r in changed], [(3, pb.IMPORT_OUTCOME_CHANGED, row.name)])
        self.assertGreater(changed[0].revision_before, 0)
        self.assertLess(changed[0].revision_before, row.revision)

    def test_two_rows_with_one_key(self):
        rows = [
            entity_row(2, 301),
            entity_row(3, 302),
            entity_row(4, 301),
            entity_row(7, 302, display_name="另一名称"),
            # Its code is the same once it is written as it is kept.
            entity_row(8, 301, uscc=uscc(301).lower(), display_name="另一名称"),
        ]
        answer, _ = self.take(pb.IMPORT_KIND_ENTITIES, rows)
        self.assertEqual(counts_of(answer.counts), {"read": 5, "created": 2, "same": 1, "rejected": 2, "warnings": 1})
        self.assertEqual([(f.line, f.other_line) for f in answer.findings], [(4, 2), (7, 3), (8, 2)])
        self.assertEqual(answer.findings[0].severity, pb.FINDING_SEVERITY_WARNING)
        for finding in answer.findings[1:]:
            self.assertEqual(finding.severity, pb.FINDING_SEVERITY_ERROR)
            self.assertIn(f"line {finding.other_line} ", finding.violation.message_en)

    def test_keys_are_remembered_over_chunks_and_streams(self):
        job = self.begin(pb.IMPORT_KIND_ENTITIES)
        self.send(job, [entity_row(1, 401)], [entity_row(2, 402)])
        answers = self.send(job, [entity_row(3, 403)], [entity_row(4, 401, display_name="另一名称")])
        self.assertEqual([(f.line, f.other_line) for f in answers[-1].findings], [(4, 1)])
        self.assertEqual(counts_of(answers[-1].total), {"read": 4, "created": 3, "rejected": 1})
        # The same file once more is another file.
        answer, _ = self.take(pb.IMPORT_KIND_ENTITIES, [entity_row(1, 401)])
        self.assertEqual(counts_of(answer.counts), {"read": 1, "same": 1})

    def test_going_on_after_breaking_off(self):
        job = self.begin(pb.IMPORT_KIND_ENTITIES)
        self.send(job, [entity_row(line, line + 500) for line in range(1, 11)])
        where = self.send(job)[0]
        self.assertEqual((where.last_line, counts_of(where.total)), (10, {"read": 10, "created": 10}))
        self.assertEqual(self.call("GetImport", pb.GetImportRequest(name=job.name)).import_job.last_line, 10)
        self.server.kill()
        self.server.start()
        where = self.send(job)[0]
        self.assertEqual((where.last_line, counts_of(where.total)), (10, {"read": 10, "created": 10}))
        with self.refused("ERROR_REASON_IMPORT_OUT_OF_ORDER"):
            self.send(job, [entity_row(10, 510)])
        self.send(job, [entity_row(11, 511)])
        self.assertEqual(counts_of(self.finish(job).counts), {"read": 11, "created": 11})
        with self.refused("ERROR_REASON_IMPORT_NOT_OPEN"):
            self.send(job, [entity_row(12, 512)])
        with self.refused("ERROR_REASON_IMPORT_NOT_OPEN"):
            self.finish(job)

    def test_enough_errors_end_it(self):
        job = self.begin(pb.IMPORT_KIND_ENTITIES, max_errors=2)
        rows = [entity_row(line, line + 600, display_name="" if line in (2, 4, 6) else "示例") for line in range(1, 9)]
        answer = self.send(job, rows)[0]
        self.assertTrue(answer.stopped)
        self.assertEqual((answer.last_line, counts_of(answer.total)), (4, {"read": 4, "created": 2, "rejected": 2}))
        got = self.call("GetImport", pb.GetImportRequest(name=job.name)).import_job
        self.assertEqual((got.state, got.counts), (pb.IMPORT_STATE_STOPPED, answer.total))
        with self.refused("ERROR_REASON_IMPORT_NOT_OPEN"):
            self.send(job, [entity_row(9, 609)])

    def test_a_trial_keeps_nothing(self):
        before = self.head()
        trial = pb.Import(source_name="示例.csv", kind=pb.IMPORT_KIND_ENTITIES, on_existing=UPDATE, max_errors=3)
        rows = [entity_row(1, 701), entity_row(2, 702, display_name=""), entity_row(3, 701, display_name="不同")]
        answers = self.send(None, rows, [entity_row(4, 701)], trial=trial)
        self.assertEqual(counts_of(answers[0].counts), {"read": 3, "created": 1, "rejected": 2})
        self.assertEqual(counts_of(answers[1].total), {"read": 4, "created": 1, "same": 1, "rejected": 2, "warnings": 1})
        self.assertEqual([(f.line, f.other_line) for f in answers[1].findings], [(4, 1)])
        self.assertEqual(self.head(), before)
        self.assertEqual(len(self.entity(701)), 0)

    def test_a_trial_is_begun_as_an_import_is(self):
        trial = pb.Import(source_name="示例.csv", kind=pb.IMPORT_KIND_ENTITIES, on_existing=UPDATE, max_errors=1)
        for field, value in (("max_errors", -1), ("source_sha256", "X" * 64), ("source_name", "folder/示例.csv")):
            wrong = pb.Import()
            wrong.CopyFrom(trial)
            setattr(wrong, field, value)
            for begin in (
                lambda one=wrong: self.send(None, [entity_row(1, 711)], trial=one),
                lambda one=wrong: self.call("CreateImport", mutation(pb.CreateImportRequest(import_job=one))),
            ):
                with self.assertRaises(Failure) as caught:
                    begin()
                self.assertIn(field, str(caught.exception))
        bad, good = [entity_row(1, 711, display_name="")], [entity_row(2, 712)]
        answer = self.server.client.stream("SendImportRows", [
            pb.SendImportRowsRequest(trial=trial, rows=bad), pb.SendImportRowsRequest(rows=good)])  # fmt: skip
        self.assertTrue(next(answer).stopped)
        with self.refused("ERROR_REASON_IMPORT_NOT_OPEN"):
            next(answer)
        other = pb.Import()
        other.CopyFrom(trial)
        other.kind = pb.IMPORT_KIND_PRODUCTS
        for second in (pb.SendImportRowsRequest(trial=other, rows=good), pb.SendImportRowsRequest(import_job="trial", rows=good)):
            answer = self.server.client.stream("SendImportRows", [pb.SendImportRowsRequest(trial=trial, rows=good), second])
            next(answer)
            with self.refused("ERROR_REASON_FIELD_MALFORMED"):
                next(answer)

    def test_what_belongs_to_the_import_is_passed_over_in_its_rows(self):
        job = self.begin(pb.IMPORT_KIND_ENTITIES)
        rows = [entity_row(line, line + 720) for line in (1, 2, 3)]
        rows[0].entity.validate_only = True
        rows[1].entity.request_id = "00000000-0000-4000-8000-000000000001"
        rows[2].entity.reason = "另一理由"
        answer = self.send(job, rows)[0]
        self.assertEqual([f.violation.field for f in answer.findings], ["validate_only"])
        self.assertEqual(counts_of(answer.counts), {"read": 3, "created": 2, "rejected": 1})

    def test_an_answer_has_room_for_the_findings_of_each_row(self):
        job = self.begin(pb.IMPORT_KIND_ENTITIES)
        rows = [entity_row(line, line + 1, aliases=["\x01" * 20] * 20) for line in range(1, 1001)]
        answer = self.send(job, rows)[0]
        self.assertTrue(1 << 20 < answer.ByteSize() < 3 << 20, answer.ByteSize())
        self.assertEqual({f.line for f in answer.findings}, set(range(1, 1001)))
        self.assertEqual(answer.counts.rejected, 1000)

    def test_rows_are_logged_under_the_case_of_the_import(self):
        job = pb.Import(source_name="示例.csv", kind=pb.IMPORT_KIND_ENTITIES, on_existing=UPDATE)
        request = mutation(pb.CreateImportRequest(import_job=job))
        request.reason = ""
        made = self.call("CreateImport", request, metadata=[("x-case-id", "case-7")]).import_job
        self.assertEqual(made.case_id, "case-7")
        before = self.head()
        self.send(made, [entity_row(1, 731)])
        commits = self.call("ReadArchive", pb.ReadArchiveRequest(after_revision=before)).commits
        self.assertEqual([b"case-7" in commit.commit for commit in commits], [True])

    def test_grants_by_code_and_title(self):
        title = pb.Indication(
            kind=pb.INDICATION_KIND_CERTIFICATION_MARK, display_name="示例柚", source=source(),
            numbers=[pb.TitleNumber(kind=pb.NUMBER_KIND_REGISTRATION, number="SHILI-7")],
            events=[pb.TitleEvent(kind=pb.TITLE_EVENT_KIND_REGISTERED, effective_from=date("2020-01-01"))],
        )  # fmt: skip
        titles = [pb.ImportRow(line=1, indication=pb.CreateIndicationRequest(indication=title))]
        answer, _ = self.take(pb.IMPORT_KIND_INDICATIONS, titles)
        self.assertEqual(counts_of(answer.counts), {"read": 1, "created": 1}, answer.findings)
        answer, _ = self.take(pb.IMPORT_KIND_INDICATIONS, titles)
        self.assertEqual(counts_of(answer.counts), {"read": 1, "same": 1}, answer.findings)
        self.take(pb.IMPORT_KIND_ENTITIES, [entity_row(1, 801)])

        def grant(line, title_text, number=801, to="2027-12-31"):
            request = pb.CreateAuthorizationRequest(
                authorization=pb.Authorization(validity=period("2024-01-01", to), source=source()),
                granted=True, effective_from=date("2024-01-01"),
            )  # fmt: skip
            return pb.ImportRow(line=line, entity_uscc=uscc(number), title=title_text, authorization=request)

        rows = [grant(1, "SHILI-7"), grant(2, "没有这个"), grant(3, "示例柚", number=802)]
        answer, _ = self.take(pb.IMPORT_KIND_AUTHORIZATIONS, rows)
        self.assertEqual(counts_of(answer.counts), {"read": 3, "created": 1, "rejected": 2}, answer.findings)
        self.assertEqual(
            [(f.line, f.violation.field, f.violation.reason) for f in answer.findings],
            [
                (2, "authorization.indication", "ERROR_REASON_REFERENCE_NOT_FOUND"),
                (3, "authorization.entity", "ERROR_REASON_REFERENCE_NOT_FOUND"),
            ],
        )
        # The same grant, named in another way, for longer.
        answer, _ = self.take(pb.IMPORT_KIND_AUTHORIZATIONS, [grant(1, "示例柚", to="2028-12-31")])
        self.assertEqual(counts_of(answer.counts), {"read": 1, "changed": 1}, answer.findings)
        grants = self.call("ListAuthorizations", pb.ListAuthorizationsRequest(entity=self.entity(801)[0].name))
        self.assertEqual([grant.validity.to.year for grant in grants.authorizations], [2028])

    def test_what_events_have_made_of_a_row(self):
        """An export shows it; an import does not make the row anew without it."""
        gone = [pb.EntityEvent(kind=pb.ENTITY_EVENT_KIND_DEREGISTERED, effective_from=date("2024-01-01"))]
        rows = [entity_row(1, 851, state=pb.ENTITY_STATE_DISSOLVED), entity_row(2, 852, events=gone), entity_row(3, 853)]
        answer, _ = self.take(pb.IMPORT_KIND_ENTITIES, rows)
        self.assertEqual(counts_of(answer.counts), {"read": 3, "created": 1, "rejected": 2})
        self.assertEqual({f.violation.reason for f in answer.findings}, {"ERROR_REASON_STATE_NOT_IMPORTED"})
        self.assertEqual([len(self.entity(number)) for number in (851, 852)], [0, 0])
        # What is there already is not made.
        rows = [entity_row(1, 853, state=pb.ENTITY_STATE_DISSOLVED)]
        answer, _ = self.take(pb.IMPORT_KIND_ENTITIES, rows)
        self.assertEqual(counts_of(answer.counts), {"read": 1, "same": 1})

    def test_rows_of_another_kind(self):
        division = pb.CreateDivisionRequest(division=pb.Division(code="500155"))
        answer, _ = self.take(pb.IMPORT_KIND_ENTITIES, [pb.ImportRow(line=1, division=division)])
        self.assertEqual(counts_of(answer.counts), {"read": 1, "rejected": 1})
        self.assertEqual(answer.findings[0].violation.field, "division")

    def test_what_is_refused(self):
        with self.refused("ERROR_REASON_RESOURCE_NOT_FOUND"):
            self.send(pb.Import(name="imports/none"))
        with self.refused("ERROR_REASON_FIELD_REQUIRED"):
            self.send(pb.Import(name=""))
        job = self.begin(pb.IMPORT_KIND_ENTITIES)
        with self.refused("ERROR_REASON_IMPORT_OUT_OF_ORDER"):
            self.send(job, [entity_row(2, 901), entity_row(2, 902)])
        with self.refused("ERROR_REASON_IMPORT_OUT_OF_ORDER"):
            self.send(job, [entity_row(0, 901)])
        with self.refused("ERROR_REASON_FIELD_REQUIRED"):
            self.begin(pb.IMPORT_KIND_UNSPECIFIED)

        def named(other, rows):
            return pb.SendImportRowsRequest(import_job=other.name, rows=rows)

        other = self.begin(pb.IMPORT_KIND_ENTITIES)
        messages = [named(job, []), named(job, [entity_row(3, 903)]), named(other, [entity_row(4, 904)])]
        answers = self.server.client.stream("SendImportRows", messages)
        self.assertEqual([next(answers).last_line, next(answers).last_line], [0, 3])
        with self.refused("ERROR_REASON_FIELD_MALFORMED"):
            next(answers)
        self.assertEqual(len(self.entity(904)), 0)
        with self.refused("ERROR_REASON_FIELD_MALFORMED"):
            self.begin(pb.IMPORT_KIND_ENTITIES, max_errors=-1)

    def test_several_at_once_and_online_writes(self):
        """Three imports, two of them of the same rows, while an office creates and corrects rows by single calls."""
        jobs = [self.begin(pb.IMPORT_KIND_ENTITIES, on_existing=SKIP) for _ in range(3)]
        numbers = [range(2000, 3500), range(2000, 3500), range(4000, 5500)]
        last = {}

        def send(place):
            rows = [entity_row(line, number) for line, number in enumerate(numbers[place], 1)]
            last[place] = self.send(jobs[place], *(rows[at : at + 100] for at in range(0, len(rows), 100)))[-1]

        threads = [threading.Thread(target=send, args=(place,)) for place in range(3)]
        for thread in threads:
            thread.start()
        online = 0
        while any(thread.is_alive() for thread in threads):
            row = self.call("CreateEntity", create_entity(6000 + online)).entity
            self.call("CorrectEntity", correct(row, display_name=f"更正{online}"))
            online += 1
        for thread in threads:
            thread.join()
        counts = [counts_of(last[place].total) for place in range(3)]
        self.assertEqual(counts[0].get("created", 0) + counts[1].get("created", 0), 1500)
        self.assertEqual(counts[0].get("same", 0) + counts[1].get("same", 0), 1500)
        self.assertEqual(counts[2], {"read": 1500, "created": 1500})
        for number in (2000, 3499, 4000, 5499):
            self.assertEqual(len(self.entity(number)), 1)
        self.assertGreater(online, 0)
        self.assertEqual(self.entity(6000)[0].display_name, "更正0")
        ended = [self.finish(job) for job in jobs]
        self.assertEqual([counts_of(job.counts) for job in ended], counts)

    def test_what_is_read_while_it_is_sent_and_ended(self):
        """A stream that is opened while the first chunk is taken, and reads while the import ends, are of one moment."""
        stop, wrong = threading.Event(), []
        jobs = []

        def look():
            while not stop.is_set():
                for job in jobs[-1:]:
                    try:
                        next(self.server.client.stream("SendImportRows", [pb.SendImportRowsRequest(import_job=job.name)]))
                    except Failure as failure:
                        wrong.append(str(failure))
                    read = self.call("GetImport", pb.GetImportRequest(name=job.name)).import_job
                    if read.state == pb.IMPORT_STATE_FINISHED and read.counts.created != 5:
                        wrong.append(f"ended with {read.counts}")
                    if read.last_line < seen.get(job.name, 0):
                        wrong.append(f"from line {seen[job.name]} back to {read.last_line}")
                    seen[job.name] = read.last_line

        seen = {}
        threads = [threading.Thread(target=look) for _ in range(3)]
        for thread in threads:
            thread.start()
        for round_ in range(60):
            job = self.begin(pb.IMPORT_KIND_ENTITIES)
            jobs.append(job)
            self.send(job, [entity_row(line, 7000 + 10 * round_ + line) for line in range(1, 6)])
            self.finish(job)
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_a_grant_without_an_end_is_noted(self):
        self.call("CreateIndication", create_indication("open.title", registered="2020-01-01", display_name="示例无期柚"))
        for number in (871, 872, 873):
            self.call("CreateEntity", create_entity(number))

        def grant(number, last="", cleared=()):
            inner = pb.Authorization(validity=period("2024-01-01", last or None), source=source())
            made = pb.CreateAuthorizationRequest(authorization=inner, granted=True, effective_from=date("2024-01-01"))
            return pb.ImportRow(line=number, entity_uscc=uscc(number), title="示例无期柚", cleared=cleared, authorization=made)

        rows = [grant(871), grant(872, cleared=["authorization.validity.to"]), grant(873, "2029-12-31")]
        answer, _ = self.take(pb.IMPORT_KIND_AUTHORIZATIONS, rows)
        self.assertEqual(counts_of(answer.counts), {"read": 3, "created": 3, "warnings": 1}, answer.findings)
        found = [(f.line, f.severity, f.violation.field, f.violation.reason) for f in answer.findings]
        self.assertEqual(found, [(871, pb.FINDING_SEVERITY_WARNING, "authorization.validity.to", "ERROR_REASON_NO_END_GIVEN")])
        answer, _ = self.take(pb.IMPORT_KIND_AUTHORIZATIONS, rows)
        self.assertEqual(counts_of(answer.counts), {"read": 3, "same": 3}, "said once")

    def test_lists(self):
        made = [self.begin(kind).name for kind in (pb.IMPORT_KIND_TARGETS, pb.IMPORT_KIND_PRODUCTS)]
        got = self.call("ListImports", pb.ListImportsRequest()).imports
        self.assertEqual([job.name for job in got[:2]], made[::-1])
        got = self.call("ListImports", pb.ListImportsRequest(kind=pb.IMPORT_KIND_TARGETS)).imports
        self.assertEqual([job.name for job in got], made[:1])
        rows = [entity_row(line, line + 1000) for line in range(1, 26)]
        job = self.begin(pb.IMPORT_KIND_ENTITIES)
        self.send(job, *(rows[at : at + 4] for at in range(0, 25, 4)))
        lines, token = [], ""
        while True:
            request = pb.ListImportedRowsRequest(import_job=job.name, page_size=3, page_token=token)
            page = self.call("ListImportedRows", request)
            lines += [row.line for row in page.rows]
            token = page.next_page_token
            if not token:
                break
        self.assertEqual(lines, list(range(1, 26)))

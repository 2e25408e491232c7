"""The catalogue that the survey fills: duplicates, merging, cultivation, ranking, places."""

import grpc

from builders import correct, create_division, create_indication, date, mutation, source, today
from harness import Failure, ServerTestCase
from protos import pb
from survey_builders import DISTRICT, TOWNSHIP, SurveyCalls, area, create_product, create_record, figure, output, record

DENIED = grpc.StatusCode.PERMISSION_DENIED
INVALID = grpc.StatusCode.INVALID_ARGUMENT
PRECONDITION = grpc.StatusCode.FAILED_PRECONDITION


def point(longitude, latitude, datum=pb.DATUM_CGCS2000):
    return pb.Geometry(datum=datum, point=pb.Point(longitude=str(longitude), latitude=str(latitude)))


def outline(*corners, datum=pb.DATUM_CGCS2000):
    return pb.Geometry(datum=datum, outline=[pb.Point(longitude=str(x), latitude=str(y)) for x, y in corners])


class CatalogueTest(SurveyCalls, ServerTestCase):

    @classmethod
    def fill(cls):
        for code, name in (
            ("500155", "梁平区"),
            ("500155005", "合兴街道"),
            ("500155005205", "龙滩村"),
            ("500155102", "屏锦镇"),
            ("500155104", "袁驿镇"),
        ):
            cls.call("CreateDivision", create_division(code, name))
        for year in (2021, 2022, 2023):
            cls.open_survey(str(year), year, townships=("500155005", "500155102", "500155104"))

    def similar(self, name, **fields):
        answer = self.call("FindSimilarProducts", pb.FindSimilarProductsRequest(local_name=name, **fields))
        return answer.similar

    def decide(self, row, product, decision):
        return self.step("DecideSurveyDuplicate", row, product=product, decision=decision)

    def test_a_duplicates_are_named_and_decisions_remembered(self):
        first = self.accept(self.file("2021", "ya", record("张鸭子", "500155102", 2021, sector=pb.SECTOR_PROCESSING, aliases=["梁平张鸭子"])))
        product = first.product
        for name in ("张鸭子", "張鴨子", "梁平张鸭子", "zhangyazi", "zyz", "张鸦子", "张鸭籽", " 张 鸭 子 ", "zhang ya zi"):
            found = self.similar(name, place_code="500155102", sector=pb.SECTOR_PROCESSING)
            self.assertEqual([s.product for s in found][:1], [product], name)
            self.assertGreaterEqual(found[0].score, 510, name)
        for name in ("礼让草席", "虎城尖柚", "木版年画"):
            found = self.similar(name, place_code="500155102", sector=pb.SECTOR_PROCESSING)
            self.assertFalse([s for s in found if s.product == product and s.score >= 510], name)

        # Another township files the same thing under a misspelled name.
        same = self.file("2021", "ya-2", record("張鴨籽", "500155104", 2021, sector=pb.SECTOR_PROCESSING))
        self.assertEqual([d.similar.product for d in same.duplicates], [product])
        request = mutation(pb.AcceptSurveyRecordRequest(name=same.name, etag=same.etag, acknowledged_warnings=[w.id for w in same.warnings]))
        failure = self.fails(PRECONDITION, "DUPLICATES_UNDECIDED", "AcceptSurveyRecord", request)
        self.assertIn(product, failure.metadata["products"])
        same = self.decide(same, product, pb.DUPLICATE_DECISION_SAME)
        self.assertEqual(same.product, product)
        self.accept(same)
        got = self.get_product(product)
        self.assertIn("張鴨籽", got.aliases, "the product answers to the name from now on")
        self.assertEqual([s.record for s in got.standings], [first.name, same.name])

        # And one that only sounds alike: it is a different one, for good.
        other = self.file("2021", "ya-3", record("张丫子", "500155102", 2021, sector=pb.SECTOR_PROCESSING))
        self.assertIn(product, [d.similar.product for d in other.duplicates])
        other = self.accept(self.decide(other, product, pb.DUPLICATE_DECISION_DIFFERENT))
        self.assertNotEqual(other.product, product)
        self.assertEqual([d.product for d in self.get_product(product).distinct_from], [other.product])
        self.assertEqual([d.product for d in self.get_product(other.product).distinct_from], [product])
        again = self.file("2022", "ya-3", record("张丫子", "500155102", 2022, sector=pb.SECTOR_PROCESSING, supersedes=other.name))
        self.accept(again)  # the question is not put again
        self.assertEqual(self.get_record(other.name).state, pb.SURVEY_RECORD_STATE_SUPERSEDED)
        # What the decisions were is kept with the record, across a return too.
        third = self.file("2022", "ya-4", record("张鸭子", "500155104", 2022, sector=pb.SECTOR_PROCESSING))
        third = self.decide(third, product, pb.DUPLICATE_DECISION_SAME)
        third = self.decide(third, other.product, pb.DUPLICATE_DECISION_DIFFERENT)
        third = self.step("ReturnSurveyRecord", third, remarks=[pb.FieldRemark(field="market", remark="补充市场")])
        third = self.step("SubmitSurveyRecord", third)
        self.assertEqual(third.product, product)
        third = self.accept(third)
        self.assertEqual(self.get_record(same.name).superseded_by, third.name)

    def test_h_what_names_have_in_common(self):
        """A place or a kind of thing in common is not the same name; a place more or less is."""
        for product, name in (("core-you", "梁平柚"), ("core-jian", "虎城尖柚"), ("core-cha", "梁平甜茶"), ("core-xi", "屏锦草席")):
            self.call("CreateProduct", create_product(product, name, place_codes=["500155"]))
        for name, wanted in (
            ("梁平柚", {"core-you"}),
            ("梁平县柚", {"core-you"}),
            ("重庆梁平柚", {"core-you"}),
            ("粱平柚", {"core-you"}),
            ("梁坪柚", {"core-you"}),
            ("梁平柑", set()),
            ("梁平豆", set()),
            ("虎城尖抽", {"core-jian"}),
            ("虎城柚", {"core-jian"}),
            ("尖柚", {"core-jian"}),
            ("梁平田茶", {"core-cha"}),
            ("合兴街道梁平甜茶", {"core-cha"}),
            ("草席", {"core-xi"}),
            ("平锦草席", {"core-xi"}),
        ):
            found = self.similar(name, place_code="500155005205", sector=pb.SECTOR_CROPS)
            likely = {s.product.removeprefix("products/") for s in found if s.score >= 510}
            self.assertEqual({p for p in likely if p.startswith("core-")}, wanted, name)

    def test_b_merging_joins_histories_and_can_be_undone(self):
        one = self.accept(self.file("2021", "m1", record("合并席", "500155102", 2021)))
        two = self.accept(self.file("2022", "m2", record("毫无关系的名称", "500155104", 2022)))
        self.call("CreateIndication", create_indication("test.merged", product=one.product))
        from_product, into = self.get_product(one.product), self.get_product(two.product)
        self.fails(DENIED, "ROLE_NOT_ALLOWED", "MergeProduct", mutation(pb.MergeProductRequest(name=from_product.name, etag=from_product.etag, into=into.name)), metadata=TOWNSHIP)
        self.fails(INVALID, "FIELD_MALFORMED", "MergeProduct", mutation(pb.MergeProductRequest(name=into.name, etag=into.etag, into=into.name)))
        merged = self.step("MergeProduct", from_product, into=into.name)
        self.assertEqual(merged.merged_into, into.name)
        for name in (from_product.name, into.name):
            history = self.call("GetProductHistory", pb.GetProductHistoryRequest(name=name))
            self.assertEqual(history.product.name, into.name)
            self.assertEqual([r.name for r in history.records], [one.name, two.name])
            self.assertEqual([t.name for t in history.titles], ["indications/test.merged"])
        survivor = self.get_product(into.name)
        self.assertEqual([s.record for s in survivor.standings], [one.name, two.name])
        self.assertEqual([s.product for s in self.similar("合并席")][:1], [into.name])
        self.fails(PRECONDITION, "PRODUCT_MERGED", "MergeProduct", mutation(pb.MergeProductRequest(name=merged.name, etag=merged.etag, into=into.name)))
        self.fails(PRECONDITION, "PRODUCT_MERGED", "MergeProduct", mutation(pb.MergeProductRequest(name=survivor.name, etag=survivor.etag, into=merged.name)))
        listed = self.call("ListProducts", pb.ListProductsRequest()).products
        self.assertNotIn(merged.name, [p.name for p in listed])
        # A record of the merged product counts for the survivor.
        later = self.accept(self.file("2023", "m1", record("合并席", "500155102", 2023, product=merged.name)))
        self.assertEqual(later.product, into.name)
        unmerged = self.step("UnmergeProduct", self.get_product(merged.name))
        self.assertEqual(unmerged.merged_into, "")
        self.assertEqual([s.record for s in self.get_product(into.name).standings], [two.name, later.name])
        history = self.call("GetProductHistory", pb.GetProductHistoryRequest(name=unmerged.name))
        self.assertEqual([r.name for r in history.records], [one.name])
        self.fails(PRECONDITION, "STEP_UNSUPPORTED", "UnmergeProduct", mutation(pb.UnmergeProductRequest(name=unmerged.name, etag=unmerged.etag)))

    def test_g_mergers_stay_short(self):
        products = [self.call("CreateProduct", create_product(f"chain-{i}", f"链{i}")).product for i in range(20)]
        chain = 0
        for one, into in zip(products, products[1:]):
            request = mutation(pb.MergeProductRequest(name=one.name, etag=self.get_product(one.name).etag, into=into.name))
            try:
                self.call("MergeProduct", request)
            except Failure as failure:
                self.assertEqual(failure.reason, "ERROR_REASON_RESOURCE_FULL")
                break
            chain += 1
        self.assertEqual(chain, 15)
        history = self.call("GetProductHistory", pb.GetProductHistoryRequest(name=products[0].name))
        self.assertEqual(history.product.name, products[chain].name)
        first = self.step("UnmergeProduct", self.get_product(products[0].name))
        self.assertEqual(first.merged_into, "")

    def test_c_cultivation(self):
        stages = [pb.CultivationStage.Value(f"CULTIVATION_STAGE_{s}") for s in ("IDENTIFIED", "CULTIVATING", "READY", "APPLIED", "TITLED")]
        identified, cultivating, ready, applied, titled = stages
        legal = {
            identified: {cultivating, titled},
            cultivating: {ready, identified, titled},
            ready: {applied, cultivating, titled},
            applied: {titled, cultivating},
            titled: {cultivating},
        }
        way = {identified: (), cultivating: (cultivating,), ready: (cultivating, ready), applied: (cultivating, ready, applied), titled: (titled,)}
        number = 0
        for stage in stages:
            for to in stages:
                for role, metadata in (("t", TOWNSHIP), ("d", DISTRICT)):
                    number += 1
                    name = f"stage-{number}"
                    row = self.call("CreateProduct", create_product(name, f"培育产品{number}"), metadata=DISTRICT).product
                    self.call("CreateIndication", create_indication(f"test.stage-{number}", product=row.name))
                    for step in way[stage]:
                        row = self.step("MoveProduct", row, stage=step)
                    request = mutation(pb.MoveProductRequest(name=row.name, etag=row.etag, stage=to))
                    with self.subTest(stage=stage, to=to, role=role):
                        if to not in legal[stage]:
                            self.fails(PRECONDITION, "TRANSITION_ILLEGAL", "MoveProduct", request, metadata=metadata)
                        elif role == "t":
                            self.fails(DENIED, "ROLE_NOT_ALLOWED", "MoveProduct", request, metadata=metadata)
                        else:
                            self.assertEqual(self.call("MoveProduct", request, metadata=metadata).product.stage, to)
        untitled = self.call("CreateProduct", create_product("untitled", "无标产品")).product
        self.fails(PRECONDITION, "STEP_UNSUPPORTED", "MoveProduct", mutation(pb.MoveProductRequest(name=untitled.name, etag=untitled.etag, stage=titled)))

    def test_d_tasks_and_stalls(self):
        row = self.call("CreateProduct", create_product("tasks", "任务产品")).product
        row = self.step("MoveProduct", row, stage=pb.CULTIVATION_STAGE_CULTIVATING)
        task = pb.CultivationTask(title="补充历史佐证", office="示例办公室", due_on=today(5))
        row = self.step("RecordProductTask", row, task=task)
        self.assertEqual((row.tasks[0].id, list(row.stalls)), ("t1", []))

        def stalled(day):
            request = pb.ListProductsRequest(stalled=True, date=day)
            return {p.name: list(p.stalls) for p in self.call("ListProducts", request).products}

        self.assertNotIn(row.name, stalled(today(5)))
        stall = stalled(today(6))[row.name][0]
        self.assertEqual((stall.kind, stall.task, stall.office, stall.since), (pb.STALL_KIND_TASK_OVERDUE, "t1", "示例办公室", today(6)))
        task.id = "t1"
        task.done_on.CopyFrom(today(1))
        self.fails(INVALID, "DATE_INVALID", "RecordProductTask", mutation(pb.RecordProductTaskRequest(name=row.name, etag=row.etag, task=task)))
        task.done_on.CopyFrom(today())
        row = self.step("RecordProductTask", row, task=task)
        self.assertEqual((len(row.tasks), row.tasks[0].done_on), (1, today()))
        self.assertNotIn(row.name, stalled(today(6)))
        idle = stalled(today(190))[row.name]
        self.assertEqual([s.kind for s in idle], [pb.STALL_KIND_IDLE])
        task.id = "t9"
        self.fails(INVALID, "FIELD_MALFORMED", "RecordProductTask", mutation(pb.RecordProductTaskRequest(name=row.name, etag=row.etag, task=task)))

    def test_e_candidates(self):
        rich = record(
            "评分年画",
            "500155102",
            2021,
            sector=pb.SECTOR_HANDICRAFT,
            variety="木版",
            evidence=[pb.HistoryEvidence(kind=pb.EVIDENCE_KIND_GAZETTEER, title="示例县志", year=1894)],
            certificates=[pb.Certificate(kind=pb.CERTIFICATE_KIND_HERITAGE)],
            measurements=[figure(pb.MEASURED_SUBJECT_OUTPUT_VALUE, 1, pb.UNIT_YUAN, 2021, pb.MAGNITUDE_HUNDRED_MILLION)],
            risks=[pb.Risk(kind=pb.RISK_KIND_THIRD_PARTY_USE, text="示例风险")],
        )
        poor = record("评分竹篮", "500155104", 2021, sector=pb.SECTOR_HANDICRAFT, measurements=[area(1, 2021, unit=pb.UNIT_PIECE)])
        rich, poor = (self.accept(self.file("2021", f"rank-{i}", row)) for i, row in enumerate((rich, poor)))
        answer = self.call("RankCandidates", pb.RankCandidatesRequest(sector=pb.SECTOR_HANDICRAFT))
        self.assertEqual([c.product.name for c in answer.candidates], [rich.product, poor.product])
        self.assertEqual(answer.total, 2)
        best = answer.candidates[0]
        components = {pb.ScoreComponent.Name(c.component).removeprefix("SCORE_COMPONENT_"): c for c in best.components}
        points = {name: c.points for name, c in components.items()}
        self.assertEqual(points, {"EVIDENCE": 40, "REPUTATION": 30, "SCALE": 30, "DISTINCTIVENESS": 25, "RISK": 80})
        for component in best.components:
            self.assertEqual(component.points, max(0, min(100, sum(i.points for i in component.items))))
            self.assertEqual(component.record, rich.name)
            self.assertTrue(all(i.field and i.message_zh and i.message_en for i in component.items))
        self.assertEqual([i.field for i in components["EVIDENCE"].items], ["evidence[0]", "evidence[0].year"])
        self.assertEqual(best.score, "41.000")

        weights = pb.ScoreWeights(evidence=0, reputation=0, scale=0, distinctiveness=0, risk=10)
        ruleset = mutation(pb.CreateRuleSetRequest(ruleset_id="risk-only", ruleset=pb.RuleSet(display_name="只看风险", weights=weights, source=source())))
        self.call("CreateRuleSet", ruleset)
        answer = self.call("RankCandidates", pb.RankCandidatesRequest(sector=pb.SECTOR_HANDICRAFT, ruleset="rulesets/risk-only", page_size=1))
        self.assertEqual([(c.product.name, c.score) for c in answer.candidates], [(poor.product, "100.000")])
        next_page = pb.RankCandidatesRequest(sector=pb.SECTOR_HANDICRAFT, ruleset="rulesets/risk-only", page_size=1, page_token=answer.next_page_token)
        second = self.call("RankCandidates", next_page)
        self.assertEqual([(c.product.name, c.score) for c in second.candidates], [(rich.product, "80.000")])
        self.assertEqual(second.next_page_token, "")
        here = self.call("RankCandidates", pb.RankCandidatesRequest(sector=pb.SECTOR_HANDICRAFT, division="500155104"))
        self.assertEqual([c.product.name for c in here.candidates], [poor.product])
        then = pb.RankCandidatesRequest(sector=pb.SECTOR_HANDICRAFT, read_at=pb.ReadAt(exact_revision=rich.revision))
        self.assertEqual([c.product.name for c in self.call("RankCandidates", then).candidates], [rich.product])
        product = self.get_product(rich.product)
        self.step("MoveProduct", self.step("MoveProduct", self.step("MoveProduct", product, stage=2), stage=3), stage=4)
        answer = self.call("RankCandidates", pb.RankCandidatesRequest(sector=pb.SECTOR_HANDICRAFT))
        self.assertEqual([c.product.name for c in answer.candidates], [poor.product], "applied for already")
        self.call("CorrectProduct", correct(self.get_product(poor.product), category="竹编"))

    def test_f_places(self):
        field = outline((107.70, 30.60), (107.80, 30.60), (107.80, 30.70), (107.70, 30.70))
        inside = self.accept(self.file("2021", "place-1", record("地图甲", "500155005205", 2021, geometry=field))).product
        spot = self.accept(self.file("2021", "place-2", record("图上乙茶", "500155104", 2021, geometry=point(107.85, 30.65)))).product
        self.call("CreateIndication", create_indication("test.map", geometry=outline((107.75, 30.55), (107.9, 30.55), (107.9, 30.66), (107.75, 30.66)), area_codes=["500155005"]))
        title = "indications/test.map"

        def search(**fields):
            return [(m.name, m.approximate) for m in self.call("SearchPlaces", pb.SearchPlacesRequest(**fields)).matches]

        self.assertEqual(search(point=point(107.76, 30.65)), [(inside, False), (title, False)])
        self.assertEqual(search(point=point(107.72, 30.65)), [(inside, False)])
        self.assertEqual(search(point=point(107.85, 30.65)), sorted([(spot, False)]) + [(title, False)])
        self.assertEqual(search(point=point(107.95, 30.65)), [])
        self.assertEqual(search(point=point(107.809, 30.65, pb.DATUM_GCJ02)), [(inside, True), (title, True)])
        box = pb.Geometry(datum=pb.DATUM_WGS84, box=pb.BoundingBox(south_west=pb.Point(longitude="107.84", latitude="30.64"), north_east=pb.Point(longitude="107.86", latitude="30.67")))
        self.assertEqual(search(area=box), [(spot, False), (title, False)])
        self.assertEqual(search(area=box, products_only=True), [(spot, False)])
        self.assertEqual(search(area=box, indications_only=True), [(title, False)])
        by_division = [name for name, _ in search(division="500155005")]
        self.assertIn(inside, by_division)
        self.assertIn(title, by_division)
        self.assertNotIn(spot, by_division)
        for fields in ({}, {"point": point(107.7, 30.6), "division": "500155"}, {"area": point(107.7, 30.6)}, {"point": field}, {"division": "x"}):
            with self.subTest(fields=fields):
                self.fails(INVALID, ("FIELD_MALFORMED", "FIELD_REQUIRED", "DIVISION_CODE_MALFORMED"), "SearchPlaces", pb.SearchPlacesRequest(**fields))
        self.fails(INVALID, "FIELD_MALFORMED", "SearchPlaces", pb.SearchPlacesRequest(point=point(30.6, 107.7)))

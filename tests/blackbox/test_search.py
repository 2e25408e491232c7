"""Titles found however their names are spelled."""

import grpc

from builders import check, correct, create_division, create_entity, create_indication, date, entity_name, event, uscc
from harness import ServerTestCase
from protos import pb

INVALID = grpc.StatusCode.INVALID_ARGUMENT
OUT_OF_RANGE = grpc.StatusCode.OUT_OF_RANGE


def title(title_id, name, *names, **fields):
    fields["names"] = [pb.NameVariant(text=text, kind=pb.NAME_KIND_ALIAS) for text in names]
    return create_indication(title_id, display_name=name, **fields)


def foreign(title_id, name, country):
    return title(
        title_id,
        name,
        kind=pb.INDICATION_KIND_FOREIGN,
        origin=pb.Origin(register="made up", country=country, copied_on=date("2026-01-01")),
        events=[],
    )


class SearchTest(ServerTestCase):

    @classmethod
    def fill(cls):
        for number in (1, 2):
            cls.call("CreateEntity", create_entity(number))
        cls.call("CreateDivision", create_division("500155", name="梁平区"))
        cls.call("CreateDivision", create_division("500228", name="梁平县", successor="500155"))
        spec = pb.Specification(text="果肉細嫩化渣。\n可溶性固形物 ≥ 11%")
        transfer = event(pb.TITLE_EVENT_KIND_TRANSFERRED, "2024-01-01", new_holder=entity_name(2))
        registered = event(pb.TITLE_EVENT_KIND_REGISTERED, "2020-03-07")
        cls.call(
            "CreateIndication",
            title(
                "test.you",
                "梁平柚",
                "Liangping pomelo",
                area_codes=["500228"],
                holder=entity_name(1),
                events=[registered, transfer],
                specification=spec,
                numbers=[pb.TitleNumber(kind=pb.NUMBER_KIND_REGISTRATION, number="91234567")],
            ),
        )
        cls.call("CreateIndication", title("test.ya", "北京鸭", area_codes=["110101"], registered=None))
        cls.call("CreateIndication", title("test.qu", "酒曲"))
        cls.call("CreateIndication", foreign("test.kaese", "Allgäuer Bergkäse", "Germany"))
        cls.call("CreateIndication", foreign("test.sir", "Φέτα", "Greece, Cyprus"))

    def search(self, query="", **fields):
        return self.call("SearchIndications", pb.SearchIndicationsRequest(query=query, **fields))

    def ids(self, query="", **fields):
        return [match.indication.name.removeprefix("indications/test.") for match in self.search(query, **fields).matches]

    def test_every_spelling_finds_the_product(self):
        for query, expected, kind in (
            ("梁平柚", "you", pb.MATCH_KIND_EXACT),
            ("liangpingyou", "you", pb.MATCH_KIND_PRONUNCIATION),
            ("LIANG PING YOU", "you", pb.MATCH_KIND_PRONUNCIATION),
            ("lpy", "you", pb.MATCH_KIND_INITIALS),
            ("粱平柚", "you", pb.MATCH_KIND_PRONUNCIATION),
            ("liangpingyuo", "you", pb.MATCH_KIND_SIMILAR),
            ("梁乎柚", "you", pb.MATCH_KIND_SIMILAR),
            ("liangping pomelo", "you", pb.MATCH_KIND_EXACT),
            ("91234567", "you", pb.MATCH_KIND_EXACT),
            ("化渣 可溶性固形物", "you", pb.MATCH_KIND_TEXT),
            ("北京鴨", "ya", pb.MATCH_KIND_VARIANT),
            ("酒粬", "qu", pb.MATCH_KIND_VARIANT),
            ("allgauer bergkase", "kaese", pb.MATCH_KIND_VARIANT),
            ("ALLGÄUER", "kaese", pb.MATCH_KIND_PREFIX),
            ("φετα", "sir", pb.MATCH_KIND_VARIANT),
            ("feta", "sir", pb.MATCH_KIND_SIMILAR),
        ):
            with self.subTest(query):
                answer = self.search(query)
                self.assertTrue(answer.matches, query)
                self.assertEqual(answer.matches[0].indication.name, f"indications/test.{expected}")
                self.assertEqual(answer.matches[0].kind, kind)
                self.assertEqual(answer.matches[0].matched_name == "", kind == pb.MATCH_KIND_TEXT)
                scores = [match.score for match in answer.matches]
                self.assertEqual(scores, sorted(scores, reverse=True))
                self.assertEqual(answer.total, len(answer.matches))
        self.assertEqual(self.ids("葡萄酒"), [])

    def test_what_a_match_says(self):
        row = self.search("lpy", date=date("2023-01-01")).matches[0].indication
        self.assertEqual(row.protected_since, date("2020-03-07"))
        self.assertEqual(row.effective_holder, entity_name(1))
        self.assertEqual(row.state, pb.TITLE_STATE_IN_FORCE)
        self.assertEqual(self.search("lpy", date=date("2019-01-01")).matches[0].indication.state, pb.TITLE_STATE_PENDING)

    def test_filters_and_facets(self):
        self.assertEqual(len(self.ids()), 5)
        self.assertEqual(self.ids(kinds=[pb.INDICATION_KIND_FOREIGN], countries=["Cyprus"]), ["sir"])
        self.assertEqual(self.ids(states=[pb.TITLE_STATE_PENDING]), ["kaese", "sir", "ya"])
        self.assertEqual(self.ids(divisions=["500155"]), ["you"], "the area's old code lies in the present division")
        self.assertEqual(self.ids(divisions=["500155005"]), ["you"], "an area that the place lies in")
        self.assertEqual(self.ids(holders=[entity_name(2)]), ["you"])
        self.assertEqual(self.ids(holders=[entity_name(1)]), [])
        self.assertEqual(self.ids(holders=[entity_name(1)], date=date("2023-12-31")), ["you"])
        self.assertEqual(len(self.ids(nice_classes=[29])), 5)
        self.assertEqual(self.ids("lpy", nice_classes=[33]), [])
        facets = {
            pb.FacetField.Name(facet.field).removeprefix("FACET_FIELD_"): {v.value: v.titles for v in facet.values}
            for facet in self.search(countries=["Germany"]).facets
        }
        self.assertEqual(facets["COUNTRY"], {"China": 3, "Cyprus": 1, "Germany": 1, "Greece": 1})
        self.assertEqual(facets["KIND"], {"INDICATION_KIND_FOREIGN": 1})
        self.assertEqual(facets["NICE_CLASS"], {"29": 1, "31": 1})
        self.assertEqual(facets["DIVISION"], {})

    def test_pages(self):
        whole = self.ids(page_size=100)
        for size in range(1, len(whole) + 1):
            request = pb.SearchIndicationsRequest(page_size=size)
            seen = []
            while True:
                answer = self.call("SearchIndications", request)
                self.assertLessEqual(len(answer.matches), size)
                self.assertEqual(answer.total, len(whole))
                seen += [match.indication.name.removeprefix("indications/test.") for match in answer.matches]
                if not answer.next_page_token:
                    break
                request.page_token = answer.next_page_token
            self.assertEqual(seen, whole)
        request = pb.SearchIndicationsRequest(page_size=1, page_token=self.search(page_size=1).next_page_token, query="a")
        self.fails(INVALID, "PAGE_TOKEN_MISMATCH", "SearchIndications", request)

    def test_zz_other_revisions(self):
        before = self.search("梁平柚").read_point.revision
        token = self.search(page_size=2).next_page_token
        created = self.call("CreateIndication", title("test.new", "大足黑山羊"))
        try:
            self.assertEqual(self.ids("dzhsy"), ["new"])
            at = pb.ReadAt(exact_revision=before)
            self.assertEqual(self.ids("dzhsy", read_at=at), [])
            self.assertEqual(self.ids("lpy", read_at=at), ["you"])
            self.assertEqual(self.ids(read_at=pb.ReadAt(exact_revision=0)), [])
            rest = self.search(page_size=2, page_token=token)
            self.assertEqual(rest.read_point.revision, before)
            self.assertEqual(rest.total, 5)
            row = self.call("GetIndication", pb.GetIndicationRequest(name=created.indication.name)).indication
            self.call("CorrectIndication", correct(row, display_name="Φέτα"))
            self.assertEqual(self.ids("dzhsy"), [])
            self.assertEqual(self.ids("φετα"), ["new", "sir"])
        finally:
            row = self.call("GetIndication", pb.GetIndicationRequest(name=created.indication.name)).indication
            self.call("CorrectIndication", correct(row, display_name="Zzzz"))

    def test_what_is_refused(self):
        for fields, path in (
            ({"kinds": [0]}, "kinds[0]"),
            ({"states": [0]}, "states[0]"),
            ({"nice_classes": [31, 46]}, "nice_classes[1]"),
            ({"divisions": ["50"]}, "divisions[0]"),
            ({"holders": ["x"]}, "holders[0]"),
            ({"query": "x" * 101}, "query"),
            ({"page_size": -1}, "page_size"),
            ({"date": pb.Date(year=2023, month=2, day=30)}, "date"),
        ):
            with self.subTest(path):
                request = pb.SearchIndicationsRequest(**fields)
                error = self.fails(INVALID, "FIELDS_INVALID", "SearchIndications", request)
                self.assertIn(path, str(error))
        future = pb.ReadAt(exact_revision=10**9)
        self.fails(OUT_OF_RANGE, "REVISION_NOT_READABLE", "SearchIndications", pb.SearchIndicationsRequest(read_at=future))

    def test_a_misspelled_title_is_listed_not_guessed(self):
        answer = self.call("CheckAuthorization", check(uscc(1), "粱平柚"))
        self.assertEqual(answer.verdict, pb.VERDICT_UNDECIDED)
        self.assertEqual([r.reason for r in answer.reasons][:1], [pb.DECISION_REASON_AMBIGUOUS])
        self.assertEqual(answer.candidates[0].indication, "indications/test.you")
        self.assertEqual(answer.candidates[0].matched, "梁平柚")

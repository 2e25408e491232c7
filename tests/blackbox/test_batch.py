"""Many questions at once: batches, streams, and who else may."""

import grpc

from builders import check, create_authorization, create_entity, create_indication, date, entity_name, uscc
from harness import Failure, ServerTestCase
from protos import pb

INVALID = grpc.StatusCode.INVALID_ARGUMENT
DAY = "2023-05-01"


def item(number, title="indications/test.t1", item_id="", **fields):
    return pb.BatchCheckItem(id=item_id, check=check(uscc(number), title, **fields))


class BatchTest(ServerTestCase):

    @classmethod
    def fill(cls):
        for number in range(1, 31):
            cls.call("CreateEntity", create_entity(number))
        for title in ("t1", "t2"):
            cls.call("CreateIndication", create_indication(f"test.{title}", display_name=f"示例柚{title}"))
        for number in range(1, 21):
            last = "2022-12-31" if number % 2 else "2029-12-31"
            cls.call("CreateAuthorization", create_authorization(f"test.g{number}", number, "test.t1", last=last))
        cls.call("CreateAuthorization", create_authorization("test.h2", 2, "test.t2"))

    def batch(self, items, **fields):
        return pb.BatchCheckAuthorizationsRequest(items=items, date=date(DAY), **fields)

    def test_a_batch_says_what_single_checks_say(self):
        items = [item(number, item_id=f"i{number}") for number in range(1, 32)]
        answer = self.call("BatchCheckAuthorizations", self.batch(items))
        self.assertEqual([result.id for result in answer.results], [f"i{number}" for number in range(1, 32)])
        for number, result in enumerate(answer.results, 1):
            single = self.call("CheckAuthorization", check(uscc(number), "indications/test.t1", date=date(DAY)))
            self.assertFalse(result.answer.HasField("read_point") or result.answer.HasField("date"))
            single.ClearField("read_point")
            single.ClearField("date")
            self.assertEqual(result.answer, single)
        self.assertEqual(answer.date, date(DAY))
        self.assertTrue(answer.read_point.revision)

    def test_items_are_judged_apart(self):
        spoilt = [
            (pb.BatchCheckItem(id="none"), "FIELD_REQUIRED", "check"),
            (pb.BatchCheckItem(id="who", check=pb.CheckAuthorizationRequest(indication="577")), "FIELD_REQUIRED", "uscc"),
            (item(1, item_id="class", nice_class=46), "FIELD_MALFORMED", "nice_class"),
            (item(1, item_id="view", view=pb.CHECK_VIEW_FULL), "FIELD_MALFORMED", "check.view"),
            (item(1, item_id="at", read_at=pb.ReadAt(exact_revision=1)), "FIELD_MALFORMED", "check.read_at"),
            (item(1, item_id="long", goods="柚" * 201), "FIELD_TOO_LONG", "check.goods"),
            (item(1, item_id="date", date=pb.Date(year=2023, month=2, day=30)), "DATE_INVALID", "check.date"),
            (item(1, item_id="x" * 65), "FIELD_TOO_LONG", "id"),
        ]
        answer = self.call("BatchCheckAuthorizations", self.batch([item(2), *(s[0] for s in spoilt), item(2)]))
        self.assertEqual(len(answer.results), len(spoilt) + 2)
        for good in (answer.results[0], answer.results[-1]):
            self.assertEqual(good.answer.verdict, pb.VERDICT_AUTHORIZED)
        for (_, reason, field), result in zip(spoilt, answer.results[1:]):
            self.assertEqual(result.error.code, 3)
            bad = [d for d in result.error.details if d.type_url.endswith("BadRequest")][0]
            self.assertIn(reason.encode(), bad.value, result.id)
            self.assertIn(field.encode(), bad.value, result.id)

    def test_sizes(self):
        self.assertEqual(len(self.call("BatchCheckAuthorizations", self.batch([item(2)] * 1000)).results), 1000)
        self.fails(INVALID, "FIELD_TOO_LONG", "BatchCheckAuthorizations", self.batch([item(2)] * 1001))
        self.fails(INVALID, "FIELD_REQUIRED", "BatchCheckAuthorizations", self.batch([]))

    def test_full_texts_and_rows_come_once(self):
        items = [item(2), item(4), item(2), item(1, date=date("2022-01-01"))]
        answer = self.call("BatchCheckAuthorizations", self.batch(items, view=pb.CHECK_VIEW_FULL))
        texts = [answer.texts[result.answer.reasons[0].text - 1].text_en for result in answer.results]
        for result, text, request in zip(answer.results, texts, items):
            single = request.check
            single.view = pb.CHECK_VIEW_FULL
            if not single.HasField("date"):
                single.date.CopyFrom(date(DAY))
            alone = self.call("CheckAuthorization", single)
            self.assertEqual(text, alone.reasons[0].text_en)
            rows = [alone.basis.indication, alone.basis.entity, *alone.basis.authorizations]
            self.assertEqual(list(result.answer.basis.names), [row.name for row in rows])
        self.assertEqual(texts[0], texts[2])
        self.assertEqual(len({text.text_en for text in answer.texts}), len(answer.texts))
        self.assertEqual(len(answer.entities), 3)

    def test_earlier_revisions(self):
        before = self.call("GetIndication", pb.GetIndicationRequest(name="indications/test.t2")).read_point
        title = self.call("CreateIndication", create_indication("test.t9")).indication
        new = [item(2, title=title.name)]
        at = pb.ReadAt(exact_revision=before.revision)
        old = self.call("BatchCheckAuthorizations", self.batch(new, read_at=at))
        self.assertEqual(old.read_point.revision, before.revision)
        self.assertEqual(old.results[0].answer.reasons[0].reason, pb.DECISION_REASON_UNKNOWN_TITLE)
        now = self.call("BatchCheckAuthorizations", self.batch(new))
        self.assertEqual(now.results[0].answer.reasons[0].reason, pb.DECISION_REASON_NO_RECORD)

    def test_streams(self):
        asked = [self.batch([item(number, item_id=str(number))]) for number in range(1, 31)]
        answers = list(self.server.client.stream("StreamCheckAuthorizations", asked))
        self.assertEqual([a.results[0].id for a in answers], [str(number) for number in range(1, 31)])
        self.call("StreamCheckAuthorizations", asked[0])
        seen = []
        with self.assertRaises(Failure) as caught:
            for answer in self.server.client.stream("StreamCheckAuthorizations", [asked[0], self.batch([]), asked[1]]):
                seen.append(answer)
        self.assertEqual((len(seen), caught.exception.code), (1, INVALID))

    def uses(self, method, request_class, **fields):
        found, token = [], ""
        while True:
            answer = self.call(method, request_class(date=date(DAY), page_token=token, **fields))
            found += answer.uses
            token = answer.next_page_token
            if not token:
                return found

    def test_who_else_may(self):
        for size in (0, 1, 3, 10, 11):
            found = self.uses(
                "ListAuthorizedEntities", pb.ListAuthorizedEntitiesRequest, indication="indications/test.t1", page_size=size
            )
            self.assertEqual([use.entity for use in found], [entity_name(number) for number in range(2, 21, 2)], size)
        self.assertEqual((found[0].uscc, found[0].authorization), (uscc(2), "authorizations/test.g2"))
        self.assertEqual(getattr(found[0].validity, "from"), date("2021-01-01"))
        self.fails(
            grpc.StatusCode.NOT_FOUND,
            "RESOURCE_NOT_FOUND",
            "ListAuthorizedEntities",
            pb.ListAuthorizedEntitiesRequest(indication="indications/none"),
        )
        by_name = self.uses("ListAuthorizedEntities", pb.ListAuthorizedEntitiesRequest, indication="示例柚Ｔ１")
        self.assertEqual(len(by_name), 10)

    def test_titles_of_an_entity(self):
        for subject in ({"uscc": uscc(2)}, {"entity": entity_name(2)}):
            found = self.uses("ListAuthorizedIndications", pb.ListAuthorizedIndicationsRequest, **subject)
            self.assertEqual([use.indication for use in found], ["indications/test.t1", "indications/test.t2"])
        self.fails(
            INVALID, "USCC_INVALID", "ListAuthorizedIndications", pb.ListAuthorizedIndicationsRequest(uscc="123")
        )

    def test_titles_by_name(self):
        for name in ("示例柚t1", " 示例柚 Ｔ1", "示例柚·T１"):
            answer = self.call("CheckAuthorization", check(uscc(2), name, date=date(DAY)))
            self.assertEqual(answer.verdict, pb.VERDICT_AUTHORIZED, name)
        self.call("CreateIndication", create_indication("test.n1", display_name="梁平張鴨子"))
        answer = self.call("CheckAuthorization", check(uscc(2), "梁平张鸭子", date=date(DAY)))
        self.assertEqual(answer.reasons[0].reason, pb.DECISION_REASON_NO_RECORD)
        self.call("CreateIndication", create_indication("test.n2", display_name="梁平张鸭子"))
        answer = self.call("CheckAuthorization", check(uscc(2), "梁平张鸭子", date=date(DAY)))
        self.assertEqual(answer.reasons[0].reason, pb.DECISION_REASON_AMBIGUOUS)
        self.assertEqual([c.indication for c in answer.candidates], ["indications/test.n1", "indications/test.n2"])
        self.fails(
            grpc.StatusCode.FAILED_PRECONDITION,
            "TITLE_AMBIGUOUS",
            "ListAuthorizedEntities",
            pb.ListAuthorizedEntitiesRequest(indication="梁平张鸭子"),
        )

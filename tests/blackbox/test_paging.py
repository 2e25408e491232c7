"""Pages: every size, under concurrent writes; tokens that were changed or belong elsewhere."""

import string
import threading

import grpc

from builders import create_authorization, create_division, create_entity, create_indication, date, entity_name
from harness import ServerTestCase
from protos import pb

INVALID = grpc.StatusCode.INVALID_ARGUMENT
ROWS = 7
MOST_ROWS = 1500
TOKEN_ALPHABET = string.ascii_letters + string.digits + "-_="


class PagingTest(ServerTestCase):

    @classmethod
    def fill(cls):
        cls.call("CreateIndication", create_indication("test.t0"))
        for i in range(1, ROWS + 1):
            cls.call("CreateEntity", create_entity(i * 10))
            cls.call("CreateDivision", create_division(f"500155{i:03d}"))
            cls.call("CreateIndication", create_indication(f"test.t{i}"))
        for i in range(1, ROWS + 1):
            cls.call("CreateAuthorization", create_authorization(f"test.a{i}", (ROWS + 1 - i) * 10, "test.t0"))
        cls.next_number = 1

    def new_entity(self):
        """One more row, among the others in the order of names."""
        cls = type(self)
        cls.next_number += 1 if cls.next_number % 10 != 9 else 2
        return self.call("CreateEntity", create_entity(cls.next_number)).entity

    def pages(self, method, request, between=lambda: None):
        """All answers from the first page to the last."""
        answers = []
        while True:
            answers.append(self.call(method, request))
            self.assertLess(len(answers), 10_000, "pages without end")
            if not answers[-1].next_page_token:
                return answers
            request.page_token = answers[-1].next_page_token
            between()

    @staticmethod
    def names(answer):
        rows = answer.DESCRIPTOR.fields_by_number[1].name
        return [row.name for row in getattr(answer, rows)]

    def check_pages(self, method, request, size, between=lambda: None, by_index=False):
        request.page_size = 1000
        request.page_token = ""
        whole = self.call(method, request)
        request.page_size = size
        answers = self.pages(method, request, between)
        paged = [name for answer in answers for name in self.names(answer)]
        self.assertEqual(paged, self.names(whole), f"{method} by {size}")
        if not by_index:
            self.assertEqual(paged, sorted(paged), "sorted by name")
        self.assertEqual({answer.read_point.revision for answer in answers}, {whole.read_point.revision})
        for answer in answers:
            self.assertLessEqual(len(self.names(answer)), size)

    def test_every_size_with_writes_between_pages(self):
        for size in range(1, ROWS + 2):
            self.check_pages("ListEntities", pb.ListEntitiesRequest(), size, between=self.new_entity)

    def test_every_list_at_every_size(self):
        for size in range(1, ROWS + 2):
            self.check_pages("ListDivisions", pb.ListDivisionsRequest(code_prefix="500155"), size)
            self.check_pages(
                "ListIndications", pb.ListIndicationsRequest(kind=pb.INDICATION_KIND_CERTIFICATION_MARK), size
            )
            self.check_pages("ListAuthorizations", pb.ListAuthorizationsRequest(), size)
            self.check_pages(
                "ListAuthorizations",
                pb.ListAuthorizationsRequest(indication="indications/test.t0"),
                size,
                by_index=True,
            )

    def test_sizes_under_a_writer_that_never_rests(self):
        stop = threading.Event()
        failures = []

        def write():
            try:
                while not stop.is_set() and self.next_number < MOST_ROWS:
                    self.new_entity()
            except Exception as error:  # pylint: disable=broad-except
                failures.append(error)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for size in (1, 2, 3, 5, 8, 13):
                request = pb.ListEntitiesRequest(page_size=size)
                answers = self.pages("ListEntities", request)
                at = pb.ReadAt(exact_revision=answers[0].read_point.revision)
                whole = [
                    row.name
                    for page in self.pages("ListEntities", pb.ListEntitiesRequest(page_size=1000, read_at=at))
                    for row in page.entities
                ]
                self.assertEqual([row.name for page in answers for row in page.entities], whole)
        finally:
            stop.set()
            writer.join()
        self.assertEqual(failures, [])

    def test_a_page_size_may_change_on_the_way(self):
        request = pb.ListEntitiesRequest(page_size=2)
        first = self.call("ListEntities", request)
        request.page_token, request.page_size = first.next_page_token, 1000
        rest = self.call("ListEntities", request)
        whole = self.call(
            "ListEntities",
            pb.ListEntitiesRequest(page_size=1000, read_at=pb.ReadAt(exact_revision=first.read_point.revision)),
        )
        self.assertEqual(self.names(first) + self.names(rest), self.names(whole))

    def token(self, **fields):
        request = pb.ListEntitiesRequest(page_size=1, **fields)
        return self.call("ListEntities", request).next_page_token

    def test_tokens_changed_in_every_byte(self):
        token = self.token()
        self.assertLessEqual(len(token), 1000)
        for position, old in enumerate(token):
            at = TOKEN_ALPHABET.index(old)
            for other in (TOKEN_ALPHABET[at - 1], TOKEN_ALPHABET[(at + 1) % len(TOKEN_ALPHABET)], " "):
                self.refuse(token[:position] + other + token[position + 1 :])
        self.assertTrue(self.call("ListEntities", pb.ListEntitiesRequest(page_size=1, page_token=token)).entities)

    def test_tokens_cut_and_lengthened(self):
        token = self.token()
        for length in range(1, len(token)):
            self.refuse(token[:length])
            self.refuse(token[length:])
        for changed in (token + "A", token + "=", "A" + token, token + token, token + "\n", "x", "é"):
            self.refuse(changed)

    def refuse(self, token):
        self.fails(INVALID, "PAGE_TOKEN_INVALID", "ListEntities", pb.ListEntitiesRequest(page_size=1, page_token=token))

    def test_tokens_of_another_query(self):
        token = self.token()
        other_uscc = self.call("GetEntity", pb.GetEntityRequest(name=entity_name(10))).entity.uscc
        for method, request in (
            ("ListEntities", pb.ListEntitiesRequest(uscc=other_uscc)),
            ("ListEntities", pb.ListEntitiesRequest(date=date("2020-01-01"))),
            ("ListIndications", pb.ListIndicationsRequest()),
            ("ListAuthorizations", pb.ListAuthorizationsRequest()),
            ("ListDivisions", pb.ListDivisionsRequest()),
        ):
            request.page_size, request.page_token = 1, token
            with self.subTest(method=method, request=str(request)):
                self.fails(INVALID, "PAGE_TOKEN_MISMATCH", method, request)
        dated = self.token(date=date("2020-01-01"))
        self.fails(
            INVALID, "PAGE_TOKEN_MISMATCH", "ListEntities", pb.ListEntitiesRequest(page_size=1, page_token=dated)
        )

    def test_an_earlier_state_in_pages(self):
        first = self.call("ListEntities", pb.ListEntitiesRequest(page_size=1000))
        self.new_entity()
        request = pb.ListEntitiesRequest(page_size=2, read_at=pb.ReadAt(exact_revision=first.read_point.revision))
        paged = [row.name for page in self.pages("ListEntities", request) for row in page.entities]
        self.assertEqual(paged, self.names(first))

"""Nothing personal is kept: not in the store, not in the log, not even in the errors. All numbers here are made up."""

import copy

import grpc

from builders import (
    PERSONAL_TEXTS,
    RESIDENT_ID,
    check,
    correct,
    create_authorization,
    create_division,
    create_entity,
    create_indication,
    date,
    entity_name,
    event,
    verb,
)
from harness import ServerTestCase
from protos import is_list, pb, rule_of

INVALID = grpc.StatusCode.INVALID_ARGUMENT
# Shaped like a resident ID; both checks of a USCC happen to pass, but its division 122319 is in no table.
RESIDENT_ID_WITH_USCC_CHECKS = "511223190101010678"
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def spellings(number):
    """The ways in which such a number is written."""
    yield number
    yield f"电话{number}。"
    yield number.translate(FULL_WIDTH)


def texts_in(message, path=""):
    """Paths and setters of all free text that is set in a message."""
    for field, value in message.ListFields():
        name = f"{path}.{field.name}" if path else field.name
        if field.message_type and field.message_type.file.package == "gi.registry.v1":
            for index, inner in enumerate(value if is_list(field) else [value]):
                yield from texts_in(inner, f"{name}[{index}]" if is_list(field) else name)
        elif (
            field.type == field.TYPE_STRING
            and rule_of(field).content != pb.CONTENT_PARSED
            and not rule_of(field).output_only
        ):
            if is_list(field):
                for index in range(len(value)):
                    yield f"{name}[{index}]", lambda text, v=value, i=index: v.__setitem__(i, text)
            else:
                yield name, lambda text, m=message, f=field: setattr(m, f.name, text)


class PrivacyTest(ServerTestCase):

    @classmethod
    def fill(cls):
        cls.call("CreateDivision", create_division("500155"))
        cls.entity = cls.call("CreateEntity", create_entity(1)).entity
        cls.title = cls.call("CreateIndication", create_indication("test.t1")).indication
        cls.grant = cls.call("CreateAuthorization", create_authorization("test.a1", 1, "test.t1")).authorization

    def requests(self):
        """Mutations in which every kind of free text is set."""
        basis = pb.Document(kind=pb.DOCUMENT_KIND_OTHER, number="1", issuer="示例", title="示例", sha256="0" * 64)
        source = pb.Source(kind=pb.SOURCE_KIND_SYNTHETIC, title="示例", uri="https://example.org/", licence="CC0-1.0")
        names = [pb.NameVariant(text="Shili", kind=pb.NAME_KIND_ALIAS, language="zh")]
        division = create_division("500156")
        division.division.aliases.append("示例")
        division.division.source.CopyFrom(source)
        yield "CreateDivision", division
        yield "CreateEntity", create_entity(2, aliases=["示例"], source=source)
        origin = pb.Origin(
            register="示例", country="示例", copied_on=date("2020-01-01"), protection="P", status="S", instrument="I"
        )
        yield "CreateIndication", create_indication(
            "test.t2",
            None,
            kind=pb.INDICATION_KIND_FOREIGN,
            origin=origin,
            source=source,
            names=names,
            area_text="示例",
            varieties=["示例"],
            category="示例",
            holder=self.entity.name,
            numbers=[pb.TitleNumber(kind=pb.NUMBER_KIND_FOREIGN_FILE, number="1", issuer="示例")],
        )
        yield "CreateAuthorization", create_authorization(
            "test.a2", 1, "test.t1", basis=[basis], scope=pb.Scope(varieties=["示例"], goods=["g1"])
        )
        yield "CorrectEntity", correct(self.entity, aliases=["示例"])
        renamed = pb.EntityEvent(
            kind=pb.ENTITY_EVENT_KIND_RENAMED, effective_from=date("2022-01-01"), new_name="示例", basis=basis
        )
        yield "RecordEntityEvent", verb(pb.RecordEntityEventRequest, self.entity, event=renamed)
        revoked = event(pb.TITLE_EVENT_KIND_REVOKED, announced_on=date("2024-01-01"), items=["g1"], basis=basis)
        yield "RecordIndicationEvent", verb(pb.RecordIndicationEventRequest, self.title, event=revoked)
        yield "SuspendAuthorization", verb(
            pb.SuspendAuthorizationRequest, self.grant, effective_from=date("2022-01-01"), basis=basis
        )

    def test_free_text(self):
        for method, request in self.requests():
            for path, _ in texts_in(request):
                for shape, number in {**PERSONAL_TEXTS, "resident ID 2": RESIDENT_ID_WITH_USCC_CHECKS}.items():
                    for text in spellings(number):
                        spoiled = copy.deepcopy(request)
                        dict(texts_in(spoiled))[path](text)
                        self.refused(method, spoiled, path, text, number, shape)

    def refused(self, method, request, path, text, number, shape):
        with self.subTest(method=method, path=path, text=text, shape=shape):
            limit_or_form = ["PERSONAL_DATA", "FIELD_MALFORMED", "FIELD_TOO_LONG"]
            failure = self.fails(INVALID, limit_or_form, method, request)
            self.assertIn(path, [violation.field for violation in failure.violations])
            for spelling in spellings(number):
                self.assertNotIn(spelling.encode(), failure.raw)
            if text == number and len(number) <= 11:
                self.assertIn("ERROR_REASON_PERSONAL_DATA", failure.reasons())

    def test_where_a_uscc_belongs(self):
        for number in (RESIDENT_ID, RESIDENT_ID_WITH_USCC_CHECKS):
            for text in (number, number.translate(FULL_WIDTH), f" {number[:6]} {number[6:]}"):
                with self.subTest(text=text):
                    failure = self.fails(INVALID, "USCC_PERSONAL_ID", "CreateEntity", create_entity(3, uscc=text))
                    self.assertNotIn(number.encode(), failure.raw)
                    found = self.violations_of("CreateEntity", create_entity(3, uscc=text))
                    self.assertNotIn(number, str(found))

    def test_in_a_check(self):
        for number in (RESIDENT_ID, RESIDENT_ID_WITH_USCC_CHECKS):
            answer = self.call("CheckAuthorization", check(number, "indications/test.t1", view=pb.CHECK_VIEW_FULL))
            self.assertEqual(
                (answer.verdict, answer.reasons[0].reason),
                (pb.VERDICT_UNDECIDED, pb.DECISION_REASON_IDENTIFIER_PERSONAL),
            )
            self.assertEqual(answer.reasons[0].uscc_verdict, pb.USCC_VERDICT_PERSONAL_ID)
            self.assertNotIn(number, str(answer))

    def test_in_other_fields_with_a_parser_of_their_own(self):
        for method, request in (
            ("ListEntities", pb.ListEntitiesRequest(uscc=RESIDENT_ID)),
            ("GetDivision", pb.GetDivisionRequest(name=f"divisions/{RESIDENT_ID}")),
            ("ResolveDivision", pb.ResolveDivisionRequest(code=RESIDENT_ID)),
            ("GetEntity", pb.GetEntityRequest(name=f"entities/{RESIDENT_ID}")),
            ("CreateEntity", create_entity(4, division_code=RESIDENT_ID)),
        ):
            try:
                self.call(method, request)
            except Exception as error:  # pylint: disable=broad-except
                if method not in ("GetDivision", "GetEntity"):
                    self.assertNotIn(RESIDENT_ID.encode(), error.raw, method)

    def test_z_nothing_of_it_is_on_disk(self):
        """Runs last: what the tests before have sent is looked for in every byte that the server wrote."""
        self.check_files(expect=self.entity.uscc)
        self.assertEqual(self.server.stop(), 0)
        self.check_files()
        self.server.start()
        self.call("GetEntity", pb.GetEntityRequest(name=entity_name(1)))
        self.check_files()

    def check_files(self, expect=""):
        files = [path for path in self.server.directory.rglob("*") if path.is_file()]
        self.assertTrue(files)
        content = {path: path.read_bytes() for path in files}
        if expect:
            self.assertTrue(any(expect.encode() in data for data in content.values()), "the search finds what is there")
        for number in (*PERSONAL_TEXTS.values(), RESIDENT_ID_WITH_USCC_CHECKS):
            for spelling in spellings(number):
                for path, data in content.items():
                    self.assertNotIn(spelling.encode(), data, f"{spelling} in {path.name}")

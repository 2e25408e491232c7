"""What a stranger can send: bytes that are no message, fields of the future, wrong types, too much of everything."""

import random

import grpc

from builders import create_entity, create_indication
from harness import Failure, ServerTestCase
from protos import is_list, pb, rule_of

INVALID = grpc.StatusCode.INVALID_ARGUMENT
# What a request made of chance may be answered with, beside OK.
CALLERS_FAULT = {
    INVALID,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.OUT_OF_RANGE,
    grpc.StatusCode.ALREADY_EXISTS,
    grpc.StatusCode.ABORTED,
}
GARBAGE = (
    b"\xff",
    b"\x0a",
    b"\x0a\x05ab",
    b"\x0a\xff\xff\xff\xff\x0f",
    b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"\x00\x00",
    b"\x07\x07",
    b"\x0b",
    b"\x0c",
    b"\x80" * 11,
)
UNKNOWN_NUMBER = 20000
TEN_MB = 10 * 1024 * 1024


def varint(value):
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def encode(number, wire_type, payload):
    return varint(number << 3 | wire_type) + payload


def text(number, value):
    return encode(number, 2, varint(len(value)) + value)


def strings_in(descriptor, prefix=(), depth=4):
    """Chains of field descriptors that lead to a string a request may hold."""
    for field in descriptor.fields:
        # The elements of a list judged apart are refused one by one, in an answer: see test_batch.py.
        if rule_of(field).output_only or rule_of(field).judged_apart:
            continue
        if field.type == field.TYPE_STRING:
            yield (*prefix, field)
        elif field.message_type and depth and field.message_type.file.package == "gi.registry.v1":
            yield from strings_in(field.message_type, (*prefix, field), depth - 1)


def put(message, chain, value):
    """Sets the string at the end of the chain; the path as the server names it."""
    *outer, last = chain
    path = []
    for field in outer:
        message = getattr(message, field.name)
        message = message.add() if is_list(field) else message
        path.append(field.name + ("[0]" if is_list(field) else ""))
    if is_list(last):
        getattr(message, last.name).append(value)
    else:
        setattr(message, last.name, value)
    return ".".join([*path, last.name + ("[0]" if is_list(last) else "")])


class BytesTest(ServerTestCase):

    def requests(self):
        """Each method with the class of its request."""
        return [(name, getattr(pb, method.input_type.name)) for name, method in sorted(pb.methods().items())]

    def is_alive(self):
        self.call("ListEntities", pb.ListEntitiesRequest())

    def test_bytes_that_are_no_message(self):
        for method, _ in self.requests():
            for data in GARBAGE:
                with self.subTest(method=method, data=data):
                    self.fails(INVALID, "REQUEST_UNDECODABLE", method, data)
        self.is_alive()

    def test_chance(self):
        chance = random.Random(50155)
        for method, _ in self.requests():
            for _ in range(100):
                self.check_answer(method, chance.randbytes(chance.randrange(1, 60)))
        self.is_alive()

    def test_spoiled_requests(self):
        chance = random.Random(512224)
        for method, request in (
            ("CreateIndication", create_indication("test.spoiled")),
            ("CreateEntity", create_entity(4000)),
        ):
            request.validate_only = True
            data = request.SerializeToString()
            for position in range(len(data)):
                spoiled = bytearray(data)
                spoiled[position] ^= 1 << chance.randrange(8)
                self.check_answer(method, bytes(spoiled))
                self.check_answer(method, data[:position])
        self.is_alive()

    def check_answer(self, method, data):
        try:
            self.call(method, data)
        except Failure as failure:
            self.assertIn(failure.code, CALLERS_FAULT, f"{method} {data!r}: {failure}")
            self.check_details(failure, f"{method} {data!r}")

    def test_unknown_fields(self):
        for method, _ in self.requests():
            for data in (
                encode(UNKNOWN_NUMBER, 0, b"\x01"),
                text(UNKNOWN_NUMBER, b"future"),
                encode(UNKNOWN_NUMBER, 5, b"1234"),
            ):
                with self.subTest(method=method, data=data):
                    self.fails(INVALID, "FIELD_UNKNOWN", method, data)

    def test_unknown_field_inside(self):
        request = create_entity(1)
        inner = text(UNKNOWN_NUMBER, b"future")
        entity = request.entity.SerializeToString() + inner
        request.ClearField("entity")
        self.fails(INVALID, "FIELD_UNKNOWN", "CreateEntity", request.SerializeToString() + text(1, entity))
        self.fails(
            grpc.StatusCode.NOT_FOUND,
            "RESOURCE_NOT_FOUND",
            "GetEntity",
            pb.GetEntityRequest(name="entities/test.e0001"),
        )

    def test_wrong_types(self):
        for method, request in self.requests():
            for field in request.DESCRIPTOR.fields:
                if field.type != field.TYPE_STRING and not field.message_type:
                    continue
                with self.subTest(method=method, field=field.name):
                    self.fails(INVALID, "FIELD_UNKNOWN", method, encode(field.number, 0, b"\x05"))

    def test_required_fields(self):
        for method, request in self.requests():
            required = {
                field.name
                for field in request.DESCRIPTOR.fields
                if rule_of(field).required and not field.containing_oneof
            }
            if not required:
                continue
            with self.subTest(method=method):
                failure = self.fails(INVALID, "FIELD_REQUIRED", method, request())
                missing = {v.field for v in failure.violations if v.reason == "ERROR_REASON_FIELD_REQUIRED"}
                self.assertLessEqual(required, missing)

    def test_subject_of_a_check(self):
        self.fails(
            INVALID,
            "FIELD_REQUIRED",
            "CheckAuthorization",
            pb.CheckAuthorizationRequest(indication="indications/test.t1"),
        )

    def test_unknown_enum_numbers(self):
        for method, request in self.requests():
            for field in request.DESCRIPTOR.fields:
                if not field.enum_type:
                    continue
                for number in (99, -1):
                    with self.subTest(method=method, field=field.name, number=number):
                        self.fails(INVALID, "ENUM_UNKNOWN", method, request(**{field.name: [number] if field.label == field.LABEL_REPEATED else number}))
        spoiled = create_entity(2)
        spoiled.entity.source.kind = 77
        failure = self.fails(INVALID, "ENUM_UNKNOWN", "CreateEntity", spoiled)
        self.assertIn("entity.source.kind", [v.field for v in failure.violations])

    def test_text_that_is_not_utf8(self):
        for method, request in self.requests():
            for chain in strings_in(request.DESCRIPTOR):
                data = text(chain[-1].number, b"\xc3\x28\xff")
                for field in reversed(chain[:-1]):
                    data = text(field.number, data)
                with self.subTest(method=method, field=".".join(field.name for field in chain)):
                    self.fails(INVALID, "REQUEST_UNDECODABLE", method, data)

    def test_strings_too_long(self):
        for method, request_class in self.requests():
            for chain in strings_in(request_class.DESCRIPTOR):
                request = request_class()
                path = put(request, chain, "x" * ((rule_of(chain[-1]).max_chars or 200) + 1))
                self.expect_too_long(method, request, path)

    def test_lists_too_long(self):
        for method, request_class in self.requests():
            for chain in strings_in(request_class.DESCRIPTOR):
                for depth, field in enumerate(chain):
                    if not is_list(field) or any(is_list(outer) for outer in chain[:depth]):
                        continue
                    request = request_class()
                    path = put(request, chain, "x").split("[0]")[0]
                    holder = request
                    for outer in chain[:depth]:
                        holder = getattr(holder, outer.name)
                    elements = getattr(holder, field.name)
                    elements.extend([elements[0]] * (rule_of(field).max_items or 100))
                    self.expect_too_long(method, request, path)

    def expect_too_long(self, method, request, path):
        """Among the findings, which validate_only lists in full; a read says the first ones in its error."""
        if "validate_only" in request.DESCRIPTOR.fields_by_name:
            found = self.violations_of(method, request)
        else:
            found = self.fails(INVALID, "FIELD_TOO_LONG", method, request).violations
        told = [v.field for v in found if v.reason == "ERROR_REASON_FIELD_TOO_LONG"]
        self.assertIn(path, told, f"{method}: {[(v.field, v.reason) for v in found]}")

    def test_requests_too_large(self):
        for method, request in (
            ("GetEntity", pb.GetEntityRequest(name="x" * TEN_MB)),
            ("CheckAuthorization", pb.CheckAuthorizationRequest(uscc="9" * TEN_MB, indication="x")),
            ("CreateEntity", create_entity(3, display_name="柚" * (TEN_MB // 3))),
        ):
            failure = self.fails(INVALID, "REQUEST_TOO_LARGE", method, request)
            self.assertEqual(failure.metadata["size"], str(request.ByteSize()))
        limit = int(failure.metadata["limit"])
        overhead = len(text(1, b"x" * limit)) - limit
        self.fails(INVALID, "FIELD_TOO_LONG", "GetEntity", text(1, b"x" * (limit - overhead)))
        self.fails(INVALID, "REQUEST_TOO_LARGE", "GetEntity", text(1, b"x" * (limit - overhead + 1)))
        self.is_alive()

    def test_requests_far_too_large(self):
        with self.assertRaises(Failure) as caught:
            self.call("GetEntity", pb.GetEntityRequest(name="x" * (3 * TEN_MB)))
        self.assertIn(caught.exception.code, (grpc.StatusCode.RESOURCE_EXHAUSTED, INVALID))
        self.is_alive()

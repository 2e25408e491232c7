"""Earlier states: by revision, by record time, by day; and the two axes of time."""

import grpc

from builders import (
    check,
    correct,
    create_authorization,
    create_entity,
    create_indication,
    date,
    entity_name,
    event,
    micros,
    today,
    uscc,
    verb,
)
from harness import Failure, ServerTestCase
from protos import pb

RANGE = grpc.StatusCode.OUT_OF_RANGE


def moment(timestamp, microseconds=0):
    """The instant some microseconds from a Timestamp, as a ReadAt."""
    at = pb.ReadAt()
    at.record_time.FromMicroseconds(micros(timestamp) + microseconds)
    return at


class ReadAtTest(ServerTestCase):

    @classmethod
    def fill(cls):
        first = cls.call("CreateEntity", create_entity(1, aliases=["甲"]))
        second = cls.call("CorrectEntity", correct(first.entity, aliases=["乙"]))
        third = cls.call("CreateEntity", create_entity(2))
        cls.first, cls.second, cls.third = first.read_point, second.read_point, third.read_point

    def read(self, at=None):
        return self.call("GetEntity", pb.GetEntityRequest(name=entity_name(1), read_at=at))

    def list_names(self, at):
        return [row.name for row in self.call("ListEntities", pb.ListEntitiesRequest(read_at=at)).entities]

    def test_exactly_a_revision(self):
        for point, alias in ((self.first, "甲"), (self.second, "乙"), (self.third, "乙")):
            answer = self.read(pb.ReadAt(exact_revision=point.revision))
            self.assertEqual((list(answer.entity.aliases), answer.read_point), ([alias], point))
        self.assertEqual(self.list_names(pb.ReadAt(exact_revision=self.second.revision)), [entity_name(1)])

    def test_revision_zero_is_the_empty_register(self):
        at = pb.ReadAt(exact_revision=0)
        self.fails(
            grpc.StatusCode.NOT_FOUND,
            "RESOURCE_NOT_FOUND",
            "GetEntity",
            pb.GetEntityRequest(name=entity_name(1), read_at=at),
        )
        answer = self.call("ListEntities", pb.ListEntitiesRequest(read_at=at))
        self.assertEqual((len(answer.entities), answer.read_point.revision), (0, 0))
        self.assertFalse(answer.read_point.HasField("commit_time"))

    def test_every_revision_is_readable_or_names_its_neighbours(self):
        head = self.call("ListEntities", pb.ListEntitiesRequest()).read_point.revision
        readable = []
        for revision in range(head + 1):
            try:
                answer = self.call("ListEntities", pb.ListEntitiesRequest(read_at=pb.ReadAt(exact_revision=revision)))
                self.assertEqual(answer.read_point.revision, revision)
                readable.append(revision)
            except Failure as failure:
                self.assertEqual((failure.code, failure.reason), (RANGE, "ERROR_REASON_REVISION_NOT_READABLE"))
                before, after = int(failure.metadata["before"]), int(failure.metadata["after"])
                self.assertTrue(before < revision < after)
                for neighbour in (before, after):
                    self.call("ListEntities", pb.ListEntitiesRequest(read_at=pb.ReadAt(exact_revision=neighbour)))
        self.assertLessEqual(
            {0, head, *(point.revision for point in (self.first, self.second, self.third))}, set(readable)
        )

    def test_beyond_the_newest(self):
        head = self.read().read_point.revision
        for at in (
            pb.ReadAt(exact_revision=head + 1),
            pb.ReadAt(exact_revision=2**63 - 1),
            pb.ReadAt(at_least_revision=head + 1),
            pb.ReadAt(at_least_revision=2**63 - 1),
        ):
            failure = self.fails(
                RANGE, "REVISION_NOT_READABLE", "GetEntity", pb.GetEntityRequest(name=entity_name(1), read_at=at)
            )
            self.assertEqual((failure.metadata["before"], failure.metadata["after"]), (str(head), ""))
        for revision in (-1, -(2**63)):
            self.fails(
                RANGE,
                ["REVISION_NOT_READABLE", "FIELD_MALFORMED"],
                "GetEntity",
                pb.GetEntityRequest(name=entity_name(1), read_at=pb.ReadAt(exact_revision=revision)),
            )

    def test_at_least_a_revision(self):
        newest = self.read().read_point
        for revision in (0, self.first.revision, newest.revision):
            self.assertEqual(self.read(pb.ReadAt(at_least_revision=revision)).read_point, newest)

    def test_record_times(self):
        for point, before, alias in ((self.second, self.first, "乙"), (self.third, self.second, "乙")):
            answer = self.read(moment(point.commit_time))
            self.assertEqual((answer.read_point, list(answer.entity.aliases)), (point, [alias]))
            self.assertEqual(self.read(moment(point.commit_time, -1)).read_point, before)
        early = self.call("ListEntities", pb.ListEntitiesRequest(read_at=moment(self.first.commit_time, -1)))
        # The law books that come with the server are there from its start.
        self.assertLess(early.read_point.revision, self.first.revision)
        self.assertEqual(len(early.entities), 0)
        ancient = pb.ReadAt()
        ancient.record_time.FromJsonString("1949-10-01T00:00:00Z")
        self.assertEqual(self.list_names(ancient), [])

    def test_record_times_to_come(self):
        for ahead in (3_600_000_000, 10 * 365 * 86_400_000_000):
            at = moment(self.third.commit_time, ahead)
            self.fails(
                RANGE, "RECORD_TIME_IN_FUTURE", "GetEntity", pb.GetEntityRequest(name=entity_name(1), read_at=at)
            )

    def test_record_dates(self):
        self.assertEqual(self.list_names(pb.ReadAt(record_date=today(-2))), [])
        for days in (1, 30):
            at = pb.ReadAt(record_date=today(days))
            self.fails(
                RANGE, "RECORD_TIME_IN_FUTURE", "GetEntity", pb.GetEntityRequest(name=entity_name(1), read_at=at)
            )
        at = pb.ReadAt(record_date=today())
        self.fails(RANGE, "RECORD_TIME_IN_FUTURE", "GetEntity", pb.GetEntityRequest(name=entity_name(1), read_at=at))
        at = pb.ReadAt(record_date=date("2023-05"))
        self.fails(
            grpc.StatusCode.INVALID_ARGUMENT,
            "DATE_INVALID",
            "GetEntity",
            pb.GetEntityRequest(name=entity_name(1), read_at=at),
        )

    def test_another_history(self):
        other = "0" * 32
        for at in (
            pb.ReadAt(exact_revision=self.first.revision, history_id=other),
            pb.ReadAt(history_id=other),
            pb.ReadAt(at_least_revision=1, history_id="x"),
        ):
            failure = self.fails(
                RANGE, "HISTORY_MISMATCH", "GetEntity", pb.GetEntityRequest(name=entity_name(1), read_at=at)
            )
            self.assertEqual(
                (failure.metadata["given"], failure.metadata["current"]), (at.history_id, self.first.history_id)
            )
        self.read(pb.ReadAt(exact_revision=self.first.revision, history_id=self.first.history_id))

    def test_the_past_survives_a_restart(self):
        old = self.read(pb.ReadAt(exact_revision=self.first.revision))
        self.server.restart()
        self.assertEqual(self.read(pb.ReadAt(exact_revision=self.first.revision)), old)
        self.assertEqual(self.read(moment(self.second.commit_time, -1)), old)


class TwoAxesTest(ServerTestCase):
    """A title of 2020 is invalidated today: it never existed, but the register did say before that it was in force."""

    @classmethod
    def fill(cls):
        cls.call("CreateEntity", create_entity(1))
        title = cls.call("CreateIndication", create_indication("test.t1", registered="2020-03-07")).indication
        cls.granted = cls.call(
            "CreateAuthorization", create_authorization("test.a1", 1, "test.t1", "2021-01-01", "2029-12-31")
        ).read_point
        gone = event(pb.TITLE_EVENT_KIND_INVALIDATED, announced_on=today())
        request = verb(pb.RecordIndicationEventRequest, title, event=gone)
        cls.invalidated = cls.call("RecordIndicationEvent", request).read_point

    def ask(self, at=None):
        return self.call(
            "CheckAuthorization", check(uscc(1), "indications/test.t1", date=date("2023-05-01"), read_at=at)
        )

    def test_by_business_date(self):
        for at in (None, pb.ReadAt(exact_revision=self.invalidated.revision), moment(self.invalidated.commit_time)):
            answer = self.ask(at)
            self.assertEqual(answer.verdict, pb.VERDICT_NOT_AUTHORIZED)
            self.assertEqual(
                (answer.reasons[0].reason, answer.reasons[0].title_state),
                (pb.DECISION_REASON_TITLE_NOT_IN_FORCE, pb.TITLE_STATE_INVALIDATED),
            )
            self.assertEqual(answer.read_point, self.invalidated)

    def test_by_record_time(self):
        for at in (
            moment(self.invalidated.commit_time, -1),
            moment(self.granted.commit_time),
            pb.ReadAt(exact_revision=self.granted.revision),
        ):
            answer = self.ask(at)
            self.assertEqual(
                (answer.verdict, answer.reasons[0].reason), (pb.VERDICT_AUTHORIZED, pb.DECISION_REASON_AUTHORIZED)
            )
            self.assertEqual((answer.read_point, answer.date), (self.granted, date("2023-05-01")))

    def test_states_of_the_title(self):
        for at, state in (
            (None, pb.TITLE_STATE_INVALIDATED),
            (pb.ReadAt(exact_revision=self.granted.revision), pb.TITLE_STATE_IN_FORCE),
        ):
            request = pb.GetIndicationRequest(name="indications/test.t1", date=date("2023-05-01"), read_at=at)
            self.assertEqual(self.call("GetIndication", request).indication.state, state)

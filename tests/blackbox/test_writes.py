"""Writes: races on one row, repeated calls, restarts and kills."""

import concurrent.futures
import signal
import subprocess

import grpc

from builders import correct, create_authorization, create_entity, create_indication, entity_name, event, mutation, verb
from harness import SERVING, START_SECONDS, Failure, ServerTestCase
from protos import pb

WRITERS = 16


def outcomes(calls):
    """Runs the calls at the same time; the answers and the failures."""
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        done = [pool.submit(call) for call in calls]
    failed = [future.exception() for future in done if future.exception()]
    return [future.result() for future in done if not future.exception()], failed


class RacesTest(ServerTestCase):

    def test_one_etag_many_writers(self):
        entity = self.call("CreateEntity", create_entity(1)).entity
        requests = [correct(entity, aliases=[f"示例{i}"]) for i in range(WRITERS)]
        won, lost = outcomes([lambda r=request: self.call("CorrectEntity", r) for request in requests])
        self.assertEqual((len(won), len(lost)), (1, WRITERS - 1))
        for failure in lost:
            self.assertIsInstance(failure, Failure)
            self.assertEqual((failure.code, failure.reason), (grpc.StatusCode.ABORTED, "ERROR_REASON_ETAG_MISMATCH"))
            self.assertEqual(failure.metadata["given"], entity.etag)
        now = self.call("GetEntity", pb.GetEntityRequest(name=entity.name)).entity
        self.assertEqual(now, won[0].entity)

    def test_one_etag_different_verbs(self):
        title = self.call("CreateIndication", create_indication("test.t1")).indication
        renewed = event(pb.TITLE_EVENT_KIND_RENEWED, "2029-06-01")
        calls = [
            lambda: self.call("RecordIndicationEvent", verb(pb.RecordIndicationEventRequest, title, event=renewed)),
            lambda: self.call("CorrectIndication", correct(title, area_text="梁平")),
        ] * 4
        won, lost = outcomes(calls)
        self.assertEqual((len(won), {failure.reason for failure in lost}), (1, {"ERROR_REASON_ETAG_MISMATCH"}))

    def test_one_id_many_creators(self):
        requests = [create_entity(100 + i) for i in range(WRITERS)]
        for request in requests:
            request.entity_id = "test.same"
        won, lost = outcomes([lambda r=request: self.call("CreateEntity", r) for request in requests])
        self.assertEqual((len(won), {failure.code for failure in lost}), (1, {grpc.StatusCode.ALREADY_EXISTS}))

    def test_one_uscc_many_creators(self):
        requests = [create_entity(200 + i, uscc=create_entity(200).entity.uscc) for i in range(WRITERS)]
        won, lost = outcomes([lambda r=request: self.call("CreateEntity", r) for request in requests])
        self.assertEqual((len(won), {failure.code for failure in lost}), (1, {grpc.StatusCode.ALREADY_EXISTS}))

    def test_one_request_id_many_calls(self):
        request = create_entity(300)
        won, lost = outcomes([lambda: self.call("CreateEntity", request)] * WRITERS)
        self.assertEqual(lost, [])
        self.assertEqual(sorted(answer.replayed for answer in won), [False] + [True] * (WRITERS - 1))
        for answer in won:
            answer.replayed = False
            self.assertEqual(answer, won[0])

    def test_many_writers_on_many_rows(self):
        requests = [create_entity(1000 + i) for i in range(200)]
        won, lost = outcomes([lambda r=request: self.call("CreateEntity", r) for request in requests])
        self.assertEqual(lost, [])
        revisions = [answer.read_point.revision for answer in won]
        self.assertEqual(len(set(revisions)), len(requests), "a commit is one mutation")
        times = sorted(
            (a.read_point.revision, a.read_point.commit_time.seconds, a.read_point.commit_time.nanos) for a in won
        )
        self.assertEqual(times, sorted(times, key=lambda t: t[1:]), "commit times grow with revisions")

    def test_an_etag_that_is_none(self):
        entity = self.call("CreateEntity", create_entity(2)).entity
        for etag in ("x", "0", entity.etag + "0", entity.etag[:-1]):
            request = correct(entity, aliases=["示例"])
            request.etag = etag
            self.fails(grpc.StatusCode.ABORTED, ["ETAG_MISMATCH", "FIELD_MALFORMED"], "CorrectEntity", request)


class RepeatedCallsTest(ServerTestCase):

    def check_replay(self, method, request, first):
        again = self.call(method, request)
        self.assertTrue(again.replayed)
        again.replayed = False
        self.assertEqual(again, first)

    def test_same_id_same_request(self):
        request = create_entity(1)
        first = self.call("CreateEntity", request)
        self.assertFalse(first.replayed)
        self.check_replay("CreateEntity", request, first)
        change = correct(first.entity, aliases=["示例甲"])
        second = self.call("CorrectEntity", change)
        self.check_replay("CorrectEntity", change, second)
        self.check_replay("CreateEntity", request, first)

    def test_same_id_other_request(self):
        request = create_entity(2)
        first = self.call("CreateEntity", request)
        request.entity.display_name = "示例另名合作社"
        failure = self.fails(grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_ID_REUSED", "CreateEntity", request)
        self.assertEqual(failure.metadata["revision"], str(first.read_point.revision))
        other_reason = create_entity(2)
        other_reason.request_id, other_reason.reason = request.request_id, "another reason"
        self.fails(grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_ID_REUSED", "CreateEntity", other_reason)

    def test_same_id_other_method(self):
        request = create_entity(3)
        entity = self.call("CreateEntity", request).entity
        change = correct(entity, aliases=["示例"])
        change.request_id = request.request_id
        self.assertFalse(self.call("CorrectEntity", change).replayed, "ids are counted per method")

    def test_refusals_do_not_use_up_an_id(self):
        self.call("CreateIndication", create_indication("test.t1"))
        request = create_authorization("test.a1", 4, "test.t1")
        self.fails(grpc.StatusCode.FAILED_PRECONDITION, "REFERENCE_NOT_FOUND", "CreateAuthorization", request)
        self.call("CreateEntity", create_entity(4))
        self.assertFalse(self.call("CreateAuthorization", request).replayed)

    def test_across_a_restart(self):
        created = create_entity(5)
        first = self.call("CreateEntity", created)
        change = correct(first.entity, aliases=["示例甲"])
        second = self.call("CorrectEntity", change)
        self.server.restart()
        self.check_replay("CreateEntity", created, first)
        self.check_replay("CorrectEntity", change, second)
        created.entity.display_name = "示例另名合作社"
        self.fails(grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_ID_REUSED", "CreateEntity", created)
        self.assertEqual(self.call("GetEntity", pb.GetEntityRequest(name=first.entity.name)).entity, second.entity)


class RestartTest(ServerTestCase):

    def test_a_clean_stop(self):
        before = self.call("CreateEntity", create_entity(1))
        self.assertEqual(self.server.stop(), 0, self.server.log_tail())
        self.server.start()
        after = self.call("GetEntity", pb.GetEntityRequest(name=entity_name(1)))
        self.assertEqual((after.entity, after.read_point), (before.entity, before.read_point))

    def test_what_was_answered_survives_a_kill(self):
        for round_ in range(3):
            requests = [create_entity(100 * (round_ + 1) + i) for i in range(40)]
            won, lost = outcomes([lambda r=request: self.call("CreateEntity", r) for request in requests])
            self.assertEqual(lost, [])
            self.assertEqual(self.server.kill(), -signal.SIGKILL)
            self.server.start()
            for answer in won:
                got = self.call("GetEntity", pb.GetEntityRequest(name=answer.entity.name))
                self.assertEqual(got.entity, answer.entity)
            self.assertEqual(got.read_point.revision, max(answer.read_point.revision for answer in won))

    def test_a_kill_amid_writes_leaves_whole_commits(self):
        requests = [create_entity(5000 + i) for i in range(400)]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            done = [pool.submit(self.call, "CreateEntity", request) for request in requests]
            done[50].result()
            self.server.kill()
        answered = [future.result() for future in done if not future.exception()]
        self.assertGreater(len(requests), len(answered), "killed too late to test anything")
        self.server.start()
        for answer in answered:
            self.assertEqual(self.call("GetEntity", pb.GetEntityRequest(name=answer.entity.name)).entity, answer.entity)
        for request, future in zip(requests, done):
            again = self.call("CreateEntity", request)
            if not future.exception():
                self.assertTrue(again.replayed)

    def test_a_second_server_on_the_same_data(self):
        self.call("CreateEntity", create_entity(2))
        refused = subprocess.run(
            self.server.command(), capture_output=True, text=True, timeout=START_SECONDS, check=False
        )
        self.assertNotEqual(refused.returncode, 0)
        self.assertTrue(refused.stderr.strip(), "says why")
        self.assertEqual(self.server.client.health(), SERVING)
        self.call("CreateEntity", mutation(create_entity(3)))

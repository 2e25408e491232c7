"""Imports for tests to send."""

import contextlib
import queue

from builders import mutation, source, uscc
from harness import Failure, ServerTestCase
from protos import pb

UPDATE, SKIP, FAIL = pb.ON_EXISTING_UPDATE, pb.ON_EXISTING_SKIP, pb.ON_EXISTING_FAIL


def entity_row(line, number, **fields):
    """No id: it is found by its code."""
    fields = {"uscc": uscc(number), "display_name": f"示例{number}号合作社", "source": source(), **fields}
    return pb.ImportRow(line=line, entity=pb.CreateEntityRequest(entity=pb.Entity(**fields)))


def counts_of(message):
    return {field.name: value for field, value in message.ListFields()}


class Conversation:
    """A stream whose next message waits for the answer to the one before."""

    def __init__(self, client, job):
        self._requests = queue.Queue()
        self._answers = client.stream("SendImportRows", iter(self._requests.get, None))
        self._first = {"import_job": job.name}
        self.send([])

    def send(self, rows):
        self._requests.put(pb.SendImportRowsRequest(rows=rows, **self._first))
        self._first = {}
        return next(self._answers)

    def close(self):
        self._requests.put(None)


class ImportTestCase(ServerTestCase):
    """Tests that import rows."""

    def begin(self, kind, on_existing=UPDATE, **fields):
        job = pb.Import(source_name="示例.csv", kind=kind, on_existing=on_existing, **fields)
        return self.call("CreateImport", mutation(pb.CreateImportRequest(import_job=job))).import_job

    def send(self, job, *chunks, **first):
        first = first or {"import_job": job.name}
        messages = [pb.SendImportRowsRequest(rows=rows) for rows in chunks] or [pb.SendImportRowsRequest()]
        messages[0].MergeFrom(pb.SendImportRowsRequest(**first))
        self.server.client.answered.add("SendImportRows")
        return list(self.server.client.stream("SendImportRows", messages))

    def conversation(self, job):
        return Conversation(self.server.client, job)

    def finish(self, job):
        return self.call("FinishImport", mutation(pb.FinishImportRequest(name=job.name))).import_job

    def take(self, kind, rows, **fields):
        """All in one chunk."""
        job = self.begin(kind, **fields)
        answer = self.send(job, rows)[-1]
        return answer, self.finish(job)

    def head(self):
        return self.call("ListEntities", pb.ListEntitiesRequest(page_size=1)).read_point.revision

    @contextlib.contextmanager
    def refused(self, reason):
        with self.assertRaises(Failure) as caught:
            yield
        self.assertIn(reason, caught.exception.reasons(), caught.exception)

    def entity(self, number, **fields):
        return self.call("ListEntities", pb.ListEntitiesRequest(uscc=uscc(number), **fields)).entities

"""The archive: read page by page, checked by an own reckoning of the tree, restored, and refused once it is touched."""

import contextlib
import hashlib
import os
import pathlib
import subprocess
import tempfile

from builders import correct, create_authorization, create_entity, create_indication, date, mutation, uscc
from google.protobuf.internal.encoder import _VarintBytes
from harness import Failure, Server
from import_builders import ImportTestCase, entity_row
from protos import pb


def root_of(hashes):
    """RFC 9162, section 2.1.1, as it is written there."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return hashlib.sha256(b"\x01" + root_of(hashes[:k]) + root_of(hashes[k:])).digest()


def delimited(records):
    return b"".join(_VarintBytes(record.ByteSize()) + record.SerializeToString() for record in records)


class ArchiveTest(ImportTestCase):

    @classmethod
    def fill(cls):
        for number in range(1, 40):
            cls.call("CreateEntity", create_entity(number))
        cls.call("CreateIndication", create_indication("title"))
        cls.call("CreateAuthorization", create_authorization("grant", 1, "title"))
        row = cls.call("GetEntity", pb.GetEntityRequest(name="entities/test.e0002")).entity
        cls.call("CorrectEntity", correct(row, display_name="更正后的名称"))

    def read(self, **fields):
        """The whole archive as records."""
        records, after, until = [], 0, 0
        while True:
            page = self.call("ReadArchive", pb.ReadArchiveRequest(after_revision=after, until_revision=until), **fields)
            if not records:
                records.append(pb.ArchiveRecord(header=page.header))
            if not page.commits:
                break
            records += [pb.ArchiveRecord(commit=commit) for commit in page.commits]
            after, until = page.commits[-1].revision, page.header.revision
        hashes = [one for record in records[1:] for one in record.commit.leaf_hashes]
        records.append(pb.ArchiveRecord(end=pb.ArchiveEnd(entries=len(hashes), root=root_of(hashes))))
        return records

    def restore(self, content, directory):
        path = os.path.join(directory, "archive")
        with open(path, "wb") as file:
            file.write(content)
        data = os.path.join(directory, "data")
        command = [self.server.command()[0], "--restore", path, "--data-dir", data]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        return done, data

    @contextlib.contextmanager
    def serving(self, data):
        """A server on what was restored."""
        other = Server()
        other.data = pathlib.Path(data)
        other.start()
        try:
            yield other
        finally:
            other.stop()
            other.remove()

    def rows(self, client):
        answers = [
            client.call("ListEntities", pb.ListEntitiesRequest(page_size=1000)),
            client.call("ListAuthorizations", pb.ListAuthorizationsRequest()),
            client.call("CheckAuthorization", pb.CheckAuthorizationRequest(
                uscc=uscc(1), indication="indications/title", date=date("2024-06-01"))),
            client.call("GetEntity", pb.GetEntityRequest(
                name="entities/test.e0002", read_at=pb.ReadAt(exact_revision=self.before))),
        ]  # fmt: skip
        texts = []
        for answer in answers:
            answer.read_point.ClearField("history_id")
            texts.append("\n".join(line for line in str(answer).splitlines() if "etag" not in line))
        return texts

    def test_restored_it_says_the_same(self):
        records = self.read()
        self.before = records[-3].commit.revision
        with tempfile.TemporaryDirectory() as directory:
            done, data = self.restore(delimited(records), directory)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(records[-1].end.root.hex(), done.stdout)
            again, _ = self.restore(delimited(records), directory)
            self.assertNotEqual(again.returncode, 0, "there is something already")
            with self.serving(data) as other:
                self.assertEqual(self.rows(other.client), self.rows(self.server.client))
                history = [s.client.call("ListEntities", pb.ListEntitiesRequest()).read_point.history_id
                           for s in (other, self.server)]  # fmt: skip
                self.assertNotEqual(*history)

    def test_an_import_that_was_open_takes_no_more_rows(self):
        """How far it was is not in the archive: rows sent once more would hide what the first ones made."""
        job = self.begin(pb.IMPORT_KIND_ENTITIES)
        self.send(job, [entity_row(1, 500)])
        untouched = self.begin(pb.IMPORT_KIND_ENTITIES)
        with tempfile.TemporaryDirectory() as directory:
            done, data = self.restore(delimited(self.read()), directory)
            self.assertEqual(done.returncode, 0, done.stderr)
            with self.serving(data) as other:
                first = pb.SendImportRowsRequest(import_job=job.name, rows=[entity_row(2, 501)])
                with self.refused("ERROR_REASON_IMPORT_NOT_OPEN"):
                    list(other.client.stream("SendImportRows", [first]))
                first.import_job = untouched.name
                self.assertEqual(next(other.client.stream("SendImportRows", [first])).counts.created, 1)
                ended = other.client.call("FinishImport", mutation(pb.FinishImportRequest(name=job.name))).import_job
                self.assertEqual((ended.counts.read, ended.counts.created, ended.last_line), (1, 1, 1), "what it changed")

    def test_what_was_touched_is_refused(self):
        records = self.read()
        content = delimited(records)
        spoiled = {
            "cut short": content[:-10],
            "no end": delimited(records[:-1]),
            "no head": delimited(records[1:]),
            "a commit left out": delimited(records[:5] + records[6:]),
            "two that changed places": delimited(records[:5] + [records[6], records[5]] + records[7:]),
            "twice": content + content,
            "none": b"",
            "something else": b"hello, world",
        }
        for field, value in (("revision", records[0].header.revision - 1), ("history_id", "x"), ("commit_time", None)):
            head = pb.ArchiveRecord()
            head.CopyFrom(records[0])
            if value is None:
                head.header.commit_time.nanos ^= 1000
            else:
                setattr(head.header, field, value)
            spoiled[f"{field} of the head"] = delimited([head] + records[1:])
        for at in range(50, len(content), len(content) // 40):
            spoiled[f"byte {at}"] = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        self.assertIn(records[0].header.history_id.encode(), content[:50])
        for name, bad in spoiled.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as directory:
                done, data = self.restore(bad, directory)
                if name.startswith("byte") and done.returncode == 0:
                    # Another history is as good as this one: no commit names it.
                    self.assertLess(int(name.split()[1]), len(delimited(records[:1])))
                    continue
                self.assertNotEqual(done.returncode, 0)
                self.assertIn("archive cannot be restored", done.stderr)
                self.assertEqual(os.listdir(directory), ["archive"], "nothing half done is left")

    def test_it_is_for_the_district(self):
        with self.assertRaises(Failure) as caught:
            self.call("ReadArchive", pb.ReadArchiveRequest(), metadata=(("x-role", "township"),))
        self.assertEqual(caught.exception.reason, "ERROR_REASON_ROLE_NOT_ALLOWED")
        with self.assertRaises(Failure) as caught:
            self.call("ReadArchive", pb.ReadArchiveRequest(after_revision=-1))
        self.assertIn("ERROR_REASON_FIELD_MALFORMED", caught.exception.reasons())
        with self.assertRaises(Failure) as caught:
            self.call("ReadArchive", pb.ReadArchiveRequest(until_revision=10**9))
        self.assertEqual(caught.exception.reason, "ERROR_REASON_REVISION_NOT_READABLE")

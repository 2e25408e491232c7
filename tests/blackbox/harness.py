"""A server of one's own, a client without stubs, and errors with their details."""

import dataclasses
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import grpc

from protos import pb, rpc

START_SECONDS = 60
STOP_SECONDS = 60
CALL_SECONDS = 30
SERVING = b"\x08\x01"


@dataclasses.dataclass
class Settings:
    """Set once by run.py."""

    server_binary: str = ""
    data_parent: str = ""
    shipped_data: pathlib.Path = pathlib.Path()
    vectors: pathlib.Path = pathlib.Path()


settings = Settings()


class Failure(Exception):
    """A call that was refused, with the details of google.rpc.Status."""

    def __init__(self, error):
        super().__init__(f"{error.code()}: {error.details()}")
        self.code = error.code()
        self.message = error.details()
        self.raw = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b"")
        self.status = rpc.Status.FromString(self.raw)
        self.infos = self.details("ErrorInfo", rpc.ErrorInfo)
        self.violations = [v for bad in self.details("BadRequest", rpc.BadRequest) for v in bad.field_violations]

    def details(self, name, message_class):
        url = f"type.googleapis.com/google.rpc.{name}"
        return [message_class.FromString(any_.value) for any_ in self.status.details if any_.type_url == url]

    @property
    def reason(self):
        return self.infos[0].reason if self.infos else ""

    @property
    def metadata(self):
        return dict(self.infos[0].metadata) if self.infos else {}

    def reasons(self):
        """The reason of the error and of each violation in it."""
        return {self.reason, *(v.reason for v in self.violations)}


class Client:
    """Calls methods by their bare name. Thread-safe."""

    # Methods that have answered any client of this run.
    answered = set()

    def __init__(self, address):
        self._channel = grpc.insecure_channel(
            address,
            options=[
                ("grpc.max_send_message_length", -1),
                ("grpc.max_receive_message_length", -1),
                ("grpc.enable_retries", 0),
            ],
        )
        self._methods = pb.methods()

    def close(self):
        self._channel.close()

    def call(self, method, request, metadata=(), timeout=CALL_SECONDS):
        """The answer, or Failure. `request` is a message, or bytes that are sent as they are."""
        descriptor = self._methods[method]
        response_class = getattr(pb, descriptor.output_type.name)
        data = request if isinstance(request, bytes) else request.SerializeToString()
        path = f"/{descriptor.containing_service.full_name}/{method}"
        # A method that streams is asked once here; see `stream`.
        ask = self.raw_stream if method.startswith(("Stream", "SendImport")) else self.raw
        answer = ask(path, data, metadata, timeout)
        self.answered.add(method)
        return response_class.FromString(answer)

    def raw_stream(self, path, data, metadata=(), timeout=CALL_SECONDS):
        try:
            return next(iter(self._channel.stream_stream(path)(iter([data]), metadata=tuple(metadata), timeout=timeout)))
        except grpc.RpcError as error:
            raise Failure(error) from None

    def stream(self, method, requests, timeout=CALL_SECONDS):
        """The answers of a stream, as they come."""
        descriptor = self._methods[method]
        response_class = getattr(pb, descriptor.output_type.name)
        path = f"/{descriptor.containing_service.full_name}/{method}"
        messages = (request.SerializeToString() for request in requests)
        try:
            for answer in self._channel.stream_stream(path)(messages, timeout=timeout):
                yield response_class.FromString(answer)
        except grpc.RpcError as error:
            raise Failure(error) from None

    def raw(self, path, data, metadata=(), timeout=CALL_SECONDS):
        try:
            return self._channel.unary_unary(path)(data, metadata=tuple(metadata), timeout=timeout)
        except grpc.RpcError as error:
            raise Failure(error) from None

    def health(self, service="", timeout=5):
        name = service.encode()
        return self.raw(
            "/grpc.health.v1.Health/Check", b"\x0a" + bytes([len(name)]) + name if name else b"", timeout=timeout
        )

    def reflected_services(self):
        """Raw answer of the reflection service to list_services."""
        call = self._channel.stream_stream("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
        return next(iter(call(iter([b"\x3a\x00"]), timeout=CALL_SECONDS)))


class Server:
    """One server process on a directory of its own. Ends only the process it started."""

    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="blackbox-", dir=settings.data_parent or None))
        self.data = self.directory / "data"
        self.log = self.directory / "server.log"
        self.port_file = self.directory / "port"
        self._process = None
        self.client = None

    def command(self):
        return [
            settings.server_binary,
            "--data-dir",
            str(self.data),
            "--listen",
            "127.0.0.1:0",
            "--port-file",
            str(self.port_file),
        ]

    def start(self):
        self.port_file.unlink(missing_ok=True)
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                self.command(), stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
            )
        deadline = time.monotonic() + START_SECONDS
        port = self._wait_for(lambda: self.port_file.read_text().strip() if self.port_file.exists() else "", deadline)
        self.client = Client(f"127.0.0.1:{port.splitlines()[0]}")
        self._wait_for(self._is_healthy, deadline)
        return self

    def _is_healthy(self):
        try:
            return self.client.health(timeout=1) == SERVING
        except Failure:
            return False

    def _wait_for(self, condition, deadline):
        while True:
            value = condition()
            if value:
                return value
            if self._process.poll() is not None:
                raise AssertionError(f"the server ended with {self._process.returncode}:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"the server did not get ready in {START_SECONDS} s:\n{self.log_tail()}")
            time.sleep(0.02)

    def stop(self):
        """Asks the server to stop; its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self):
        return self._end(signal.SIGKILL)

    def _end(self, with_signal):
        if self._process is None:
            return None
        process, self._process = self._process, None
        client, self.client = self.client, None
        # A killed server loses its callers; one that is asked to stop would wait for them.
        if client is not None and with_signal != signal.SIGKILL:
            client.close()
        process.send_signal(with_signal)
        try:
            code = process.wait(STOP_SECONDS)
            if client is not None:
                client.close()
            return code
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"the server did not stop in {STOP_SECONDS} s:\n{self.log_tail()}") from None

    def restart(self):
        code = self.stop()
        if code != 0:
            raise AssertionError(f"the server stopped with {code}:\n{self.log_tail()}")
        return self.start()

    def log_tail(self, lines=30):
        return (
            "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else "(no log)"
        )

    def remove(self):
        shutil.rmtree(self.directory, ignore_errors=True)


class ServerTestCase(unittest.TestCase):
    """A test class with a server of its own, empty at first."""

    server = None

    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.remove)
        cls.addClassCleanup(cls.server.kill)
        cls.server.start()
        cls.fill()

    @classmethod
    def fill(cls):
        """What the tests of the class share."""

    @classmethod
    def call(cls, method, request, **kwargs):
        return cls.server.client.call(method, request, **kwargs)

    def fails(self, code, reasons, method, request, **kwargs):
        """Expects a refusal for one of the reasons (without ERROR_REASON_), its own or a violation's."""
        wanted = {f"ERROR_REASON_{name}" for name in ([reasons] if isinstance(reasons, str) else reasons)}
        try:
            answer = self.call(method, request, **kwargs)
        except Failure as failure:
            self.check_details(failure, f"{method}: {failure}")
            told = f"{method}: {failure} {sorted(failure.reasons())}"
            self.assertTrue(wanted & failure.reasons(), f"{told}, wanted {sorted(wanted)}")
            fields = failure.reason == "ERROR_REASON_FIELDS_INVALID"
            self.assertEqual(failure.code, grpc.StatusCode.INVALID_ARGUMENT if fields else code, told)
            return failure
        self.fail(f"{method} answered OK instead of {sorted(wanted)}:\n{str(answer)[:500]}")

    def check_details(self, failure, told):
        """What every error of this service has."""
        self.assertEqual(len(failure.infos), 1, f"exactly one ErrorInfo: {told}")
        self.assertEqual(failure.infos[0].domain, "registry.gi", told)
        self.assertIn(failure.reason, pb.ErrorReason.keys(), told)
        self.assertNotEqual(failure.reason, "ERROR_REASON_UNSPECIFIED", told)
        self.assertEqual(failure.status.code, failure.code.value[0], told)
        self.assertTrue(failure.message, told)
        self.assertLessEqual(len(failure.violations), 16, told)
        localized = failure.details("LocalizedMessage", rpc.LocalizedMessage)
        self.assertTrue(localized and all(text.message for text in localized), f"a LocalizedMessage: {told}")

    def violations_of(self, method, request, **kwargs):
        """The findings of a validate_only call, which is answered OK."""
        request.validate_only = True
        response = self.call(method, request, **kwargs)
        self.assertFalse(response.replayed)
        return response.violations

#!/usr/bin/python3
"""Black-box test: starts the server and drives it over gRPC as a stranger would.

Needs python3-grpcio, python3-protobuf and protoc. Message classes are made from the protos at test time; no stubs.

  run.py --server-binary build/gi-registryd [--proto-dir proto] [--data-dir DIR] [-v] [-k PATTERN] [test_paging …]
"""

import argparse
import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server-binary", required=True, help="the server program")
    parser.add_argument("--proto-dir", default=ROOT / "proto", help="root of the protos")
    parser.add_argument(
        "--data-dir", help="where the servers keep their data; default: the system's temporary directory"
    )
    parser.add_argument(
        "--shipped-data", default=ROOT / "deploy" / "data", type=pathlib.Path, help="the data that is shipped"
    )
    parser.add_argument("--vectors", default=HERE.parent / "data", type=pathlib.Path, help="the test vectors")
    parser.add_argument("-k", dest="patterns", action="append", help="only tests whose name contains this")
    parser.add_argument("-v", dest="verbosity", action="store_const", const=2, default=1, help="name every test")
    parser.add_argument("modules", nargs="*", help="e.g. test_paging; default: all")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(HERE))
    import harness
    import protos

    harness.settings.server_binary = str(pathlib.Path(arguments.server_binary).resolve())
    harness.settings.data_parent = arguments.data_dir or ""
    harness.settings.shipped_data = arguments.shipped_data
    harness.settings.vectors = arguments.vectors
    loader = unittest.TestLoader()
    if arguments.patterns:
        loader.testNamePatterns = [f"*{pattern}*" for pattern in arguments.patterns]
    with tempfile.TemporaryDirectory(prefix="blackbox-protos-") as generated:
        protos.compile_protos(arguments.proto_dir, generated)
        modules = arguments.modules or sorted(path.stem for path in HERE.glob("test_*.py"))
        result = unittest.TextTestRunner(verbosity=arguments.verbosity).run(loader.loadTestsFromNames(modules))
    if result.testsRun == 0:
        print("no test was found", file=sys.stderr)
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == "__main__":
    sys.exit(main())

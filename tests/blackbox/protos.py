"""Message classes made from the protos at test time. No gRPC stubs: methods are reached by name (harness.Client)."""

import importlib
import pathlib
import subprocess
import sys

_PACKAGES = ("gi/registry/v1", "gi/rpc/v1")


def compile_protos(proto_dir, out_dir):
    """Compiles the public protos into out_dir and puts it first on the path."""
    proto_dir, out_dir = pathlib.Path(proto_dir), pathlib.Path(out_dir)
    files = [
        str(path.relative_to(proto_dir))
        for package in _PACKAGES
        for path in sorted((proto_dir / package).glob("*.proto"))
    ]
    if not files:
        raise SystemExit(f"no protos under {proto_dir}")
    subprocess.run(["protoc", f"-I{proto_dir}", f"--python_out={out_dir}", *files], check=True)
    # Real packages: without these files an installed package named "gi" (PyGObject) would win.
    for directory in [out_dir / "gi", *(out_dir / "gi").rglob("*")]:
        if directory.is_dir():
            (directory / "__init__.py").touch()
    sys.path.insert(0, str(out_dir))


class _Package:
    """Messages, enums and values of one proto package as attributes, e.g. pb.Entity. Loaded at first use."""

    def __init__(self, package):
        self._package = package
        self._loaded = None

    @property
    def modules(self):
        if self._loaded is None:
            found = importlib.import_module(self._package)
            names = sorted(path.stem for path in pathlib.Path(found.__path__[0]).glob("*_pb2.py"))
            self._loaded = [importlib.import_module(f"{self._package}.{name}") for name in names]
        return self._loaded

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        for module in self.modules:
            if hasattr(module, name):
                return getattr(module, name)
        raise AttributeError(f"{self._package} has no {name}")

    def services(self):
        """Descriptors of all services."""
        return [service for module in self.modules for service in module.DESCRIPTOR.services_by_name.values()]

    def methods(self):
        """Descriptors of all methods by their bare name, which is unique in this API."""
        return {method.name: method for service in self.services() for method in service.methods}


pb = _Package("gi.registry.v1")
rpc = _Package("gi.rpc.v1")


def rule_of(field):
    """The field's contract (annotations.proto)."""
    return field.GetOptions().Extensions[pb.rule]


def is_list(field):
    return field.label == field.LABEL_REPEATED

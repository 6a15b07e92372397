"""The schemas as Python classes, without generated code: protoc compiles the .proto files to descriptors when asked.

Works with Debian's python3-protobuf, which is older than the protoc that the build uses.
"""

import pathlib
import subprocess
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PROTO = pathlib.Path(__file__).resolve().parents[2] / "proto" / "src" / "main" / "proto"


class Schema:
    """The messages of a .proto file and of what it imports, by their full names."""

    def __init__(self, file):
        with tempfile.NamedTemporaryFile(suffix=".binpb") as out:
            subprocess.run(
                ["protoc", f"--proto_path={PROTO}", "--include_imports", f"--descriptor_set_out={out.name}", file],
                check=True,
            )
            files = descriptor_pb2.FileDescriptorSet.FromString(out.read())
        self.pool = descriptor_pool.DescriptorPool()
        for each in files.file:
            self.pool.Add(each)
        self.factory = message_factory.MessageFactory(self.pool)

    def __call__(self, name):
        return self.factory.GetPrototype(self.pool.FindMessageTypeByName(name))

    def service(self, name):
        return self.pool.FindServiceByName(name)

    def enum(self, name):
        return self.pool.FindEnumTypeByName(name)

"""Ringscope's services for Python, without generated code: protoc compiles the schemas when the client starts.

Needs protoc, and Python with protobuf and grpcio (Debian: protobuf-compiler, python3-protobuf, python3-grpcio).

    client = Client("127.0.0.1:50051")
    for batch in client.trace.ListEvents(parent="traces/boot.rst", kinds=["EVENT_KIND_TRAP"]):
        ...

Methods take the request's fields by name, and give the response, or an iterator over responses.
"""

import pathlib
import subprocess
import tempfile

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PROTO = pathlib.Path(__file__).resolve().parents[2] / "proto" / "src" / "main" / "proto"
PACKAGE = "dev.ringscope.query.v1"


def compile_schemas():
    """A pool of everything that the query services use."""
    files = sorted(str(file.relative_to(PROTO)) for file in PROTO.glob("dev/ringscope/query/v1/*.proto"))
    with tempfile.NamedTemporaryFile(suffix=".binpb") as out:
        subprocess.run(
            ["protoc", f"--proto_path={PROTO}", "--include_imports", f"--descriptor_set_out={out.name}", *files],
            check=True,
        )
        described = descriptor_pb2.FileDescriptorSet.FromString(out.read())
    pool = descriptor_pool.DescriptorPool()
    for file in described.file:
        pool.Add(file)
    return pool


def message_class(pool, descriptor):
    if hasattr(message_factory, "GetMessageClass"):  # protobuf 4.22 and later
        return message_factory.GetMessageClass(descriptor)
    return message_factory.MessageFactory(pool).GetPrototype(descriptor)


class Service:
    """One service: its rpcs are methods."""

    def __init__(self, channel, pool, name, metadata):
        for method in pool.FindServiceByName(name).methods:
            setattr(self, method.name, self._rpc(channel, pool, name, method, metadata))

    @staticmethod
    def _rpc(channel, pool, name, method, metadata):
        request = message_class(pool, method.input_type)
        response = message_class(pool, method.output_type)
        described = descriptor_pb2.MethodDescriptorProto()
        method.CopyToProto(described)
        connect = channel.unary_stream if described.server_streaming else channel.unary_unary
        rpc = connect(
            f"/{name}/{method.name}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=response.FromString,
        )
        return lambda **fields: rpc(request(**fields), timeout=600, metadata=metadata)


class Client:
    """A connection to a server: trace and replay are its services. A token is sent with every call."""

    def __init__(self, address, token=None):
        self.channel = grpc.insecure_channel(address)
        metadata = [("authorization", f"Bearer {token}")] if token else []
        pool = compile_schemas()
        self.trace = Service(self.channel, pool, f"{PACKAGE}.TraceService", metadata)
        self.replay = Service(self.channel, pool, f"{PACKAGE}.ReplayService", metadata)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.channel.close()

    def only_trace(self):
        """The name of the server's trace; ends the program if it has none, or several."""
        names = [trace.name for trace in self.trace.ListTraces().traces]
        if len(names) != 1:
            raise SystemExit("which trace? " + (", ".join(names) or "the server has none"))
        return names[0]

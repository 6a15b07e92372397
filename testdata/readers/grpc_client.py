#!/usr/bin/python3
"""grpc_client.py HOST:PORT: asks a Ringscope server a question of each sort and prints the answers as JSON.

Needs Debian's protoc, python3-protobuf and python3-grpcio.
"""

import json
import sys

import grpc
from google.protobuf import descriptor_pb2

from schema import Schema

SCHEMA = Schema("dev/ringscope/query/v1/trace_service.proto")
V1 = "dev.ringscope.query.v1."
REASON = "type.googleapis.com/google.rpc.ErrorInfo"


def message(name):
    return SCHEMA(V1 + name)


class TraceService:
    """Its methods take the fields of the request, and return the response or an iterator over responses."""

    def __init__(self, channel):
        for method in SCHEMA.service(V1 + "TraceService").methods:
            setattr(self, method.name, self.call(channel, method))

    def call(self, channel, method):
        request = SCHEMA(method.input_type.full_name)
        response = SCHEMA(method.output_type.full_name)
        # Debian's python3-protobuf tells only in this form which methods stream.
        described = descriptor_pb2.MethodDescriptorProto()
        method.CopyToProto(described)
        connect = channel.unary_stream if described.server_streaming else channel.unary_unary
        rpc = connect(
            f"/{V1}TraceService/{method.name}",
            request_serializer=request.SerializeToString,
            response_deserializer=response.FromString,
        )
        return lambda **fields: rpc(request(**fields), timeout=60)


def refusal(ask):
    """How a call fails: the name of its code, and its message."""
    try:
        ask()
    except grpc.RpcError as e:
        has_details = any(key == "grpc-status-details-bin" and REASON.encode() in value for key, value in e.trailing_metadata())
        return [e.code().name, e.details(), has_details]
    return None


def ask_all(service):
    info = service.GetTraceInfo()
    end = info.end_position
    batches = list(service.ListInstructions())
    traps = [e for batch in service.ListEvents(kinds=[2]) for e in batch.events]
    state = service.GetState(position=end, registers=["rip", "rsp"])
    memory = b"".join(piece.data for piece in service.ReadMemory(position=end, address_space=2, address=0x100000, size=65536))
    return {
        "name": info.name,
        "end_position": end,
        "batches": len(batches),
        "instructions": sum(len(batch.instructions) for batch in batches),
        "code_bytes": sum(len(i.code) for batch in batches for i in batch.instructions),
        "traps": [[e.position, e.event.trap.vector] for e in traps],
        "registers": {r.name: int.from_bytes(r.value, "little") for r in state.registers},
        "memory": memory.hex(),
        "refusal": refusal(lambda: service.GetState(position=end + 1)),
    }


def main(address):
    with grpc.insecure_channel(address) as channel:
        json.dump(ask_all(TraceService(channel)), sys.stdout)
    print()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__.splitlines()[0])
    main(sys.argv[1])

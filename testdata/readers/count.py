#!/usr/bin/python3
"""count.py FILE: counts instructions, traps and ring changes of a trace, and lists the latter two, as JSON.

Written from the comments of the .proto files alone: it shares no code with Ringscope, and nothing is taken from the index or the
summaries. For small traces: the whole file is read at once. Needs Debian's protoc, python3-protobuf and python3-zstandard.
"""

import json
import sys

import zstandard

from schema import Schema

SCHEMA = Schema("dev/ringscope/trace/v1/trace.proto")
V1 = "dev.ringscope.trace.v1."


def message(name):
    return SCHEMA(V1 + name)


def section(packet_field, name):
    """What a section holds: a message, empty if the section is absent."""
    if packet_field.WhichOneof("body") == "zstd":
        plain = zstandard.ZstdDecompressor().decompress(packet_field.zstd, max_output_size=1 << 26)
        if len(plain) != packet_field.uncompressed_size:
            sys.exit(f"expected {packet_field.uncompressed_size} bytes of {name}, found {len(plain)}")
        return message(name).FromString(plain)
    return packet_field.plain


def crc32c_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


def crc32c(data, table=crc32c_table()):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def packets(data):
    """The bytes of each packet, its CRC checked."""
    at = 0
    while at < len(data):
        if data[at] != 0x0A:
            sys.exit(f"offset {at}: expected 0A, found {data[at]:02x}")
        start, length, shift = at + 1, 0, 0
        while True:
            length |= (data[start] & 0x7F) << shift
            shift += 7
            start += 1
            if data[start - 1] < 0x80:
                break
        packet = data[start : start + length]
        if packet[-5] != 0x7D or int.from_bytes(packet[-4:], "little") != crc32c(packet[:-5]):
            sys.exit(f"offset {at}: the CRC does not fit")
        yield packet
        at = start + length


class Flow:
    """Which instructions retired where: lengths of blocks are interned from chunk to chunk."""

    def __init__(self):
        self.lengths = []

    def count(self, chunk):
        """Instructions that retired in a chunk."""
        if chunk.first_block == 0:
            self.lengths = []
        if len(self.lengths) != chunk.first_block:
            sys.exit(f"chunk {chunk.number}: expected first_block {len(self.lengths)}, found {chunk.first_block}")
        if chunk.HasField("blocks"):
            self.lengths += section(chunk.blocks, "Blocks").instruction_count
        total = last = 0
        for entry in section(chunk.flow, "Flow").entries if chunk.HasField("flow") else ():
            if entry & 0x80000000:
                total += (entry & 0x7FFFFFFF) - last
            else:
                last = self.lengths[entry]
                total += last
        return total


def cause_name(number):
    name = SCHEMA.enum(V1 + "Cause").values_by_number[number].name
    return name.removeprefix("CAUSE_").removeprefix("X86_").lower()


class Counts:
    def __init__(self):
        self.instructions = 0
        self.rings = [0, 0, 0, 0]
        self.traps = []
        self.changes = []
        self.flow = Flow()
        self.ring = None
        self.since = 0

    def add(self, chunk):
        if chunk.first_position != self.instructions:
            sys.exit(f"chunk {chunk.number}: expected first_position {self.instructions}, found {chunk.first_position}")
        found = self.flow.count(chunk)
        if found != chunk.instruction_count:
            sys.exit(f"chunk {chunk.number}: expected {chunk.instruction_count} instructions, found {found}")
        if self.ring is None:
            self.ring = chunk.start[0].ring
        position = chunk.first_position
        for event in section(chunk.events, "Events").events if chunk.HasField("events") else ():
            position += event.position_delta
            self.event(position, event)
        self.instructions += found

    def event(self, position, event):
        kind = event.WhichOneof("kind")
        if kind == "trap":
            error = event.trap.error_code if event.trap.HasField("error_code") else None
            self.traps.append([position, event.trap.vector, error])
        elif kind == "ring_change":
            change = event.ring_change
            first = position + (1 if change.retires else 0)
            self.rings[self.ring] += first - self.since
            self.ring, self.since = change.to_ring, first
            self.changes.append([position, change.from_ring, change.to_ring, cause_name(change.cause), change.from_pc])

    def finish(self):
        self.rings[self.ring or 0] += self.instructions - self.since
        return {
            "instructions": self.instructions,
            "ring_instructions": self.rings,
            "trap_count": len(self.traps),
            "ring_change_count": len(self.changes),
            "traps": self.traps,
            "ring_changes": self.changes,
        }


def main(file):
    with open(file, "rb") as trace:
        data = trace.read()
    counts = Counts()
    for packet in packets(data):
        parsed = message("Packet").FromString(packet)
        if parsed.WhichOneof("body") == "chunk":
            counts.add(parsed.chunk)
    json.dump(counts.finish(), sys.stdout)
    print()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__.splitlines()[0])
    main(sys.argv[1])

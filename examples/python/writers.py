#!/usr/bin/python3
"""writers.py HOST:PORT ADDRESS [SIZE [TRACE]]: who wrote the bytes at a linear address, the last write first.

A session is put at the trace's end, and continues backwards from write to write.

    writers.py 127.0.0.1:50051 0x106000 8
"""

import sys

from ringscope import Client

MOST = 10


def writes(client, session, address, size):
    """Yields each write and the instruction that did it, going back in time."""
    condition = {
        "access": {"kinds": ["ACCESS_KIND_WRITE"]},
        "filter": {"addresses": [{"first": address, "last": address + size - 1}]},
    }
    while True:
        there = client.replay.Continue(name=session, direction="DIRECTION_BACKWARDS", conditions=[condition])
        if not there.HasField("condition"):
            return
        yield there.access, there.session.next


def main(host, address, size="8", trace=None):
    with Client(host) as client:
        parent = trace or client.only_trace()
        end = client.trace.GetTraceInfo(name=parent, read_mask={"paths": ["end_position"]}).end_position
        session = client.replay.CreateSession(parent=parent, position=end).session.name
        try:
            for number, (access, instruction) in enumerate(writes(client, session, int(address, 0), int(size, 0))):
                if number == MOST:
                    print("... and earlier ones")
                    break
                value = f"{access.value:#0{2 * access.size + 2}x}"
                print(f"{access.position:>14}  ring {instruction.ring}  {value} at {access.address:#x}  {instruction.address:#x}: {instruction.text}")
        finally:
            client.replay.DeleteSession(name=session)


if __name__ == "__main__":
    if not 3 <= len(sys.argv) <= 5:
        sys.exit(__doc__.splitlines()[0])
    main(*sys.argv[1:])

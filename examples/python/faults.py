#!/usr/bin/python3
"""faults.py HOST:PORT [TRACE]: the exceptions in a trace.

    faults.py 127.0.0.1:50051 traces/boot.rst
"""

import sys

from ringscope import Client

NAMES = {0: "#DE", 1: "#DB", 3: "#BP", 4: "#OF", 6: "#UD", 7: "#NM", 8: "#DF", 10: "#TS", 11: "#NP", 12: "#SS", 13: "#GP", 14: "#PF",
         16: "#MF", 17: "#AC", 19: "#XM"}
EXCEPTION = 2  # CAUSE_EXCEPTION


def describe(event):
    trap = event.event.trap
    text = f"{event.position:>14}  {NAMES.get(trap.vector, f'vector {trap.vector}'):4} at {trap.pc:#x}"
    if trap.HasField("error_code"):
        text += f" error {trap.error_code:#x}"
    if trap.HasField("address"):
        text += f" address {trap.address:#x}"
    return text


def main(address, trace=None):
    with Client(address) as client:
        parent = trace or client.only_trace()
        for batch in client.trace.ListEvents(parent=parent, kinds=["EVENT_KIND_TRAP"]):
            for event in batch.events:
                if event.event.trap.cause == EXCEPTION:
                    print(describe(event))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__.splitlines()[0])
    main(*sys.argv[1:])

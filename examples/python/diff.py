#!/usr/bin/python3
"""diff.py HOST:PORT TRACE OTHER: where two traces begin to differ, and why.

    diff.py 127.0.0.1:50051 traces/good.rst traces/bad.rst
"""

import sys

from ringscope import Client


def what(side):
    """What a trace has where they differ, in a line."""
    if side.HasField("step"):
        instruction = side.step.instruction
        return f"ring {instruction.ring}  {instruction.address:#x}: {instruction.text}"
    if side.HasField("event"):
        return side.event.event.WhichOneof("kind").replace("_", " ")
    return "nothing: it ends there"


def main(address, one, other):
    with Client(address) as client:
        found = client.trace.DiffTraces(parent=one, other=other)
        for line in found.start:
            print(f"{0:>14}  {line}")
        if found.kind == 0:  # DIFFERENCE_KIND_UNSPECIFIED
            print(f"{found.position:>14}  the same to their ends")
            return
        for trace, cause in ((one, found.one_input), (other, found.other_input)):
            if cause.HasField("event"):
                print(f"{cause.position:>14}  {trace}: input from {cause.event.input.source}")
        print(f"{found.position:>14}  {found.difference}")
        print(f"{'':>14}  {one}: {what(found.one)}")
        print(f"{'':>14}  {other}: {what(found.other)}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__.splitlines()[0])
    main(*sys.argv[1:])

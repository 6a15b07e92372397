"""
Views of a machine under Ringscope, as gdb commands. Optional: all of it is made of `monitor` commands that work without it.

    (gdb) source tools/gdb/ringscope.py
    (gdb) help rs

Commands: rs rings, rs traps, rs why, rs when, rs pagetable, rs seek, rs last-write.
Functions for expressions and conditions: $rs_position(), $rs_ring().
Works with gdb 13 and later.
"""

import re

import gdb


def monitor(command):
    return gdb.execute("monitor " + command, to_string=True)


def table(heads, rows):
    """Prints rows of text in columns as wide as their longest entry."""
    widths = [max(len(row[i]) for row in [heads] + rows) for i in range(len(heads))]
    for row in [heads] + rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def named(address):
    """An address with its symbol, if gdb knows one."""
    text = gdb.execute("info symbol " + address, to_string=True)
    found = re.match(r"(\S+(?: \+ \d+)?) in section", text)
    return "%s <%s>" % (address, found.group(1).replace(" ", "")) if found else address


def position():
    return int(monitor("when").split()[0])


def refresh():
    """gdb keeps registers and frames until the guest runs; a seek moves it behind gdb's back."""
    gdb.execute("maintenance flush register-cache", to_string=True)


class Rs(gdb.Command):
    """Views of a machine under Ringscope."""

    def __init__(self):
        super().__init__("rs", gdb.COMMAND_STATUS, gdb.COMPLETE_COMMAND, True)


class Rings(gdb.Command):
    """rs rings [N]: the last ring changes."""

    LINE = re.compile(r"\s*(\d+)\s+ring (\d) -> (\d)\s+(.*?)\s+(0x\w+) -> (0x\w+)")

    def __init__(self):
        super().__init__("rs rings", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        text = monitor("rings " + argument)
        rows = [self.LINE.match(line) for line in text.splitlines()]
        if None in rows or not rows:
            print(text.strip())
            return
        cells = [[r[1], "%s -> %s" % (r[2], r[3]), r[4], named(r[5]), named(r[6])] for r in rows]
        table(["POSITION", "RING", "CAUSE", "FROM", "TO"], cells)


class Traps(gdb.Command):
    """rs traps [N]: the last exceptions and interrupts, with the check that failed."""

    LINE = re.compile(r"\s*(\d+)\s+vector (0x\w+)\s+(.*?)\s+at (\w+):(\w+)(.*)")

    def __init__(self):
        super().__init__("rs traps", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        text = monitor("traps " + argument)
        rows = [self.LINE.match(line) for line in text.splitlines()]
        if None in rows or not rows:
            print(text.strip())
            return
        cells = [[r[1], r[2], r[3], r[4], named("0x" + r[5]), r[6].lstrip(",: ")] for r in rows]
        table(["POSITION", "VECTOR", "CAUSE", "CS", "RIP", "DETAIL"], cells)


class PageTable(gdb.Command):
    """rs pagetable EXPRESSION: the page walk of an address, entry by entry."""

    ENTRY = re.compile(r"\s*(\w+)\s+at (0x\w+): (0x\w+)\s*(.*)")

    def __init__(self):
        super().__init__("rs pagetable", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        address = int(gdb.parse_and_eval("(unsigned long) (%s)" % (argument or "$pc")))
        entries, rest = [], []
        for line in monitor("gva2gpa %#x" % address).splitlines():
            entry = self.ENTRY.match(line)
            if entry:
                entries.append(list(entry.groups()))
            else:
                rest.append(line)
        if entries:
            table(["LEVEL", "ENTRY AT", "VALUE", "BITS"], entries)
        print("\n".join(rest))


class Why(gdb.Command):
    """rs why: explains the last exception."""

    def __init__(self):
        super().__init__("rs why", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        print(monitor("why").strip())


class When(gdb.Command):
    """rs when: the position and the ring."""

    def __init__(self):
        super().__init__("rs when", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        print("position %d, %s" % (position(), monitor("mode").strip()))


class Seek(gdb.Command):
    """rs seek POSITION: goes there in a recording (1500000, 1_500k, 50%, start, end), and shows where that is."""

    def __init__(self):
        super().__init__("rs seek", gdb.COMMAND_RUNNING)

    def invoke(self, argument, from_tty):
        print(monitor("seek " + argument).strip())
        refresh()
        gdb.execute("frame 0")


class LastWrite(gdb.Command):
    """rs last-write EXPRESSION: runs backwards to the instruction that gave an expression its value."""

    def __init__(self):
        super().__init__("rs last-write", gdb.COMMAND_RUNNING, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        others = [b for b in gdb.breakpoints() if b.enabled]
        for other in others:
            other.enabled = False
        watch = gdb.Breakpoint(argument, gdb.BP_WATCHPOINT, gdb.WP_WRITE)
        try:
            gdb.execute("reverse-continue")
        finally:
            if watch.is_valid():
                watch.delete()
            for other in others:
                other.enabled = True
        gdb.execute("x/i $pc")


class Position(gdb.Function):
    """$rs_position(): instructions retired since power-on."""

    def __init__(self):
        super().__init__("rs_position")

    def invoke(self):
        return position()


class Ring(gdb.Function):
    """$rs_ring(): the current privilege level."""

    def __init__(self):
        super().__init__("rs_ring")

    def invoke(self):
        return int(gdb.parse_and_eval("$cpl"))


for view in (Rs, Rings, Traps, PageTable, Why, When, Seek, LastWrite, Position, Ring):
    view()

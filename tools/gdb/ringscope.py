"""
Views of a machine under Ringscope, as gdb commands. Optional: all of it is made of `monitor` commands that work without it.

    (gdb) source tools/gdb/ringscope.py
    (gdb) help rs

Commands: rs rings, rs traps, rs why, rs when, rs walk, rs tables, rs processes, rs kaslr, rs seek, rs last-write.
Functions for expressions and conditions: $rs_position(), $rs_ring().
Works with gdb 13 and later.
"""

import re
import struct

import gdb


def monitor(command):
    """Ringscope's answer; an error that says so where something else answers, or nothing."""
    try:
        who = gdb.execute("monitor info version", to_string=True)
    except gdb.error:
        who = ""
    if "ringscope" not in who.lower():
        raise gdb.GdbError("rs: gdb is not connected to Ringscope; target remote :PORT comes first")
    try:
        return gdb.execute("monitor " + command, to_string=True)
    except gdb.error as refused:
        raise gdb.GdbError("rs: %s" % refused)


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


class Walk(gdb.Command):
    """rs walk [EXPRESSION]: the page walk of an address, entry by entry; of the pc where none is given."""

    ENTRY = re.compile(r"\s*(\w+)\s+at (0x\w+): (0x\w+)\s*(.*)")

    def __init__(self):
        super().__init__("rs walk", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        try:
            address = int(gdb.parse_and_eval("(unsigned long) (%s)" % (argument or "$pc")))
        except gdb.error as wrong:
            raise gdb.GdbError("rs walk: %s" % wrong)
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


class Tables(gdb.Command):
    """rs tables: the ranges of linear addresses that the present page tables map alike, and their rights."""

    LINE = re.compile(r"(\w+)-(\w+) (\w+) (\S+)")

    def __init__(self):
        super().__init__("rs tables", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        text = monitor("info mem")
        rows = [self.LINE.match(line) for line in text.splitlines()]
        if None in rows or not rows:
            print(text.strip())
            return
        cells = [["%#x" % int(r[1], 16), "%#x" % int(r[2], 16), size(int(r[3], 16)), r[4]] for r in rows]
        table(["FROM", "TO", "SIZE", "RIGHTS"], cells)


def size(count):
    """Bytes in the largest unit that divides them."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count % 1024 or unit == "GiB":
            return "%d %s" % (count, unit)
        count //= 1024


class Unavailable(Exception):
    """What a view would need and why it is not to be had."""


class Tasks:
    """
    Linux's processes by its list of tasks, with symbols alone: kernels without debug information do not say where
    the fields of task_struct are, so each is looked for by what must hold of it in every task. A field for which
    nothing or more than one place fits is unavailable.
    """

    REACH = 12288  # bytes of a task_struct that are looked at
    NAME = 16  # bytes of comm
    MOST = 32768

    def __init__(self):
        self.init = symbol("init_task")
        block = read(self.init, self.REACH)
        self.comm = only("comm", [m.start() for m in re.finditer(rb"swapper(/0)?\0", block)])
        lists = [walk for at in range(0, self.REACH, 8) for walk in [self.follow(block, at)] if walk]
        longest = max(map(len, lists), default=0)
        self.tasks = [self.init] + only("tasks", [walk for walk in lists if len(walk) == longest])
        self.blocks = [read(task, self.REACH) for task in self.tasks]

    def follow(self, block, at):
        """The tasks of a ring of list_heads through this field, or None if it is no such ring."""
        head = self.init + at
        before, node, found = head, qword(block, at), []
        while node != head:
            if node < 1 << 63 or len(found) == self.MOST:
                return None
            try:
                following, previous = struct.unpack("<QQ", read(node, 16))
                if previous != before or not self.name(read(node - at + self.comm, self.NAME)):
                    return None
            except Unavailable:
                return None
            found.append(node - at)
            before, node = node, following
        return found

    @staticmethod
    def name(comm):
        text, end, _ = comm.partition(b"\0")
        return text.decode() if end and re.fullmatch(rb"[ -~]+", text) else ""

    def names(self):
        return [self.name(block[self.comm : self.comm + self.NAME]) for block in self.blocks]

    def pids(self):
        """pid, with the same number as tgid behind it: 0 in init_task, 1 in init, 2 in kthreadd."""

        def fits(at):
            both = [struct.unpack_from("<II", block, at) for block in self.blocks]
            numbers = [pid for pid, _ in both]
            return (
                numbers[:3] == [0, 1, 2]
                and all(pid == tgid for pid, tgid in both)
                and len(set(numbers)) == len(numbers)
            )

        at = only("pid", [at for at in range(0, self.REACH - 4, 4) if fits(at)])
        return [struct.unpack_from("<I", block, at)[0] for block in self.blocks]

    def roots(self):
        """Physical address of each process's page tables; None of a task without mm, as kernel threads are."""
        tables = symbol("init_top_pgt", "swapper_pg_dir")
        init_mm = read(symbol("init_mm"), 2048)
        pgd = only("pgd", [at for at in range(0, len(init_mm), 8) if qword(init_mm, at) == tables])

        def root(mm):
            try:
                table = qword(read(mm + pgd, 8), 0)
                return physical(table) if table & 0xFFF == 0 else None
            except Unavailable:
                return None

        def fits(at):
            """mm, with active_mm behind it: the idle task and kthreadd have none of their own."""
            pairs = [(qword(block, at), qword(block, at + 8)) for block in self.blocks]
            spaces = {mm for mm, _ in pairs if mm}
            return (
                spaces
                and pairs[0][0] == pairs[2][0] == 0
                and all(mm in (0, active) for mm, active in pairs)
                and all(mm >= 1 << 63 and root(mm) for mm in spaces)
            )

        at = only("mm", [at for at in range(0, self.REACH - 8, 8) if fits(at)])
        return [root(mm) if mm else None for mm in (qword(block, at) for block in self.blocks)]


def symbol(*names):
    for name in names:
        try:
            return int(gdb.parse_and_eval("(unsigned long) &%s" % name))
        except gdb.error:
            pass
    raise Unavailable("gdb knows no symbol %s; give it the kernel's (ringscope symbols)" % names[0])


def read(address, length):
    try:
        return bytes(gdb.selected_inferior().read_memory(address, length))
    except gdb.MemoryError:
        raise Unavailable("%#x cannot be read with the present page tables; stop in the kernel" % address)


def qword(block, at):
    return struct.unpack_from("<Q", block, at)[0]


def only(field, places):
    if len(places) == 1:
        return places[0]
    many = "%d places fit" % len(places) if places else "no place fits"
    raise Unavailable("where task_struct or mm_struct has %s cannot be told: %s" % (field, many))


def physical(address):
    found = re.search(r"gpa: (0x\w+)", monitor("gva2gpa %#x" % address))
    return int(found[1], 16) if found else None


class Processes(gdb.Command):
    """
    rs processes: the address spaces that the processor has used, by the page tables' root in CR3 (without the number,
    PCID, below it), and about where; on Linux, with the kernel's symbols, the processes that live now.
    """

    LINE = re.compile(r"[* ] cr3 (0x\w+)\s+from about (\d+) to (\d+)")

    def __init__(self):
        super().__init__("rs processes", gdb.COMMAND_STATUS)

    @staticmethod
    def linux():
        """PIDs and names by root, and a line on what else there is."""
        tasks = Tasks()
        pids, names = tasks.pids(), tasks.names()
        roots = tasks.roots()
        known = {root: (pid, name) for root, pid, name in zip(roots, pids, names) if root is not None}
        return known, "%d processes and %d kernel threads live now" % (len(known), len(names) - len(known))

    def invoke(self, argument, from_tty):
        used = {}
        for line in self.LINE.finditer(monitor("processes")):
            root, first, last = int(line[1], 16) & ~0xFFF, int(line[2]), int(line[3])
            known = used.get(root, (first, last))
            used[root] = (min(first, known[0]), max(last, known[1]))
        try:
            known, remark = self.linux()
        except Unavailable as reason:
            known, remark = {}, "no names: %s" % reason
        now = int(gdb.parse_and_eval("(unsigned long) $cr3")) & ~0xFFF
        rows = []
        for root in list(used) + sorted(set(known) - set(used) | {now} - set(used)):
            first, last = used.get(root, ("", ""))
            # page-table isolation: the program's own root is the page behind the kernel's
            pid, name = known.get(root) or known.get(root & ~0x1000, ("", ""))
            rows.append(["*" if root == now else "", "%#x" % root, str(first), str(last), str(pid), name])
        table(["", "CR3", "FIRST", "LAST", "PID", "NAME"], rows)
        print(remark)


class Kaslr(gdb.Command):
    """rs kaslr FILE: gives gdb the symbols of a Linux kernel, where monitor kaslr finds it to be."""

    def __init__(self):
        super().__init__("rs kaslr", gdb.COMMAND_FILES, gdb.COMPLETE_FILENAME)

    def invoke(self, argument, from_tty):
        if not argument:
            raise gdb.GdbError("rs kaslr: the kernel's symbol file is missing (ringscope symbols makes one)")
        answer = monitor("kaslr " + argument)
        found = re.match(r"kernel offset (0x\w+)", answer)
        if not found:
            raise gdb.GdbError("rs " + answer.strip())
        command = "symbol-file -o %s %s" % (found[1], argument)
        print(command)
        gdb.execute(command)


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


for view in (Rs, Rings, Traps, Walk, Tables, Processes, Kaslr, Why, When, Seek, LastWrite, Position, Ring):
    view()
gdb.execute("alias rs pagetable = rs walk")

"""
Who set it? For variables spread over the data of Debian's kernel: a watchpoint at the end of the boot, and back to the write.

Run inside stock gdb, connected to a recording of Linux that was booted with nokaslr, with the symbol file of `ringscope symbols`:

    gdb -batch -nx vmlinux.elf -ex "target remote :1234" -ex "set $variables = 60" -x testdata/gdb/last_writes.py

With `set $live = 1` the guest is one that is being recorded, connected to before its first instruction: it runs until the kernel
is about to switch the machine off, everything is asked there, and then it lives on to its end.

Variables are those that hold another value at the end than when the kernel's C code began: that they were written in between is
known without a debugger that runs backwards. Each answer is judged: memory holds another value in front of the found
instruction, and behind it the one of the end; and for some, running forwards again meets no further change. Prints one line for
each, then times; ends gdb with status 1 if an answer is wrong.
"""

import statistics
import subprocess
import time

import gdb

SIZES = (4, 8)
wrong = []


def setting(name, default):
    value = gdb.convenience_variable(name)
    return default if value is None else int(value)


def run(command):
    return gdb.execute(command, to_string=True)


def timed(command):
    start = time.perf_counter()
    run(command)
    return time.perf_counter() - start


def check(condition, what):
    if not condition:
        wrong.append(what)
        print("WRONG: " + what)


def seek(position):
    run("monitor seek " + position)
    run("maintenance flush register-cache")


def when():
    return int(run("monitor when"))


def address_of(name):
    return int(gdb.parse_and_eval("&" + name)) & (1 << 64) - 1


def objects():
    """(address, size, name) of the initialized and zeroed data."""
    listing = subprocess.run(
        ["nm", "-S", "-n", "--defined-only", gdb.objfiles()[0].filename], stdout=subprocess.PIPE, check=True, text=True
    ).stdout
    init = range(address_of("__init_begin"), address_of("__init_end"))  # given back, and overwritten in another mapping
    for line in listing.splitlines():
        words = line.split()
        if len(words) == 4 and words[2] in "dDbB" and int(words[1], 16) in SIZES and int(words[0], 16) not in init:
            yield int(words[0], 16), int(words[1], 16), words[3]


def value(address, size):
    try:
        return int.from_bytes(bytes(gdb.selected_inferior().read_memory(address, size)), "little")
    except gdb.MemoryError:
        return None


def written(all_objects):
    """Those that hold another value now than when start_kernel began, with the value of now."""
    now = {o: value(o[0], o[1]) for o in all_objects}
    run("tbreak start_kernel")
    seconds = timed("reverse-continue")
    check(int(gdb.parse_and_eval("(long) $pc")) & (1 << 64) - 1 == address_of("start_kernel"), "not back at start_kernel")
    print("back to start_kernel, position %d: %.2f s" % (when(), seconds))
    then = {o: value(o[0], o[1]) for o in all_objects}
    return [(o, now[o]) for o in all_objects if None not in (now[o], then[o]) and now[o] != then[o]]


def find(number, address, size, name, last, forwards, end):
    cast = "*(unsigned %s *) %#x" % ("int" if size == 4 else "long", address)
    seek("end")
    run("watch " + cast)
    seconds = timed("reverse-continue")
    position = when()
    before = value(address, size)
    check(position > 0 and before != last, "%s: nothing found" % name)
    run("delete")
    run("stepi")
    check(value(address, size) == last, "%s: not set by the instruction found" % name)
    if forwards:
        run("watch " + cast)
        run("continue")
        check(when() == end and value(address, size) == last, "%s: written later too" % name)
        run("delete")
    print("%3d  %-40s %#18x -> %#18x  at %12d  %8.3f s" % (number, name[:40], before or 0, last, position, seconds))
    return seconds


def steps(count, position):
    seek(position)
    start = when()
    registers = run("info all-registers")
    back = timed("reverse-stepi %d" % count)
    there = when()
    forth = timed("stepi %d" % count)
    same = run("info all-registers") == registers
    check(same and when() == start, "%d steps back and forth from %s: not the same registers" % (count, position))
    print("reverse-stepi %d from %d to %d: %.2f s; forth again %.2f s" % (count, start, there, back, forth))


def boot():
    """The live guest runs to where it wants to be switched off."""
    run("hbreak kernel_power_off")  # nothing is written into memory that the kernel is yet to be unpacked to
    seconds = timed("continue")
    check(int(gdb.parse_and_eval("(long) $pc")) & (1 << 64) - 1 == address_of("kernel_power_off"), "not switched off")
    run("delete")
    print("recorded up to position %d: %.2f s" % (when(), seconds))


def live_on(end):
    """From the past back to the present, and on to the guest's end."""
    seek("70%")
    run("continue")
    check(when() == end, "the past ends at %d, not at %d where the guest waits" % (when(), end))
    run("continue")
    check(gdb.selected_thread() is None, "the guest did not live on to its end")


def main():
    run("set pagination off")
    run("set confirm off")
    run("monitor step-interrupts on")
    wanted = setting("variables", 60)
    live = setting("live", 0)
    if live:
        boot()
    seek("end")
    end = when()
    changed = written(list(objects()))
    chosen = [changed[i * len(changed) // wanted] for i in range(min(wanted, len(changed)))]
    check(len(chosen) == wanted, "%d variables were wanted, %d changed" % (wanted, len(changed)))
    sample = max(1, wanted // setting("forwards", 3))
    times = [find(i, *o, last, i % sample == sample - 1, end) for i, (o, last) in enumerate(chosen)]
    print("%d of %d variables: median %.3f s, worst %.3f s" % (len(times), len(changed), statistics.median(times), max(times)))
    for position in ("end", "70%", "30%", "2%"):
        steps(setting("steps", 10000), position)
    if live:
        live_on(end)
    print("%d wrong answers" % len(wrong))


try:
    main()
finally:
    if gdb.selected_thread():
        gdb.execute("kill")
if wrong:
    gdb.execute("quit 1")

package dev.ringscope.emulator.user;

import dev.ringscope.emulator.user.OpenFiles.Kind;
import java.util.Map;

/** brk, mmap and their like. */
final class MemoryCalls {
    private static final int MAP_FIXED = 0x10, MAP_ANONYMOUS = 0x20, MAP_FIXED_NOREPLACE = 0x10_0000;
    private static final int MREMAP_MAYMOVE = 1;
    private static final int MADV_DONTNEED = 4;

    private MemoryCalls() {}

    static void enter(Map<Integer, SystemCall> t) {
        t.put(9, (p, a) -> mmap(p, a[0], a[1], (int) a[2], (int) a[3], (int) a[4], a[5]));
        t.put(10, (p, a) -> {
            p.space().protect(aligned(a[0]), end(a[0], a[1]), (int) a[2] & 7);
            return 0;
        });
        t.put(11, (p, a) -> {
            p.space().unmap(aligned(a[0]), end(a[0], a[1]));
            return 0;
        });
        t.put(12, (p, a) -> brk(p, a[0]));
        t.put(25, MemoryCalls::mremap);
        t.put(28, MemoryCalls::madvise);
    }

    private static long aligned(long address) {
        if ((address & 4095) != 0) {
            throw new Errno(Errno.EINVAL);
        }
        return address;
    }

    private static long end(long start, long size) {
        long end = start + size + 4095 & -4096;
        if (size < 0 || end < start || end > AddressSpace.TOP) {
            throw new Errno(Errno.ENOMEM);
        }
        return end;
    }

    static long mmap(LinuxProcess p, long hint, long size, int protection, int flags, int descriptor, long offset) {
        if (size <= 0 || size > AddressSpace.TOP) {
            throw new Errno(Errno.EINVAL);
        }
        AddressSpace space = p.space();
        long length = size + 4095 & -4096;
        long start;
        if ((flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) != 0) {
            start = aligned(hint);
            end(start, length);
            if ((flags & MAP_FIXED) == 0 && !space.isFree(start, start + length)) {
                throw new Errno(17); // EEXIST
            }
        } else {
            long wanted = hint & -4096;
            start = wanted != 0 && space.isFree(wanted, wanted + length)
                    ? wanted
                    : space.findFree(length, p.mappingTop());
        }
        byte[] content = null;
        if ((flags & MAP_ANONYMOUS) == 0) {
            OpenFiles.Description d = p.files().get(descriptor);
            if (d.kind != Kind.FILE) {
                throw new Errno(Errno.EACCES);
            }
            content = p.files().readAt(d, (int) Math.min(length, Integer.MAX_VALUE), aligned(offset));
        }
        space.map(new Mapping(start, start + length, protection & 7, content, start));
        return start;
    }

    static long brk(LinuxProcess p, long wanted) {
        long old = p.heapEnd();
        if (wanted < p.heapStart() || wanted >= p.mappingTop()) {
            return old;
        }
        long from = old + 4095 & -4096;
        long to = wanted + 4095 & -4096;
        if (to > from) {
            if (!p.space().isFree(from, to)) {
                return old;
            }
            p.space().map(new Mapping(from, to, Mapping.READ | Mapping.WRITE, null, 0));
        } else if (to < from) {
            p.space().unmap(to, from);
        }
        p.setHeapEnd(wanted);
        return wanted;
    }

    private static long mremap(LinuxProcess p, long[] a) {
        long start = aligned(a[0]);
        long oldEnd = end(start, a[1]);
        long newEnd = end(start, a[2]);
        Mapping mapping = p.space().find(start);
        if (mapping == null || mapping.end() < oldEnd) {
            throw new Errno(Errno.EFAULT);
        }
        if (newEnd <= oldEnd) {
            p.space().unmap(newEnd, oldEnd);
            return start;
        }
        if (p.space().isFree(oldEnd, newEnd)) {
            p.space().map(new Mapping(oldEnd, newEnd, mapping.protection(), null, 0));
            return start;
        }
        if ((a[3] & MREMAP_MAYMOVE) == 0) {
            throw new Errno(Errno.ENOMEM);
        }
        long moved = p.space().findFree(newEnd - start, p.mappingTop());
        byte[] bytes = p.space().read(start, Math.toIntExact(oldEnd - start));
        p.space().map(new Mapping(moved, moved + (newEnd - start), mapping.protection(), bytes, moved));
        p.space().unmap(start, oldEnd);
        return moved;
    }

    private static long madvise(LinuxProcess p, long[] a) {
        if ((int) a[2] == MADV_DONTNEED) {
            long end = end(aligned(a[0]), a[1]);
            for (long page = a[0]; page < end; ) {
                Mapping m = p.space().find(page);
                if (m == null) {
                    throw new Errno(Errno.ENOMEM);
                }
                long stop = Math.min(end, m.end());
                p.space().map(m.between(page, stop)); // fresh pages on the next touch
                page = stop;
            }
        }
        return 0;
    }
}

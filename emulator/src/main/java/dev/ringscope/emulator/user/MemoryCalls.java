package dev.ringscope.emulator.user;

import dev.ringscope.emulator.user.OpenFiles.Kind;

/** brk, mmap and their like. */
final class MemoryCalls {
    private static final int MAP_TYPE = 0xf, MAP_PRIVATE = 2, MAP_SHARED_VALIDATE = 3;
    private static final int MAP_FIXED = 0x10,
            MAP_ANONYMOUS = 0x20,
            MAP_NORESERVE = 0x4000,
            MAP_FIXED_NOREPLACE = 0x10_0000;
    private static final int MREMAP_MAYMOVE = 1, MREMAP_FIXED = 2;
    private static final int MADV_DONTNEED = 4;

    private MemoryCalls() {}

    static void enter(SystemCalls t) {
        t.add(9, "mmap", (p, a) -> mmap(p, a[0], a[1], (int) a[2], (int) a[3], (int) a[4], a[5]));
        t.add(10, "mprotect", (p, a) -> {
            if ((a[2] & ~7) != 0) {
                throw new Errno(Errno.EINVAL);
            }
            long start = aligned(a[0]);
            p.space().protect(start, end(start, a[1], Errno.ENOMEM), (int) a[2]);
            return 0;
        });
        t.add(11, "munmap", (p, a) -> {
            long start = aligned(a[0]);
            if (a[1] == 0) {
                throw new Errno(Errno.EINVAL);
            }
            p.space().unmap(start, end(start, a[1], Errno.EINVAL));
            return 0;
        });
        t.add(12, "brk", (p, a) -> brk(p, a[0]));
        t.add(25, "mremap", MemoryCalls::mremap);
        t.add(28, "madvise", MemoryCalls::madvise);
        t.add(26, "msync", MemoryCalls::mapped);
        t.add(149, "mlock", MemoryCalls::mapped);
        t.add(325, "mlock2", MemoryCalls::mapped);
        t.add(150, "munlock", MemoryCalls::mapped);
        t.add(151, "mlockall", (p, a) -> 0);
        t.add(152, "munlockall", (p, a) -> 0);
        t.add(27, "mincore", MemoryCalls::mincore);
    }

    private static long aligned(long address) {
        if ((address & 4095) != 0) {
            throw new Errno(Errno.EINVAL);
        }
        return address;
    }

    /** The end of a page-aligned run that is wholly in the program's half. @throws Errno error, if it is not */
    private static long end(long start, long size, int error) {
        if (start < 0 || start > AddressSpace.TOP || size < 0 || size > AddressSpace.TOP - start) {
            throw new Errno(error);
        }
        return start + size + 4095 & -4096;
    }

    static long mmap(LinuxProcess p, long hint, long size, int protection, int flags, int descriptor, long offset) {
        int type = flags & MAP_TYPE;
        boolean anonymous = (flags & MAP_ANONYMOUS) != 0;
        if (!anonymous) {
            p.files().get(descriptor);
        }
        if (size == 0 || type == 0 || type > MAP_SHARED_VALIDATE) {
            throw new Errno(Errno.EINVAL);
        }
        long length = end(0, size, Errno.ENOMEM);
        if (anonymous && (flags & MAP_NORESERVE) == 0 && (protection & Mapping.WRITE) != 0 && length > p.ramSize()) {
            throw new Errno(Errno.ENOMEM); // Linux's heuristic: never more at once than there is
        }
        byte[] content = anonymous ? null : content(p, type, length, protection, descriptor, offset);
        long start = place(p, hint, length, flags);
        p.space().map(new Mapping(start, start + length, protection & 7, content, start));
        return start;
    }

    private static long place(LinuxProcess p, long hint, long length, int flags) {
        AddressSpace space = p.space();
        if ((flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) != 0) {
            long start = aligned(hint);
            end(start, length, Errno.ENOMEM);
            if (start < AddressSpace.LOWEST) {
                throw new Errno(Errno.EPERM);
            }
            if ((flags & MAP_FIXED) == 0 && !space.isFree(start, start + length)) {
                throw new Errno(Errno.EEXIST);
            }
            return start;
        }
        long wanted = hint & -4096;
        boolean granted = wanted > 0 && wanted <= AddressSpace.TOP - length && space.isFree(wanted, wanted + length);
        return granted ? wanted : space.findFree(length, p.mappingTop());
    }

    /** A file's bytes, read at once: no more than the machine has memory. */
    private static byte[] content(LinuxProcess p, int type, long length, int protection, int descriptor, long offset) {
        OpenFiles.Description d = p.files().get(descriptor);
        if (d.kind == Kind.ZERO) {
            return null;
        }
        if (d.kind != Kind.FILE || type != MAP_PRIVATE && (protection & Mapping.WRITE) != 0) {
            throw new Errno(Errno.EACCES);
        }
        byte[] bytes = p.files().readAt(d, (int) Math.min(length, p.ramSize()), aligned(offset));
        if (bytes.length == p.ramSize()) {
            throw new Errno(Errno.ENOMEM);
        }
        return bytes;
    }

    static long brk(LinuxProcess p, long wanted) {
        long old = p.heapEnd();
        if (wanted < p.heapStart() || wanted >= p.mappingTop() || wanted - p.heapStart() > p.ramSize()) {
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
        AddressSpace space = p.space();
        long start = aligned(a[0]);
        long flags = a[3];
        if (a[1] == 0 || a[2] == 0 || (flags & ~3) != 0 || flags == MREMAP_FIXED) {
            throw new Errno(Errno.EINVAL);
        }
        long oldEnd = end(start, a[1], Errno.EFAULT);
        long length = end(0, a[2], Errno.ENOMEM);
        Mapping mapping = space.find(start);
        if (!space.isMapped(start, oldEnd)) {
            throw new Errno(Errno.EFAULT);
        }
        if (length > p.ramSize() && length > oldEnd - start) {
            throw new Errno(Errno.ENOMEM);
        }
        if ((flags & MREMAP_FIXED) != 0) {
            return moveTo(p, start, oldEnd, aligned(a[4]), length);
        }
        long newEnd = start + length;
        if (newEnd <= oldEnd) {
            space.unmap(newEnd, oldEnd);
            return start;
        }
        if (newEnd <= AddressSpace.TOP && space.isFree(oldEnd, newEnd)) {
            space.map(new Mapping(oldEnd, newEnd, mapping.protection(), mapping.content(), mapping.contentStart()));
            return start;
        }
        if ((flags & MREMAP_MAYMOVE) == 0) {
            throw new Errno(Errno.ENOMEM);
        }
        return moveTo(p, start, oldEnd, space.findFree(length, p.mappingTop()), length);
    }

    private static long moveTo(LinuxProcess p, long start, long oldEnd, long to, long length) {
        AddressSpace space = p.space();
        long end = end(to, length, Errno.EINVAL);
        if (to < AddressSpace.LOWEST || to < oldEnd && end > start) {
            throw new Errno(Errno.EINVAL);
        }
        Mapping mapping = space.find(start);
        space.unmap(to, end);
        long kept = Math.min(oldEnd - start, length);
        space.move(start, start + kept, to);
        space.unmap(start + kept, oldEnd);
        if (length > kept) {
            long distance = to - start;
            space.map(new Mapping(
                    to + kept, end, mapping.protection(), mapping.content(), mapping.contentStart() + distance));
        }
        return to;
    }

    private static long madvise(LinuxProcess p, long[] a) {
        long start = aligned(a[0]);
        long end = end(start, a[1], Errno.EINVAL);
        if ((int) a[2] == MADV_DONTNEED) {
            p.space().discard(start, end);
        }
        return 0;
    }

    /** For what has no effect where memory is never swapped. @throws Errno ENOMEM if part of it is not mapped */
    private static long mapped(LinuxProcess p, long[] a) {
        long start = a[0] & -4096;
        long end = end(start, a[1] + (a[0] & 4095), Errno.ENOMEM);
        if (!p.space().isMapped(start, end)) {
            throw new Errno(Errno.ENOMEM);
        }
        return 0;
    }

    private static long mincore(LinuxProcess p, long[] a) {
        long start = aligned(a[0]);
        long end = end(start, a[1], Errno.ENOMEM);
        if (!p.space().isMapped(start, end) || end - start > p.ramSize()) {
            throw new Errno(Errno.ENOMEM);
        }
        byte[] resident = new byte[(int) ((end - start) / 4096)];
        for (int n = 0; n < resident.length; n++) {
            resident[n] = (byte) (p.space().isResident(start + 4096L * n) ? 1 : 0);
        }
        p.space().write(a[2], resident);
        return 0;
    }
}

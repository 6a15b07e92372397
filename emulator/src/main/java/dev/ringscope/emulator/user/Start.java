package dev.ringscope.emulator.user;

import java.util.List;

/** Power-on's answer: the program mapped, its stack built, its first thread's registers. */
record Start(ProgramImage image, String path, List<String> arguments, List<String> environment) {
    static final long STACK_SIZE = 8 << 20;
    private static final long TOP32 = 0xffff_e000L;

    Start {
        arguments = List.copyOf(arguments);
        environment = List.copyOf(environment);
    }

    private long top() {
        return image.wide() ? AddressSpace.TOP : TOP32;
    }

    /** Mappings without a wish grow down from here. */
    long mappingTop() {
        return top() - STACK_SIZE - (1 << 20);
    }

    /** Maps the program. @return where its heap starts @throws Errno ENOMEM */
    long map(AddressSpace space) {
        long heap = image.map(space) + 0x1000;
        space.map(new Mapping(top() - STACK_SIZE, top(), Mapping.READ | Mapping.WRITE, null, 0));
        return heap;
    }

    /** What debuggers are told of the program as text. */
    byte[] texts() {
        return ProcessPage.texts(path, arguments);
    }

    /**
     * Builds the stack, and tells debuggers of the program.
     *
     * @param textsAt physical address of {@link #texts}
     * @return the stack pointer
     * @throws Errno ENOMEM
     */
    long build(LinuxProcess process, Task first, long textsAt) {
        long features =
                Integer.toUnsignedLong(process.cpu().system.cpuid.leaf(1, 0).edx());
        InitialStack stack = new InitialStack(process.memory(), image.wide(), top() - 16);
        long sp = stack.build(image, arguments, environment, process.random().next(16), features);
        int length = texts().length;
        ProcessPage.start(process.answer(), image, first.tid(), stack.vector(), arguments.size(), textsAt, length);
        return sp;
    }

    void setRegisters(Frame frame, long sp) {
        for (int register = Frame.R15; register <= Frame.RDI; register += 8) {
            frame.set(register, 0);
        }
        frame.set(Frame.RIP, image.entry());
        frame.set(Frame.CS, image.wide() ? Frame.USER_CS : Frame.USER32_CS);
        frame.set(Frame.RFLAGS, 0x202);
        frame.set(Frame.RSP, sp);
        frame.set(Frame.SS, Frame.USER_SS);
        frame.resumeWhole();
    }
}

package dev.ringscope.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program for i386 has that processor's registers, and is called into, changed and taken back as any other. */
class ProgramNarrowTest {
    @TempDir
    Path folder;

    @Test
    void aProgramForI386IsOneToGdb() throws Exception {
        Path program = Programs.compile(
                folder, "narrow", "-m32", "-O0", "-nostdlib", "-fno-stack-protector", "-fno-pie", "-no-pie");
        Path trace = folder.resolve("narrow.rst");
        try (Served live = new Served("record", "--quiet", "-o", trace.toString(), "--gdb", "0", program.toString())) {
            String said = Gdb.run(
                    live.address(),
                    List.of(
                            "show architecture",
                            "print $eip == (long) &_start",
                            "break text",
                            "continue",
                            "print (char*) s",
                            "up",
                            "delete",
                            "print call(20, 0, 0, 0, 0, 0)",
                            "print $ecx = -2",
                            "print $ecx",
                            "print $rax",
                            "print sizeof(void*)",
                            "info auxv",
                            "catch syscall exit_group",
                            "handle SIGUSR1 SIGUSR2 nostop noprint pass",
                            "continue",
                            "print $_siginfo.si_signo",
                            "print $_siginfo._sifields._sigfault.si_addr",
                            "continue",
                            "print $ebx",
                            "print $orig_eax",
                            "tbreak start_thread",
                            "reverse-continue"));

            assertThat(said)
                    .containsSubsequence(
                            "\"i386\"",
                            "$1 = 1",
                            "Breakpoint 1",
                            "$2 = 0x",
                            "arguments",
                            "$3 = 1000",
                            "$4 = -2",
                            "$5 = -2",
                            "$6 = void",
                            "$7 = 4",
                            "AT_PAGESZ",
                            "4096",
                            "received signal SIGSEGV",
                            "$8 = 11",
                            "$9 = (void *) 0x1230",
                            "call to syscall exit_group",
                            "$10 = 5",
                            "$11 = 252",
                            "start_thread");
        }
    }
}

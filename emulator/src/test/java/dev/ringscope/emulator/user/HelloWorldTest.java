package dev.ringscope.emulator.user;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Event.Cause;
import dev.ringscope.emulator.GuestBuild;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.user.GuestProgram.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ten lines of assembly that everybody knows: what they print, and every ring change on the way. */
class HelloWorldTest {
    @TempDir
    private static Path folder;

    @BeforeAll
    static void build() throws Exception {
        GuestBuild.into(folder, "hello_world", "hello_int80", "hello_int80_32");
    }

    private static GuestProgram program(String name) {
        return new GuestProgram(folder.resolve(name + ".elf"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello_world", "hello_int80", "hello_int80_32"})
    void saysHelloAndExits(String name) throws Exception {
        Outcome outcome = program(name).run();

        assertThat(outcome.reason()).as(outcome.story()).isEqualTo(StopReason.EXIT);
        assertThat(outcome.text()).isEqualTo("Hello, world!\n");
        assertThat(outcome.errors()).isEmpty();
        assertThat(outcome.status()).isZero();
        assertThat(outcome.explanation()).isEqualTo("exit");
    }

    @Test
    void entersTheKernelOnceForItsPageAndTwiceBySyscall() throws Exception {
        // power-on, the code page's fault, write and its SYSRET, exit
        assertThat(changes(program("hello_world").run()))
                .containsExactly(
                        "0->3 INTERRUPT_RETURN",
                        "3->0 EXCEPTION 14",
                        "0->3 INTERRUPT_RETURN",
                        "3->0 SYSCALL",
                        "0->3 SYSRET",
                        "3->0 SYSCALL");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello_int80", "hello_int80_32"})
    void entersTheKernelTwiceByInt80(String name) throws Exception {
        assertThat(changes(program(name).run()))
                .containsExactly(
                        "0->3 INTERRUPT_RETURN",
                        "3->0 EXCEPTION 14",
                        "0->3 INTERRUPT_RETURN",
                        "3->0 SOFTWARE_INTERRUPT 128",
                        "0->3 INTERRUPT_RETURN",
                        "3->0 SOFTWARE_INTERRUPT 128");
    }

    private static List<String> changes(Outcome outcome) {
        return outcome.events(Event.RingChange.class).stream()
                .filter(c -> c.from() != c.to())
                .map(c -> c.from() + "->" + c.to() + " " + c.cause() + (c.vector() < 0 ? "" : " " + c.vector()))
                .toList();
    }

    @Test
    void itsFaultIsAFetchOfItsFirstInstruction() throws Exception {
        Event.Trap fault = program("hello_world").run().events(Event.Trap.class).getFirst();

        assertThat(fault.cause()).isEqualTo(Cause.EXCEPTION);
        assertThat(fault.vector()).isEqualTo(14);
        assertThat(fault.errorCode()).isEqualTo(0x14); // user, fetch, not present
        assertThat(fault.address()).isEqualTo(fault.pc());
        assertThat(fault.selector()).isEqualTo(0x33);
    }

    @Test
    void theKernelItselfStoresTheEntryThatLeadsToItsPage() throws Exception {
        List<Event.TableUpdate> updates = program("hello_world").run().events(Event.TableUpdate.class).stream()
                .filter(u -> u.writer() == Event.TableWriter.INSTRUCTION
                        && u.first() <= 0x40_1000
                        && u.first() + u.size() > 0x40_1000)
                .toList();

        assertThat(updates)
                .extracting(Event.TableUpdate::level)
                .containsExactly(4, 4); // out of low memory, then its own
        assertThat(updates.getLast().oldValue()).isZero();
        assertThat(updates.getLast().newValue() & 7).isEqualTo(7); // present, writable, user
        assertThat(updates.getLast().pc()).isNegative(); // in the upper half
    }

    @Test
    void aRecordedRunNeedsNeitherTheProgramNorTheHost() throws Exception {
        Path copy = Files.copy(folder.resolve("hello_world.elf"), folder.resolve("gone"));
        GuestProgram program = new GuestProgram(copy);
        Outcome live = program.run();
        Files.delete(copy);

        Outcome again = program.replay(live.events());

        assertThat(again.text()).isEqualTo("Hello, world!\n");
        assertThat(again.position()).isEqualTo(live.position());
        assertThat(again.registers()).isEqualTo(live.registers());
        assertThat(again.status()).isEqualTo(live.status());
        assertThat(again.explanation()).isEqualTo(live.explanation());
    }
}

package dev.ringscope.gdbstub.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class CommandTableTest {
    private static Optional<Command> read(String packet) {
        return CommandTable.read(packet.getBytes(ISO_8859_1));
    }

    @Test
    void names_every_packet_once() {
        assertThat(CommandTable.ROWS).extracting(CommandTable.Row::name).doesNotHaveDuplicates();
    }

    @Test
    void takes_the_longest_name_that_fits() {
        assertThat(read("qC")).containsInstanceOf(QC.class);
        assertThat(read("qCRC:0,1")).containsInstanceOf(QCRC.class);
        assertThat(read("qqemu.sstep")).containsInstanceOf(QqemuSstep.class);
        assertThat(read("qqemu.sstepbits")).containsInstanceOf(QqemuSstepbits.class);
        assertThat(read("vCont?")).containsInstanceOf(VContQuery.class);
        assertThat(read("bc")).containsInstanceOf(Bc.class);
        assertThat(read("D;1")).containsInstanceOf(UpperD.class);
    }

    @Test
    void knows_nothing_of_other_packets() {
        for (String unknown : new String[] {
            "", "b", "q", "Q", "v", "qCx", "vMustReplyEmpty", "vCont", "vConT;c", "qXfer:osdata:read::0,1"
        }) {
            assertThat(read(unknown)).as(unknown).isEmpty();
        }
    }
}

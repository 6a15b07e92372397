package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.proto.trace.v1.Packet;
import dev.ringscope.proto.trace.v1.Trace;
import dev.ringscope.trace.format.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands that read a whole trace, on traces whose packets lie although their checksums are right: they answer, or say
 * in one line where the file is wrong. {@code -Dringscope.hostile.rounds} and {@code seed} make it longer.
 */
class ForgedTraceCommandsTest {
    private static final int ROUNDS = Integer.getInteger("ringscope.hostile.rounds", 24);
    private static final long SEED = Long.getLong("ringscope.hostile.seed", 5);

    @TempDir
    Path folder;

    /** The trace with some bytes of one packet's front changed. */
    private static byte[] forge(byte[] whole, Random random) throws IOException {
        List<Packet> packets = Trace.parseFrom(whole).getPacketList();
        int changed = random.nextInt(packets.size());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int n = 0; n < packets.size(); n++) {
            byte[] body = packets.get(n).toBuilder().clearCrc32C().build().toByteArray();
            for (int times = 0; n == changed && times < 3; times++) {
                body[random.nextInt(Math.min(body.length, 200))] = (byte) random.nextInt();
            }
            out.write(0x0a);
            int length = body.length + 5;
            for (; length >= 0x80; length >>>= 7) {
                out.write(length & 0x7f | 0x80);
            }
            out.write(length);
            out.writeBytes(body);
            out.write(0x7d);
            for (int shift = 0; shift < 32; shift += 8) {
                out.write(Bytes.crc32c(body) >>> shift);
            }
        }
        return out.toByteArray();
    }

    @Test
    void everyCommandAnswersOrSaysWhatIsWrong() throws IOException {
        Path whole = folder.resolve("whole.rst");
        Cli.Result recorded =
                Cli.run("record", "--quiet", "--serial", "null", "--compression", "none", "-o", whole.toString());
        assertThat(recorded.status()).as(recorded.err()).isZero();
        byte[] bytes = Files.readAllBytes(whole);
        String forged = folder.resolve("forged.rst").toString();
        String out = folder.resolve("out").toString();
        Random random = new Random(SEED);
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Files.write(Path.of(forged), forge(bytes, random));
            List<String[]> commands = List.of(
                    new String[] {"info", forged},
                    new String[] {"index", forged, "--quiet", "-o", out},
                    new String[] {"top", forged},
                    new String[] {"report", forged, "--force", "-o", out},
                    new String[] {"diff", forged, whole.toString()},
                    new String[] {"export", forged, "--force", "--format", "perfetto", "-o", out},
                    new String[] {"expand", forged, "--force", "--quiet", "--detail", "memory", "-o", out},
                    new String[] {"verify", "--quiet", forged});
            for (int n = 0; n < 3; n++) {
                String[] command = commands.get(random.nextInt(commands.size()));
                Files.deleteIfExists(Path.of(out));
                Cli.Result result = Cli.run(command);
                String as = "seed %d, round %d, %s: %s".formatted(SEED, round, command[0], result.err());
                assertThat(result.err()).as(as).doesNotContain("internal error", "Exception");
                assertThat(result.status()).as(as).isIn(0, 1, 65);
                if (result.status() == 65) {
                    refused++;
                    assertThat(result.errorLines()).as(as).last().asString().contains("forged.rst");
                }
            }
        }
        assertThat(refused).isPositive();
    }
}

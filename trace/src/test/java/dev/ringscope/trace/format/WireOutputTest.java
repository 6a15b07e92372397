package dev.ringscope.trace.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What it writes, protobuf's own reader reads. */
class WireOutputTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 129, 300, 16_383, 16_384, 16_385, 2_097_151, 2_097_152})
    void aMessageOfAnyLengthIsWhole(int length) throws Exception {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        WireOutput out = new WireOutput(16);

        int outer = out.open(5);
        int inner = out.open(6);
        out.bytes(content, 0, length);
        out.close(inner);
        out.close(outer);
        out.put(0x7e);

        CodedInputStream in = CodedInputStream.newInstance(out.array(), 0, out.size());
        assertThat(in.readTag()).isEqualTo(5 << 3 | 2);
        int end = in.readUInt32();
        end += in.getTotalBytesRead();
        assertThat(in.readTag()).isEqualTo(6 << 3 | 2);
        assertThat(Arrays.equals(in.readByteArray(), content)).isTrue();
        assertThat(in.getTotalBytesRead()).isEqualTo(end);
        assertThat(in.readRawByte()).isEqualTo((byte) 0x7e);
        assertThat(in.isAtEnd()).isTrue();
    }
}

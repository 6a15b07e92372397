package dev.ringscope.emulator.user;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The program's standard input. Nothing is taken from the host before the program asks; while it waits, the machine can
 * be interrupted. What comes after that is for the next who asks.
 */
final class StandardInput {
    private static final long LOOK_AROUND_MILLISECONDS = 10;

    /** What one read of the host gave. @param failure null if it succeeded @param bytes empty at the end */
    private record Piece(byte[] bytes, IOException failure) {}

    private final InputStream stream;
    private final BlockingQueue<Integer> wanted = new ArrayBlockingQueue<>(1);
    private final BlockingQueue<Piece> come = new ArrayBlockingQueue<>(1);
    private Thread reader;
    private boolean asked;
    private byte[] left = {};

    StandardInput(InputStream stream) {
        this.stream = stream;
    }

    /**
     * Reads at least one byte, at most that many.
     *
     * @param interrupted whether the machine shall stop although nothing has come
     * @return null if it was interrupted; empty at the end
     */
    byte[] read(int most, BooleanSupplier interrupted) throws IOException {
        if (most == 0) {
            return new byte[0];
        }
        if (left.length == 0) {
            left = nextPiece(most, interrupted);
            if (left == null) {
                left = new byte[0];
                return null;
            }
        }
        byte[] taken = Arrays.copyOf(left, Math.min(left.length, most));
        left = Arrays.copyOfRange(left, taken.length, left.length);
        return taken;
    }

    private byte[] nextPiece(int most, BooleanSupplier interrupted) throws IOException {
        if (!asked && stream.available() > 0) {
            return readHost(most);
        }
        ask(most);
        try {
            Piece piece = come.poll(LOOK_AROUND_MILLISECONDS, TimeUnit.MILLISECONDS);
            while (piece == null && !interrupted.getAsBoolean()) {
                piece = come.poll(LOOK_AROUND_MILLISECONDS, TimeUnit.MILLISECONDS);
            }
            if (piece == null) {
                return null;
            }
            asked = false;
            if (piece.failure != null) {
                throw piece.failure;
            }
            return piece.bytes;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private byte[] readHost(int most) throws IOException {
        byte[] bytes = new byte[most];
        return Arrays.copyOf(bytes, Math.max(0, stream.read(bytes)));
    }

    private void ask(int most) {
        if (asked) {
            return;
        }
        if (reader == null) {
            reader = new Thread(this::serve, "standard input");
            reader.setDaemon(true);
            reader.start();
        }
        asked = true;
        wanted.add(most);
    }

    private void serve() {
        try {
            while (true) {
                int most = wanted.take();
                try {
                    come.put(new Piece(readHost(most), null));
                } catch (IOException e) {
                    come.put(new Piece(new byte[0], e));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

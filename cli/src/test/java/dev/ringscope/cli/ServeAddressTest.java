package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that strangers could reach wants encryption and something that tells clients from others. */
class ServeAddressTest {
    @TempDir
    Path folder;

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--listen 0.0.0.0:0 | is not encrypted",
                "--listen [::]:0 | is not encrypted",
                "--listen 0.0.0.0:0 --token-file @token | is not encrypted",
                "--listen 0.0.0.0:0 --tls-cert @pem --tls-key @pem | anybody who reaches 0.0.0.0:0 can ask",
                "--listen 0 --tls-cert @pem | --tls-cert and --tls-key are given together",
                "--listen 0 --tls-client-ca @pem | --tls-client-ca needs --tls-cert and --tls-key",
                "--listen unix: | needs a path",
                "--listen 127.0.0.1:port | expected [HOST:]PORT or unix:PATH",
                "--sessions 0 | --sessions takes a number above 0",
                "--cache -1 | --cache takes a number above 0"
            })
    void whatStrangersCouldUseIsRefused(String options, String expected) throws IOException {
        file("token", "open-sesame\n");
        file("pem", "no certificate");
        String[] words = ("serve " + folder + " " + options.replace("@", folder + "/")).split(" ");

        Cli.Result result = Cli.run(words);

        assertThat(result.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(result.err()).contains(expected).hasLineCount(1);
    }

    @Test
    void badFilesAreNamed() throws IOException {
        String empty = file("empty", " \n");
        Cli.Result result = Cli.run("serve", folder.toString(), "--listen", "0", "--token-file", empty);
        assertThat(result.status()).isEqualTo(ExitStatus.DATA);
        assertThat(result.err()).contains(empty).contains("expected a token");

        String pem = file("pem", "no certificate");
        result = Cli.run("serve", folder.toString(), "--listen", "0", "--tls-cert", pem, "--tls-key", pem);
        assertThat(result.status()).isEqualTo(ExitStatus.IO);
        assertThat(result.err()).contains("certificate or key cannot be used");

        result = Cli.run("serve", folder.toString(), "--listen", "unix:" + pem);
        assertThat(result.status()).isEqualTo(ExitStatus.IO);
        assertThat(result.err()).contains("cannot listen on unix:" + pem).contains("is no socket");

        result = Cli.run("serve", folder.resolve("nothing").toString());
        assertThat(result.status()).isEqualTo(ExitStatus.NO_INPUT);
    }

    @Test
    void insecureIsSaidOutLoud() throws Exception {
        try (RingscopeProcess server =
                new RingscopeProcess("serve", folder.toString(), "--listen", "0.0.0.0:0", "--insecure")) {
            String warning = server.line();
            assertThat(warning)
                    .isEqualTo("ringscope: warning: what goes over 0.0.0.0:0 is not encrypted"
                            + " (--tls-cert and --tls-key change that), and anybody can ask");
            assertThat(server.address()).matches("(0\\.0\\.0\\.0|\\[[0:]+]):\\d+");
            server.signal("INT");
            assertThat(server.exitStatus()).isZero();
        }
    }

    @Test
    void aUnixSocketIsServedUntilTheEnd() throws Exception {
        Path socket = folder.resolve("s");
        try (RingscopeProcess server = new RingscopeProcess("serve", folder.toString(), "--listen", "unix:" + socket)) {
            assertThat(server.line()).isEqualTo("ringscope: gRPC on unix:" + socket);
            assertThat(socket).exists();
            server.signal("TERM");
            assertThat(server.exitStatus()).isZero();
        }
        assertThat(socket).doesNotExist();
    }
}

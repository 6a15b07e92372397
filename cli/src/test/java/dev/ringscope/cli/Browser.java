package dev.ringscope.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Debian's chromium without a window, told what to do through its DevTools protocol. One page, one thread. */
final class Browser implements AutoCloseable {
    private static final int SECONDS = 60;
    private static final Pattern LISTENING = Pattern.compile("DevTools listening on (ws://\\S+)");

    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final LinkedBlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private String session = "";
    private int number;

    /** @param folder for its profile */
    Browser(Path folder, int width, int height) throws Exception {
        process = new ProcessBuilder(
                        "chromium",
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--no-first-run",
                        "--remote-debugging-port=0",
                        "--window-size=" + width + "," + height,
                        "--user-data-dir=" + folder,
                        "about:blank")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        socket = client.newWebSocketBuilder()
                .buildAsync(URI.create(address()), new Messages())
                .get(SECONDS, TimeUnit.SECONDS);
        String target = value(ask("Target.createTarget", "{\"url\":\"about:blank\"}"), "targetId");
        session =
                value(ask("Target.attachToTarget", "{\"targetId\":\"" + target + "\",\"flatten\":true}"), "sessionId");
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            ask(domain + ".enable", "{}");
        }
    }

    private String address() throws IOException {
        BufferedReader said = process.errorReader();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            Matcher matcher = LISTENING.matcher(line);
            if (matcher.find()) {
                Thread.ofVirtual().start(() -> drain(said));
                return matcher.group(1);
            }
        }
        throw new IOException("chromium ended without listening");
    }

    /** It says more than a pipe holds. */
    private static void drain(BufferedReader said) {
        try {
            said.transferTo(java.io.Writer.nullWriter());
        } catch (IOException e) {
            // it was closed: the browser has ended
        }
    }

    private final class Messages implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                received.add(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    /** The answer to a command; what comes in between are events. */
    private String ask(String method, String parameters) throws Exception {
        String id = "{\"id\":" + ++number + ",";
        String to = session.isEmpty() ? "" : ",\"sessionId\":\"" + session + "\"";
        socket.sendText(id + "\"method\":\"" + method + "\",\"params\":" + parameters + to + "}", true)
                .get(SECONDS, TimeUnit.SECONDS);
        while (true) {
            String message = received.poll(SECONDS, TimeUnit.SECONDS);
            if (message == null) {
                throw new IOException("no answer to " + method);
            }
            if (message.startsWith(id)) {
                return message;
            }
            events.add(message);
        }
    }

    private static String value(String json, String name) {
        Matcher matcher =
                Pattern.compile("\"" + name + "\":\"((?:[^\"\\\\]|\\\\.)*)\"").matcher(json);
        if (!matcher.find()) {
            throw new IllegalStateException("expected " + name + " in " + json);
        }
        return matcher.group(1);
    }

    void open(Path page) throws Exception {
        ask("Page.navigate", "{\"url\":\"" + page.toUri() + "\"}");
        while (!evaluate("document.readyState").equals("complete")) {
            Thread.onSpinWait();
        }
    }

    /** What an expression gives, as a string; text beyond ASCII, quotes and backslashes come escaped as in JSON. */
    String evaluate(String expression) throws Exception {
        String quoted =
                new Json().put("expression", "String(" + expression + ")").toString();
        String answer = ask("Runtime.evaluate", quoted);
        if (answer.contains("\"exceptionDetails\"")) {
            throw new IllegalStateException(expression + ": " + answer);
        }
        return value(answer, "value");
    }

    void click(double x, double y) throws Exception {
        for (String type : List.of("mousePressed", "mouseReleased")) {
            ask(
                    "Input.dispatchMouseEvent",
                    "{\"type\":\"%s\",\"x\":%s,\"y\":%s,\"button\":\"left\",\"clickCount\":1}".formatted(type, x, y));
        }
    }

    void wheel(double x, double y, int delta) throws Exception {
        ask(
                "Input.dispatchMouseEvent",
                "{\"type\":\"mouseWheel\",\"x\":%s,\"y\":%s,\"deltaX\":0,\"deltaY\":%d}".formatted(x, y, delta));
    }

    /** What the page complained about, or what its policy forbade. */
    List<String> complaints() {
        return events.stream()
                .filter(e -> e.contains("\"Runtime.exceptionThrown\"")
                        || e.contains("\"Log.entryAdded\"")
                        || e.contains("\"Runtime.consoleAPICalled\""))
                .toList();
    }

    /** Addresses that were asked for. */
    List<String> requests() {
        return events.stream()
                .filter(e -> e.contains("\"Network.requestWillBeSent\""))
                .map(e -> value(e.substring(e.indexOf("\"request\"")), "url"))
                .toList();
    }

    void screenshot(Path file) throws Exception {
        String data = value(ask("Page.captureScreenshot", "{\"captureBeyondViewport\":true}"), "data");
        Files.write(file, Base64.getDecoder().decode(data.getBytes(StandardCharsets.US_ASCII)));
    }

    @Override
    public void close() throws Exception {
        socket.abort();
        client.shutdownNow();
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}

package dev.ringscope.cli.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/**
 * The page around the data. Its content security policy lets the browser run these scripts and this style, known by
 * their digests, and load nothing at all.
 */
final class Page {
    private static final List<String> SCRIPTS =
            List.of("basics.js", "place.js", "tables.js", "timeline.js", "maps.js", "flame.js", "main.js");

    private Page() {}

    static void write(Appendable out, String title, List<Section> sections) throws IOException {
        StringBuilder scripts = new StringBuilder("\"use strict\";\n");
        for (String name : SCRIPTS) {
            scripts.append(resource(name));
        }
        String style = resource("report.css");
        String[] body = resource("report.html").split("<!--data-->");
        out.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src '")
                .append(digest(scripts.toString()))
                .append("'; style-src '")
                .append(digest(style))
                .append("'; base-uri 'none'; form-action 'none'\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
                .append(escape(title))
                .append(" - Ringscope</title>\n<style>")
                .append(style)
                .append("</style>\n</head>\n")
                .append(body[0])
                .append("<script type=\"application/json\" id=\"data\">");
        ScriptJson json = new ScriptJson(out).object();
        for (Section section : sections) {
            json.name(section.name());
            section.write(json);
        }
        json.endObject();
        out.append("</script>\n<script>").append(scripts).append("</script>\n").append(body[1]);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String digest(String text) {
        try {
            byte[] sha = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(sha);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String escape(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c == '<' || c == '>' || c == '&' || Character.isSurrogate(c)) {
                out.append(c < 0x20 || Character.isSurrogate(c) ? "\ufffd" : "&#" + (int) c + ";");
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}

package dev.ringscope.trace.service;

import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.symbols.Symbols;

/**
 * A trace that a question is put to.
 *
 * @param name {@code traces/...}
 * @param symbols those that the server was given
 * @param digest tells this recording from others
 */
record OpenTrace(String name, Recording recording, Symbols symbols, TraceDigest digest) {}

/**
 * The trace file: framing, sections, columns, index. The schema's comments
 * (proto/src/main/proto/dev/ringscope/trace/v1) are the specification; docs/trace-format.md explains it.
 *
 * <h2>Files</h2>
 *
 * One file per recording, one protobuf message {@code Trace} of packets, written front to back and never changed.
 *
 * <h2>Grammar</h2>
 *
 * <pre>
 * trace      = header checkpoint { chunk | checkpoint | chunk_index } [ index trailer ]
 * checkpoint = { pages } checkpoint
 * packet     = 0A length body 7D crc32c
 * </pre>
 *
 * <h2>Notes</h2>
 *
 * Envelopes are built with the generated classes, columns by hand. Reading goes through
 * {@link dev.ringscope.trace.format.WireInput} only, which allocates nothing on the word of a length field: what protoc
 * generates would turn two bytes into an object.
 */
package dev.ringscope.trace.format;

package dev.ringscope.cli;

/** How a trace's chunks are stored. */
enum Compression {
    ZSTD,
    NONE
}

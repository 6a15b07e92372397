package dev.ringscope.trace.query;

/** An answer that is many answers in one, handed on as it is: more of them may wait for their turn than of others. */
interface Bulk {
    /** What it takes in memory, about. */
    long bytes();
}

package dev.ringscope.cli;

/** One answer in the two forms that it can be printed in. */
interface Answer {
    /** Cells of the table, in the order of its columns. */
    String[] cells();

    Json json();
}

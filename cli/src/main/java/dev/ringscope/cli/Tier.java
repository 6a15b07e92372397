package dev.ringscope.cli;

/** How the guest's code is executed; what comes of it is the same. */
enum Tier {
    INTERPRETER,
    /** Code that is executed often is compiled, on a thread of its own. */
    COMPILED
}

/**
 * A recording as one page to look at: {@link dev.ringscope.cli.report.Report} tells each {@code Section} every event
 * once, and each writes its part of the page's data. The page itself, its style and its scripts, are the resources
 * beside these classes. What a section holds is bounded, whatever the recording's length.
 */
package dev.ringscope.cli.report;

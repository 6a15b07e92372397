/**
 * The command line: one class per subcommand and per question, and what they share to run guests, open traces and print
 * answers.
 */
package dev.ringscope.cli;

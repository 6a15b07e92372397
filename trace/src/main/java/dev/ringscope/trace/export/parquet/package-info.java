/**
 * Writes Apache Parquet files, as its format's specification has them (parquet-format 2.10): flat tables in row groups
 * of bounded size, a page for each column of a group, zstd. Nothing here knows what the tables hold.
 */
package dev.ringscope.trace.export.parquet;

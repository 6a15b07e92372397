/** The gRPC service over traces: {@code dev.ringscope.query.v1.TraceService}, with reflection and health. */
package dev.ringscope.trace.service;

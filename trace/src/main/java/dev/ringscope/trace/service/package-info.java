/**
 * Questions to a trace over gRPC: {@link dev.ringscope.trace.service.TraceServer} opens a port, one class answers each
 * rpc of {@code dev/ringscope/query/v1/trace_service.proto} from the classes of {@link dev.ringscope.trace.query}.
 *
 * <p>Network threads only take requests. Each call is answered by a worker thread, which waits whenever its client
 * reads more slowly than it writes and stops when the client is gone. What a call holds is bounded by one batch and one
 * decoded chunk; machines for re-execution are few and shared.
 */
package dev.ringscope.trace.service;

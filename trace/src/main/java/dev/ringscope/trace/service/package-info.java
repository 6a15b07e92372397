/**
 * Questions to traces over gRPC: {@link dev.ringscope.trace.service.TraceServer} listens, {@code Rpcs} is the table of
 * who answers which rpc of {@code dev/ringscope/query/v1} from the classes of {@link dev.ringscope.trace.query}.
 *
 * <p>Network threads only take requests. Each call is answered by a worker thread, which waits whenever its client
 * reads more slowly than it writes and stops when the client is gone. What a call holds is bounded by one batch and one
 * decoded chunk; machines for re-execution are few and shared; what is open and idle is closed.
 */
package dev.ringscope.trace.service;

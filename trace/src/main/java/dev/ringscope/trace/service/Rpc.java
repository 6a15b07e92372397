package dev.ringscope.trace.service;

import java.io.IOException;

/** Answers calls of one rpc, from several threads at once. */
@FunctionalInterface
interface Rpc<Q, A> {
    /** Sends all answers; how the call ends is the caller's business. Whatever is thrown becomes the call's status. */
    void answer(Q request, Call<A> call) throws IOException;
}

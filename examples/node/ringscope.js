'use strict';
// Ringscope's services for Node: the schemas are loaded when the client starts. Positions and other 64-bit numbers are strings of decimals.

const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const PROTO = path.join(__dirname, '..', '..', 'proto', 'src', 'main', 'proto');
const OPTIONS = { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true, includeDirs: [PROTO] };

/** The constructors of the services' clients, by name. */
function services() {
  const files = ['trace_service.proto', 'replay_service.proto'].map((file) => `dev/ringscope/query/v1/${file}`);
  return grpc.loadPackageDefinition(loader.loadSync(files, OPTIONS)).dev.ringscope.query.v1;
}

/** A connection to a server, as {trace, replay, close}. With a token, every call bears it. */
function connect(address, token) {
  const { TraceService, ReplayService } = services();
  const credentials = grpc.credentials.createInsecure();
  const options = {
    interceptors: token ? [(call, next) => new grpc.InterceptingCall(next(call), {
      start(metadata, listener, start) {
        metadata.set('authorization', `Bearer ${token}`);
        start(metadata, listener);
      },
    })] : [],
  };
  const trace = new TraceService(address, credentials, options);
  const replay = new ReplayService(address, credentials, options);
  return { trace, replay, close: () => [trace, replay].forEach((client) => client.close()) };
}

/** A unary call as a promise. */
function ask(client, method, request) {
  return new Promise((resolve, reject) => {
    client[method](request, (error, response) => (error ? reject(error) : resolve(response)));
  });
}

/** The items of a streamed list, one by one; leaving the loop cancels the call. */
async function* list(client, method, request, items) {
  const stream = client[method](request);
  try {
    for await (const batch of stream) {
      yield* batch[items];
    }
  } finally {
    stream.cancel();
  }
}

/** The name of the server's only trace. */
async function onlyTrace(connection) {
  const { traces } = await ask(connection.trace, 'ListTraces', {});
  if (traces.length !== 1) {
    throw new Error(`which trace? ${traces.map((trace) => trace.name).join(', ') || 'the server has none'}`);
  }
  return traces[0].name;
}

module.exports = { connect, ask, list, onlyTrace };

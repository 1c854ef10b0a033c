/** The peer of the host in gRPC, a process as a plugin is one: `grpc-peer.mjs PATH` serves until it is killed. */
import {
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
} from '@grpc/grpc-js';
import { type Count, type FloodRequest, LIMITS, load } from '../grpc/service.js';
import { counter, type Value } from '../payload.js';

/** After so many values in a row the event loop gets its turn, as in our SDK. */
const VALUES_PER_TURN = 256;

const flood: handleServerStreamingCall<FloodRequest, Value> = (call) => {
  const next = counter(call.request.size);
  const pump = (): void => {
    for (let i = 0; i < VALUES_PER_TURN; i += 1) {
      if (call.cancelled) return;
      if (!call.write(next())) return;
    }
    setImmediate(pump);
  };
  call.on('drain', pump);
  call.on('error', () => undefined);
  pump();
};

const echo: handleUnaryCall<Value, Value> = (call, answer) => answer(null, call.request);

const converse: handleBidiStreamingCall<Value, Value> = (call) => {
  call.on('data', (value: Value) => call.write(value));
  call.on('end', () => call.end());
  call.on('error', () => undefined);
};

const collect: handleClientStreamingCall<Value, Count> = (call, answer) => {
  let count = 0;
  call.on('data', () => (count += 1));
  call.on('end', () => answer(null, { count }));
  call.on('error', () => undefined);
};

const server = new Server(LIMITS);
server.addService(load, { flood, echo, converse, collect });
server.bindAsync(`unix:${process.argv[2]}`, ServerCredentials.createInsecure(), (error) => {
  if (error !== null) throw error;
  console.log('ready');
});

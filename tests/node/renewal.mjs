// A client of graphql-ws that renews its sign-in on an open socket; prints what it saw as JSON.
//
//   node renewal.mjs ADDRESS RUN FIRST_TOKEN NEXT_TOKEN

import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [url, runId, first, next] = process.argv.slice(2);
const pongs = [];
const closed = [];
let socket;

const client = createClient({
  url: `${url.replace(/^http/, "ws")}/graphql`,
  webSocketImpl: WebSocket,
  lazy: false,
  retryAttempts: 0,
  connectionParams: { authorization: `Bearer ${first}` },
  on: {
    connected: (opened) => (socket = opened),
    pong: (received, payload) => received && pongs.push(payload),
    closed: ({ code }) => closed.push(code),
  },
});

/** Everything that an operation gives. */
async function all(payload) {
  const found = [];
  for await (const { data } of client.iterate(payload)) found.push(data);
  return found;
}

/** Until when the socket is signed in, as the service has it. */
const end = async () => (await all({ query: "{ viewer { expiresAt } }" }))[0].viewer.expiresAt;

const before = await end();
socket.send(JSON.stringify({ type: "ping", payload: { authorization: `Bearer ${next}` } }));
while (pongs.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
const after = await end();
const query = "subscription Watch($runId: String!) { runEvents(runId: $runId) { seq } }";
const events = (await all({ query, variables: { runId } })).map(({ runEvents }) => runEvents.seq);
await client.dispose();
while (closed.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
console.log(JSON.stringify({ before, after, events, pongs, closed }));

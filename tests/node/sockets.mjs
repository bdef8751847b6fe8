// A client of graphql-ws: several operations on one socket, one of them by its hash; prints what it saw as JSON.
//
//   node sockets.mjs ADDRESS RUN

import { createHash } from "node:crypto";

import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [url, runId] = process.argv.slice(2);
const WATCH = "subscription Watch($runId: String!) { runEvents(runId: $runId) { seq } }";
const pongs = [];
const closed = [];

const client = createClient({
  url: `${url.replace(/^http/, "ws")}/graphql`,
  webSocketImpl: WebSocket,
  lazy: false,
  keepAlive: 20,
  retryAttempts: 0,
  on: {
    pong: (received) => received && pongs.push("pong"),
    closed: ({ code }) => closed.push(code),
  },
});

/** Everything that an operation gives, or the code with which it is refused. */
async function all(payload) {
  const found = [];
  try {
    for await (const { data, errors } of client.iterate(payload)) {
      found.push(data ?? errors[0].extensions.code);
    }
  } catch (refused) {
    found.push(refused[0].extensions.code);
  }
  return found;
}

const sha256Hash = createHash("sha256").update(WATCH).digest("hex");
const extensions = { persistedQuery: { version: 1, sha256Hash } };
const variables = { runId };
const hashed = { query: "", variables, extensions }; // this client sends no operation without a text
const unknown = await all(hashed);
const [events, bad, named, query] = await Promise.all([
  all({ query: WATCH, variables, extensions }),
  all({ query: "{" }),
  all({ query: `{ ${"a: __typename ".repeat(101)}}` }),
  all({ query: "{ service { name } }" }),
]);
const known = await all(hashed);
while (pongs.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
await client.dispose();
while (closed.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
console.log(JSON.stringify({ unknown, events, bad, named, query, known, closed }));

// A client of graphql-ws that renews its sign-in on an open socket; prints what it saw as JSON.
//
//   node renewal.mjs ADDRESS RUN FIRST_TOKEN NEXT_TOKEN

import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [url, runId, first, next] = process.argv.slice(2);
const events = [];
const pongs = [];
const closed = [];

const client = createClient({
  url: `${url.replace(/^http/, "ws")}/graphql`,
  webSocketImpl: WebSocket,
  retryAttempts: 0,
  connectionParams: { authorization: `Bearer ${first}` },
  on: {
    connected: (socket) => {
      const payload = { authorization: `Bearer ${next}` };
      socket.send(JSON.stringify({ type: "ping", payload }));
    },
    pong: (received, payload) => received && pongs.push(payload),
    closed: ({ code }) => closed.push(code),
  },
});

const query = "subscription Watch($runId: String!) { runEvents(runId: $runId) { seq } }";
for await (const { data } of client.iterate({ query, variables: { runId } })) events.push(data.runEvents.seq);
await client.dispose();
while (closed.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
console.log(JSON.stringify({ events, pongs, closed }));

// Does what docs/guide/apollo.md shows, with its own files beside it; prints what it saw as JSON.
//
//   node dist/main.js ADDRESS TOKEN [trusted]

import { ApolloClient, ApolloLink, HttpLink } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

import { connect, newCache } from "./client.js";
import { graphql } from "./gql/index.js";
import { RUNS, allRuns } from "./runs.js";
import { Refused, codeOf, submit } from "./submit.js";
import { trusted, withoutText } from "./trusted.js";
import { watch, type RunEvent } from "./watch.js";

const [url = "", token = "", way] = process.argv.slice(2);
Object.assign(globalThis, { WebSocket });

const STOP = graphql(`
  mutation Stop($runId: String!) {
    stopRun(runId: $runId) { ... on Run { id status } ... on Refusal { code message hint } }
  }
`);
const ONE = graphql(`query One($runId: String!) { run(runId: $runId) { id runId status } }`);

const sent: string[] = [];
const plainFetch = globalThis.fetch;
globalThis.fetch = (address, init) => {
  const { query, extensions } = JSON.parse(String(init?.body));
  sent.push(`${query ? "text" : ""}${extensions?.persistedQuery ? "hash" : ""}`);
  return plainFetch(address, init);
};

/** The client of the guide, as it is where only trusted documents are answered. */
function connectTrusted() {
  const headers = { authorization: `Bearer ${token}` };
  const socket = createClient({
    url: `${url.replace(/^http/, "ws")}/graphql`,
    connectionParams: headers,
    retryAttempts: 0,
    jsonMessageReplacer: withoutText,
  });
  const split = ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    new HttpLink({ uri: `${url}/graphql`, headers }),
  );
  return { client: new ApolloClient({ link: ApolloLink.from([trusted, split]), cache: newCache() }), socket };
}

const { client, socket } = way === "trusted" ? connectTrusted() : connect(url, () => token);

const run = { lineage: { dialect: "DUCKDB" as const, texts: [{ name: "t.sql", sql: "CREATE TABLE t (a INT)" }] } };
const runId = await submit(client, run, { runId: "guide" });
const again = await submit(client, run, { runId: "guide" });
const refusal = await submit(client, run, { runId: "no id!" }).catch((error: unknown) => error);
const unknown = await client.query({ query: ONE, variables: { runId: "nothing" } }).catch((error: unknown) => error);

const seen: RunEvent[] = [];
await watch(client, runId, (event) => {
  seen.push(event);
  if (seen.length === 2) socket.terminate();
});

const runs = await allRuns(client, 2);
const { data: one } = await client.query({ query: ONE, variables: { runId }, fetchPolicy: "network-only" });
const asked = sent.length;
const stopped = await client.mutate({ mutation: STOP, variables: { runId } });
const cached = client.readQuery({ query: RUNS, variables: { first: 2 } });
socket.dispose();

console.log(
  JSON.stringify({
    runs,
    runId,
    again,
    refused: refusal instanceof Refused ? refusal.code : String(refusal),
    unknown: codeOf(unknown) ?? String(unknown),
    seqs: seen.map(({ seq }) => seq),
    last: seen.at(-1)?.__typename,
    status: one?.run?.status,
    stopped: stopped.data?.stopRun.__typename,
    cached: cached?.runs.edges.find(({ node }) => node.runId === runId)?.node.status,
    sent: sent.slice(0, asked),
  }),
);

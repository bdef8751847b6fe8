// A front end with Apollo Client that sends documents by their hashes; prints what it saw as JSON.
//
//   node apollo.mjs ADDRESS RUN [get]

import { createHash } from "node:crypto";

import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { CombinedGraphQLErrors } from "@apollo/client/errors";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [url, runId, way] = process.argv.slice(2);
const requests = [];

/** Keeps what went over the wire, and how it was answered. */
async function watched(address, init) {
  const answer = await fetch(address, init);
  const { searchParams } = new URL(address);
  const sent = init.body ? JSON.parse(init.body) : Object.fromEntries(searchParams);
  const told = await answer.clone().json();
  requests.push({
    method: init.method,
    text: "query" in sent,
    status: answer.status,
    type: answer.headers.get("content-type"),
    code: told.errors?.[0].extensions.code ?? null,
  });
  return answer;
}

const sha256 = async (text) => createHash("sha256").update(text).digest("hex");
const http = new HttpLink({ uri: `${url}/graphql`, fetch: watched });
const hashed = new PersistedQueryLink({ sha256, useGETForHashedQueries: way === "get" });
const socket = createClient({ url: `${url.replace(/^http/, "ws")}/graphql`, webSocketImpl: WebSocket });
const isLive = ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION;
const client = new ApolloClient({
  link: ApolloLink.split(isLive, new GraphQLWsLink(socket), ApolloLink.from([hashed, http])),
  cache: new InMemoryCache(),
});

const RUN = gql`query Run($runId: String!) { run(runId: $runId) { id runId status } }`;
const WRONG = gql`query Wrong { nothing }`;
const STOP = gql`mutation Stop($runId: String!) { stopRun(runId: $runId) { ... on Run { id runId } } }`;
const WATCH = gql`subscription Watch($runId: String!) { runEvents(runId: $runId) { seq } }`;
const ask = { query: RUN, variables: { runId }, fetchPolicy: "network-only" };

const first = await client.query(ask);
const second = await client.query(ask);
const stopped = await client.mutate({ mutation: STOP, variables: { runId } });
const wrong = await client.query({ query: WRONG }).catch((error) => error);
const events = [];
await new Promise((complete, error) => {
  const next = ({ data }) => events.push(data.runEvents.seq);
  client.subscribe({ query: WATCH, variables: { runId } }).subscribe({ next, error, complete });
});
await socket.dispose();
console.log(
  JSON.stringify({
    runs: [first, second].map(({ data }) => data.run.runId),
    stopped: stopped.data.stopRun.runId,
    wrong: CombinedGraphQLErrors.is(wrong) ? wrong.errors[0].extensions.code : String(wrong),
    events,
    requests,
  }),
);

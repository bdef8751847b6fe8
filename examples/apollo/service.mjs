// A service of Headwater, as Apollo Client sees it.

import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const POSSIBLE_TYPES = gql`{ __schema { types { kind name possibleTypes { name } } } }`;

/** A client for the service at `url`; `close()` ends its socket, `cut()` breaks it as a bad network would. */
export async function connect(url, token) {
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  const http = new HttpLink({ uri: `${url}/graphql`, headers });
  const socket = createClient({
    url: `${url.replace(/^http/, "ws")}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: headers,
    retryAttempts: 0, // a subscription resumes from the event it saw last: see watch() in lineage.mjs
  });
  const isLive = ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION;
  const client = new ApolloClient({
    link: ApolloLink.split(isLive, new GraphQLWsLink(socket), http),
    cache: new InMemoryCache({ possibleTypes: await possibleTypes(http) }),
  });
  return { client, cut: () => socket.terminate(), close: () => socket.dispose() };
}

/** Which types each interface and union has: without it the cache cannot match `... on Refusal`. */
async function possibleTypes(link) {
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  const { data } = await client.query({ query: POSSIBLE_TYPES, fetchPolicy: "no-cache" });
  const abstract = data.__schema.types.filter((type) => type.possibleTypes?.length);
  return Object.fromEntries(abstract.map((type) => [type.name, type.possibleTypes.map(({ name }) => name)]));
}

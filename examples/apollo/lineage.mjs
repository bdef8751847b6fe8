// Uploads files, submits a lineage run over them, watches it live, and prints where a column comes from.
//
//   node lineage.mjs [--url URL] [--dialect DUCKDB] [--source NAME] [--of ASSET.COLUMN] [--cut N] FILE...
//
// --cut N breaks the connection after N events, to see that the run is followed on without a gap.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { parseArgs } from "node:util";

import { gql } from "@apollo/client";

import { connect } from "./service.mjs";

const RECONNECT_MS = 500;

const CREATE_UPLOAD = gql`
  mutation CreateUpload($name: String!, $size: BigInt!, $sha256: String) {
    createUpload(name: $name, size: $size, sha256: $sha256) {
      ... on Upload { id uploadId putUrl }
      ... on Refusal { code message hint }
    }
  }
`;
const SUBMIT = gql`
  mutation Submit($run: RunInput!) {
    submitRun(run: $run) {
      ... on Run { id runId status }
      ... on Refusal { code message hint }
    }
  }
`;
const WATCH = gql`
  subscription Watch($runId: String!, $after: Int!) {
    runEvents(runId: $runId, after: $after) {
      seq
      ... on StageCompleted { stage durationMs }
      ... on RunNotice { message }
      ... on RunFinished { status error { code message hint } }
    }
  }
`;
const OUTCOME = gql`
  query Outcome($runId: String!) {
    run(runId: $runId) {
      id
      status
      result {
        kind
        ... on LineageResult { revision assetCount columnCount directEdgeCount indirectEdgeCount unresolvedCount }
      }
      artifacts { name size url }
    }
  }
`;
const LINEAGE = gql`
  query Lineage($of: LineageRoot!) {
    lineage(of: $of, kinds: [DIRECT]) {
      nodes { id depth asset { id name } column { id name } }
      edges { source target subtype evidence { expression file line } }
      truncated
    }
  }
`;

class Refused extends Error {}

/** What a mutation gave, unless it is a refusal. */
function accepted(answer) {
  if (answer.code) throw new Refused(`${answer.code}: ${answer.message} ${answer.hint}`.trim());
  return answer;
}

/** Announce a file, send its bytes to the address that was given for them, and return the upload's id. */
async function upload(client, path) {
  const bytes = await readFile(path);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const variables = { name: basename(path), size: String(bytes.length), sha256 };
  const { data } = await client.mutate({ mutation: CREATE_UPLOAD, variables });
  const { uploadId, putUrl } = accepted(data.createUpload);
  const response = await fetch(putUrl, { method: "PUT", body: bytes });
  const told = await response.json();
  if (!response.ok) throw new Refused(told.errors.map(({ message }) => message).join("; "));
  console.log(`uploaded ${told.name}: ${told.role}`);
  return uploadId;
}

/** Follow a run to its end. When the connection breaks, go on behind the event that was seen last. */
async function watch({ client, cut }, runId, cutAfter) {
  let after = 0;
  let finished = null;
  while (!finished) {
    try {
      finished = await follow(client, runId, after, (event) => {
        after = event.seq;
        console.log(line(event));
        if (after === cutAfter) cut();
      });
    } catch (error) {
      if (error.graphQLErrors || error.errors) throw error; // the service's own words: no use in asking again
      console.log(`connection lost, resuming after event ${after}`);
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
    }
  }
  return finished;
}

/** One subscription: the last event, or null if it ended before the run did. */
function follow(client, runId, after, each) {
  return new Promise((resolve, reject) => {
    let last = null;
    client.subscribe({ query: WATCH, variables: { runId, after }, fetchPolicy: "no-cache" }).subscribe({
      next: ({ data, error }) => {
        if (error) return reject(error);
        const event = data.runEvents;
        if (event.__typename === "RunFinished") last = event;
        each(event);
      },
      error: reject,
      complete: () => resolve(last),
    });
  });
}

function line(event) {
  const { seq, __typename: name, stage, durationMs, message, status } = event;
  const more = [stage, durationMs === undefined ? null : `${durationMs} ms`, message, status].filter(Boolean);
  return `event ${seq} ${[name, ...more].join(" ")}`;
}

/** A column's origins as a tree, one line a step. */
function* tree({ nodes, edges }, id, seen = new Set()) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const { asset, column } = byId.get(id);
  yield `${"  ".repeat(seen.size)}${asset.name}${column ? `.${column.name}` : ""}`;
  if (seen.has(id)) return;
  const sources = new Set(edges.filter(({ target }) => target === id).map(({ source }) => source));
  for (const source of sources) yield* tree({ nodes, edges }, source, new Set([...seen, id]));
}

async function main() {
  const { values, positionals: files } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: "string", default: process.env.HEADWATER_URL ?? "http://127.0.0.1:8000" },
      dialect: { type: "string", default: "DUCKDB" },
      source: { type: "string", default: "apollo" },
      of: { type: "string" },
      cut: { type: "string", default: "0" },
    },
  });
  if (files.length === 0) throw new Refused("Name files to upload: SQL, archives, or Parquet files of a catalog.");
  const service = await connect(values.url, process.env.HEADWATER_API_TOKEN);
  try {
    const { client } = service;
    const uploads = await Promise.all(files.map((file) => upload(client, file)));
    const run = { lineage: { uploads, dialect: values.dialect, source: values.source } };
    const submitted = await client.mutate({ mutation: SUBMIT, variables: { run } });
    const { runId } = accepted(submitted.data.submitRun);
    const { error } = await watch(service, runId, Number(values.cut));
    if (error) throw new Refused(`${error.code}: ${error.message} ${error.hint}`.trim());
    const outcome = await client.query({ query: OUTCOME, variables: { runId } });
    const { result, artifacts } = outcome.data.run;
    console.log(
      `${outcome.data.run.status}: ${result.assetCount} assets, ${result.columnCount} columns, ` +
        `${result.directEdgeCount + result.indirectEdgeCount} edges, ${result.unresolvedCount} unresolved`,
    );
    for (const { name, size } of artifacts) console.log(`artifact ${name}, ${size} bytes`);
    if (values.of) {
      const dot = values.of.lastIndexOf(".");
      const of = { column: { asset: values.of.slice(0, dot), column: values.of.slice(dot + 1) } };
      const { data } = await client.query({ query: LINEAGE, variables: { of } });
      for (const text of tree(data.lineage, data.lineage.nodes[0].id)) console.log(text);
    }
  } finally {
    service.close();
  }
}

main().catch((error) => {
  console.error(error instanceof Refused ? error.message : error);
  process.exitCode = 1;
});

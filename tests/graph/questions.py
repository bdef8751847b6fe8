"""A question for each field of the roots of the schema."""

from collections.abc import Mapping

EDGE = '(edge: {source: {asset: {name: "x"}}, target: {asset: {name: "y"}}}, workspace: "W"'
ASKED: Mapping[str, str] = {
    "assertEdge": f'mutation {{ assertEdge{EDGE}, reason: "") {{ ...r }} }}',
    "rejectEdge": f'mutation {{ rejectEdge{EDGE}, reason: "") {{ ...r }} }}',
    "withdrawEdgeWord": f"mutation {{ withdrawEdgeWord{EDGE}) {{ ...r }} }}",
    "analyzeSql": '{ analyzeSql(sql: "SELECT 1", dialect: DUCKDB) { truncated } }',
    "apiKeys": "{ apiKeys { pageInfo { hasNextPage } } }",
    "asset": '{ asset(name: "x", workspace: "W") { name } }',
    "assets": '{ assets(workspace: "W") { totalCount } }',
    "auditExport": '{ auditExport(workspace: "W") { expiresAt } }',
    "auditLog": '{ auditLog(workspace: "W") { edges { cursor } } }',
    "catalogHealth": '{ catalogHealth(workspace: "W") { coverage { definedCount } } }',
    "column": '{ column(of: {asset: "x", column: "y"}, workspace: "W") { name } }',
    "health": "{ health { status } }",
    "impact": '{ impact(changes: [{dropAsset: {name: "x"}}], workspace: "W") { truncated } }',
    "latestRevision": '{ latestRevision(workspace: "W") { __typename } }',
    "lineage": '{ lineage(of: {asset: {name: "x"}}, direction: UPSTREAM, workspace: "W") { truncated } }',
    "lineageDiff": '{ lineageDiff(from: {revision: 1}, workspace: "W") { totalCount } }',
    "namespaceAliases": '{ namespaceAliases(workspace: "W") { alias } }',
    "lineagePicture": '{ lineagePicture(of: {asset: {name: "x"}}, workspace: "W") { nodeCount } }',
    "logs": "{ logs(lines: 1) { event } }",
    "members": '{ members(workspace: "W") { edges { cursor } } }',
    "paths": '{ paths(from: {asset: {name: "x"}}, to: {asset: {name: "y"}}, workspace: "W") { truncated } }',
    "rejectedEdges": '{ rejectedEdges(workspace: "W") { edges { cursor } } }',
    "revisions": '{ revisions(workspace: "W") { edges { cursor } } }',
    "run": '{ run(runId: "x", workspace: "W") { status } }',
    "runs": '{ runs(workspace: "W") { totalCount } }',
    "search": '{ search(q: "x", workspace: "W") { edges { cursor } } }',
    "searchAssets": '{ searchAssets(words: "x", workspace: "W") { edges { cursor } } }',
    "service": "{ service { name } }",
    "sources": '{ sources(workspace: "W") { name } }',
    "summary": '{ summary(workspace: "W") { __typename } }',
    "tagPolicies": '{ tagPolicies(workspace: "W") { tag } }',
    "tagReach": '{ tagReach(tag: "x", workspace: "W") { totalCount } }',
    "upload": '{ upload(uploadId: "x", workspace: "W") { name } }',
    "uploads": '{ uploads(workspace: "W") { edges { cursor } } }',
    "viewer": "{ viewer { principal } }",
    "workspaces": "{ workspaces { edges { cursor } } }",
    "aliasNamespace": 'mutation { aliasNamespace(alias: "x", namespace: "", workspace: "W") { ...r } }',
    "annotate": 'mutation { annotate(of: {asset: {name: "x"}}, kind: TAG, values: [], workspace: "W") '
    "{ ...r } }",
    "clearWorkspace": 'mutation { clearWorkspace(workspace: "W", confirm: "no") { ...r } }',
    "createApiKey": 'mutation { createApiKey(name: "a", scopes: [{workspace: "W", role: VIEWER}]) { ...r } }',
    "createUpload": 'mutation { createUpload(name: "a.sql", size: "1", workspace: "W") { ...r } }',
    "createWorkspace": 'mutation { createWorkspace(name: "NO") { ...r } }',
    "deleteRun": 'mutation { deleteRun(runId: "x", workspace: "W") { ...r } }',
    "deleteSource": 'mutation { deleteSource(name: "x", workspace: "W") { ...r } }',
    "deleteWorkspace": 'mutation { deleteWorkspace(workspace: "W", confirm: "no") { ...r } }',
    "removeMember": 'mutation { removeMember(principal: "x", workspace: "W") { ...r } }',
    "removeNamespaceAlias": 'mutation { removeNamespaceAlias(alias: "x", workspace: "W") { ...r } }',
    "removeTagPolicy": 'mutation { removeTagPolicy(tag: "x", workspace: "W") { ...r } }',
    "retryRun": 'mutation { retryRun(runId: "x", workspace: "W") { ...r } }',
    "revokeApiKey": 'mutation { revokeApiKey(keyId: "x") { ...r } }',
    "setMember": 'mutation { setMember(principal: "", role: VIEWER, workspace: "W") { ...r } }',
    "setTagPolicy": 'mutation { setTagPolicy(policy: {tag: ""}, workspace: "W") { ...r } }',
    "stopRun": 'mutation { stopRun(runId: "x", workspace: "W") { ...r } }',
    "submitRun": (
        'mutation { submitRun(run: {echo: {word: "a"}}, options: {priority: 9, workspace: "W"}) { ...r } }'
    ),
    "submitRuns": (
        'mutation { submitRuns(runs: [{run: {echo: {word: "a"}}, options: {priority: 9, workspace: "W"}}]) '
        "{ result { ...r } } }"
    ),
    "runEvents": 'subscription { runEvents(runId: "x", workspace: "W") { seq } }',
}
"""A question for each field of the roots; one that would do harm is refused for something else in the end."""

// Puts GraphiQL into the page. What differs from page to page stands in its #configuration.
(() => {
  "use strict";

  const { endpoint, schema, tabs } = JSON.parse(document.getElementById("configuration").textContent);
  const http = new URL(endpoint, window.location.href);
  const socket = new URL(http);
  socket.protocol = http.protocol === "https:" ? "wss:" : "ws:";

  // Pages of other projects on the same host and port keep their tabs under their own names.
  const storage = GraphiQL.createLocalStorage({ namespace: "headwater" });
  const firstVisit = storage.getItem("graphiql:tabState") === null;

  const logo = React.createElement(
    GraphiQL.Logo,
    null,
    React.createElement("a", { className: "headwater", href: schema, title: "The schema as a file" }, "Headwater"),
  );
  const graphiql = React.createElement(
    GraphiQL,
    {
      fetcher: GraphiQL.createFetcher({ url: http.href, subscriptionUrl: socket.href }),
      defaultTabs: tabs,
      // GraphiQL shows the first tab's document, but not its variables; later visits find both in the storage.
      variables: firstVisit && tabs.length ? tabs[0].variables : undefined,
      storage,
    },
    logo,
  );
  ReactDOM.createRoot(document.getElementById("graphiql")).render(graphiql);
})();

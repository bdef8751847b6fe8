"use strict";
(() => {
  const root = document.documentElement;
  const picture = document.getElementById("picture");
  const said = document.getElementById("said");
  const influences = document.getElementById("influences");
  const invitation = said.textContent;
  const ends = new Map();
  for (const element of picture.querySelectorAll("[data-end]")) ends.set(element.dataset.end, element);
  const cards = new Map();
  for (const element of picture.querySelectorAll("[data-card]")) cards.set(element.dataset.card, element);
  const arrows = Array.from(picture.querySelectorAll(".arrow"), (element) => ({
    element,
    from: element.dataset.from,
    to: element.dataset.to,
    direct: element.classList.contains("direct"),
  }));
  let chosen = null;

  // An end is "card" or "card.row". A card as a whole stands for all its rows, and each row is part of the whole.
  const cardOf = (end) => end.split(".", 1)[0];
  const meet = (one, other) =>
    one === other || (cardOf(one) === cardOf(other) && !(one.includes(".") && other.includes(".")));

  const follow = (start, near, far, lit) => {
    const reached = new Set([start]);
    const waiting = [start];
    while (waiting.length) {
      const at = waiting.pop();
      for (const arrow of arrows) {
        if ((!arrow.direct && !influences.checked) || !meet(at, arrow[near])) continue;
        lit.add(arrow.element).add(ends.get(arrow[near]));
        if (reached.has(arrow[far])) continue;
        reached.add(arrow[far]);
        waiting.push(arrow[far]);
      }
    }
    for (const end of reached) lit.add(ends.get(end));
    return Array.from(reached).filter((end) => !meet(start, end)).length;
  };

  const choose = (end) => {
    for (const element of picture.querySelectorAll(".lit")) element.classList.remove("lit");
    if (chosen !== null) ends.get(chosen).setAttribute("aria-pressed", "false");
    chosen = end;
    picture.classList.toggle("chosen", end !== null);
    if (end === null) {
      said.textContent = invitation;
      return;
    }
    const lit = new Set();
    const before = follow(end, "to", "from", lit);
    const after = follow(end, "from", "to", lit);
    for (const element of lit) {
      element.classList.add("lit");
      if (element.dataset.end) cards.get(cardOf(element.dataset.end)).classList.add("lit");
    }
    ends.get(end).setAttribute("aria-pressed", "true");
    said.textContent = `${ends.get(end).getAttribute("aria-label")}: made of or decided by ${before}, flows into or decides about ${after} of what is shown. Escape shows all again.`;
  };

  const endAt = (target) => target.closest("[data-end]")?.dataset.end ?? null;
  picture.addEventListener("click", (event) => {
    const end = endAt(event.target);
    if (end !== null || !event.target.closest(".card, .arrow")) choose(end === chosen ? null : end);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") choose(null);
    if (event.key !== "Enter" && event.key !== " ") return;
    const end = picture.contains(event.target) ? endAt(event.target) : null;
    if (end === null) return;
    event.preventDefault();
    choose(end === chosen ? null : end);
  });
  influences.addEventListener("change", () => {
    picture.classList.toggle("valued", !influences.checked);
    if (chosen !== null) choose(chosen);
  });
  const showRoot = () => {
    const end = picture.querySelector(".chosen-root");
    const seen = end.getBoundingClientRect(), pane = picture.parentElement.getBoundingClientRect();
    const inside = seen.top >= pane.top && seen.bottom <= pane.bottom && seen.left >= pane.left && seen.right <= pane.right;
    if (!inside) end.scrollIntoView({ block: "center", inline: "center" });
  };
  document.getElementById("whole").addEventListener("change", (event) => {
    root.classList.toggle("whole", event.target.checked);
    showRoot();
  });
  root.classList.add("scripted");
  showRoot();
})();

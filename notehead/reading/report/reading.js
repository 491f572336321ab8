"use strict";
/* A measure that is pointed out in the list, on the page or in the music is marked in both. */
(() => {
  const all = (number) => document.querySelectorAll(`.measure[data-m="${number}"]`);
  function choose(number, from) {
    for (const node of document.querySelectorAll(".chosen")) node.classList.remove("chosen");
    for (const node of all(number)) {
      node.classList.add("chosen");
      const seen = node.getBoundingClientRect();
      const hidden = seen.top < 60 || seen.bottom > innerHeight;
      if (node !== from && hidden) node.scrollIntoView({ block: from?.matches(".measure") ? "nearest" : "center" });
    }
  }
  document.addEventListener("click", (event) => {
    const node = event.target.closest("[data-m]");
    if (!node) return;
    event.preventDefault();
    choose(Number(node.dataset.m), node);
  });
  const asked = /^#m([0-9]+)$/.exec(location.hash);
  if (asked) choose(Number(asked[1]), null);
})();

// What axe misses in the pages of the theme; and what is wider than the page can be scrolled by keys, too.
"use strict";

const TOLD = {
  ".sidebar-drawer": ["aria-label", "All pages"],
  ".toc-drawer": ["aria-label", "On this page"],
  ".caption[role=heading]": ["aria-level", "2"],
};
const BOXES = { ".highlight pre": "Code", ".table-wrapper": "Table", ".formula": "Formula" };

function reach() {
  for (const [boxes, name] of Object.entries(BOXES)) {
    for (const box of document.querySelectorAll(boxes)) {
      const wide = box.scrollWidth > box.clientWidth;
      const told = { tabindex: "0", role: "group", "aria-label": name };
      for (const [key, value] of Object.entries(told)) {
        if (wide) box.setAttribute(key, value);
        else box.removeAttribute(key);
      }
    }
  }
}

for (const [which, [key, value]] of Object.entries(TOLD)) {
  for (const one of document.querySelectorAll(which)) one.setAttribute(key, value);
}
for (const one of document.querySelectorAll("details")) one.addEventListener("toggle", reach);
addEventListener("load", reach);
addEventListener("resize", reach);

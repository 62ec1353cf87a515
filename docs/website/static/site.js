// What is wider than the page can be scrolled by keys, too.
"use strict";

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

addEventListener("load", reach);
addEventListener("resize", reach);
for (const one of document.querySelectorAll("details")) one.addEventListener("toggle", reach);

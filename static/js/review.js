// Keys on the page of an application: j and k walk through the queue, a and r open a decision and go to its first field.
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    var plain = !event.ctrlKey && !event.altKey && !event.metaKey && !event.isComposing;
    if (!plain || event.target.closest("input, textarea, select, [contenteditable]")) { return; }
    var found = /^[jkar]$/.test(event.key) && document.querySelector('[data-key="' + event.key + '"]');
    if (!found) { return; }
    event.preventDefault();
    if (found.tagName === "A") { found.click(); return; }
    found.open = true;
    found.scrollIntoView({block: "nearest"});
    found.querySelector("textarea, input:not([type=hidden])").focus();
  });
})();

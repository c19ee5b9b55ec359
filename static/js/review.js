// Keys on the page of an application: j and k walk through the queue, a and r open a decision and go to its first field.
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    var plain = !event.ctrlKey && !event.altKey && !event.metaKey && !event.isComposing;
    if (!plain || event.target.closest("input, textarea, select, [contenteditable]")) { return; }
    var target = /^[jkar]$/.test(event.key) && document.querySelector('[data-key="' + event.key + '"]');
    if (!target) { return; }
    event.preventDefault();
    if (target.tagName === "A") { target.click(); return; }
    target.open = true;
    target.scrollIntoView({block: "nearest"});
    target.querySelector("textarea, input:not([type=hidden])").focus();
  });
})();

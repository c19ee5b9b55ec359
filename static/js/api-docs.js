// The API's page is drawn piece by piece by its package; fields without a name and parts that scroll get what they lack.
(function () {
  "use strict";
  function mend() {
    document.querySelectorAll("[data-param-name] select:not([aria-label]), [data-param-name] input:not([aria-label]), [data-param-name] textarea:not([aria-label])").forEach(function (field) {
      field.setAttribute("aria-label", field.closest("[data-param-name]").dataset.paramName);
    });
    document.querySelectorAll(".body-param textarea:not([aria-label])").forEach(function (field) { field.setAttribute("aria-label", "body"); });
    document.querySelectorAll(".content-type:not([aria-label])").forEach(function (field) { field.setAttribute("aria-label", "content type"); });
    document.querySelectorAll(".microlight:not([tabindex])").forEach(function (part) { part.tabIndex = 0; });
  }
  // The page comes in hundreds of pieces: they are looked through together, when no new ones have come for a moment.
  var waiting = 0;
  function soon() {
    clearTimeout(waiting);
    waiting = setTimeout(mend, 100);
  }
  new MutationObserver(soon).observe(document.getElementById("swagger-ui"), { childList: true, subtree: true });
})();

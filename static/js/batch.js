// Rows with boxes and the bar below them: how many are chosen, all of the page at once; the bar comes with the first one.
(function () {
  "use strict";
  function boxes(form) { return document.querySelectorAll('input[form="' + form.id + '"][name="' + form.dataset.batch + '"]'); }
  function show(form) {
    var all = boxes(form);
    var chosen = Array.prototype.filter.call(all, function (box) { return box.checked; }).length;
    form.querySelector("[data-batch-count]").textContent = chosen ? chosen + " / " + all.length : "";
    form.querySelector("[data-batch-all]").checked = chosen > 0 && chosen === all.length;
    form.querySelector("button").disabled = !chosen;
    form.classList.toggle("at-hand", chosen > 0);
  }
  function each() { document.querySelectorAll("form[data-batch]").forEach(show); }
  document.addEventListener("change", function (event) {
    var form = event.target.form;
    if (!form || !form.dataset.batch) { return; }
    if (event.target.matches("[data-batch-all]")) {
      boxes(form).forEach(function (box) { box.checked = event.target.checked; });
    }
    show(form);
  });
  document.addEventListener("htmx:afterSettle", each);
  window.addEventListener("pageshow", each);
})();

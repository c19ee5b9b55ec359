// Rows with boxes and the bar below them: how many are chosen, all of the page at once; the bar comes with the first one.
(function () {
  "use strict";
  var selection = [];  // what was chosen when the list was exchanged for another view of it

  function boxes(form) {
    return Array.prototype.slice.call(
      document.querySelectorAll('input[form="' + form.id + '"][name="' + form.dataset.batch + '"]')
    );
  }
  function chosen(form) { return boxes(form).filter(function (box) { return box.checked; }); }
  function forms() { return document.querySelectorAll("form[data-batch]"); }

  function show(form) {
    var all = boxes(form).length, count = chosen(form).length;
    var every = form.querySelector("[data-batch-all]"), counter = form.querySelector("[data-batch-count]");
    every.checked = count > 0 && count === all;
    every.parentElement.hidden = false;
    counter.textContent = count + " / " + all;
    counter.parentElement.hidden = !count;
    form.querySelector("button").disabled = !count;
    form.classList.toggle("has-selection", count > 0);
  }
  document.addEventListener("change", function (event) {
    var form = event.target.form;
    if (!form || !form.dataset.batch) { return; }
    if (event.target.matches("[data-batch-all]")) {
      boxes(form).forEach(function (box) { box.checked = event.target.checked; });
    }
    show(form);
  });
  document.addEventListener("htmx:beforeSwap", function () {
    forms().forEach(function (form) { selection = chosen(form).map(function (box) { return box.value; }); });
  });
  document.addEventListener("htmx:afterSettle", function () {
    forms().forEach(function (form) {
      boxes(form).forEach(function (box) { box.checked = box.checked || selection.indexOf(box.value) !== -1; });
      show(form);
    });
  });
  window.addEventListener("pageshow", function () { forms().forEach(show); });
})();

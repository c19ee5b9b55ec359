// Makes the pages smoother; every page works without it.
(function () {
  "use strict";

  // What was filled in and not saved stays as long as the tab, each field with its earlier value. It is restored only
  // when the form comes again as it was then, so that it does not cover what a colleague has saved in between.
  function place(form) { return "keep:" + form.dataset.keep; }
  function fields(form) {
    return form.querySelectorAll("textarea, select, input:not([type=hidden]):not([type=password]):not([type=file])");
  }
  function isBox(field) { return field.type === "checkbox" || field.type === "radio"; }
  function value(field) { return isBox(field) ? field.checked : field.value; }
  function offered(field) {
    if (isBox(field)) { return field.defaultChecked; }
    if (field.tagName !== "SELECT") { return field.defaultValue; }
    return (field.querySelector("option[selected]") || field.options[0] || { value: "" }).value;
  }
  document.querySelectorAll("form[data-keep]").forEach(function (form) {
    var draft = JSON.parse(sessionStorage.getItem(place(form)) || "{}");
    var isAnswer = form.querySelector(".is-invalid, .alert-danger");  // it shows what was sent, not what is saved
    fields(form).forEach(function (field) {
      if (isAnswer || !(field.id in draft)) { return; }
      if (offered(field) !== draft[field.id].was) { delete draft[field.id]; return; }
      if (isBox(field)) { field.checked = draft[field.id].now; } else { field.value = draft[field.id].now; }
    });
    form.addEventListener("input", function () {
      fields(form).forEach(function (field) {
        var was = field.id in draft ? draft[field.id].was : offered(field);
        if (value(field) === was) { delete draft[field.id]; } else { draft[field.id] = { was: was, now: value(field) }; }
      });
      sessionStorage.setItem(place(form), JSON.stringify(draft));
    });
    form.addEventListener("submit", function () { sessionStorage.setItem("sent", place(form)); });
  });
  // The page after a form says that it was saved: that form, and no other, is done with.
  var sent = sessionStorage.getItem("sent");
  sessionStorage.removeItem("sent");
  if (sent && document.querySelector("[data-saved]")) { sessionStorage.removeItem(sent); }

  // A second click on a button that is at work already does nothing.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method === "post" && !event.defaultPrevented) {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "1";
      setTimeout(function () { delete form.dataset.sent; }, 30000);  // a slow network takes its time
    }
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });

  // A page that takes longer than a moment to come shows that it is on its way; a download never leaves the page.
  var line = document.getElementById("loading");
  if (line) {
    window.addEventListener("beforeunload", function () {
      line.classList.add("is-leaving");
      setTimeout(function () { line.classList.remove("is-leaving"); }, 8000);
    });
    window.addEventListener("pageshow", function () { line.classList.remove("is-leaving"); });
  }

  // Toasts close; menus close when something else is clicked.
  document.addEventListener("click", function (event) {
    var closer = event.target.closest("[data-close]");
    if (closer) { closer.parentElement.remove(); }
    document.querySelectorAll("details.drop-menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) { menu.removeAttribute("open"); }
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      document.querySelectorAll("details.drop-menu[open]").forEach(function (menu) { menu.removeAttribute("open"); });
    }
  });

  // The stroke key goes to the search field, unless something is being typed.
  document.addEventListener("keydown", function (event) {
    var field = document.querySelector("[data-search-key]");
    var typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey || !field || !field.offsetParent) { return; }
    event.preventDefault();
    field.focus();
  });

  // A filter is applied when a choice changes; text waits for the button or the enter key.
  document.addEventListener("change", function (event) {
    var form = event.target.closest("form[data-auto]");
    if (form && event.target.matches("select, input[type=checkbox], input[type=date]")) { form.requestSubmit(); }
  });

  // On a narrow screen the filters wait folded; without a script they are simply open.
  if (window.matchMedia("(max-width: 767px)").matches) {
    document.querySelectorAll("details[data-wide-open]").forEach(function (part) { part.removeAttribute("open"); });
  }

  // Dropping a file onto the field that waits for one.
  document.querySelectorAll("[data-drop]").forEach(function (zone) {
    var input = zone.querySelector("input[type=file]");
    ["dragover", "dragleave", "drop"].forEach(function (name) {
      zone.addEventListener(name, function (event) {
        event.preventDefault();
        zone.classList.toggle("is-drag-over", name === "dragover");
        if (name === "drop" && event.dataTransfer.files.length) { input.files = event.dataTransfer.files; }
      });
    });
  });

  // An answer that came from the log-in page must not replace what was typed.
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.xhr.responseURL.indexOf("/login/") !== -1) {
      event.detail.shouldSwap = false;
      var ended = document.getElementById("session-ended");
      if (ended && ended.hidden) { ended.hidden = false; ended.scrollIntoView({ block: "center" }); }
    } else if (event.detail.xhr.status === 422) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
})();

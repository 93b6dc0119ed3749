/* Recording by keyboard: a form that opens has the focus in its first control, Ctrl and Enter saves it, Escape leaves a
 * control, and what came of it is told to screen readers in one element that stays. Nothing here sends anything.
 */
(function () {
  "use strict";

  if (window.saferRecording) {
    return;
  }

  const PANEL = ".st-key-record_panel";
  const FIELDS = "input:not([disabled]), textarea";
  const SETTLES_MS = 2000;
  let form = null;
  let until = 0;  // so long the focus is brought back: the controls of the form before may be taken away with it
  let told = null;

  function panel() {
    return document.querySelector(PANEL);
  }

  function press(key) {
    const button = document.querySelector(".st-key-" + key + " button");
    if (button) {
      button.click();
    }
    return Boolean(button);
  }

  function field(event) {
    const at = event.target instanceof Element ? event.target : null;
    return at && at.closest(PANEL) && at.matches("input, textarea") ? at : null;
  }

  /* A control hands over what it holds as it is left: so it is left first, and its form is saved then. */
  function saved(event) {
    const at = field(event);
    if (at && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      until = 0;
      at.blur();
      window.setTimeout(function () { press("record_save"); }, 0);
    }
  }

  /* One step a press: Escape leaves the control, and the form is left by the next one. */
  function left(event) {
    const at = field(event);
    if (at && event.key === "Escape") {
      event.stopPropagation();
      until = 0;
      at.blur();
    }
  }

  function empty(field) {
    const box = field.closest("[data-baseweb=select]");
    return box ? !box.querySelector("[value]:not([value=''])") && field.value === "" : field.value === "";
  }

  function follow() {
    const head = document.querySelector(".sp-rec-form");
    const now = head ? head.dataset.form : null;
    const lost = document.activeElement === document.body && Date.now() < until;
    if (now === form && !lost) {
      return;
    }
    const fields = head ? Array.from(panel().querySelectorAll(FIELDS)) : [];
    if (head && fields.length === 0) {
      return;
    }
    if (now !== form) {
      form = now;
      until = Date.now() + SETTLES_MS;
    }
    if (head) {
      (fields.find(empty) || fields[0]).focus();
      panel().scrollIntoView({ block: "nearest" });
    }
  }

  function tell() {
    const said = document.querySelector(".sp-rec-said");
    const text = said ? said.textContent : "";
    let voice = document.getElementById("sp-rec-voice");
    if (!voice) {
      voice = document.createElement("div");
      voice.id = "sp-rec-voice";
      voice.className = "sp-meet-unseen";
      voice.setAttribute("role", "status");
      document.body.appendChild(voice);
    }
    if (text !== told) {
      told = text;
      voice.textContent = text;
    }
  }

  document.addEventListener("keydown", saved);
  window.addEventListener("keydown", left, true);
  window.setInterval(function () { follow(); tell(); }, 100);
  window.saferRecording = true;
})();

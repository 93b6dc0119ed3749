/* The meeting by keyboard: arrow keys, Enter, and the timer of the agenda item.
 *
 * The other keys belong to buttons that say so. Nothing here sends anything: it presses the page's own buttons.
 */
(function () {
  "use strict";

  if (window.saferMeeting) {
    return;
  }

  const TYPING = "input, textarea, select, [contenteditable=true], [role=combobox], [role=listbox], [role=option], [role=dialog]";
  const SIDE = ".st-key-meeting_side";
  const SCROLLS = { ArrowDown: 0.15, ArrowUp: -0.15, PageDown: 0.9, PageUp: -0.9 };
  const timer = { item: null, endsAt: null, leftMs: null };

  function press(key) {
    const button = document.querySelector(".st-key-" + key + " button");
    if (button) {
      button.click();
    }
    return Boolean(button);
  }

  /* A press that somebody else is waiting for is left alone: text being typed, a button with the focus. */
  function pressed(event) {
    const at = event.target instanceof Element ? event.target : document.body;
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || !face() || at.closest(TYPING)) {
      return;
    }
    const onButton = at.closest("button, a:not([aria-current=page]), summary");
    const done = (event.key === "ArrowRight" && press("meeting_next"))
      || (event.key === "ArrowLeft" && press("meeting_previous"))
      || (event.key === "Enter" && !onButton && press("meeting_open"))
      || ((event.key === "t" || event.key === "T") && startOrStop())
      || (SCROLLS[event.key] && !onButton && scroll(SCROLLS[event.key]));
    if (done) {
      event.preventDefault();
    }
  }

  /* Up and down move the list or the card beside the map, by a share of its height. */
  function scroll(share) {
    const side = document.querySelector(SIDE);
    const before = side ? side.scrollTop : 0;
    if (side) {
      side.scrollTop += share * side.clientHeight;
    }
    return side !== null && side.scrollTop !== before;
  }

  function face() {
    return document.querySelector(".sp-meet-timer");
  }

  function startOrStop() {
    const now = Date.now();
    follow(face());
    if (timer.endsAt === null) {
      timer.endsAt = now + timer.leftMs;
    } else {
      timer.leftMs = timer.endsAt - now;
      timer.endsAt = null;
    }
    show();
    return true;
  }

  /* Another agenda item has its own minutes; the same one goes on, however often the page is drawn anew. */
  function follow(box) {
    const item = box.closest(".sp-meet-agenda").dataset.section + box.dataset.item;
    if (timer.item !== item) {
      const goesOn = timer.endsAt !== null;
      timer.leftMs = Number(box.dataset.minutes) * 60000;
      timer.endsAt = goesOn ? Date.now() + timer.leftMs : null;
      if (timer.item !== null) {
        toSection(box.closest(".sp-meet-agenda").dataset.section);
      }
      timer.item = item;
    }
  }

  function toSection(name) {
    const heading = name && document.getElementById("sp-" + name);
    if (heading) {
      heading.scrollIntoView({ block: "start" });
    }
  }

  function show() {
    const box = face();
    if (!box) {
      return;
    }
    follow(box);
    const left = timer.endsAt === null ? timer.leftMs : timer.endsAt - Date.now();
    const whole = Math.ceil(Math.abs(left) / 1000);
    const text = (left < 0 ? "over by " : "") + Math.floor(whole / 60) + ":" + String(whole % 60).padStart(2, "0");
    const words = box.querySelector("[role=timer]");
    if (words.textContent !== text) {
      words.textContent = text;
    }
    box.classList.toggle("sp-meet-over", left < 0);
    box.classList.toggle("sp-meet-running", timer.endsAt !== null);
  }

  /* Which place the keys are on, told to screen readers: in one element that stays, or nothing is read. */
  function tell() {
    const said = document.querySelector(".sp-meet-position");
    let voice = document.getElementById("sp-meet-voice");
    if (!voice) {
      voice = document.createElement("div");
      voice.id = "sp-meet-voice";
      voice.className = "sp-meet-unseen";
      voice.setAttribute("role", "status");
      document.body.appendChild(voice);
    }
    const text = said ? said.textContent : "";
    if (voice.textContent !== text) {
      voice.textContent = text;
      const row = document.querySelector(".sp-meet-row[aria-current=true]");
      const side = document.querySelector(SIDE);
      if (row) {
        row.scrollIntoView({ block: "nearest" });
      } else if (side) {
        side.scrollTop = 0;
      }
    }
  }

  /* After a click on the map the keyboard is inside its frame: the letters are handed on from there. Arrow keys and
     Enter are not, since the map has its own use for them. */
  function lendKeys() {
    document.querySelectorAll("iframe[title^=streamlit_folium]").forEach(function (frame) {
      const inside = frame.contentDocument;
      if (inside && !inside.saferMeeting) {
        inside.saferMeeting = true;
        inside.addEventListener("keydown", function (event) {
          if (event.key === "Escape") {
            press("record_leave") || press("record_close") || press("meeting_close");
          } else if (/^[anpthmde1-9]$/i.test(event.key) && !event.ctrlKey && !event.altKey && !event.metaKey) {
            const said = { key: event.key, code: event.code, keyCode: event.keyCode, bubbles: true, cancelable: true };
            document.body.dispatchEvent(new KeyboardEvent("keydown", said));
          }
        });
      }
    });
  }

  /* Our own style of the meeting, beside the server's other files: it works under a base URL path too. */
  function dressPage() {
    const there = document.querySelector("[class*=st-key-meeting_]") !== null;
    let style = document.getElementById("sp-meet-style");
    if (!style && there) {
      style = document.createElement("link");
      style.id = "sp-meet-style";
      style.rel = "stylesheet";
      style.href = new URL("../../app/static/meeting.css", document.querySelector("script[src*='/static/js/']").src).href;
      document.head.appendChild(style);
    }
    if (style && style.disabled === there) {
      style.disabled = !there;
    }
  }

  document.addEventListener("keydown", pressed);
  document.addEventListener("click", function (event) {
    if (event.target instanceof Element && event.target.closest(".sp-meet-timer-key")) {
      startOrStop();
      event.target.blur();
    }
  });
  window.setInterval(function () { show(); tell(); lendKeys(); dressPage(); }, 250);
  dressPage();
  window.saferMeeting = true;
})();

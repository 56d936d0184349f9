// Let the keyboard reach the terminal as soon as textual.js has made it, without a click.
"use strict";
new MutationObserver((_changes, observer) => {
  const keyboard = document.querySelector(".xterm-helper-textarea");
  if (keyboard !== null) {
    observer.disconnect();
    keyboard.focus();
  }
}).observe(document, { childList: true, subtree: true });

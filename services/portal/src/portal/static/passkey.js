/* Postkamer: passkeys. The page holds what the browser is asked and a form for what it says.
   Without this script the page tells which other ways there are. */
"use strict";

const bytes = (text) => Uint8Array.from(
  atob(text.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(text.length / 4) * 4, "=")),
  (each) => each.charCodeAt(0),
);

const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const keys = (list) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));

async function make(asked) {
  return navigator.credentials.create({
    publicKey: {
      ...asked,
      challenge: bytes(asked.challenge),
      user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: keys(asked.excludeCredentials),
    },
  });
}

async function use(asked) {
  return navigator.credentials.get({
    publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: keys(asked.allowCredentials) },
  });
}

function told(made) {
  const response = { clientDataJSON: text(made.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[name]) response[name] = text(made.response[name]);
  }
  if (made.response.getTransports) response.transports = made.response.getTransports();
  return {
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    response,
    authenticatorAttachment: made.authenticatorAttachment ?? undefined,
    clientExtensionResults: made.getClientExtensionResults(),
  };
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const say = (word) => {
    const place = form.querySelector("[data-said]");
    place.textContent = word;
    place.hidden = false;
  };
  if (!window.PublicKeyCredential) {
    say(form.dataset.unknown);
    continue;
  }
  form.querySelector("button").hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.passkey.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    form.querySelector("[data-said]").hidden = true;
    try {
      const asked = JSON.parse(form.dataset.options);
      const made = await (form.dataset.passkey === "make" ? make(asked) : use(asked));
      form.elements.passkey.value = JSON.stringify(told(made));
      form.submit();
    } catch {
      say(form.dataset.failed);
    }
  });
}

// Passkeys: asks the judge for a challenge, the browser for its answer, and sends that back.

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function post(path, content) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(content),
  });
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(found.detail || `the judge answered with ${answer.status}`);
  return found;
}

function named(list) {
  return (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));
}

async function add() {
  const options = await post("/account/passkeys/options", {});
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: named(options.excludeCredentials),
    },
  });
  await post("/account/passkeys", {
    name: document.getElementById("new-name").value,
    id: made.id,
    client_data: text(made.response.clientDataJSON),
    attestation: text(made.response.attestationObject),
  });
  location.reload();
}

async function signIn(button) {
  const options = await post("/sign-in/passkey/options", {});
  const found = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) },
  });
  const { to } = await post("/sign-in/passkey", {
    id: found.id,
    client_data: text(found.response.clientDataJSON),
    authenticator_data: text(found.response.authenticatorData),
    signature: text(found.response.signature),
    user_handle: found.response.userHandle ? text(found.response.userHandle) : "",
    next: button.dataset.next,
  });
  location.assign(to);
}

const REASONS = {
  NotAllowedError: "No passkey was chosen, or it took too long.",
  InvalidStateError: "This device has a passkey for your account already.",
  SecurityError: "Passkeys need HTTPS and a host name, not an address.",
};

for (const button of document.querySelectorAll("[data-passkey]")) {
  const fault = document.querySelector("[data-passkey-fault]");
  button.addEventListener("click", async () => {
    fault.hidden = true;
    button.disabled = true;
    try {
      if (!window.PublicKeyCredential) throw new Error("This browser has no passkeys here: they need HTTPS.");
      await (button.dataset.passkey === "add" ? add() : signIn(button));
    } catch (error) {
      const reason = REASONS[error.name] ?? error.message;
      fault.textContent = reason.charAt(0).toUpperCase() + reason.slice(1);
      fault.hidden = false;
    }
    button.disabled = false;
  });
}

"use strict";

const form = document.querySelector("form");

/** Says what is wrong with a field, or with the form as a whole. */
function say(field, words) {
  document.getElementById(field ? `${field}-problem` : "problem").textContent = words;
  if (field) form.elements[field].setAttribute("aria-invalid", String(words !== ""));
}

async function accept() {
  const { operation, code } = form.dataset;
  const variables = { code, name: form.elements.name.value, password: form.elements.password.value };
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ query: operation, variables }),
  });
  const { data, errors: [error] = [] } = await response.json();
  if (data) {
    form.hidden = true;
    const ready = document.getElementById("ready");
    ready.hidden = false;
    ready.focus();
    return;
  }
  const fields = error.extensions?.fields ?? {};
  const wrong = ["name", "password"].filter(field => fields[field]);
  for (const field of wrong) say(field, fields[field].map(violation => violation.message).join(" "));
  if (wrong.length > 0) form.elements[wrong[0]].focus();
  else say(null, fields.code?.[0].message ?? error.message);
}

form.addEventListener("submit", async event => {
  event.preventDefault();
  for (const field of [null, "name", "password"]) say(field, "");
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    await accept();
  } catch {
    say(null, form.dataset.failed);
  } finally {
    button.disabled = false;
  }
});

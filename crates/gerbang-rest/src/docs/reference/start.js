"use strict";

// The library's dark colors hang on a class.
const dark = matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", paint);
paint();

// What the library leaves without a name, or out of the keyboard's reach.
const reference = document.getElementById("reference");
const names = { "#servers": "Server", ".examples-select-element": "Example", ".body-param__text": "Request body" };
function nameOf(field) {
  const { propertyName, paramName } = field.closest("[data-property-name], [data-param-name]")?.dataset ?? {};
  return propertyName ?? paramName ?? names[Object.keys(names).find((kind) => field.matches(kind))];
}
new MutationObserver(() => {
  for (const field of reference.querySelectorAll(":is(select, textarea, input):not([aria-label])")) {
    const name = nameOf(field);
    if (name) field.setAttribute("aria-label", name);
  }
  for (const code of reference.querySelectorAll("pre.microlight:not([tabindex])")) code.tabIndex = 0;
}).observe(reference, { childList: true, subtree: true });

SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  // The checker that the library asks by default is on another host.
  validatorUrl: null,
  // Each answer shows its own.
  defaultModelsExpandDepth: -1,
  syntaxHighlight: { theme: "tomorrow-night" },
  plugins: [
    ({ React }) => ({
      wrapComponents: {
        // The links stand in buttons that do the same, and buttons must hold none.
        DeepLink: () => ({ text }) => React.createElement("span", null, text),
      },
    }),
  ],
});

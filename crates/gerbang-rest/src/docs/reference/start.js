"use strict";
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  // The checker that the library asks by default is on another host.
  validatorUrl: null,
});

"use strict";
// The query page: an editor, a result, the schema. Everything shown from the registry is set as
// text, never as markup: payloads are what strangers wrote.

const byId = (id) => document.getElementById(id);
const endpoint = document.body.dataset.endpoint;
const query = byId("query");
const variables = byId("variables");
const operation = byId("operation");

const EVENT_FIELDS = "id name version release platform_id package success created_at";
const EXAMPLES = [
  ["Events of one unit",
    `query ($event: FindEventInput!) {\n  events(event: $event) {\n    ${EVENT_FIELDS.replaceAll(" ", "\n    ")}\n    payload\n  }\n}`,
    { event: { name: "tidetable", version: "1.4.0" } }],
  ["Failures, the newest ten",
    `{\n  events(event: {success: false}, limit: 10) {\n    name\n    version\n    description\n    payload\n    created_at\n  }\n}`],
  ["Events of one type since a time",
    `query ($since: Time!) {\n  events(event: {}, type: "plab.tests.unit", since: $since) {\n    id\n    name\n    version\n    success\n  }\n}`,
    { since: new Date(Date.now() - 864e5).toISOString() }],
  ["Receivers", "{\n  event_receivers(event_receiver: {}) {\n    id\n    name\n    type\n    version\n    schema\n  }\n}"],
  ["Groups", "{\n  event_receiver_groups(event_receiver_group: {}) {\n    id\n    name\n    type\n    enabled\n    event_receiver_ids\n  }\n}"],
  ["Create a receiver",
    "mutation ($receiver: CreateEventReceiverInput!) {\n  create_event_receiver(event_receiver: $receiver)\n}",
    { receiver: { name: "tidetable-unit-tests", type: "plab.tests.unit", version: "1.0.0",
      description: "The unit tests of tidetable ran", schema: { type: "object", required: ["passed"] } } }],
  ["Record an event",
    "mutation ($event: CreateEventInput!) {\n  create_event(event: $event)\n}",
    { event: { name: "tidetable", version: "1.4.0", release: "2026.11.1", platform_id: "py3-none-any",
      package: "wheel", description: "41 unit tests passed", payload: { passed: 41 }, success: true,
      event_receiver_id: "the id of a receiver" } }],
];

function element(tag, text, attributes = {}) {
  const made = Object.assign(document.createElement(tag), attributes);
  made.textContent = text;
  return made;
}

function say(text, bad = false) {
  byId("status").textContent = text;
  byId("status").classList.toggle("bad", bad);
}

// Indents JSON text without reading its numbers: 1.10 and 12345678901234567890 stay as they are.
function indented(text) {
  let depth = 0;
  const line = () => "\n" + "  ".repeat(depth);
  return text.replace(/"(?:[^"\\]|\\.)*"|[{[]\s*[}\]]|[{}[\],:]|\s+/g, (token) => {
    if (token.length > 1 && "{[".includes(token[0])) return token[0] + token.at(-1);
    if (token === "{" || token === "[") { depth += 1; return token + line(); }
    if (token === "}" || token === "]") { depth -= 1; return line() + token; }
    if (token === ",") return token + line();
    if (token === ":") return ": ";
    return token.trim() ? token : "";
  });
}

async function ask(body) {
  const headers = { "content-type": "application/json" };
  if (byId("token").value) headers.authorization = `Bearer ${byId("token").value}`;
  const response = await fetch(endpoint, { method: "POST", headers, body });
  return { response, text: await response.text() };
}

// The variables are pasted into the request as they stand, for the same reason.
function request() {
  const given = variables.value.trim() || "{}";
  try {
    JSON.parse(given);
  } catch (error) {
    variables.focus();
    throw new Error(`The variables are not JSON: ${error.message}`);
  }
  const name = operation.value ? `,"operationName":${JSON.stringify(operation.value)}` : "";
  return `{"query":${JSON.stringify(query.value)},"variables":${given}${name}}`;
}

async function run() {
  say("Running…");
  const began = performance.now();
  try {
    const { response, text } = await ask(request());
    const took = Math.round(performance.now() - began);
    const isJson = (response.headers.get("content-type") || "").includes("json");
    byId("result").textContent = isJson ? indented(text) : text;
    const errors = (isJson && JSON.parse(text).errors) || [];
    const outcome = errors.length ? `${errors.length} error(s)` : response.ok ? "Done" : `HTTP ${response.status}`;
    say(`${outcome}, ${took} ms, ${text.length.toLocaleString()} characters.`, Boolean(errors.length) || !response.ok);
  } catch (error) {
    say(error.message, true);
  }
}

function showOperations() {
  const found = [...query.value.replace(/#.*/g, "").matchAll(/^\s*(?:query|mutation)\s+(\w+)/gm)];
  const names = found.map((match) => match[1]);
  const chosen = operation.value;
  operation.replaceChildren(...names.map((name) => element("option", name, { value: name })));
  if (names.includes(chosen)) operation.value = chosen;
  operation.parentElement.hidden = names.length < 2;
}

function insert(text) {
  query.focus();
  query.setRangeText(text, query.selectionStart, query.selectionEnd, "end");
  showOperations();
}

function typeName(type) {
  if (type.kind === "NON_NULL") return `${typeName(type.ofType)}!`;
  return type.kind === "LIST" ? `[${typeName(type.ofType)}]` : type.name;
}

const innermost = (type) => (type.ofType ? innermost(type.ofType) : type);

// A whole operation that calls one field of Query or Mutation.
function call(kind, field, types) {
  const given = field.args.filter((argument) => argument.type.kind === "NON_NULL");
  const declared = given.map((argument) => `$${argument.name}: ${typeName(argument.type)}`).join(", ");
  const passed = given.map((argument) => `${argument.name}: $${argument.name}`).join(", ");
  const record = types.get(innermost(field.type).name);
  const selected = (record.fields || []).map((inner) => `    ${inner.name}\n`).join("");
  return `${kind} (${declared}) {\n  ${field.name}(${passed})${selected && ` {\n${selected}  }`}\n}\n`;
}

// Replaces the query by a call of the field; variables that are there already keep their values.
function write(kind, field, types) {
  query.select();
  insert(call(kind, field, types));
  const blank = (type) => {
    const { name, inputFields } = types.get(innermost(type).name);
    const needed = (inputFields || []).filter((inner) => inner.type.kind === "NON_NULL");
    if (inputFields) return Object.fromEntries(needed.map((inner) => [inner.name, blank(inner.type)]));
    return name === "Boolean" ? false : name === "JSON" ? {} : typeName(type).startsWith("[") ? [] : "";
  };
  let given = {};
  try { given = JSON.parse(variables.value); } catch { /* What is not JSON is replaced. */ }
  const needed = field.args.filter((argument) => argument.type.kind === "NON_NULL");
  const wanted = needed.map(({ name, type }) => [name, given[name] ?? blank(type)]);
  variables.value = JSON.stringify(Object.fromEntries(wanted), null, 2);
}

function row(name, type, about, act) {
  const item = document.createElement("li");
  const button = element("button", name, { type: "button" });
  button.addEventListener("click", act);
  item.append(button, element("span", ` ${typeName(type)}`, { className: "kind" }));
  if (about) item.append(element("span", about, { className: "about" }));
  return item;
}

function branch(title, about, rows, open = false) {
  const details = Object.assign(document.createElement("details"), { open });
  const list = document.createElement("ul");
  list.append(...rows);
  details.append(element("summary", title));
  if (about) details.append(element("span", about, { className: "about" }));
  details.append(list);
  return details;
}

function rootBranch(kind, type, types) {
  const title = kind === "query" ? "Queries" : "Mutations";
  const rows = type.fields.map((field) => {
    const item = row(field.name, field.type, field.description, () => write(kind, field, types));
    const argumentRows = field.args.map((a) => row(a.name, a.type, a.description, () => insert(`${a.name}: `)));
    item.append(branch("arguments", "", argumentRows));
    return item;
  });
  return branch(title, "", rows, true);
}

const INTROSPECTION = `{ __schema {
  queryType { name } mutationType { name }
  types { name kind description
    fields { name description type { ...Type } args { name description type { ...Type } } }
    inputFields { name description type { ...Type } } } } }
fragment Type on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`;

async function showSchema() {
  const place = byId("schema");
  try {
    const { response, text } = await ask(JSON.stringify({ query: INTROSPECTION }));
    if (!response.ok) throw new Error(response.status === 401 ? "needs the token" : `HTTP ${response.status}`);
    const { __schema: schema } = JSON.parse(text).data;
    const types = new Map(schema.types.map((type) => [type.name, type]));
    const roots = [schema.queryType.name, schema.mutationType.name];
    const others = schema.types.filter((type) => !type.name.startsWith("__") && !roots.includes(type.name));
    place.replaceChildren(
      rootBranch("query", types.get(roots[0]), types),
      rootBranch("mutation", types.get(roots[1]), types),
      ...others.filter((type) => type.fields || type.inputFields).map((type) => branch(type.name, type.description,
        (type.fields || type.inputFields).map((field) =>
          row(field.name, field.type, field.description, () => insert(type.fields ? `${field.name} ` : `${field.name}: `))))),
    );
  } catch (error) {
    place.textContent = `The schema could not be read: ${error.message}.`;
  }
}

function showExample() {
  const [, text, values] = EXAMPLES[byId("examples").value || 0];
  query.value = text;
  variables.value = values ? JSON.stringify(values, null, 2) : "{}";
  showOperations();
}

function tidy() {
  try {
    JSON.parse(variables.value || "{}");
    variables.value = indented(variables.value || "{}");
    say("The variables are indented.");
  } catch (error) {
    say(`The variables are not JSON: ${error.message}`, true);
  }
}

byId("examples").append(...EXAMPLES.map(([title], index) => element("option", title, { value: index })));
byId("examples").addEventListener("change", showExample);
byId("run").addEventListener("click", run);
byId("tidy").addEventListener("click", tidy);
byId("token").addEventListener("change", showSchema);
query.addEventListener("input", showOperations);
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    run();
  }
});
showExample();
showSchema();

// Values as both languages show them in a trace. Its twin: show.lua.
"use strict";

const EventEmitter = require("events");

const LONG = 60; // bytes of a string that are shown

const hidden = []; // directories whose names differ from run to run

function hide(dir) {
  hidden.push(dir);
}

// Ports that the system chose differ from run to run, too.
function mask(text) {
  for (const dir of hidden) text = text.split(dir).join("PATH");
  return text.replace(/:(\d{5})(?!\d)/g, (all, digits) => (ephemeral(Number(digits)) ? ":PORT" : all));
}

function ephemeral(number) {
  return Number.isInteger(number) && number >= 32768 && number <= 60999;
}

function quote(buffer) {
  let out = "";
  const shown = buffer.length > LONG ? buffer.subarray(0, 20) : buffer;
  for (const byte of shown) {
    const char = String.fromCharCode(byte);
    if (char === '"' || char === "\\") out += "\\" + char;
    else if (byte < 32 || byte > 126) out += "\\x" + byte.toString(16).padStart(2, "0");
    else out += char;
  }
  return `"${out}"` + (buffer.length > LONG ? `...${buffer.length} bytes` : "");
}

const ERROR_FIELDS = ["errno", "syscall", "address", "port", "hostname"];

function showError(err) {
  let out = err.name + (err.code === undefined ? "" : ` [${err.code}]`) + ` ${mask(err.message)}`;
  const fields = ERROR_FIELDS.filter((key) => err[key] !== undefined && err[key] !== null).map((key) => `${key}: ${show(err[key])}`);
  if (fields.length > 0) out += ` {${fields.join(", ")}}`;
  if (err.errors) out += ` [${err.errors.map(showError).join("; ")}]`;
  return out;
}

function show(value) {
  if (value === undefined || value === null) return "nil";
  if (typeof value === "number") return ephemeral(value) ? "PORT" : String(value);
  if (typeof value === "string") return quote(Buffer.from(mask(value)));
  if (value instanceof Uint8Array) return quote(value);
  if (typeof value === "function") return "function";
  if (typeof value === "boolean") return String(value);
  if (value instanceof Error) return showError(value);
  if (value instanceof EventEmitter) return value.constructor.name;
  if (Array.isArray(value)) return value.length === 0 ? "{}" : `[${value.map(show).join(", ")}]`;
  const keys = Object.keys(value).filter((key) => value[key] !== undefined && value[key] !== null).sort();
  return `{${keys.map((key) => `${key}: ${show(value[key])}`).join(", ")}}`;
}

function line(label, values) {
  const shown = values.map(show);
  while (shown[shown.length - 1] === "nil") shown.pop();
  return shown.length === 0 ? label : `${label} ${shown.join(", ")}`;
}

module.exports = { hide, show, line };

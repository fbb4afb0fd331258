const { Duplex, log } = require("../prelude");

const readOnly = new Duplex({ writable: false, read() {} });
log("read only", readOnly.readable, readOnly.writable);
const writeOnly = new Duplex({ readable: false, write() {} });
log("write only", writeOnly.readable, writeOnly.writable);
const marks = new Duplex({ readableHighWaterMark: 5, writableHighWaterMark: 7, writableObjectMode: true });
log("marks", marks.readableHighWaterMark, marks.writableHighWaterMark);
log("modes", marks.readableObjectMode, marks.writableObjectMode);

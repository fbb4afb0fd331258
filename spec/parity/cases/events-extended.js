const { EventEmitter, log } = require("../prelude");

class Door extends EventEmitter {
  constructor(name) {
    super();
    this.name = name;
  }

  knock(times) {
    this.emit("knock", this.name, times);
    return this;
  }
}
const door = new Door("front");
log("instances", door instanceof Door, door instanceof EventEmitter);
door.on("knock", (name, times) => log("knock", name, times));
log("chain", door.knock(1).knock(2) === door);

---@meta uvnet.class

---What all classes have. A class is a table: it is called to make an instance, and its fields are inherited by
---instances and subclasses. `tostring` of an instance gives the class's name and an address: `Counter: 0x55d0c8a1`.
---
---```lua
---local Counter = net.events:extend("Counter")
---
---function Counter:initialize(first)
---  net.events.initialize(self)
---  self.count = first
---end
---
---function Counter:add()
---  self.count = self.count + 1
---  self:emit("change", self.count)
---end
---
---local counter = Counter(41)
---counter:on("change", print)      --> 42
---counter:add()
---print(Counter:isInstance(counter), net.events:isInstance(counter), net.Socket:isInstance(counter))  --> true	true	false
---```
---@class net.Class
---@field knownOptions table<string, boolean> The options that the class's constructor knows, beside those of its parents. Where `net.strict` is set, streams, sockets and servers refuse any other; a class of yours that hands on a table with options of its own names them here: `Lines.knownOptions = { separator = true }`. Of the class.
local Class = {}

---Called by the constructor with its arguments. A subclass has its own, which calls its parent's.
function Class:initialize() end

---Makes a subclass. Of the class: `local Door = EventEmitter:extend("Door")`. Fields of a class are inherited,
---methods are functions in it, and `initialize` gets the constructor's arguments.
---@param name? string what messages call an instance of it
---@return self
function Class:extend(name) end

---Is a value an instance of the class, or of one derived from it? It is Node's `instanceof`.
---@param value any
---@return boolean
function Class:isInstance(value) end

---Takes over the methods of another class that this one does not have. Its `isInstance` then says yes, too.
---@param other net.Class
---@return self
function Class:mixin(other) end

return Class

---@meta net

return require("uvnet")

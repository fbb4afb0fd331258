-- What runs on 5.1 to 5.5 and LuaJIT picks the functions that are there, so all of theirs are known.
std = "max"
max_line_length = 120
codes = true
-- 581: `not (a >= b)` is no clumsy `a < b`: it is true for NaN too.
ignore = { "581" }
exclude_files = { "build" }

files["spec"] = { std = "max+busted" }
files["*.rockspec"] = { std = "rockspec" }
-- Declarations, without bodies.
files["types"] = { unused_args = false, ignore = { "211", "221", "231", "241", "431", "631" } }
files["config.ld"] = { std = "max" }
files[".busted"] = { std = "max" }

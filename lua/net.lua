--- The name under which Node users look for it. Everything lives in `uvnet`.
return require("uvnet")

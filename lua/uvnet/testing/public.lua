--- The table that people get. Its parts look here for the time limit, and tell by it who called with a colon.
--
-- Floor 0.

return {
  --- How many ms a wait may take where no other time is given.
  timeout = 5000,
}

-- Tells what is known of a token, by the clock of the store.
-- KEYS: token
-- ARGV: none
-- Returns: {'missing'} | {'issued'} | {'claimed', left_ms}, zero when the lease is over | {'placed', order}
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HMGET', KEYS[1], 'state', 'lease_ends_ms', 'order')
if not known[1] then return {'missing'} end
if known[1] == 'claimed' then return {'claimed', math.max(known[2] - now_ms, 0)} end
if known[1] == 'placed' then return {'placed', known[3]} end
return {known[1]}

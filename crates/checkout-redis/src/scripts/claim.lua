-- Gives the right to try a token to one attempt at a time, together with the repeat guard of each product.
-- KEYS: token, guard...
-- ARGV: fingerprint, attempt, lease_ms, keep_ms, guard_ms, digest, 'ask' | 'confirmed'
-- Returns: {'mismatch'} | {'placed', order} | {'busy', left_ms} | {'repeat_running'}
--        | {'repeat_placed', order, placed_ms} | {'claimed'}; only 'claimed' changes anything
local fingerprint, attempt, lease_ms, keep_ms, guard_ms, digest, policy = unpack(ARGV)
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HMGET', KEYS[1], 'fingerprint', 'state', 'order', 'attempt', 'lease_ends_ms')
if known[1] and known[1] ~= fingerprint then return {'mismatch'} end
if known[2] == 'placed' then return {'placed', known[3]} end
local left_ms = known[2] == 'claimed' and known[4] ~= attempt and known[5] - now_ms or 0
if left_ms > 0 then return {'busy', left_ms} end
local earlier
for guard = 2, #KEYS do
  local value = redis.call('GET', KEYS[guard]) or ''
  local owner, order, placed_ms = value:match('^(%x+):?([^:]*):?(%d*)$')
  if owner and owner ~= digest and order == '' then return {'repeat_running'} end
  if owner and owner ~= digest then earlier = earlier or {'repeat_placed', order, placed_ms} end
end
if earlier and policy ~= 'confirmed' then return earlier end
local lease_ends_ms = string.format('%d', now_ms + lease_ms)
redis.call('HSET', KEYS[1], 'fingerprint', fingerprint, 'state', 'claimed', 'attempt', attempt, 'lease_ends_ms', lease_ends_ms)
redis.call('PEXPIRE', KEYS[1], keep_ms)
for guard = 2, #KEYS do redis.call('SET', KEYS[guard], digest, 'PX', guard_ms) end
return {'claimed'}

-- Ends a claim with its order; the guards that are still this token's name the order to the end of their window.
-- KEYS: token, guard...
-- ARGV: attempt, order, keep_ms, digest, guard value that names the order
-- Returns: {'settled'} | {'lost'}; 'lost' changes nothing
local attempt, order, keep_ms, digest, named = unpack(ARGV)
local known = redis.call('HMGET', KEYS[1], 'state', 'attempt')
if known[1] ~= 'claimed' or known[2] ~= attempt then return {'lost'} end
redis.call('HSET', KEYS[1], 'state', 'placed', 'order', order)
redis.call('PEXPIRE', KEYS[1], keep_ms)
for guard = 2, #KEYS do
  if redis.call('GET', KEYS[guard]) == digest then redis.call('SET', KEYS[guard], named, 'KEEPTTL') end
end
return {'settled'}

-- Ends a claim without an order: the token is as issued again, and the guards that are still this token's are gone.
-- KEYS: token, guard...
-- ARGV: attempt, digest
-- Returns: {'released'} | {'lost'}; 'lost' changes nothing
local attempt, digest = unpack(ARGV)
local known = redis.call('HMGET', KEYS[1], 'state', 'attempt')
if known[1] ~= 'claimed' or known[2] ~= attempt then return {'lost'} end
redis.call('HSET', KEYS[1], 'state', 'issued')
for guard = 2, #KEYS do
  if redis.call('GET', KEYS[guard]) == digest then redis.call('DEL', KEYS[guard]) end
end
return {'released'}

-- Ends a claim without an order: the token is as issued again, and the guards that are still this token's are gone.
-- KEYS: token, guard...
-- ARGV: attempt, digest, news channel, news
-- Returns: {'released'}, which is news | {'lost'}; 'lost' changes nothing and is no news
local attempt, digest, channel, news = unpack(ARGV)
local known = redis.call('HMGET', KEYS[1], 'state', 'attempt')
if known[1] ~= 'claimed' or known[2] ~= attempt then return {'lost'} end
redis.call('HSET', KEYS[1], 'state', 'issued')
for guard = 2, #KEYS do
  if redis.call('GET', KEYS[guard]) == digest then redis.call('DEL', KEYS[guard]) end
end
-- A user who may not publish releases all the same.
redis.pcall('PUBLISH', channel, news)
return {'released'}

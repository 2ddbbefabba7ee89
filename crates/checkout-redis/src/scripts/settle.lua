-- Ends a claim with its order; guards that no other token holds name the order, for their window from now.
-- KEYS: token, guard...
-- ARGV: attempt, order, keep_ms, digest, guard value that names the order, window_ms, news channel, news
-- Returns: {'settled'}, which is news | {'lost'}; 'lost' changes nothing and is no news
local attempt, order, keep_ms, digest, named, window_ms, channel, news = unpack(ARGV)
local known = redis.call('HMGET', KEYS[1], 'state', 'attempt')
if known[1] ~= 'claimed' or known[2] ~= attempt then return {'lost'} end
redis.call('HSET', KEYS[1], 'state', 'placed', 'order', order)
redis.call('PEXPIRE', KEYS[1], keep_ms)
for guard = 2, #KEYS do
  local owner = redis.call('GET', KEYS[guard])
  if not owner or owner == digest then redis.call('SET', KEYS[guard], named, 'PX', window_ms) end
end
-- A user who may not publish settles all the same.
redis.pcall('PUBLISH', channel, news)
return {'settled'}

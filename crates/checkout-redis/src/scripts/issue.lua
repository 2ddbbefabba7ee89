-- Keeps a new token as issued, unless its shopper has too many; one that is already known stays as it is.
-- KEYS: token, the shopper's count of tokens
-- ARGV: fingerprint, keep_ms, most tokens of one shopper that are kept within keep_ms
-- Returns: {'issued'} | {'known'}, which changes nothing | {'too_many'}, which keeps nothing: the MAC proves the token
local fingerprint, keep_ms, most = unpack(ARGV)
if redis.call('EXISTS', KEYS[1]) == 1 then return {'known'} end
local issued = redis.call('INCR', KEYS[2])
if issued == 1 then redis.call('PEXPIRE', KEYS[2], keep_ms) end
if issued > tonumber(most) then return {'too_many'} end
redis.call('HSET', KEYS[1], 'fingerprint', fingerprint, 'state', 'issued')
redis.call('PEXPIRE', KEYS[1], keep_ms)
return {'issued'}

-- Keeps a new token as issued; one that is already known stays as it is.
-- KEYS: token
-- ARGV: fingerprint, keep_ms
-- Returns: {'issued'} | {'known'}; 'known' changes nothing
local fingerprint, keep_ms = unpack(ARGV)
if redis.call('EXISTS', KEYS[1]) == 1 then return {'known'} end
redis.call('HSET', KEYS[1], 'fingerprint', fingerprint, 'state', 'issued')
redis.call('PEXPIRE', KEYS[1], keep_ms)
return {'issued'}

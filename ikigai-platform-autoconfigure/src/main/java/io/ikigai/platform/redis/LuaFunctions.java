package io.ikigai.platform.redis;

/**
 * Lua functions that the scripts of queues and of mailboxes begin with.
 */
final class LuaFunctions {

	/**
	 * {@code add(key, field, by)} counts a field of a hash on and returns the new count.
	 * A count that another program has made unreadable begins again.
	 */
	static final String ADD = """
			local function add(key, field, by)
				local count = redis.pcall('HINCRBY', key, field, by)
				if type(count) == 'table' then
					-- Not a number that Redis can count on with
					count = math.max(by, 0)
					redis.call('HSET', key, field, count)
				end
				return count
			end
			""";

	private LuaFunctions() {
	}

}

package io.ikigai.platform.redis;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.DefaultRedisScript;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * What the cache does in Redis, each in one atomic call. A value is kept under
 * {@code ikigai:{cache:<region>}:<generation>=<key>}, the load that runs of a key under
 * the same with {@code #}; the region is percent-encoded, so that its braces are not
 * those of the slot.
 *
 * @param script the script
 * @param <T> what it returns
 */
record CacheScripts<T>(RedisScript<T> script) {

	/** The time that a value has left that is not there. */
	static final long NONE = -2;

	private static final String NAMES = """
			local generation = redis.call('GET', KEYS[1] .. 'generation') or '0'
			local function value(key) return KEYS[1] .. generation .. '=' .. key end
			local function load(key) return KEYS[1] .. generation .. '#' .. key end
			local function keep(key, json, ttl)
				if ttl == '0' then
					redis.call('SET', value(key), json)
				else
					redis.call('SET', value(key), json, 'PX', ttl)
				end
				redis.call('DEL', load(key))
			end
			""";

	static final CacheScripts<String> GET = of(String.class, "return redis.call('GET', value(ARGV[1]))");

	/** How many bytes are enough, then the keys; may return less than there is. */
	@SuppressWarnings("rawtypes")
	static final CacheScripts<List> GET_ALL = of(List.class, """
			local found, bytes = {}, 0
			for i = 2, #ARGV do
				local key = ARGV[i]
				local json = redis.call('GET', value(key))
				found[#found + 1] = json or ''
				found[#found + 1] = json and tostring(redis.call('PTTL', value(key))) or '-2'
				bytes = bytes + #found[#found - 1]
				if bytes >= tonumber(ARGV[1]) then break end
			end
			return found""");

	static final CacheScripts<Long> SET = of(Long.class, """
			keep(ARGV[1], ARGV[2], ARGV[3])
			return 1""");

	static final CacheScripts<Long> SET_IF_ABSENT = of(Long.class, """
			if redis.call('EXISTS', value(ARGV[1])) == 1 then
				return 0
			end
			keep(ARGV[1], ARGV[2], ARGV[3])
			return 1""");

	static final CacheScripts<Long> DELETE = of(Long.class, """
			redis.call('DEL', load(ARGV[1]))
			return redis.call('DEL', value(ARGV[1]))""");

	// INCRBY refuses what is no whole number and a sum that is no long.
	static final CacheScripts<String> INCREMENT = of(String.class, """
			if redis.call('EXISTS', value(ARGV[1])) == 0 then
				keep(ARGV[1], ARGV[2], ARGV[3])
				return ARGV[2]
			end
			local sum = redis.pcall('INCRBY', value(ARGV[1]), ARGV[2])
			if type(sum) == 'table' and sum.err then
				return ''
			end
			redis.call('DEL', load(ARGV[1]))
			return redis.call('GET', value(ARGV[1]))""");

	static final CacheScripts<Long> CLEAR = of(Long.class, "return redis.call('INCR', KEYS[1] .. 'generation')");

	static final CacheScripts<String> GENERATION = of(String.class, "return generation");

	static final CacheScripts<Long> BEGIN_LOAD = of(Long.class, """
			if redis.call('SET', load(ARGV[1]), ARGV[2], 'NX', 'PX', ARGV[3]) then
				return 1
			end
			return 0""");

	static final CacheScripts<Long> EXTEND_LOAD = of(Long.class, """
			if redis.call('GET', load(ARGV[1])) == ARGV[2] then
				return redis.call('PEXPIRE', load(ARGV[1]), ARGV[3])
			end
			return 0""");

	static final CacheScripts<Long> END_LOAD = of(Long.class, """
			if redis.call('GET', load(ARGV[1])) ~= ARGV[2] then
				return 0
			end
			redis.call('DEL', load(ARGV[1]))
			if ARGV[3] and redis.call('EXISTS', value(ARGV[1])) == 0 then
				keep(ARGV[1], ARGV[3], ARGV[4])
			end
			return 1""");

	private static <T> CacheScripts<T> of(Class<T> type, String script) {
		return new CacheScripts<>(new DefaultRedisScript<>(NAMES + script, type));
	}

	static String prefix(String region) {
		return "ikigai:{cache:" + URLEncoder.encode(region, StandardCharsets.UTF_8) + "}:";
	}

	@Nullable T run(StringRedisTemplate redis, String region, Object... arguments) {
		return redis.execute(this.script, new ArrayList<>(List.of(prefix(region))), arguments);
	}

}

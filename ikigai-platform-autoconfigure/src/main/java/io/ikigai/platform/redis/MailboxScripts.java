package io.ikigai.platform.redis;

import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.DefaultRedisScript;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * What {@link RedisMailboxStore} does in Redis, each in one atomic call. The key that
 * each gets is what all keys of the mailbox begin with, so that they are of one slot:
 * {@code unread} has the ids of messages by their positions, {@code out} those of them
 * that are handed out, which are always the first ones, {@code holder} who received last,
 * {@code read} and {@code failed} the ids of messages by when they were read or given up,
 * and {@code m:<id>} is a message.
 *
 * @param script the script
 * @param <T> what it returns
 */
record MailboxScripts<T>(RedisScript<T> script) {

	/** What is remembered at least of a message that is read, so that it comes once. */
	static final long REMEMBERED_MILLIS = 3_600_000;

	/** The longest history of one mailbox: so many read ones and so many failed ones. */
	static final int LONGEST_HISTORY = 10_000;

	/** As many come again at once when a lease ends. */
	static final int MOST_HANDED_OUT = 10_000;

	// No more than this many bytes are handed out at once, but for a single message.
	private static final int MOST_BYTES = 16 * 1024 * 1024;

	private static final String COMMON = LuaFunctions.ADD + """
			local p = KEYS[1]
			local unread, out, holder = p .. 'unread', p .. 'out', p .. 'holder'
			local time = redis.call('TIME')
			local now = time[1] * 1000 + math.floor(time[2] / 1000)
			local function message(id) return p .. 'm:' .. id end
			local function wake() redis.call('PUBLISH', p .. 'wake', '') end
			""";

	private static final String READ = """
			local function read(id, by, problem, retention)
				local m = message(id)
				redis.call('ZREM', unread, id)
				redis.call('ZREM', out, id)
				redis.call('HDEL', m, 'token', 'due', 'error')
				redis.call('HSET', m, 'readAt', now, 'readBy', by)
				if problem then redis.call('HSET', m, 'error', problem) end
				if retention < %1$d then
					redis.call('HDEL', m, 'payload', 'headers')
					redis.call('PEXPIRE', m, %1$d)
				else
					redis.call('PEXPIRE', m, retention)
				end
				local history = p .. (problem and 'failed' or 'read')
				redis.call('ZADD', history, now, id)
				redis.call('ZREMRANGEBYSCORE', history, '-inf', now - retention)
				local over = redis.call('ZCARD', history) - %2$d
				if over > 0 then
					local oldest = redis.call('ZPOPMIN', history, over)
					for i = 1, #oldest, 2 do redis.call('UNLINK', message(oldest[i])) end
				end
				redis.call('PEXPIRE', history, math.max(retention, 1))
			end
			""".formatted(REMEMBERED_MILLIS, LONGEST_HISTORY);

	private static final String GIVE_BACK = """
			local function giveBack(ids, counts, problem, most, pause, laterSeen, by, retention)
				local givenUp = false
				for i, id in ipairs(ids) do
					local m = message(id)
					redis.call('ZREM', out, id)
					if redis.call('EXISTS', m) == 0 then
						redis.call('ZREM', unread, id)
					else
						redis.call('HDEL', m, 'token', 'due')
						if i == 1 and counts then
							local failures = add(m, 'failures', 1)
							if failures >= most then
								read(id, by, problem or ('Given up after ' .. failures .. ' attempts: it was released, '
									.. 'or the lease ended or the receiver died'), retention)
								givenUp = true
							else
								if problem then redis.call('HSET', m, 'error', problem) end
								if pause > 0 then redis.call('HSET', m, 'due', now + pause) end
							end
						elseif not laterSeen then
							add(m, 'attempt', -1)
						end
					end
				end
				return givenUp
			end
			""";

	/** Arguments: id, life in ms or 0, then the fields and values of the message. */
	static final MailboxScripts<Long> ADD = of(Long.class, COMMON + """
			local id, life = ARGV[1], tonumber(ARGV[2])
			local m = message(id)
			if redis.call('EXISTS', m) == 1 then return 0 end
			local last = redis.call('ZREVRANGE', unread, 0, 0, 'WITHSCORES')
			local position = last[2] and last[2] + 1 or 1
			redis.call('HSET', m, 'createdAt', time[1] .. string.format('%06d', time[2]), unpack(ARGV, 3))
			redis.call('ZADD', unread, position, id)
			if life > 0 then
				for _, key in ipairs({m, unread, out}) do redis.call('PEXPIRE', key, life) end
			end
			wake()
			return 1
			""");

	/**
	 * Arguments: instance, max, lease, most attempts, token, agent, retention, then the
	 * tokens of earlier calls whose answers did not arrive. What they handed out, and
	 * what was handed out after it, comes again before anything else; so it does when
	 * this very call is sent again because its connection was lost. Returns first after
	 * how many ms it is of use to look again, or -1, then the messages.
	 */
	@SuppressWarnings("rawtypes")
	static final MailboxScripts<List> RECEIVE = of(List.class,
			COMMON + READ + GIVE_BACK
					+ """
							local me, max, lease, token = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[5]
							local handedOut = redis.call('ZCARD', out)
							if handedOut > 0 then
								local held = redis.call('HMGET', holder, 'instance', 'until')
								local left = (tonumber(held[2]) or 0) - now
								if left > 0 then
									if held[1] ~= me then return {left} end
									local lost = {[token] = true}
									for i = 8, #ARGV do lost[ARGV[i]] = true end
									local last = redis.call('ZRANGE', out, -1, -1)[1]
									if #ARGV > 7 or lost[redis.call('HGET', message(last), 'token')] then
										local again = {}
										for _, id in ipairs(redis.call('ZRANGE', out, 0, -1)) do
											if #again > 0 or lost[redis.call('HGET', message(id), 'token')] then again[#again + 1] = id end
										end
										giveBack(again, false, nil, 0, 0, false, ARGV[6], tonumber(ARGV[7]))
										handedOut = redis.call('ZCARD', out)
									end
								else
									giveBack(redis.call('ZRANGE', out, 0, -1), true, nil, tonumber(ARGV[4]), 0, true, ARGV[6],
										tonumber(ARGV[7]))
									handedOut = 0
								end
							end
							local result = {-1}
							local bytes = 0
							max = math.max(0, math.min(max, %d - handedOut))
							local next = redis.call('ZRANGE', unread, handedOut, handedOut + max - 1, 'WITHSCORES')
							for i = 1, #next, 2 do
								local m = message(next[i])
								local f = redis.call('HMGET', m, 'sender', 'payload', 'createdAt', 'failures', 'headers', 'replyTo',
									'correlationId', 'due')
								if not f[2] then
									redis.call('ZREM', unread, next[i])
								else
									local due = tonumber(f[8] or 0)
									if due > now then
										if #result == 1 then result[1] = due - now end
										break
									end
									bytes = bytes + #f[2]
									if bytes > %d and #result > 1 then break end
									local attempt = add(m, 'attempt', 1)
									redis.call('HSET', m, 'token', token)
									redis.call('HDEL', m, 'due')
									redis.call('ZADD', out, next[i + 1], next[i])
									result[#result + 1] = {next[i], f[1], f[2], f[3], tostring(attempt), f[4] or '0', f[5], f[6], f[7]}
								end
							end
							if #result > 1 then
								redis.call('HSET', holder, 'instance', me, 'agent', ARGV[6], 'until', now + lease)
								redis.call('PEXPIRE', holder, lease + 86400000)
							end
							return result
							"""
						.formatted(MOST_HANDED_OUT, MOST_BYTES));

	/** Arguments: id, token. */
	static final MailboxScripts<Long> MINE = of(Long.class, COMMON + """
			return redis.call('HGET', message(ARGV[1]), 'token') == ARGV[2] and 1 or 0
			""");

	/** Arguments: id, token, agent, retention, and the error if there is one. */
	static final MailboxScripts<Long> FINISH = of(Long.class, COMMON + READ + """
			if redis.call('HGET', message(ARGV[1]), 'token') ~= ARGV[2] then return 0 end
			read(ARGV[1], ARGV[3], ARGV[5], tonumber(ARGV[4]))
			return 1
			""");

	/**
	 * Arguments: id, token, agent, retention, whether it counts, most attempts, pause,
	 * whether later ones were seen, and the error if there is one. Returns 0 if it was
	 * stale, 1 if it comes again, 2 if it is given up.
	 */
	static final MailboxScripts<Long> RELEASE = of(Long.class, COMMON + READ + GIVE_BACK + """
			if redis.call('HGET', message(ARGV[1]), 'token') ~= ARGV[2] then return 0 end
			local position = redis.call('ZSCORE', out, ARGV[1])
			local givenUp = giveBack(redis.call('ZRANGEBYSCORE', out, position, '+inf'), ARGV[5] == '1', ARGV[9],
				tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8] == '1', ARGV[3], tonumber(ARGV[4]))
			wake()
			return givenUp and 2 or 1
			""");

	/** Returns whether nothing is handed out. */
	static final MailboxScripts<Long> HAND_OVER = of(Long.class, COMMON + """
			if redis.call('ZCARD', out) > 0 then return 0 end
			if redis.call('ZCARD', unread) > 0 then wake() end
			return 1
			""");

	/** Argument: instance. Ends its lease. */
	static final MailboxScripts<Long> LEAVE = of(Long.class, COMMON + """
			if redis.call('HGET', holder, 'instance') ~= ARGV[1] then return 0 end
			redis.call('DEL', holder)
			wake()
			return 1
			""");

	/** Arguments: instance, lease. */
	static final MailboxScripts<Long> EXTEND = of(Long.class, COMMON + """
			if redis.call('HGET', holder, 'instance') ~= ARGV[1] then return 0 end
			redis.call('HSET', holder, 'until', now + ARGV[2])
			return redis.call('PEXPIRE', holder, ARGV[2] + 86400000)
			""");

	/** Argument: limit. The newest first; read ones by when they were read. */
	@SuppressWarnings("rawtypes")
	static final MailboxScripts<List> LIST = of(List.class,
			COMMON + """
					local result = {}
					local function show(ids)
						for _, id in ipairs(ids) do
							local f = redis.call('HMGET', message(id), 'sender', 'payload', 'headers', 'replyTo', 'correlationId',
								'attempt', 'createdAt', 'readAt', 'readBy', 'error')
							if f[1] then result[#result + 1] = {id, f[1], f[2], f[3], f[4], f[5], f[6] or '0', f[7], f[8], f[9], f[10]} end
						end
					end
					show(redis.call('ZREVRANGE', unread, 0, ARGV[1] - 1))
					show(redis.call('ZREVRANGE', p .. 'read', 0, ARGV[1] - 1))
					show(redis.call('ZREVRANGE', p .. 'failed', 0, ARGV[1] - 1))
					table.sort(result, function(one, other) return tonumber(one[8]) > tonumber(other[8]) end)
					for i = #result, ARGV[1] + 1, -1 do result[i] = nil end
					return result
					""");

	/** The agent that received last, until when, and whether it holds messages. */
	@SuppressWarnings("rawtypes")
	static final MailboxScripts<List> HOLDER = of(List.class, COMMON + """
			local held = redis.call('HMGET', holder, 'agent', 'until')
			if not held[1] then return {} end
			local holding = redis.call('ZCARD', out) > 0 and tonumber(held[2]) > now
			return {held[1], held[2], holding and '1' or '0'}
			""");

	/** Whether there are messages. */
	static final MailboxScripts<Long> EXISTS = of(Long.class, COMMON + """
			return redis.call('EXISTS', unread, p .. 'read', p .. 'failed')
			""");

	private static <T> MailboxScripts<T> of(Class<T> type, String text) {
		return new MailboxScripts<>(new DefaultRedisScript<>(text, type));
	}

	/**
	 * Returns what all keys of a mailbox begin with. What stands in braces decides about
	 * the slot, so that the name may bring none of its own.
	 */
	static String prefix(String mailbox) {
		return "ikigai:{mailbox:" + mailbox.replace("%", "%25").replace("{", "%7B").replace("}", "%7D") + "}:";
	}

	@Nullable T run(StringRedisTemplate redis, String mailbox, Object... arguments) {
		return redis.execute(this.script, List.of(prefix(mailbox)),
				Arrays.stream(arguments).map(Object::toString).toArray());
	}

}

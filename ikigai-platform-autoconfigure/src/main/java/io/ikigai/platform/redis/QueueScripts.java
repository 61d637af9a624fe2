package io.ikigai.platform.redis;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

import io.ikigai.platform.queue.WorkerDeaths;

import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.DefaultRedisScript;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * What task queues do in Redis, each in one atomic call by the server's clock. All keys
 * of a queue begin with {@code ikigai:{queue:<name>}:}, the name percent-encoded, and so
 * are in one slot of a cluster:
 * <ul>
 * <li>{@code t:<id>}, a hash: the task</li>
 * <li>{@code s:<STATE>}: the tasks in a state by the number that counts them</li>
 * <li>{@code ready} by priority and number, {@code since} by when they became ready,
 * {@code due} by when they will be, {@code leases} by the end of the lease</li>
 * <li>{@code done} and {@code failed}: finished tasks by when they finished</li>
 * <li>{@code keys}, a hash: the unfinished task of each unique key</li>
 * <li>{@code number}, {@code paused}</li>
 * </ul>
 * The first two arguments of each are the agent and after how many deaths of its worker a
 * task is given up. What is due or lost is put back first.
 *
 * @param script the script
 */
record QueueScripts(RedisScript<List<Object>> script) {

	private static final String COMMON = LuaFunctions.ADD + """
			local queue, agent, deaths = KEYS[1], ARGV[1], tonumber(ARGV[2])
			local pauses = {{pauses}}
			local time = redis.call('TIME')
			local now = time[1] * 1000 + math.floor(time[2] / 1000)
			local micros = time[1] .. string.format('%06d', time[2])
			local function text(number) return string.format('%.0f', number) end
			local function task(id) return queue .. 't:' .. id end
			local function move(id, to)
				local found = redis.call('HMGET', task(id), 'state', 'number')
				if found[1] then redis.call('ZREM', queue .. 's:' .. found[1], id) end
				redis.call('HSET', task(id), 'state', to)
				redis.call('ZADD', queue .. 's:' .. to, found[2], id)
			end
			local function ready(id, since)
				local found = redis.call('HMGET', task(id), 'priority', 'number')
				redis.call('ZADD', queue .. 'ready', text((9 - found[1]) * 281474976710656 + found[2]), id)
				redis.call('ZADD', queue .. 'since', text(since), id)
				move(id, 'READY')
			end
			local function forget(id)
				for _, set in ipairs({'ready', 'since', 'due', 'leases'}) do
					redis.call('ZREM', queue .. set, id)
				end
			end
			local function finish(id, to, set)
				forget(id)
				local key = redis.call('HGET', task(id), 'key')
				if key then
					redis.call('HDEL', queue .. 'keys', key)
					redis.call('HDEL', task(id), 'key')
				end
				redis.call('HDEL', task(id), 'token', 'lease')
				redis.call('ZADD', queue .. set, text(now), id)
				move(id, to)
			end
			local function giveBack(id)
				redis.call('ZREM', queue .. 'leases', id)
				redis.call('HDEL', task(id), 'token', 'lease', 'claimed_by', 'claimed_at')
			end
			local function again(id)
				local at = math.floor(redis.call('HGET', task(id), 'scheduled') / 1000)
				giveBack(id)
				if at > now then
					redis.call('ZADD', queue .. 'due', text(at), id)
					move(id, 'SCHEDULED')
				else
					ready(id, now)
				end
			end
			local function wake() redis.call('PUBLISH', queue .. 'ready', '') end
			for _, id in ipairs(redis.call('ZRANGEBYSCORE', queue .. 'due', '-inf', text(now), 'LIMIT', 0, 500)) do
				local since = redis.call('ZSCORE', queue .. 'due', id)
				redis.call('ZREM', queue .. 'due', id)
				ready(id, tonumber(since))
			end
			for _, id in ipairs(redis.call('ZRANGEBYSCORE', queue .. 'leases', '-inf', text(now), 'LIMIT', 0, 500)) do
				local died = add(task(id), 'deaths', 1)
				redis.call('HSET', task(id), 'error', 'The worker died or let its lease end ' .. died
					.. ' times while it had this task')
				if died >= deaths then
					redis.call('HSET', task(id), 'failed', micros)
					finish(id, 'FAILED', 'failed')
				else
					local pause = pauses[math.max(1, math.min(died, #pauses))]
					if pause > 0 then
						redis.call('HSET', task(id), 'scheduled', text(now + pause) .. '000')
					end
					again(id)
				end
			end
			local function mine(id, token)
				return redis.call('HGET', task(id), 'token') == token
			end
			local function complete(id, token, result)
				if not mine(id, token) then return false end
				redis.call('HSET', task(id), 'completed', micros)
				if result ~= '' then redis.call('HSET', task(id), 'result', result) end
				finish(id, 'COMPLETED', 'done')
				return true
			end
			""".replace("{pauses}",
			WorkerDeaths.PAUSES.stream()
				.map((pause) -> Long.toString(pause.toMillis()))
				.collect(Collectors.joining(", ")));

	/** Nine arguments for each task; returns the ids. */
	static final QueueScripts ADD = of(
			"""
					local ids, news = {}, false
					for i = 3, #ARGV, 9 do
						local id, key = ARGV[i], ARGV[i + 7]
						local present = key ~= '' and redis.call('HGET', queue .. 'keys', key)
						if present then
							id = present
						elseif redis.call('EXISTS', task(id)) == 0 then
							local due = ARGV[i + 3] ~= '' and tonumber(ARGV[i + 3]) or now + tonumber(ARGV[i + 5])
							local scheduled = ARGV[i + 4]
							if scheduled == '' then scheduled = ARGV[i + 5] == '0' and micros or text(due) .. '000' end
							redis.call('HSET', task(id), 'number', text(redis.call('INCR', queue .. 'number')), 'json', ARGV[i + 1],
								'priority', ARGV[i + 2], 'scheduled', scheduled, 'max', ARGV[i + 6], 'headers', ARGV[i + 8],
								'created', micros, 'attempt', 0, 'deaths', 0)
							if key ~= '' then
								redis.call('HSET', task(id), 'key', key)
								redis.call('HSET', queue .. 'keys', key, id)
							end
							if due > now then
								redis.call('ZADD', queue .. 'due', text(due), id)
								move(id, 'SCHEDULED')
							else
								ready(id, now)
							end
							news = true
						end
						ids[#ids + 1] = id
					end
					if news then wake() end
					return ids""");

	/**
	 * How many, the token, the lease in milliseconds, whether to claim what is ready or
	 * what is due later, and how many bytes are enough. Returns how many bytes there are,
	 * then the tasks.
	 */
	static final QueueScripts CLAIM = of(
			"""
					local claims, bytes = {'0'}, 0
					if redis.call('EXISTS', queue .. 'paused') == 1 then return claims end
					local lease = text(now + tonumber(ARGV[5]))
					for i, id in ipairs(redis.call('ZRANGE', queue .. ARGV[6], 0, ARGV[3] - 1)) do
						forget(id)
						redis.call('ZADD', queue .. 'leases', lease, id)
						add(task(id), 'attempt', 1)
						redis.call('HSET', task(id), 'claimed_by', agent, 'claimed_at', micros, 'token', ARGV[4], 'lease', lease)
						redis.call('HDEL', task(id), 'progress', 'note', 'progress_at')
						move(id, 'CLAIMED')
						local claim = redis.call('HGETALL', task(id))
						for _, part in ipairs(claim) do bytes = bytes + #part end
						table.insert(claim, 'id')
						table.insert(claim, id)
						claims[i + 1] = claim
						if bytes >= tonumber(ARGV[7]) then break end
					end
					claims[1] = text(bytes)
					return claims""");

	/** The id, the token, the result or nothing. */
	static final QueueScripts COMPLETE = of("return {complete(ARGV[3], ARGV[4], ARGV[5]) and 1 or 0}");

	/**
	 * The same for many; returns the places, from 0, of those that were not completed.
	 */
	static final QueueScripts COMPLETE_ALL = of("""
			local left = {}
			for i = 3, #ARGV, 3 do
				if not complete(ARGV[i], ARGV[i + 1], ARGV[i + 2]) then left[#left + 1] = (i - 3) / 3 end
			end
			return left""");

	/** The id, the token, the error. */
	static final QueueScripts FAIL = of("""
			if not mine(ARGV[3], ARGV[4]) then return {0} end
			redis.call('HSET', task(ARGV[3]), 'failed', micros, 'error', ARGV[5])
			finish(ARGV[3], 'FAILED', 'failed')
			return {1}""");

	/** The id, the token, the delay in milliseconds, the error. */
	static final QueueScripts RETRY = of("""
			local id, delay = ARGV[3], tonumber(ARGV[5])
			if not mine(id, ARGV[4]) then return {0} end
			giveBack(id)
			redis.call('HSET', task(id), 'error', ARGV[6])
			if delay > 0 then
				redis.call('HSET', task(id), 'scheduled', text(now + delay) .. '000')
				redis.call('ZADD', queue .. 'due', text(now + delay), id)
				move(id, 'SCHEDULED')
			else
				ready(id, now)
			end
			wake()
			return {1}""");

	/** The id and the token. */
	static final QueueScripts RELEASE = of("""
			local id = ARGV[3]
			if not mine(id, ARGV[4]) then return {0} end
			add(task(id), 'attempt', -1)
			again(id)
			wake()
			return {1}""");

	/** The id and the token. */
	static final QueueScripts REMOVE = of("""
			local id = ARGV[3]
			if not mine(id, ARGV[4]) then return {0} end
			forget(id)
			local found = redis.call('HMGET', task(id), 'state', 'key')
			redis.call('ZREM', queue .. 's:' .. found[1], id)
			if found[2] then redis.call('HDEL', queue .. 'keys', found[2]) end
			redis.call('DEL', task(id))
			return {1}""");

	/** The lease in milliseconds, then ids and tokens; returns the ids that are lost. */
	static final QueueScripts EXTEND = of("""
			local lost, lease = {}, text(now + tonumber(ARGV[3]))
			for i = 4, #ARGV, 2 do
				if mine(ARGV[i], ARGV[i + 1]) then
					redis.call('ZADD', queue .. 'leases', lease, ARGV[i])
					redis.call('HSET', task(ARGV[i]), 'lease', lease)
				else
					lost[#lost + 1] = ARGV[i]
				end
			end
			return lost""");

	/** The id and the token. */
	static final QueueScripts MINE = of("return {mine(ARGV[3], ARGV[4]) and 1 or 0}");

	/** The id, the token, the fraction, the note. */
	static final QueueScripts PROGRESS = of("""
			if not mine(ARGV[3], ARGV[4]) then return {0} end
			redis.call('HSET', task(ARGV[3]), 'progress', ARGV[5], 'note', ARGV[6], 'progress_at', micros)
			return {1}""");

	/** The id. */
	static final QueueScripts FIND = of("return redis.call('HGETALL', task(ARGV[3]))");

	/**
	 * The state, from which one, how many to pass over, how many, and how many bytes are
	 * enough.
	 */
	static final QueueScripts LIST = of(
			"""
					local tasks, bytes = {}, 0
					for i, id in ipairs(redis.call('ZREVRANGEBYSCORE', queue .. 's:' .. ARGV[3], ARGV[4], '-inf', 'LIMIT', ARGV[5], ARGV[6])) do
						tasks[i] = redis.call('HGETALL', task(id))
						for _, part in ipairs(tasks[i]) do bytes = bytes + #part end
						table.insert(tasks[i], 'id')
						table.insert(tasks[i], id)
						if bytes >= tonumber(ARGV[7]) then break end
					end
					return tasks""");

	/** The id. */
	static final QueueScripts CANCEL = of(
			"""
					local id = ARGV[3]
					local found = redis.call('HMGET', task(id), 'state', 'claimed_by')
					if not found[1] or found[1] == 'COMPLETED' or found[1] == 'FAILED' or found[1] == 'CANCELLED' then return {0} end
					redis.call('HSET', task(id), 'failed', micros, 'error', 'cancelled', 'claimed_by', found[2] or agent)
					finish(id, 'CANCELLED', 'done')
					return {1}""");

	/**
	 * The id, or nothing for those that failed until a time, how many at most, and the
	 * time, or nothing for now. Returns how many were given back, the time, and how many
	 * were looked at.
	 */
	static final QueueScripts REDRIVE = of("""
			local till = ARGV[5] ~= '' and ARGV[5] or text(now)
			local ids = ARGV[3] ~= '' and {ARGV[3]}
				or redis.call('ZRANGEBYSCORE', queue .. 'failed', '-inf', till, 'LIMIT', 0, ARGV[4])
			local count = 0
			for _, id in ipairs(ids) do
				redis.call('ZREM', queue .. 'failed', id)
				if redis.call('HGET', task(id), 'state') == 'FAILED' then
					redis.call('HDEL', task(id), 'failed', 'claimed_by', 'claimed_at')
					redis.call('HSET', task(id), 'attempt', 0, 'deaths', 0, 'scheduled', micros)
					ready(id, now)
					count = count + 1
				end
			end
			if count > 0 then wake() end
			return {count, till, #ids}""");

	/** Whether to pause. */
	static final QueueScripts PAUSE = of("""
			if ARGV[3] == '1' then
				redis.call('SET', queue .. 'paused', '1')
			else
				redis.call('DEL', queue .. 'paused')
				wake()
			end
			return {}""");

	static final QueueScripts PAUSED = of("return {redis.call('EXISTS', queue .. 'paused')}");

	/** Returns the counts by state and for how long the oldest has been ready, or -1. */
	static final QueueScripts STATS = of("""
			local counts = {}
			for i, state in ipairs({'READY', 'SCHEDULED', 'CLAIMED', 'COMPLETED', 'FAILED', 'CANCELLED'}) do
				counts[i] = text(redis.call('ZCARD', queue .. 's:' .. state))
			end
			local oldest = redis.call('ZRANGE', queue .. 'since', 0, 0, 'WITHSCORES')
			counts[7] = oldest[2] and text(math.max(0, now - oldest[2])) or '-1'
			return counts""");

	/** Returns whether tasks are ready, and in how many milliseconds the next may be. */
	static final QueueScripts NEXT = of("""
			local next = -1
			for _, set in ipairs({'due', 'leases'}) do
				local first = redis.call('ZRANGE', queue .. set, 0, 0, 'WITHSCORES')
				if first[2] and (next < 0 or first[2] - now < next) then next = math.max(0, first[2] - now) end
			end
			local ready = redis.call('EXISTS', queue .. 'paused') == 0 and redis.call('ZCARD', queue .. 'ready') or 0
			return {text(ready), text(next)}""");

	/**
	 * How long completed and failed tasks are kept, in milliseconds, and how many of each
	 * go at most; returns how many.
	 */
	static final QueueScripts SWEEP = of(
			"""
					local count = 0
					for set, kept in pairs({done = ARGV[3], failed = ARGV[4]}) do
						for _, id in ipairs(redis.call('ZRANGEBYSCORE', queue .. set, '-inf', text(now - kept), 'LIMIT', 0, ARGV[5])) do
							local state = redis.call('HGET', task(id), 'state')
							redis.call('ZREM', queue .. set, id)
							if state then redis.call('ZREM', queue .. 's:' .. state, id) end
							redis.call('UNLINK', task(id))
							count = count + 1
						end
					end
					return {count}""");

	@SuppressWarnings({ "unchecked", "rawtypes" })
	private static QueueScripts of(String script) {
		return new QueueScripts((RedisScript) new DefaultRedisScript<>(COMMON + script, List.class));
	}

	static String prefix(String queue) {
		return "ikigai:{queue:" + URLEncoder.encode(queue, StandardCharsets.UTF_8) + "}:";
	}

	/** The channel that wakes who waits for a queue. */
	static String channel(String queue) {
		return prefix(queue) + "ready";
	}

	List<Object> run(StringRedisTemplate redis, RedisSettings settings, String queue, Collection<String> arguments) {
		List<String> all = new ArrayList<>(arguments.size() + 2);
		all.add(settings.agentName());
		all.add(String.valueOf(settings.maxWorkerDeaths()));
		all.addAll(arguments);
		List<Object> answer = redis.execute(this.script, List.of(prefix(queue)), all.toArray());
		return (answer != null) ? answer : List.of();
	}

}

package io.ikigai.platform.redis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.DefaultRedisScript;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * Publishes together what callers of the same moment have: while some of them publish,
 * the others gather, and the next one publishes for all that have gathered. Nobody waits
 * for company. Each caller returns when its message is published. Safe for use by several
 * threads.
 */
final class TopicPublisher {

	private static final int MOST_LEADERS = 2;

	private static final int MOST_MESSAGES = 500;

	/** In characters: what is longer goes without others. */
	private static final int LARGEST = 8192;

	private static final RedisScript<Long> PUBLISH = new DefaultRedisScript<>("""
			local time = redis.call('TIME')
			local now = string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000)) .. ' '
			for i = 1, #ARGV, 2 do redis.call('PUBLISH', ARGV[i], now .. ARGV[i + 1]) end
			return 1""", Long.class);

	/** Only says which node. */
	private static final List<String> NODE = List.of("ikigai:{topics}");

	private final StringRedisTemplate redis;

	// What follows is guarded by the queue.

	private final Deque<Waiting> waiting = new ArrayDeque<>();

	private int leaders;

	TopicPublisher(StringRedisTemplate redis) {
		this.redis = redis;
	}

	void publish(String channel, UUID id, String json) {
		if (json.length() > LARGEST) {
			send(List.of(new Waiting(channel, id, json, new CompletableFuture<>())));
			return;
		}
		Waiting own = new Waiting(channel, id, json, new CompletableFuture<>());
		Turn turn = begins(own) ? Turn.LEAD : own.turn.join();
		if (turn == Turn.LEAD) {
			lead(own);
		}
		else if (turn.failure != null) {
			throw new DataAccessResourceFailureException("The call that this message shared with others failed: "
					+ turn.failure.getMessage() + ". Whether it was published is not known", turn.failure);
		}
	}

	private boolean begins(Waiting own) {
		synchronized (this.waiting) {
			if (this.leaders < MOST_LEADERS) {
				this.leaders++;
				return true;
			}
			this.waiting.add(own);
			return false;
		}
	}

	private void lead(Waiting own) {
		List<Waiting> all = new ArrayList<>(List.of(own));
		synchronized (this.waiting) {
			while (all.size() < MOST_MESSAGES && !this.waiting.isEmpty()) {
				all.add(this.waiting.remove());
			}
		}
		List<Waiting> others = all.subList(1, all.size());
		Turn told = Turn.DONE;
		try {
			send(all);
		}
		catch (RuntimeException | Error ex) {
			told = new Turn(ex);
			throw ex;
		}
		finally {
			passOn();
			for (Waiting other : others) {
				other.turn.complete(told);
			}
		}
	}

	private void passOn() {
		Waiting next;
		synchronized (this.waiting) {
			next = this.waiting.poll();
			if (next == null) {
				this.leaders--;
			}
		}
		if (next != null) {
			next.turn.complete(Turn.LEAD);
		}
	}

	// A caller has one message at a time: their order across channels is nobody's.
	private void send(List<Waiting> all) {
		Map<String, StringBuilder> frames = new LinkedHashMap<>();
		all.forEach((each) -> TopicFrame.write(frames.computeIfAbsent(each.channel, (channel) -> new StringBuilder()),
				each.id, each.json));
		List<String> arguments = new ArrayList<>();
		frames.forEach((channel, frame) -> {
			arguments.add(channel);
			arguments.add(frame.toString());
		});
		this.redis.execute(PUBLISH, NODE, arguments.toArray());
	}

	/**
	 * What a caller does next.
	 */
	private static final class Turn {

		static final Turn LEAD = new Turn(null);

		static final Turn DONE = new Turn(null);

		/** Why its message may not be published, if so. */
		final @Nullable Throwable failure;

		Turn(@Nullable Throwable failure) {
			this.failure = failure;
		}

	}

	/**
	 * A caller that waits.
	 *
	 * @param channel its channel
	 * @param id its message's id
	 * @param json its message
	 * @param turn what it does next
	 */
	private record Waiting(String channel, UUID id, String json, CompletableFuture<Turn> turn) {
	}

}

package io.ikigai.platform.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * The names of mailboxes that have messages: a set of all that were sent to, by when that
 * was last noted. A process notes it before it sends, and again after some minutes, so
 * that a name can be forgotten that has had no messages for longer.
 */
final class MailboxNames {

	private static final String KEY = "ikigai:mailboxes";

	private static final long NOTED_NANOS = Duration.ofMinutes(10).toNanos();

	private static final long FORGOTTEN_MILLIS = Duration.ofHours(2).toMillis();

	private static final int MOST_NOTED = 10_000;

	private final StringRedisTemplate redis;

	private final Map<String, Long> noted = new ConcurrentHashMap<>();

	MailboxNames(StringRedisTemplate redis) {
		this.redis = redis;
	}

	void add(String mailbox) {
		Long before = this.noted.get(mailbox);
		long now = System.nanoTime();
		if (before != null && now - before < NOTED_NANOS) {
			return;
		}
		// The clock of this process will do: hours are what matters.
		this.redis.opsForZSet().add(KEY, mailbox, System.currentTimeMillis());
		if (this.noted.size() >= MOST_NOTED) {
			this.noted.clear();
		}
		this.noted.put(mailbox, now);
	}

	List<String> list() {
		Set<String> all = this.redis.opsForZSet().range(KEY, 0, -1);
		Set<String> old = this.redis.opsForZSet().rangeByScore(KEY, 0, System.currentTimeMillis() - FORGOTTEN_MILLIS);
		List<String> names = new ArrayList<>();
		if (all != null) {
			for (String mailbox : all) {
				Long present = MailboxScripts.EXISTS.run(this.redis, mailbox);
				if (present != null && present > 0) {
					names.add(mailbox);
				}
				else if (old != null && old.contains(mailbox)) {
					this.redis.opsForZSet().remove(KEY, mailbox);
				}
			}
		}
		names.sort(null);
		return names;
	}

}

package io.ikigai.platform.postgres;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Who in this process waits for what. Waking is a hint, cheap, and never blocks; what
 * shares a channel is woken together.
 */
final class Wakeups {

	private static final Log logger = LogFactory.getLog(Wakeups.class);

	private final Map<String, Set<Waiting>> byChannel = new ConcurrentHashMap<>();

	/** The mailboxes that are waited on, by how many. */
	private final Map<String, Integer> mailboxes = new ConcurrentHashMap<>();

	/**
	 * Adds who waits for tasks of a queue.
	 */
	AutoCloseable addQueue(String queue, Runnable wake) {
		return add(ChannelName.ofQueue(queue), new Waiting(queue, (payload) -> wake.run()));
	}

	/**
	 * Adds who waits for messages of a mailbox.
	 */
	AutoCloseable addMailbox(String mailbox, Runnable wake) {
		AutoCloseable waiting = addChannel(ChannelName.ofMailbox(mailbox), (payload) -> wake.run());
		this.mailboxes.merge(mailbox, 1, Integer::sum);
		AtomicBoolean ended = new AtomicBoolean();
		return () -> {
			if (ended.compareAndSet(false, true)) {
				this.mailboxes.computeIfPresent(mailbox, (name, count) -> (count > 1) ? count - 1 : null);
				waiting.close();
			}
		};
	}

	/**
	 * Adds who waits for notifications of a channel.
	 * @param channel the channel
	 * @param wake gets the notification's payload, or {@code null} when something may
	 * have been missed
	 * @return what ends the waiting
	 */
	AutoCloseable addChannel(String channel, Consumer<@Nullable String> wake) {
		return add(channel, new Waiting(null, wake));
	}

	private AutoCloseable add(String channel, Waiting waiting) {
		this.byChannel.compute(channel, (name, present) -> {
			Set<Waiting> all = (present != null) ? present : ConcurrentHashMap.newKeySet();
			all.add(waiting);
			return all;
		});
		return () -> this.byChannel.computeIfPresent(channel, (name, all) -> {
			all.remove(waiting);
			return all.isEmpty() ? null : all;
		});
	}

	Set<String> channels() {
		return Set.copyOf(this.byChannel.keySet());
	}

	Set<String> queues() {
		return this.byChannel.values()
			.stream()
			.flatMap(Set::stream)
			.map((waiting) -> waiting.queue)
			.filter(Objects::nonNull)
			.collect(Collectors.toSet());
	}

	Set<String> mailboxes() {
		return Set.copyOf(this.mailboxes.keySet());
	}

	/**
	 * Wakes all that wait on a channel. One that fails is logged and keeps neither the
	 * others nor the caller from going on.
	 */
	void wake(String channel, @Nullable String payload) {
		this.byChannel.getOrDefault(channel, Set.of()).forEach((waiting) -> waiting.wake(channel, payload));
	}

	void wakeAll() {
		this.byChannel.forEach((channel, all) -> all.forEach((waiting) -> waiting.wake(channel, null)));
	}

	// Not a record: two that wait with the same consumer are two.
	private static final class Waiting {

		private final @Nullable String queue;

		private final Consumer<@Nullable String> wake;

		private volatile boolean failed;

		private Waiting(@Nullable String queue, Consumer<@Nullable String> wake) {
			this.queue = queue;
			this.wake = wake;
		}

		private void wake(String channel, @Nullable String payload) {
			try {
				this.wake.accept(payload);
				this.failed = false;
			}
			catch (RuntimeException | Error ex) {
				if (!this.failed) {
					this.failed = true;
					logger.warn("A notification on channel '" + channel + "' could not be taken; what waits there "
							+ "goes on with its own polls", ex);
				}
			}
		}

	}

}

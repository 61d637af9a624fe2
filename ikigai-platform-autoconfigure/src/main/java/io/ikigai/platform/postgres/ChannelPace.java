package io.ikigai.platform.postgres;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Spaces the notifications of each channel under load. Some may follow each other at
 * once; from a stream of them, one is sent per pause, for those it wakes have not got
 * further yet. Used by one thread at a time.
 */
final class ChannelPace {

	private static final int AT_ONCE = 8;

	private static final int MANY = 1000;

	private final long pauseNanos;

	private final Map<String, Sent> channels = new HashMap<>();

	ChannelPace(long pauseNanos) {
		this.pauseNanos = pauseNanos;
	}

	/**
	 * Returns how long the next notification of a channel has to wait.
	 * @param channel the channel
	 * @param now the time, as {@link System#nanoTime()} tells
	 * @return nanoseconds; 0 or less if it may be sent
	 */
	long waitNanos(String channel, long now) {
		Sent last = this.channels.get(channel);
		return (last == null || last.inARow < AT_ONCE) ? 0 : last.at + this.pauseNanos - now;
	}

	/**
	 * Notes notifications.
	 * @param sent their channels
	 * @param now the time, as {@link System#nanoTime()} tells
	 */
	void sent(Set<String> sent, long now) {
		for (String channel : sent) {
			Sent last = this.channels.get(channel);
			int before = (last != null && now - last.at < 2 * this.pauseNanos) ? last.inARow + 1 : 0;
			this.channels.put(channel, new Sent(now, before));
		}
		if (this.channels.size() > MANY) {
			// As long ago as that counts as never
			this.channels.values().removeIf((last) -> now - last.at >= 2 * this.pauseNanos);
			if (this.channels.size() > MANY) {
				this.channels.clear();
			}
		}
	}

	/** How many channels are remembered. */
	int size() {
		return this.channels.size();
	}

	/**
	 * The last notification of a channel.
	 *
	 * @param at when it was sent
	 * @param inARow how many were sent before it, each soon after the other
	 */
	private record Sent(long at, int inARow) {
	}

}

package io.ikigai.sample.agent;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What a check found.
 *
 * @param reason why the site counts as down; {@code null} if it is up
 * @param status the HTTP status, if there was an answer
 * @param millis the time until the answer or the failure
 * @param certificateExpiry when the site's certificate ends, for https
 */
record CheckOutcome(@Nullable String reason, @Nullable Integer status, long millis,
		@Nullable Instant certificateExpiry) {

	static CheckOutcome unreachable(String reason, long millis) {
		return new CheckOutcome(reason, null, millis, null);
	}

	String state() {
		return (this.reason == null) ? "up" : "down";
	}

}

package io.ikigai.platform.autoconfigure.health;

import java.util.concurrent.TimeUnit;

import io.ikigai.platform.BackendStatus;
import org.jspecify.annotations.Nullable;

/**
 * The condition of a backend, looked at once for all its services: a backend that is away
 * may take long to tell so. Safe for use by several threads.
 */
final class RecentCondition {

	private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final BackendStatus backend;

	private BackendStatus.@Nullable Condition condition;

	private long lookedAt;

	RecentCondition(BackendStatus backend) {
		this.backend = backend;
	}

	synchronized BackendStatus.Condition get() {
		BackendStatus.Condition recent = this.condition;
		if (recent == null || System.nanoTime() - this.lookedAt > FRESH_NANOS) {
			recent = this.backend.condition();
			this.condition = recent;
			this.lookedAt = System.nanoTime();
		}
		return recent;
	}

}
